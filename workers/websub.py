"""WebSub: feeds that have a hub are polled when the hub says that they have something new, and seldom else.

    feed names a hub --ask--> hub --GET: verify--> Receiver: the lease stands
                              hub --POST: push--> Receiver: signed? --> the feed is due at once

Whoever polls asks; whoever polls listens, too (processes of one machine share the port). All that is known of a subscription is
in the store, so that a push may reach another process than the one that asked.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from hmac import compare_digest
from urllib.parse import urlencode

from aiohttp import web

from monitor import ports
from monitor.errors import MonitorError
from monitor.feeds.websub import is_authentic, must_ask, request
from monitor.ports import Fetcher
from monitor.records.feeds import Push
from monitor.records.ids import FeedId
from monitor.settings import WebSubSettings

log = logging.getLogger(__name__)

MOST_BYTES = 16 * 2**20
"""Bytes of a push; larger ones are refused."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hubs:
    """Asks hubs for pushes, and asks again before the lease ends."""

    pushes: ports.Pushes
    clock: ports.Clock

    async def tend(self, feed: FeedId, hub: str, topic: str, settings: WebSubSettings, client: Fetcher) -> None:
        """Asks the feed's hub where it is time to; what goes wrong is kept as the subscription's error."""
        now, lease = self.clock(), timedelta(seconds=settings.lease)
        before = await asyncio.to_thread(self.pushes.load, feed)
        if settings.callback is None or not must_ask(before, hub, topic, lease=lease, now=now):
            return
        same = before is not None and (before.hub, before.topic) == (hub, topic)
        if before is not None and same:
            push = replace(before, asked=now)
        else:
            push = Push(hub=hub, topic=topic, token=secrets.token_urlsafe(24), secret=secrets.token_urlsafe(32), asked=now)
        await asyncio.to_thread(self.pushes.keep, feed, push)  # the hub may verify before it answers
        callback = f"{settings.callback.rstrip('/')}/{feed}/{push.token}"
        error = None
        try:
            answer = await client.post(hub, urlencode(request(push, callback, lease=lease)).encode(), FORM)
            if not 200 <= answer.status < 300:
                error = (
                    f"its hub refuses to push ({answer.status}): {' '.join(answer.body[:200].decode('utf-8', 'replace').split())}"
                )
        except MonitorError as raised:
            error = f"its hub cannot be asked: {raised}"
        if error is not None:
            log.warning("feed %s: %s", feed, error)
        latest = await asyncio.to_thread(self.pushes.load, feed) or push
        if latest.error != error and latest.token == push.token:
            await asyncio.to_thread(self.pushes.keep, feed, replace(latest, error=error))


class Receiver:
    """What hubs reach: one address a feed, which only its hub knows."""

    def __init__(self, pushes: ports.Pushes, schedule: ports.Schedule, clock: ports.Clock) -> None:
        self._pushes = pushes
        self._schedule = schedule
        self._clock = clock

    def application(self, path: str) -> web.Application:
        """path: that of the public address, below which the feeds' addresses are."""
        application = web.Application(client_max_size=MOST_BYTES)
        # a reverse proxy may take the public path away, or leave it
        for prefix in {"", path.rstrip("/")}:
            application.router.add_get(f"{prefix}/{{feed}}/{{token}}", self.verify)
            application.router.add_post(f"{prefix}/{{feed}}/{{token}}", self.push)
        return application

    async def _known(self, asked: web.Request) -> tuple[FeedId, Push]:
        feed = FeedId(asked.match_info["feed"])
        push = await asyncio.to_thread(self._pushes.load, feed) if len(feed) <= 100 else None
        if push is None or not compare_digest(push.token.encode(), asked.match_info["token"].encode("utf-8", "replace")):
            raise web.HTTPNotFound(text="nothing is subscribed here\n")
        return feed, push

    async def verify(self, asked: web.Request) -> web.Response:
        """The hub asks whether we meant it (section 5.3), or says that it will not push (5.2)."""
        feed, push = await self._known(asked)
        mode, topic = asked.query.get("hub.mode"), asked.query.get("hub.topic")
        if topic != push.topic or mode not in {"subscribe", "denied"}:
            raise web.HTTPNotFound(text="this was not asked for\n")
        if mode == "denied":
            reason = " ".join(asked.query.get("hub.reason", "")[:200].split())
            await asyncio.to_thread(
                self._pushes.keep, feed, replace(push, until=None, error=f"its hub refuses to push: {reason}")
            )
            return web.Response(text="")
        lease = asked.query.get("hub.lease_seconds", "")
        challenge = asked.query.get("hub.challenge")
        if challenge is None or not (lease.isascii() and lease.isdecimal() and len(lease) <= 9):
            raise web.HTTPBadRequest(text="hub.challenge and hub.lease_seconds were expected\n")
        until = self._clock() + timedelta(seconds=int(lease))
        await asyncio.to_thread(self._pushes.keep, feed, replace(push, until=until, error=None))
        log.info("feed %s: its hub pushes until %s", feed, until)
        return web.Response(text=challenge, content_type="text/plain")

    async def push(self, asked: web.Request) -> web.Response:
        """Something is new. One that is not signed with our secret is thanked for and ignored (section 8)."""
        feed, push = await self._known(asked)
        body = await asked.read()
        if not is_authentic(push.secret, body, asked.headers.get("X-Hub-Signature", "")):
            log.warning("feed %s: a push that its hub has not signed was ignored", feed)
        elif await asyncio.to_thread(self._schedule.hasten, feed, self._clock()):
            log.info("feed %s: its hub says that it has something new", feed)
        return web.Response(status=202, text="")
