"""The subscribe step: each topic's events, in order, into the outboxes of whoever wants them.

    events --held_by?--> tell --> outboxes
      one reader a topic      told-set: once for ever

An event is acknowledged once every subscription has its messages or the reason why not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from monitor import ports
from monitor.alerts.subscribe import Condition, as_told, figure_told, held_by, measures, messages_for
from monitor.errors import StoreUnavailable
from monitor.ports import Received
from monitor.records import Event, Known, Message, VerdictKind
from monitor.records.ids import SubscriptionName, TopicSlug
from monitor.settings import Subscription
from workers.waiting import sleep

log = logging.getLogger(__name__)

BATCH = 32
"""Events that are read at a time; a lease is renewed between two batches."""
_CHANGES = {Condition.CHANGE, Condition.CHANGE_PERCENT}
REST = 30.0
"""Seconds that a topic rests after an error that nobody foresaw."""
STORE_PAUSE = 1.0
"""Seconds before the store is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the step needs from the world."""

    topics: Callable[[], Sequence[TopicSlug]]
    events: ports.Events
    outboxes: ports.Outboxes
    configurations: ports.Configurations
    clock: ports.Clock


class Offers:
    """One process's subscribe step. told: called where messages may have come into outboxes."""

    def __init__(self, world: Ports, told: Callable[[], None], *, idle: float) -> None:
        self._world = world
        self._told = told
        self._idle = idle
        self._rests_until: dict[TopicSlug, datetime] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then lets others read."""
        while not stop.is_set():
            try:
                done = await asyncio.to_thread(self.once)
            except StoreUnavailable as error:
                log.warning("events wait: %s", error)
                await sleep(stop, STORE_PAUSE)
                continue
            if done:
                self._told()
            else:
                await sleep(stop, self._idle)
        await asyncio.to_thread(self._release)

    def once(self) -> int:
        """Takes the next events of every topic that no other process reads; how many."""
        done = 0
        for topic in self._world.topics():
            rests_until = self._rests_until.get(topic)
            if rests_until is not None and self._world.clock() < rests_until:
                continue
            try:
                done += self._take(topic)
            except StoreUnavailable:
                raise
            except Exception:
                # No event is skipped: it would be an alert that never comes. The other topics go on meanwhile.
                log.exception("events of topic %s cannot be offered; they wait and are tried again in %.0f s", topic, REST)
                self._rests_until[topic] = self._world.clock() + timedelta(seconds=REST)
        return done

    def _take(self, topic: TopicSlug) -> int:
        if not self._world.events.acquire(topic):
            return 0
        received = self._world.events.read(topic, count=BATCH)
        if len(received) == BATCH:
            received = _whole_entries(received)
        for _, group in groupby(received, key=lambda item: item.work.under):
            items = list(group)
            self._offer([item.work for item in items])
            for item in items:
                self._world.events.acknowledge(topic, item)
        return len(received)

    def _offer(self, events: Sequence[Event]) -> None:
        """Tells each subscription which of the developments it wants, under the configuration that they were decided under."""
        config = self._world.configurations.under(events[0].under)
        topic, now = config.topics.get(events[0].development.topic), self._world.clock()
        for slug, subscription in config.subscriptions.items():
            offer = _Offer(self._world.outboxes, SubscriptionName(slug), subscription, topic.title if topic else "", now)
            for event in events:
                offer.make(event)
            offer.tell()

    def _release(self) -> None:
        try:
            for topic in self._world.topics():
                self._world.events.release(topic)
        except StoreUnavailable as error:
            log.warning("reading leases end by themselves: %s", error)


class _Offer:
    """Some events before one subscription. What it is told for the first time is told together, at the latest by `tell`."""

    def __init__(
        self, outboxes: ports.Outboxes, name: SubscriptionName, subscription: Subscription, title: str, now: datetime
    ) -> None:
        self._outboxes = outboxes
        self._name = name
        self._subscription = subscription
        self._title = title
        self._now = now
        self._new: list[Message] = []

    def make(self, event: Event) -> None:
        """Offers the next event."""
        if event.cause is VerdictKind.WITHDRAWN:
            self._tell_of_withdrawal(event)
            return
        last = self._last_figure(event)
        condition = held_by(self._subscription, event, last)
        if condition is None and event.cause is VerdictKind.CORROBORATION:
            self._tell_of_more(event, last)
        elif condition is None:
            self._new += self._messages(as_told(event, last))
            self._count_from(event)
        elif condition is not Condition.TOPIC:  # what another topic brings is not held back: it was never meant
            self._outboxes.hold(self._name, event.development.id, condition)
            development = event.development
            if condition in _CHANGES and last is None and development.series and development.before:
                self._outboxes.count_from(self._name, development.series, development.before, first=True)

    def tell(self) -> None:
        """Puts what is new into the outboxes."""
        if self._new:
            self._outboxes.tell(self._new, now=self._now)
            self._new = []

    def _tell_of_more(self, event: Event, last: Known | None) -> None:
        """Tells a development that one more voice carries: for the first time, or again where that is wanted."""
        self.tell()
        told = self._outboxes.told(self._name, event.development.id)
        if told is None:
            self._new += self._messages(as_told(event, last))
            self._count_from(event)
        elif told < event.development.version and "corroboration" in self._subscription.kinds:
            self._new += self._messages(event, again=True)

    def _tell_of_withdrawal(self, event: Event) -> None:
        """Tells whoever was told that nobody stands by it any more, whatever else the subscription wants."""
        self.tell()
        development = event.development
        if self._outboxes.told(self._name, development.id) is None:
            return
        self._outboxes.tell(self._messages(event, again=True), now=self._now)
        last = self._last_figure(event)
        if last and development.series and development.before and last == figure_told(development):
            self._outboxes.count_from(self._name, development.series, development.before)

    def _last_figure(self, event: Event) -> Known | None:
        """The figure from which the subscription counts a change, where it asks by how much."""
        series = event.development.series
        if series is None or not measures(self._subscription):
            return None
        return self._outboxes.figure(self._name, series)

    def _count_from(self, event: Event) -> None:
        """From what is told now, later changes are counted. A death before it leaves the event to be offered again."""
        known, series = figure_told(event.development), event.development.series
        if known and series and measures(self._subscription):
            self.tell()
            self._outboxes.count_from(self._name, series, known)

    def _messages(self, event: Event, *, again: bool = False) -> Sequence[Message]:
        return messages_for(self._name, self._subscription, event, now=self._now, title=self._title, again=again)


def _whole_entries(received: Sequence[Received[Event]]) -> Sequence[Received[Event]]:
    """The events without the last entry's, of which more may follow: they are read again with those. All, where all are of it."""
    whole = list(received)
    while whole and _entry(whole[-1]) == _entry(received[-1]):
        whole.pop()
    return whole or received


def _entry(received: Received[Event]) -> tuple[str, str]:
    carrier = received.work.carrier
    return carrier.entry, carrier.revision
