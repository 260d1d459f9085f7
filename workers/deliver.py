"""The deliver role: from events to messages that have arrived.

    events --held_by?--> tell --outbox--> lease --channel--> commit
      one reader a topic      |              one deliverer an outbox
                              told-set: once for ever

Two loops in one event loop. The subscribe step takes each topic's events in order, and acknowledges an event once every
subscription has its messages or the reason why not. The outbox loop sends the heads of outboxes that are due, as many at a
time as there are outboxes, so that a channel that hangs delays no other. All that is decided is decided in the store's commits; a
deliverer that dies leaves work that another takes up when its leases end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from monitor import ports
from monitor.alerts.attempts import after_failure
from monitor.alerts.pace import after_quiet_hours, sent
from monitor.alerts.subscribe import Condition, held_by, messages_for
from monitor.errors import DeliveryFailed, DeliveryRefused, MonitorError, StoreUnavailable
from monitor.ports import Leased, Received
from monitor.records import Delivery, DeliveryState, Event, Message, Pace, Snooze, VerdictKind
from monitor.records.ids import ChannelName, SubscriptionName, TopicSlug
from monitor.settings import Channel, Config, HttpSettings, Subscription
from workers.pacing import HeldSince, Pacing

log = logging.getLogger(__name__)

BATCH = 32
"""Events that are read at a time; a lease is renewed between two batches."""
AT_ONCE = 64
"""Attempts that are under way at a time."""
IDLE = 0.2
"""Seconds between two looks when there was nothing to do."""
RENEW = 3.0
"""Seconds between two renewals of an outbox while its attempt takes long; well below the lease."""
GRACE = 10.0
"""Seconds that attempts have to end when the role is asked to stop; others come again after their lease."""
REST = 30.0
"""Seconds that a topic rests after an error that nobody foresaw."""
STORE_PAUSE = 1.0
"""Seconds before the store is tried again."""

Opened = tuple[Channel, HttpSettings, str | None]
"""What a channel was opened with: it is opened anew where any of it changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the role needs from the world. jitter gives random numbers from 0 up to 1; held says what digests end with."""

    topics: Callable[[], Sequence[TopicSlug]]
    events: ports.Events
    outboxes: ports.Outboxes
    configurations: ports.Configurations
    open_channel: Callable[[Channel, Config], ports.Channel]
    snoozes: Callable[[], Sequence[Snooze]]
    clock: ports.Clock
    jitter: Callable[[], float]
    held: HeldSince | None = None


class Deliverer:
    """One process's deliver role."""

    def __init__(self, world: Ports, *, idle: float = IDLE, renew: float = RENEW, grace: float = GRACE) -> None:
        self._world = world
        self._idle = idle
        self._renew = renew
        self._grace = grace
        self._pacing = Pacing(world.configurations, world.snoozes, world.held)
        self._channels: dict[Opened, ports.Channel] = {}
        self._rests_until: dict[TopicSlug, datetime] = {}
        self._wake = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then ends what is in flight."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._subscribe(stop))
            group.create_task(self._send(stop))

    # Subscribe: events to outboxes

    async def _subscribe(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                done = await asyncio.to_thread(self.subscribe_once)
            except StoreUnavailable as error:
                log.warning("events wait: %s", error)
                await _sleep(stop, STORE_PAUSE)
                continue
            if done:
                self._wake.set()
            else:
                await _sleep(stop, self._idle)
        await asyncio.to_thread(self._release)

    def subscribe_once(self) -> int:
        """Takes the next events of every topic that no other process reads; how many."""
        done = 0
        for topic in self._world.topics():
            rests_until = self._rests_until.get(topic)
            if rests_until is not None and self._world.clock() < rests_until:
                continue
            try:
                done += self._subscribe_topic(topic)
            except StoreUnavailable:
                raise
            except Exception:
                # No event is skipped: it would be an alert that never comes. The other topics go on meanwhile.
                log.exception("events of topic %s cannot be offered; they wait and are tried again in %.0f s", topic, REST)
                self._rests_until[topic] = self._world.clock() + timedelta(seconds=REST)
        return done

    def _subscribe_topic(self, topic: TopicSlug) -> int:
        if not self._world.events.acquire(topic):
            return 0
        received = self._world.events.read(topic, count=BATCH)
        groups = [list(group) for _, group in groupby(received, key=_entry)]
        if len(received) == BATCH and len(groups) > 1:
            groups.pop()  # more of the same entry may follow; it is read again with them
        for group in groups:
            self._offer([item.work for item in group])
            for item in group:
                self._world.events.acknowledge(topic, item)
        return sum(len(group) for group in groups)

    def _offer(self, events: Sequence[Event]) -> None:
        """Tells each subscription which of an entry's developments it wants, under the configuration of their batch."""
        config = self._world.configurations.under(events[0].under)
        topic = config.topics.get(events[0].development.topic)
        title, now = topic.title if topic else "", self._world.clock()
        for slug, subscription in config.subscriptions.items():
            name = SubscriptionName(slug)
            new: list[Message] = []
            for event in events:
                if event.cause is VerdictKind.WITHDRAWN:
                    self._tell_of_withdrawal(name, subscription, event, now, title)
                    continue
                condition = held_by(subscription, event)
                if condition is None and event.cause is VerdictKind.CORROBORATION:
                    self._tell_of_more(name, subscription, event, now, title)
                elif condition is None:
                    new += messages_for(name, subscription, event, now=now, title=title)
                elif condition is not Condition.TOPIC:  # what another topic brings is not held back: it was never meant
                    self._world.outboxes.hold(name, event.development.id, condition)
            if new:
                self._world.outboxes.tell(new, now=now)

    def _tell_of_more(self, name: SubscriptionName, subscription: Subscription, event: Event, now: datetime, title: str) -> None:
        """Tells a development that one more voice carries: for the first time, or again where that is wanted."""
        told = self._world.outboxes.told(name, event.development.id)
        again = told is not None and told < event.development.version
        if told is None or (again and "corroboration" in subscription.kinds):
            messages = messages_for(name, subscription, event, now=now, title=title, again=again)
            self._world.outboxes.tell(messages, now=now)

    def _tell_of_withdrawal(
        self, name: SubscriptionName, subscription: Subscription, event: Event, now: datetime, title: str
    ) -> None:
        """Tells whoever was told that nobody stands by it any more, whatever else the subscription wants."""
        if self._world.outboxes.told(name, event.development.id) is not None:
            self._world.outboxes.tell(messages_for(name, subscription, event, now=now, title=title, again=True), now=now)

    def _release(self) -> None:
        try:
            for topic in self._world.topics():
                self._world.events.release(topic)
        except StoreUnavailable as error:
            log.warning("reading leases end by themselves: %s", error)

    # Send: outboxes to channels

    async def _send(self, stop: asyncio.Event) -> None:
        under_way: set[asyncio.Task[None]] = set()
        while not stop.is_set():
            for task in [task for task in under_way if task.done()]:
                under_way.discard(task)
                task.result()  # what an attempt does not know how to handle ends the role
            leased = None
            if len(under_way) < AT_ONCE:
                try:
                    leased = await asyncio.to_thread(self._world.outboxes.lease, self._world.clock(), self._pacing)
                except StoreUnavailable as error:
                    log.warning("outboxes wait: %s", error)
                    await _sleep(stop, STORE_PAUSE)
            if leased is None:
                await _first(stop, self._wake, within=self._idle)
                self._wake.clear()
                continue
            task = asyncio.create_task(self.attempt(leased), name=f"{leased.outbox.subscription} to {leased.outbox.channel}")
            under_way.add(task)
            task.add_done_callback(lambda _: self._wake.set())
        await self._finish(under_way)

    async def _finish(self, under_way: set[asyncio.Task[None]]) -> None:
        if not under_way:
            return
        ended, late = await asyncio.wait(under_way, timeout=self._grace)
        for task in late:
            log.warning("the attempt of %s takes too long to wait for; it is made again after the next start", task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)  # all they can raise is that they were cancelled
        for task in ended:
            task.result()

    async def attempt(self, leased: Leased) -> None:
        """Makes one attempt to bring the head of an outbox, and commits what it came to."""
        try:
            delivery, pace = await self._outcome(leased)
            if not await asyncio.to_thread(self._world.outboxes.commit, leased, delivery, pace):
                log.warning("message %s was taken up by another deliverer meanwhile", leased.message.key)
                return
        except StoreUnavailable as error:
            log.warning("message %s comes again when its lease ends: %s", leased.message.key, error)
            return
        self._tell_log(leased, delivery)

    async def _outcome(self, leased: Leased) -> tuple[Delivery, Pace | None]:
        message, world = leased.message, self._world
        config = await asyncio.to_thread(self._pacing.config)
        subscription = config.subscriptions.get(leased.outbox.subscription)
        error: MonitorError | None = None
        try:
            await self._deliver(_settings(config, leased.outbox.channel), config, leased)
        except StoreUnavailable:
            raise
        except MonitorError as raised:
            error = raised
        except Exception as raised:
            # A fault of a channel must not end the role, nor lose the message: it is told with its place and tried again.
            log.exception("channel %s failed in a way that it should not", leased.outbox.channel)
            error = DeliveryFailed(f"{type(raised).__name__}: {raised}")
        now = world.clock()
        self._pacing.learn(leased.outbox.channel, error, now=now, jitter=world.jitter())
        if error is None:
            delivery = Delivery(key=message.key, state=DeliveryState.SENT, attempt=leased.attempt, at=now)
            return delivery, sent(leased.pace, message, subscription, now=now)
        failed = after_failure(message, leased.attempt, error, config.delivery, now=now, jitter=world.jitter())
        if failed.due is not None:
            failed = replace(failed, due=after_quiet_hours(message, subscription, failed.due))
        return failed, None

    async def _deliver(self, settings: Channel, config: Config, leased: Leased) -> None:
        """Delivers, and keeps the outbox in hand as long as that takes."""
        opened = (settings, config.http, config.delivery.templates)
        channel = self._channels.get(opened)
        if channel is None:
            channel = self._channels[opened] = self._world.open_channel(settings, config)
        task = asyncio.create_task(channel.deliver(leased.message, attempt=leased.attempt))
        try:
            while not (await asyncio.wait({task}, timeout=self._renew))[0]:
                await asyncio.to_thread(self._world.outboxes.renew, leased)  # a lost one shows at the commit
            await task
        finally:
            task.cancel()

    @staticmethod
    def _tell_log(leased: Leased, delivery: Delivery) -> None:
        place = f"{leased.outbox.subscription} to {leased.outbox.channel}"
        if delivery.state is DeliveryState.SENT:
            log.debug("%s: %s sent", place, delivery.key)
        elif delivery.state is DeliveryState.RETRY and delivery.due:
            wait = (delivery.due - delivery.at).total_seconds()
            log.warning("%s: attempt %d failed, next in %.0f s: %s", place, delivery.attempt, wait, delivery.error)
        else:
            log.error("%s: message %s is a dead letter now: %s", place, delivery.key, delivery.error)


def _entry(received: Received[Event]) -> tuple[str, str]:
    carrier = received.work.carrier
    return carrier.entry, carrier.revision


def _settings(config: Config, channel: ChannelName) -> Channel:
    """The channel's settings. Raises DeliveryRefused where the configuration does not have it any more."""
    if channel not in config.channels:
        raise DeliveryRefused(f"the configuration in force has no channel {channel}; name it again, or drop the message")
    return config.channels[channel]


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    await _first(stop, within=seconds)


async def _first(*events: asyncio.Event, within: float) -> None:
    """Waits for the first of the events, at most `within` seconds."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
