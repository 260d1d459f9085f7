"""WebSub against a real hub on loopback: asked, verified, pushed, renewed; what is not signed changes nothing."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from redis import Redis

from monitor.records.feeds import Push
from monitor.records.ids import FeedId
from tests.workers.conftest import Server
from tests.workers.polling import Story, item
from workers.adapters.redis.feeds import RedisPushes
from workers.poll import Poller

HERALD = FeedId("herald")


class Hub:
    """A hub that keeps what it is asked. It reaches the monitor below `monitor`, whatever host the callback names."""

    def __init__(self, server: Server, monitor: str) -> None:
        self.server, self.monitor = server, monitor
        self.asked: list[dict[str, str]] = []
        self.status = 202
        server.answers["/hub"] = self._take

    async def _take(self, request: web.BaseRequest) -> web.Response:
        form = dict(await request.post())
        self.asked.append({name: str(value) for name, value in form.items()})
        return web.Response(status=self.status, text="no" if self.status >= 300 else "")

    def address(self) -> str:
        return self.monitor + urlsplit(self.asked[-1]["hub.callback"]).path

    async def verify(self, **changes: str) -> tuple[int, str]:
        query = {
            "hub.mode": "subscribe",
            "hub.topic": self.asked[-1]["hub.topic"],
            "hub.challenge": "c123",
            "hub.lease_seconds": "864000",
        }
        async with aiohttp.ClientSession() as session, session.get(self.address(), params=query | changes) as answer:
            return answer.status, await answer.text()

    async def push(self, *, secret: str | None = None, address: str | None = None) -> int:
        body = b"<rss/>"
        key = (secret or self.asked[-1]["hub.secret"]).encode()
        headers = {"X-Hub-Signature": f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(address or self.address(), data=body, headers=headers) as answer,
        ):
            return answer.status


def feed(server: Server, *items: str) -> bytes:
    links = f"<atom:link rel='hub' href='{server.url('/hub')}'/><atom:link rel='self' href='{server.url('/feed')}'/>"
    about = f"<title>Herald</title>{links}{''.join(items)}"
    return f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>{about}</channel></rss>".encode()


@pytest.fixture
def story(real_redis: Redis, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Story:
    monkeypatch.setattr("workers.poll.WAIT", 0.01)
    return Story(real_redis, server, tmp_path)


@asynccontextmanager
async def running(story: Story, port: int, *, body: bytes | None = None, **websub: Any) -> Any:
    """The poll role with a public address, listening; it has polled the feed once."""
    url = story.server.answer("/feed", body=body or feed(story.server, item("100 soldiers", "a", day=2)))
    settings = {"callback": "https://monitor.example/websub", "listen": f"127.0.0.1:{port}"} | websub
    story.configure({"herald": {"url": url}}, websub=settings)
    stop = asyncio.Event()
    role = asyncio.create_task(Poller(story.ports).run(stop))
    try:
        await polled(story, 1)
        yield
    finally:
        stop.set()
        await role


async def polled(story: Story, times: int) -> None:
    async with asyncio.timeout(10):
        while story.state().polls < times or story.redis.xlen("m:{poll}:queue"):
            story.release()
            await asyncio.sleep(0.01)


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # what is waited for happens in a server
            await asyncio.sleep(0.01)


def subscription(story: Story) -> Push:
    push = RedisPushes(story.redis).load(HERALD)
    assert push is not None
    return push


@pytest.fixture
def port(unused_tcp_port: int) -> int:
    return unused_tcp_port


async def test_a_hub_is_asked_verified_and_its_push_makes_the_feed_due_at_once(story: Story, port: int) -> None:
    hub = Hub(story.server, f"http://127.0.0.1:{port}")
    async with running(story, port):
        await until(lambda: hub.asked)
        assert hub.asked[0]["hub.topic"] == story.server.url("/feed")
        assert hub.asked[0]["hub.callback"].startswith("https://monitor.example/websub/herald/")
        # When the hub verifies
        assert await hub.verify() == (200, "c123")
        assert subscription(story).until is not None
        # Then its push brings what is new, long before the next poll
        story.server.answer("/feed", body=feed(story.server, item("100 soldiers", "a"), item("900 soldiers", "b", day=2)))
        story.later(60)
        assert await hub.push() == 202
        await polled(story, 2)
        assert sorted(unit.entry.title for unit in story.units()) == ["100 soldiers", "900 soldiers"]
        # And the feed is polled seldom from then on
        state = story.state()
        assert state.next_poll and (state.next_poll - story.now).total_seconds() == 6 * 3600


async def test_what_is_not_signed_or_not_known_changes_nothing(story: Story, port: int) -> None:
    hub = Hub(story.server, f"http://127.0.0.1:{port}")
    async with running(story, port):
        await until(lambda: hub.asked)
        await hub.verify()
        story.later(60)
        assert await hub.push(secret="guessed") == 202
        assert await hub.push(address=f"http://127.0.0.1:{port}/websub/herald/guess") == 404
        assert await hub.push(address=f"http://127.0.0.1:{port}/websub/nobody/guess") == 404
        assert story.release() == 0


async def test_a_verification_that_was_not_asked_for_is_refused_and_a_refusal_is_told(story: Story, port: int) -> None:
    hub = Hub(story.server, f"http://127.0.0.1:{port}")
    async with running(story, port):
        await until(lambda: hub.asked)
        assert (await hub.verify(**{"hub.topic": "https://other.example/"}))[0] == 404
        assert (await hub.verify(**{"hub.mode": "unsubscribe"}))[0] == 404
        assert (await hub.verify(**{"hub.lease_seconds": "-1"}))[0] == 400
        assert subscription(story).until is None
        assert (await hub.verify(**{"hub.mode": "denied", "hub.reason": "too  many"}))[0] == 200
        assert subscription(story).error == "its hub refuses to push: too many"


async def test_a_hub_that_refuses_is_told_and_the_feed_is_polled_as_ever(story: Story, port: int) -> None:
    hub = Hub(story.server, f"http://127.0.0.1:{port}")
    hub.status = 500
    async with running(story, port):
        await until(lambda: hub.asked and subscription(story).error)
    assert subscription(story).error == "its hub refuses to push (500): no"
    state = story.state()
    assert state.next_poll and (state.next_poll - story.now).total_seconds() == 900


async def test_a_hub_at_the_metadata_address_is_never_asked_and_the_refusal_is_told(story: Story, port: int) -> None:
    body = feed(story.server, item("100 soldiers", "a", day=2)).replace(
        story.server.url("/hub").encode(), b"http://169.254.169.254/latest/"
    )
    async with running(story, port, body=body):
        await until(lambda: (push := story.ports.pushes.load(HERALD)) and push.error)
    assert "169.254.169.254 is link-local" in (subscription(story).error or "")
    assert {request.path for request in story.server.requests} == {"/feed"}


async def test_a_lease_is_renewed_under_the_same_address_before_it_ends(story: Story, port: int) -> None:
    hub = Hub(story.server, f"http://127.0.0.1:{port}")
    async with running(story, port):
        await until(lambda: hub.asked)
        await hub.verify()
        story.later(7 * 86_400)
        await polled(story, 2)
        await until(lambda: len(hub.asked) == 2)
    assert hub.asked[0] == hub.asked[1]


async def test_without_a_public_address_no_hub_is_asked(story: Story, port: int) -> None:
    hub = Hub(story.server, f"http://127.0.0.1:{port}")
    async with running(story, port, callback=None):
        pass
    assert hub.asked == []


async def test_a_push_during_a_poll_brings_another_poll(story: Story) -> None:
    story.configure({"herald": {"url": story.server.url("/feed")}})
    story.release()
    (received,) = story.ports.queue.read(count=1, wait=0.01)
    assert story.ports.schedule.hasten(HERALD, story.now)
    story.ports.schedule.finish(received, story.now)
    story.later(1)
    assert story.release() == 1
    assert not story.ports.schedule.hasten(FeedId("nobody"), story.now)
