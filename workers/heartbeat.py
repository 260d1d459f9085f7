"""Whether polling, analysis and delivery move; and the call that tells a dead man's switch outside that they do.

heads of all queues --the same for too long--> standstills --none--> heartbeat_url
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor import ports
from monitor.errors import MonitorError, StoreUnavailable
from monitor.records.health import Ailment
from monitor.settings import Config

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=10)
"""For so long the head of a queue may stay the same. A worker that died is replaced in seconds, and poison is set aside after
three deaths, so that nothing that works is so slow."""
TICK = 1.0
"""Seconds between two looks whether a beat is due."""


class Movement(Protocol):
    """Whether work moves on."""

    def heads(self, config: Config, now: datetime) -> Mapping[str, str]:
        """For each queue in which something waits: what it would mean for people if it never moved on, and a mark that changes
        when it does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """What does not move on, in words, and since when it has been seen so."""

    what: str
    since: datetime


class Movements:
    """Remembers what the head of each queue was, and since when. May be asked by several threads."""

    def __init__(self, movement: Movement, *, patience: timedelta = PATIENCE) -> None:
        self._movement = movement
        self._patience = patience
        self._seen: dict[str, tuple[str, datetime]] = {}
        self._looked: datetime | None = None
        self._lock = threading.Lock()

    def standstills(self, config: Config, now: datetime) -> Sequence[Standstill]:
        """What has not moved on for too long. Raises StoreUnavailable."""
        heads = self._movement.heads(config, now)
        with self._lock:
            slept = self._looked is None or now - self._looked >= self._patience
            seen, self._looked = {} if slept else self._seen, now  # a machine that slept stood still by right
            self._seen = {
                what: seen[what] if what in seen and seen[what][0] == head else (head, now) for what, head in heads.items()
            }
            return [
                Standstill(what=what, since=since) for what, (_, since) in self._seen.items() if now - since >= self._patience
            ]

    def check(self, config: Config, now: datetime) -> Sequence[Ailment]:
        """The health check: what stands still."""
        return [
            Ailment(
                subject=f"work:{one.what}",
                cause="standstill",
                since=one.since,
                title=f"The monitor stands still: {one.what} since {one.since:%d %b %H:%M} UTC",
                lines=("See `logs` in the data directory, and `monitor dead-letters list`; start the monitor again.",),
                over=f"The monitor moves on: it was that {one.what}",
            )
            for one in self.standstills(config, now)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What is needed from the world. call: GETs the heartbeat's address; it raises MonitorError where that fails."""

    movements: Movements
    call: Callable[[Config], Awaitable[None]]
    configurations: ports.Configurations
    leadership: ports.Leadership
    clock: ports.Clock


class Heartbeat:
    """Calls the address as often as configured, in whichever process leads."""

    def __init__(self, world: Ports, *, tick: float = TICK) -> None:
        self._world = world
        self._tick = tick
        self._said = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Beats until `stop` is set."""
        due = self._world.clock()
        while not stop.is_set():
            now = self._world.clock()
            if now >= due:
                due = now + timedelta(seconds=await self._look(now))
            try:
                await asyncio.wait_for(stop.wait(), self._tick)
            except TimeoutError:
                continue

    async def _look(self, now: datetime) -> float:
        """Beats where this process leads and an address is configured; seconds until the next look."""
        world = self._world
        try:
            snapshot = await asyncio.to_thread(world.configurations.current)
            if not snapshot or not await asyncio.to_thread(world.leadership.lead):
                return 2.0
            config = await asyncio.to_thread(world.configurations.load, snapshot)
            if config.heartbeat_url is not None:
                await self.beat(config, now)
        except StoreUnavailable as error:
            self._say(f"no heartbeat: {error}")
            return 2.0
        return config.heartbeat_every

    async def beat(self, config: Config, now: datetime) -> bool:
        """Calls the address unless something stands still; whether it did. Raises StoreUnavailable."""
        still = await asyncio.to_thread(self._world.movements.standstills, config, now)
        if still:
            self._say(f"no heartbeat: {'; '.join(one.what for one in still)}")
            return False
        try:
            await self._world.call(config)
        except StoreUnavailable:
            raise
        except MonitorError as error:
            self._say(f"the heartbeat did not reach its address: {error}")
            return False
        self._say("")
        return True

    def _say(self, what: str) -> None:
        """Logs what is wrong once, and that it is over."""
        if what and what != self._said:
            log.warning("%s", what)
        elif self._said and not what:
            log.info("the heartbeat goes again")
        self._said = what
