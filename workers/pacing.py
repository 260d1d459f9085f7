"""When outboxes send: the planner that the deliver role hands to the store, with the channels' circuit breakers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor import ports
from monitor.alerts.breaker import after_attempt
from monitor.alerts.pace import plan
from monitor.errors import MonitorError
from monitor.ports import OutboxName
from monitor.records import CLOSED, Breaker, Form, Message, Pace, Snooze
from monitor.records.ids import ChannelName, Snapshot, SubscriptionName
from monitor.settings import Config
from monitor.settings.delivery import RECORDS, TAKES

log = logging.getLogger(__name__)

PROBE = timedelta(seconds=60)
"""For so long other outboxes wait for the outcome of the one attempt that tries a closed channel again."""
IN_HAND = timedelta(seconds=1)
"""For so long an outbox is not looked at again whose attempt is under way."""
SNOOZES_EVERY = timedelta(seconds=1)
"""Between two looks at what is snoozed."""

HeldSince = Callable[[SubscriptionName, Config, datetime], str]
"""What was held back from a subscription since a time, in words; empty for nothing."""


class Pacing:
    """The planner of one deliverer, on the configuration in force, with the breakers that all deliverers share."""

    def __init__(
        self,
        configurations: ports.Configurations,
        snoozes: Callable[[], Sequence[Snooze]],
        breakers: ports.Breakers,
        held: HeldSince | None = None,
    ) -> None:
        self._held = held
        self._configurations = configurations
        self._snoozes = snoozes
        self._known_snoozes: Sequence[Snooze] = ()
        self._look_again: datetime | None = None
        self._breakers = breakers
        self._known: dict[ChannelName, Breaker] | None = None
        self._config: Config | None = None
        self._number: Snapshot | None = None
        self.in_hand: Collection[OutboxName] = ()
        """Outboxes whose attempts are under way here: none begins a second, though a lease ran out while this process stood."""

    def look_anew(self) -> None:
        """From now on what is in force counts, and not what was when it was looked at last."""
        self._config = self._known = None

    def config(self) -> Config:
        """The configuration in force."""
        if self._config is None:
            number = self._configurations.current()
            self._config = self._configurations.load(number)
            if number != self._number:
                self._try_all()
            self._number = number
        return self._config

    def closed_until(self, outbox: OutboxName, now: datetime) -> datetime | None:
        """See `monitor.ports.Planner.closed_until`."""
        if outbox in self.in_hand:
            return now + IN_HAND
        until = self._breaker(outbox.channel).until
        return until if until is not None and now < until else None

    def claim(self, outbox: OutboxName, now: datetime) -> datetime | None:
        """See `monitor.ports.Planner.claim`."""
        while True:
            breaker = self._breaker(outbox.channel)
            if breaker.until is None or now < breaker.until:
                return breaker.until
            if self._turn(outbox.channel, replace(breaker, until=now + PROBE)):
                return None  # this outbox tries; the others wait for what it learns

    def plan(self, outbox: OutboxName, waiting: Sequence[Message], pace: Pace, now: datetime) -> Message | datetime:
        """See `monitor.ports.Planner.plan`."""
        config = self.config()
        subscription = config.subscriptions.get(outbox.subscription)
        channel = config.channels.get(outbox.channel)
        if subscription is None or channel is None:
            return waiting[0]
        if self._look_again is None or now >= self._look_again:
            self._known_snoozes, self._look_again = self._snoozes(), now + SNOOZES_EVERY
        calls, most = channel.type not in RECORDS, TAKES.get(channel.type, TAKES["other"])
        found = plan(waiting, subscription, pace, self._known_snoozes, calls=calls, most=most, now=now)
        if isinstance(found, Message) and found.form is Form.DIGEST and found.held is None and self._held is not None:
            since = pace.digest or min(alert.told for alert in found.alerts)
            return replace(found, held=self._held(outbox.subscription, config, since) or None)
        return found

    def learn(self, channel: ChannelName, error: MonitorError | None, *, now: datetime, jitter: float) -> None:
        """What an attempt says of its channel."""
        settings = self.config().delivery
        while True:
            before = self._breaker(channel)
            after = after_attempt(before, error, settings, now=now, jitter=jitter)
            if after == before or self._turn(channel, after):
                break
        if after.until and after.failures >= settings.breaker_after:
            log.warning(
                "channel %s failed %d times in a row; it rests until %s", channel, after.failures, f"{after.until:%H:%M:%S %Z}"
            )
        elif before.failures >= settings.breaker_after and after == CLOSED:
            log.info("channel %s works again", channel)

    def _try_all(self) -> None:
        """Lets every channel that rests be tried: this process has just begun, or somebody has mended the configuration."""
        for channel, breaker in self._breakers.all().items():
            if breaker.until is not None:
                self._breakers.turn(channel, replace(breaker, until=breaker.since))
        self._known = None

    def _breaker(self, channel: ChannelName) -> Breaker:
        if self._known is None:
            self.config()  # one that is new has every channel tried
            self._known = dict(self._breakers.all())
        return self._known.get(channel, CLOSED)

    def _turn(self, channel: ChannelName, breaker: Breaker) -> bool:
        """False where another deliverer has learnt something meanwhile, which is then known here, too."""
        done = self._breakers.turn(channel, breaker)
        if done and self._known is not None:
            self._known[channel] = breaker
        else:
            self._known = None
        return done
