"""The deliver role: from events to messages that have arrived.

    events --held_by?--> tell --outbox--> lease --channel--> commit
      one reader a topic      |              one deliverer an outbox
                              told-set: once for ever

Two loops in one event loop. The subscribe step (`workers.offer`) fills outboxes. The outbox loop sends the heads of outboxes that
are due, as many at a time as there are outboxes, so that a channel that hangs delays no other: in each turn it commits what
attempts have come to and takes the next outboxes in hand, all at once. All that is decided is decided in the store's commits; a
deliverer that dies leaves work that another takes up when its leases end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import ports
from monitor.alerts.attempts import after_failure
from monitor.alerts.pace import after_quiet_hours, sent
from monitor.errors import DeliveryFailed, DeliveryRefused, MonitorError, StoreUnavailable
from monitor.ports import Attempted, Leased, OutboxName
from monitor.records import Delivery, DeliveryState, Snooze
from monitor.records.ids import ChannelName, TopicSlug
from monitor.settings import Channel, Config, HttpSettings
from workers import offer
from workers.offer import STORE_PAUSE, Offers
from workers.pacing import HeldSince, Pacing
from workers.waiting import first, sleep

log = logging.getLogger(__name__)

AT_ONCE = 64
"""Attempts that are under way at a time."""
IDLE = 0.2
"""Seconds between two looks when there was nothing to do."""
RENEW = 3.0
"""Seconds between two renewals of an outbox while its attempt takes long; well below the lease."""
GRACE = 10.0
"""Seconds that attempts have to end when the role is asked to stop; others come again after their lease."""

Opened = tuple[Channel, HttpSettings, str | None]
"""What a channel was opened with: it is opened anew where any of it changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the role needs from the world. jitter gives random numbers from 0 up to 1; held says what digests end with."""

    topics: Callable[[], Sequence[TopicSlug]]
    events: ports.Events
    outboxes: ports.Outboxes
    configurations: ports.Configurations
    breakers: ports.Breakers
    open_channel: Callable[[Channel, Config], ports.Channel]
    snoozes: Callable[[], Sequence[Snooze]]
    clock: ports.Clock
    jitter: Callable[[], float]
    held: HeldSince | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt that has ended, at a time: with an error, or well."""

    leased: Leased
    error: MonitorError | None
    at: datetime


class Deliverer:
    """One process's deliver role."""

    def __init__(self, world: Ports, *, idle: float = IDLE, renew: float = RENEW, grace: float = GRACE) -> None:
        self._world = world
        self._idle = idle
        self._renew = renew
        self._grace = grace
        self._pacing = Pacing(world.configurations, world.snoozes, world.breakers, world.held)
        self._channels: dict[Opened, ports.Channel] = {}
        self._wake = asyncio.Event()
        offering = offer.Ports(
            topics=world.topics,
            events=world.events,
            outboxes=world.outboxes,
            configurations=world.configurations,
            clock=world.clock,
        )
        self.offers = Offers(offering, self._wake.set, idle=idle)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then ends what is in flight."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.offers.run(stop))
            group.create_task(self._send(stop))

    async def _send(self, stop: asyncio.Event) -> None:
        under_way: dict[asyncio.Task[Tried], OutboxName] = {}
        while not stop.is_set():
            ended = [task for task in under_way if task.done()]
            for task in ended:
                del under_way[task]
            tried = [task.result() for task in ended]  # what an attempt does not know how to handle ends the role
            self._pacing.in_hand = frozenset(under_way.values())
            leased: Sequence[tuple[Leased, Config]] = ()
            if tried or len(under_way) < AT_ONCE:
                try:
                    leased = await asyncio.to_thread(self._turn, tried, AT_ONCE - len(under_way))
                except StoreUnavailable as error:
                    log.warning("outboxes wait, and what was just sent comes again when its lease ends: %s", error)
                    await sleep(stop, STORE_PAUSE)
                    continue
            for one, config in leased:
                task = asyncio.create_task(self._try(one, config), name=f"{one.outbox.subscription} to {one.outbox.channel}")
                under_way[task] = one.outbox
                task.add_done_callback(lambda _: self._wake.set())
            if not leased and not any(task.done() for task in under_way):
                await first(stop, self._wake, within=self._idle)
                self._wake.clear()
        await self._finish(under_way)

    async def _finish(self, under_way: Collection[asyncio.Task[Tried]]) -> None:
        if not under_way:
            return
        ended, late = await asyncio.wait(under_way, timeout=self._grace)
        for task in late:
            log.warning("the attempt of %s takes too long to wait for; it is made again after the next start", task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)  # all they can raise is that they were cancelled
        try:
            await asyncio.to_thread(self._turn, [task.result() for task in ended], 0)
        except StoreUnavailable as error:
            log.warning("what was just sent comes again when its lease ends: %s", error)

    def _turn(self, tried: Sequence[Tried], most: int) -> Sequence[tuple[Leased, Config]]:
        """Commits what attempts have come to and takes up to so many outboxes in hand, under the configuration in force."""
        self._pacing.look_anew()
        attempts = [self._judged(one) for one in tried]
        for attempted, done in zip(attempts, self._world.outboxes.commit(attempts), strict=True):
            if done:
                _tell_log(attempted)
            else:
                log.warning("message %s was taken up by another deliverer meanwhile", attempted.delivery.key)
        leased = self._world.outboxes.lease(self._world.clock(), self._pacing, most=most) if most else ()
        return [(one, self._pacing.config()) for one in leased]

    def _judged(self, tried: Tried) -> Attempted:
        """What the attempt comes to for its message, its outbox and its channel."""
        leased, error, now, jitter = tried.leased, tried.error, tried.at, self._world.jitter
        config = self._pacing.config()
        self._pacing.learn(leased.outbox.channel, error, now=now, jitter=jitter())
        message, subscription = leased.message, config.subscriptions.get(leased.outbox.subscription)
        if error is None:
            delivery = Delivery(key=message.key, state=DeliveryState.SENT, attempt=leased.attempt, at=now)
            return Attempted(leased=leased, delivery=delivery, pace=sent(leased.pace, message, subscription, now=now))
        failed = after_failure(message, leased.attempt, error, config.delivery, now=now, jitter=jitter())
        if failed.due is not None:
            failed = replace(failed, due=after_quiet_hours(message, subscription, failed.due))
        return Attempted(leased=leased, delivery=failed)

    async def _try(self, leased: Leased, config: Config) -> Tried:
        """Makes one attempt to bring the head of an outbox."""
        error: MonitorError | None = None
        try:
            await self._deliver(_settings(config, leased.outbox.channel), config, leased)
        except MonitorError as raised:
            error = raised
        except Exception as raised:
            # A fault of a channel must not end the role, nor lose the message: it is told with its place and tried again.
            log.exception("channel %s failed in a way that it should not", leased.outbox.channel)
            error = DeliveryFailed(f"{type(raised).__name__}: {raised}")
        return Tried(leased=leased, error=error, at=self._world.clock())

    async def _deliver(self, settings: Channel, config: Config, leased: Leased) -> None:
        """Delivers, and keeps the outbox in hand as long as that takes."""
        opened = (settings, config.http, config.delivery.templates)
        channel = self._channels.get(opened)
        if channel is None:
            channel = self._channels[opened] = self._world.open_channel(settings, config)
        task = asyncio.create_task(channel.deliver(leased.message, attempt=leased.attempt))
        try:
            while not (await asyncio.wait({task}, timeout=self._renew))[0]:
                await asyncio.to_thread(self._keep, leased)
            await task
        finally:
            task.cancel()

    def _keep(self, leased: Leased) -> None:
        try:
            self._world.outboxes.renew(leased)  # a lost one shows at the commit
        except StoreUnavailable as error:
            log.warning("the lease of %s is not renewed: %s", leased.outbox.channel, error)


def _tell_log(attempted: Attempted) -> None:
    outbox, delivery = attempted.leased.outbox, attempted.delivery
    place = f"{outbox.subscription} to {outbox.channel}"
    if delivery.state is DeliveryState.SENT:
        log.debug("%s: %s sent", place, delivery.key)
    elif delivery.state is DeliveryState.RETRY and delivery.due:
        wait = (delivery.due - delivery.at).total_seconds()
        log.warning("%s: attempt %d failed, next in %.0f s: %s", place, delivery.attempt, wait, delivery.error)
    else:
        log.error("%s: message %s is a dead letter now: %s", place, delivery.key, delivery.error)


def _settings(config: Config, channel: ChannelName) -> Channel:
    """The channel's settings. Raises DeliveryRefused where the configuration does not have it any more."""
    if channel not in config.channels:
        raise DeliveryRefused(f"the configuration in force has no channel {channel}; name it again, or drop the message")
    return config.channels[channel]
