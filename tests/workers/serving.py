"""A real HTTP server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handle: Handler, *, patience: float = 60.0) -> AsyncIterator[int]:
    """Serves while it lasts; gives the port. patience: seconds that requests in hand have when it ends."""
    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=patience)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # a started site has one
    await runner.cleanup()
