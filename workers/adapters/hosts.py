"""Turns at hosts: so many requests at a time to one, and a pause between their starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MANY = 1_000
"""Hosts from which on those are forgotten at which nobody waits and whose pause is over."""


class _Host:
    def __init__(self, at_once: int) -> None:
        self.slots = asyncio.Semaphore(at_once)
        self.next_start = 0.0
        self.visitors = 0


class Hosts:
    """Whose turn it is, host by host, in the order in which they came."""

    def __init__(self, *, at_once: int, gap: float) -> None:
        self._at_once = at_once
        self._gap = gap
        self._hosts: dict[str, _Host] = {}
        self._tidy_at = MANY

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Waits for a turn at the host and holds it."""
        host = self._host(name)
        host.visitors += 1
        try:
            async with host.slots:
                now = asyncio.get_running_loop().time()
                start = max(host.next_start, now)
                host.next_start = start + self._gap
                if start > now:
                    await asyncio.sleep(start - now)
                yield
        finally:
            host.visitors -= 1

    def _host(self, name: str) -> _Host:
        if len(self._hosts) >= self._tidy_at:
            now = asyncio.get_running_loop().time()
            self._hosts = {key: host for key, host in self._hosts.items() if host.visitors or host.next_start > now}
            self._tidy_at = max(MANY, 2 * len(self._hosts))
        return self._hosts.setdefault(name, _Host(self._at_once))
