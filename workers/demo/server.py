"""The story over HTTP on loopback, as the outlets' own servers would answer: feeds with ETag, Last-Modified and 304."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web

from workers.demo.render import CONTENT_TYPES, render_feed, render_index, render_page
from workers.demo.story import DemoStory, StandingEntry, elapsed_seconds


class DemoServer:
    """Serves one story on 127.0.0.1 at a port that the system chooses.

    `/<outlet>.xml` is a feed, `/<outlet>/...` the page of an entry that stands in it, `/` lists them all.
    """

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None

    async def start(self, story: DemoStory, started: datetime, now: Callable[[], datetime]) -> str:
        """Serve the story; returns the base address ("http://127.0.0.1:40213"), without a slash at its end.

        started: when the story began, aware; one that lies back continues it. now: the present, aware.
        Raises RuntimeError when already started, ValueError for a date without an offset.
        """
        if self._runner is not None:
            raise RuntimeError("the demo server runs already: stop it first")
        elapsed_seconds(started, now())  # refuses naive dates before anything is bound
        runner = web.AppRunner(_application(_Pages(story, started, now)), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        except BaseException:
            await runner.cleanup()
            raise
        self._runner = runner
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        """Stop serving; does nothing when not started."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


def _application(pages: _Pages) -> web.Application:
    application = web.Application()
    application.router.add_get("/", pages.index)
    application.router.add_get("/{outlet:[a-z0-9-]+}.xml", pages.feed)
    application.router.add_get("/{outlet:[a-z0-9-]+}/{slug:.+}", pages.entry)
    return application


class _Pages:
    """What is answered to each kind of request."""

    def __init__(self, story: DemoStory, started: datetime, now: Callable[[], datetime]) -> None:
        self._story = story
        self._started = started.astimezone(UTC)
        self._now = now

    def _elapsed(self) -> float:
        return elapsed_seconds(self._started, self._now())

    async def feed(self, request: web.Request) -> web.Response:
        slug = request.match_info["outlet"]
        outlet = self._story.outlets.get(slug)
        if outlet is None:
            raise web.HTTPNotFound
        elapsed = self._elapsed()
        # in whole seconds, as HTTP dates are; `at` is whole, too, so two changes never share a date
        changed = (self._started + timedelta(seconds=self._story.changed_at(slug, elapsed=elapsed))).replace(microsecond=0)
        entries = self._story.standing(slug, started=self._started, elapsed=elapsed)
        body = render_feed(slug, outlet, entries, changed=changed)
        tag = hashlib.sha256(body).hexdigest()[:32]
        response = web.Response(body=body, content_type=CONTENT_TYPES[outlet.format], charset="utf-8")
        if _unchanged(request, tag, changed):
            response = web.Response(status=304)
        response.etag = tag
        response.last_modified = changed
        return response

    async def entry(self, request: web.Request) -> web.Response:
        slug = request.match_info["outlet"]
        outlet = self._story.outlets.get(slug)
        for standing in self._standing(slug):
            if outlet is not None and standing.entry.path == request.path:
                return web.Response(text=render_page(outlet, standing), content_type="text/html")
        raise web.HTTPNotFound

    async def index(self, _request: web.Request) -> web.Response:
        feeds = [(slug, outlet, self._standing(slug)) for slug, outlet in self._story.outlets.items()]
        return web.Response(text=render_index(feeds), content_type="text/html")

    def _standing(self, slug: str) -> tuple[StandingEntry, ...]:
        return self._story.standing(slug, started=self._started, elapsed=self._elapsed())


def _unchanged(request: web.Request, tag: str, changed: datetime) -> bool:
    """As RFC 9110, section 13.2.2, has it: If-None-Match decides where it is given, If-Modified-Since elsewhere."""
    if request.if_none_match:
        return any(given.value in {tag, "*"} for given in request.if_none_match)
    since = request.if_modified_since
    return since is not None and changed <= since
