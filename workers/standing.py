"""The end of a topic's warm-up: each of its subscriptions is told once where the story stands.

warm-up over, ledger has come as far --> ledger -- standing --> notice --> outboxes

Any number of processes may look: the told-set lets each subscription have it once, and only then is the warm-up forgotten.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor import ports
from monitor.alerts.standing import standing
from monitor.alerts.subscribe import notices_for
from monitor.errors import StoreUnavailable
from monitor.records import Ledger
from monitor.records.ids import Snapshot, SubscriptionName, TopicSlug
from monitor.records.warm import WarmUp
from monitor.settings import Config

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks."""
GRACE = timedelta(seconds=5)
"""An entry gets its number so long after it was seen."""

PATIENCE = timedelta(hours=1)
"""So long the end waits for feeds that have not been read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What is needed from the world. polled_since: whether every feed was polled after the time, well or not."""

    warm_ups: ports.WarmUps
    ledger: Callable[[TopicSlug], Ledger]
    polled_since: Callable[[Config, datetime], bool]
    outboxes: ports.Outboxes
    configurations: ports.Configurations
    clock: ports.Clock


class Standings:
    """Looks every few seconds at the topics that warm up."""

    def __init__(self, world: Ports, *, every: float = EVERY) -> None:
        self._world = world
        self._every = every

    async def run(self, stop: asyncio.Event) -> None:
        """Looks until `stop` is set."""
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.look)
            except StoreUnavailable as error:
                log.warning("%s", error)
            try:
                await asyncio.wait_for(stop.wait(), self._every)
            except TimeoutError:
                continue

    def look(self) -> None:
        """Tells where the story stands for each topic whose warm-up is over, as soon as its ledger holds all of it."""
        world = self._world
        snapshot = world.configurations.current()
        if not snapshot:
            return
        config, now = world.configurations.load(snapshot), world.clock()
        for slug in config.topics:
            topic = TopicSlug(slug)
            warm_up = world.warm_ups.load(topic)
            if warm_up is None or now < warm_up.until + GRACE:
                continue
            if now < warm_up.until + PATIENCE and not world.polled_since(config, warm_up.since):
                continue
            given, decided = world.warm_ups.progress(topic)
            if warm_up.last is None:
                world.warm_ups.put(replace(warm_up, last=given))
            elif decided >= warm_up.last:
                self._tell(warm_up, config, snapshot, now)
                world.warm_ups.drop(topic)

    def _tell(self, warm_up: WarmUp, config: Config, snapshot: Snapshot, now: datetime) -> None:
        notice = standing(self._world.ledger(warm_up.topic), config.topics[warm_up.topic], since=warm_up.since)
        if notice is None:
            log.info("the warm-up of topic %s is over; nothing is known of it", warm_up.topic)
            return
        for slug, subscription in config.subscriptions.items():
            if messages := notices_for(SubscriptionName(slug), subscription, notice, now=now, snapshot=snapshot):
                self._world.outboxes.tell(messages, now=now)
