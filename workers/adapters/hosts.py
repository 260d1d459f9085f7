"""Turns at hosts: so many requests at a time to one, and a pause between their starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MANY = 1_000
"""Hosts from which on those are forgotten at which nobody waits and whose pause is over."""

LONGEST_REST = 3_600.0
"""Seconds for which all addresses of a host rest at most; the one that was asked for rests as long as the answer says."""
REST = 60.0
"""Seconds of rest where a host asks for it (429) and does not say how long."""


class _Host:
    def __init__(self, at_once: int) -> None:
        self.slots = asyncio.Semaphore(at_once)
        self.next_start = self.rests_until = 0.0
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

    def rest(self, name: str, seconds: float) -> None:
        """Leaves the host alone for so long, at most LONGEST_REST: it asked to be visited less often."""
        until = asyncio.get_running_loop().time() + min(seconds, LONGEST_REST)
        host = self._host(name)
        host.rests_until = max(host.rests_until, until)

    def rests(self, name: str) -> float:
        """Seconds for which the host is left alone yet; 0 where it may be visited."""
        host = self._hosts.get(name)
        return max(0.0, host.rests_until - asyncio.get_running_loop().time()) if host else 0.0

    def _host(self, name: str) -> _Host:
        if len(self._hosts) >= self._tidy_at:
            now = asyncio.get_running_loop().time()
            self._hosts = {
                key: host for key, host in self._hosts.items() if host.visitors or max(host.next_start, host.rests_until) > now
            }
            self._tidy_at = max(MANY, 2 * len(self._hosts))
        return self._hosts.setdefault(name, _Host(self._at_once))
