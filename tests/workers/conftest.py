"""A real HTTP server on loopback, a name service and a poller, for what fetches."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from aiohttp import web
from redis import Redis

from tests.workers.serving import serving

if TYPE_CHECKING:
    from tests.workers.polling import Story

FEED = b"<rss version='2.0'><channel><title>Herald</title></channel></rss>"


class Server:
    """Answers by path, and keeps the requests."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[web.BaseRequest] = []
        self.busy = self.busiest = 0
        self.answers: dict[str, Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]] = {}

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def answer(self, path: str, status: int = 200, body: bytes = FEED, **headers: str) -> str:
        async def respond(_: web.BaseRequest) -> web.Response:
            return web.Response(
                status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
            )

        self.answers[path] = respond
        return self.url(path)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(request)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            return await self.answers[request.path](request)
        finally:
            self.busy -= 1


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    found = Server()
    async with serving(found.handle) as found.port:
        yield found


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name service of the test's own: names and the addresses they resolve to."""
    known: dict[str, list[str]] = {}
    real = asyncio.BaseEventLoop.getaddrinfo

    async def getaddrinfo(self: asyncio.BaseEventLoop, host: str, port: Any, **more: Any) -> Any:
        if host not in known:
            return await real(self, host, port, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in known[host]]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def story(real_redis: Redis, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Story:
    from tests.workers.polling import Story

    monkeypatch.setattr("workers.poll.WAIT", 0.01)
    found = Story(real_redis, server, tmp_path)
    found.configure({"herald": {"url": server.url("/feed")}})
    return found
