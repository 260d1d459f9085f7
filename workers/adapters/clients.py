"""Guarded clients that are kept open from one request to the next, for what is called again and again."""

from __future__ import annotations

from monitor.ports import Clock
from monitor.settings import HttpSettings
from workers.adapters.http import GuardedClient

KEEP = 2.0
"""Seconds for which an idle connection is kept: enough for a run of messages, and shorter than servers keep theirs (Node.js and
Apache 5 s): a POST into a connection that is just being closed there fails, and cannot be told from one that was taken."""


class Clients:
    """One client for each set of limits, opened when it is first asked for. Of one event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[HttpSettings, GuardedClient] = {}

    async def under(self, settings: HttpSettings) -> GuardedClient:
        """The client under these limits."""
        found = self._open.get(settings)
        if found is None:
            found = self._open[settings] = GuardedClient(settings, self._clock, keep=KEEP)
            await found.__aenter__()
        return found

    async def close(self) -> None:
        """Closes all; one that is asked for later is opened anew."""
        while self._open:
            _, client = self._open.popitem()
            await client.__aexit__(None, None, None)
