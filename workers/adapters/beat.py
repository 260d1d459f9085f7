"""The call of `heartbeat_url`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from monitor.errors import FetchFailed, MonitorError
from monitor.ports import Clock
from monitor.settings import Config
from workers.adapters.http import GuardedClient
from workers.adapters.secrets import resolve


def caller(environment: Mapping[str, str], *, clock: Clock) -> Callable[[Config], Awaitable[None]]:
    """A function that GETs the heartbeat's address. It raises MonitorError, in words that hold no secret, where that fails."""

    async def call(config: Config) -> None:
        address = resolve(config.heartbeat_url or "", environment)
        try:
            async with GuardedClient(config.http, clock) as client:
                answer = await client.call(address.text)
        except MonitorError as error:
            raise FetchFailed(address.hide(str(error))) from None
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise FetchFailed(f"it answered {answer.status}; the address must answer itself, without a redirect")

    return call
