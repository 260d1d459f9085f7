"""A real HTTP server on loopback, for what fetches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from aiohttp import web

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
    runner = web.ServerRunner(web.Server(found.handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # a started site has one
    yield found
    await runner.cleanup()
