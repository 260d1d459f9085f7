"""Whether the monitor itself does as it should, and who is told when it does not.

    checks --> ailments --compared with those that were known--> notices --> outboxes of who subscribes to `health`

One process looks at a time; another takes over when it dies. A check is one function in a list. That an ailment is told once is
the told-set's doing, as it is for developments: a death between telling and remembering repeats nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor import ports
from monitor.alerts.subscribe import notices_for
from monitor.alerts.watching import due, sign_of_life
from monitor.errors import StoreUnavailable
from monitor.records import Notice, NoticeKind
from monitor.records.health import Ailment, Counts, SignOfLife
from monitor.records.ids import Snapshot, SubscriptionName, digest
from monitor.settings import Config

log = logging.getLogger(__name__)

EVERY = 300.0
"""Seconds between two looks: nothing that is told here is a matter of minutes."""
RENEW = 2.0
"""Seconds between two claims to the lead; well below its lease."""

Check = Callable[[Config, datetime], Iterable[Ailment]]
"""Finds what is wrong now. It may raise StoreUnavailable."""


class Watching(Protocol):
    """What was counted, and when each subscription was last told that it is watched for."""

    def counts(self, config: Config, now: datetime) -> Counts:
        """What the counters stand at."""
        ...

    def alive(self, config: Config) -> int:
        """How many feeds can be read."""
        ...

    def told(self, name: SubscriptionName) -> Mapping[str, int]:
        """By topic, the developments that the subscription was told so far."""
        ...

    def last(self, name: SubscriptionName) -> SignOfLife | None:
        """The last sign of life; None where the subscription is new."""
        ...

    def keep(self, name: SubscriptionName, sign: SignOfLife) -> None:
        """Keeps the sign of life that was told."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What is needed from the world."""

    checks: Sequence[Check]
    ailments: ports.Ailments
    watching: Watching
    outboxes: ports.Outboxes
    configurations: ports.Configurations
    leadership: ports.Leadership
    clock: ports.Clock


class Watch:
    """Looks every few minutes, in whichever process leads."""

    def __init__(self, world: Ports, *, every: float = EVERY) -> None:
        self._world = world
        self._every = every

    async def run(self, stop: asyncio.Event) -> None:
        """Looks until `stop` is set."""
        next_look = self._world.clock().timestamp()
        while not stop.is_set():
            try:
                leads = await asyncio.to_thread(self._world.leadership.lead)
                if leads and self._world.clock().timestamp() >= next_look:
                    next_look = self._world.clock().timestamp() + self._every
                    await asyncio.to_thread(self.look)
            except StoreUnavailable as error:
                log.warning("health is looked at later: %s", error)
            try:
                await asyncio.wait_for(stop.wait(), RENEW)
            except TimeoutError:
                continue
        try:
            await asyncio.to_thread(self._world.leadership.step_down)
        except StoreUnavailable as error:
            log.warning("%s", error)

    def look(self) -> None:
        """Tells what is newly wrong and what is right again, then remembers it."""
        world = self._world
        snapshot = world.configurations.current()
        if not snapshot:
            return
        config, now = world.configurations.load(snapshot), world.clock()
        found = {_name(ailment): ailment for check in world.checks for ailment in check(config, now)}
        known = {_name(ailment): ailment for ailment in world.ailments.all()}
        for name, ailment in found.items():
            if name not in known:
                log.warning("%s", ailment.title)
            self._tell(config, snapshot, _begun(name, ailment), now)
        subjects = {ailment.subject for ailment in found.values()}
        for name, ailment in known.items():
            if name not in found and ailment.over is not None and ailment.subject not in subjects:
                log.info("%s", ailment.over)
                self._tell(config, snapshot, _ended(name, ailment), now)
        world.ailments.keep(tuple(found.values()))
        self._give_signs(config, snapshot, now)

    def _give_signs(self, config: Config, snapshot: Snapshot, now: datetime) -> None:
        """Tells each subscription whose time has come that it is watched for; a new one begins to be counted for."""
        watching = self._world.watching
        counts = watching.counts(config, now)
        for slug, subscription in config.subscriptions.items():
            name = SubscriptionName(slug)
            last, told = watching.last(name), watching.told(name)
            if last is None:
                watching.keep(name, SignOfLife(counts=counts, told=told))
            elif due(subscription, last, now):
                notice = sign_of_life(name, config, last, counts, told, watching.alive(config))
                self._world.outboxes.tell(notices_for(name, subscription, notice, now=now, snapshot=snapshot), now=now)
                watching.keep(name, SignOfLife(counts=counts, told=told, said=True))

    def _tell(self, config: Config, snapshot: Snapshot, notice: Notice, now: datetime) -> None:
        for slug, subscription in config.subscriptions.items():
            name = SubscriptionName(slug)
            if messages := notices_for(name, subscription, notice, now=now, snapshot=snapshot):
                self._world.outboxes.tell(messages, now=now)


def _name(ailment: Ailment) -> str:
    return digest("ailment", ailment.subject, ailment.cause, ailment.since.isoformat())


def _begun(name: str, ailment: Ailment) -> Notice:
    return Notice(id=name, kind=NoticeKind.HEALTH, title=ailment.title, topic=ailment.topic, lines=ailment.lines)


def _ended(name: str, ailment: Ailment) -> Notice:
    told = ailment.over or ailment.title
    since = f"It was so since {ailment.since:%d %b %H:%M} UTC: {ailment.title}."
    return Notice(id=digest("over", name), kind=NoticeKind.HEALTH, title=told, topic=ailment.topic, lines=(since,))
