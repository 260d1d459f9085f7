"""When outboxes send: the planner that the deliver role hands to the store, with the channels' circuit breakers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor import ports
from monitor.alerts.breaker import CLOSED, Breaker, after_attempt
from monitor.alerts.pace import plan
from monitor.errors import MonitorError
from monitor.ports import OutboxName
from monitor.records import Form, Message, Pace, Snooze
from monitor.records.ids import ChannelName, SubscriptionName
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
    """The planner of one deliverer, on the configuration in force. Breakers are its own: each process learns by itself."""

    def __init__(
        self, configurations: ports.Configurations, snoozes: Callable[[], Sequence[Snooze]], held: HeldSince | None = None
    ) -> None:
        self._held = held
        self._configurations = configurations
        self._snoozes = snoozes
        self._known_snoozes: Sequence[Snooze] = ()
        self._look_again: datetime | None = None
        self._breakers: dict[ChannelName, Breaker] = {}
        self._config: Config | None = None
        self.in_hand: Collection[OutboxName] = ()
        """Outboxes whose attempts are under way here: none begins a second, though a lease ran out while this process stood."""

    def look_anew(self) -> None:
        """From now on what is in force counts, and not what was when it was looked at last."""
        self._config = None

    def config(self) -> Config:
        """The configuration in force."""
        if self._config is None:
            self._config = self._configurations.load(self._configurations.current())
        return self._config

    def closed_until(self, outbox: OutboxName, now: datetime) -> datetime | None:
        """See `monitor.ports.Planner.closed_until`."""
        if outbox in self.in_hand:
            return now + IN_HAND
        breaker = self._breakers.get(outbox.channel, CLOSED)
        if breaker.until is None:
            return None
        if now < breaker.until:
            return breaker.until
        # this outbox tries; the others wait for what it learns
        self._breakers[outbox.channel] = Breaker(failures=breaker.failures, until=now + PROBE)
        return None

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
        before = self._breakers.get(channel, CLOSED)
        after = after_attempt(before, error, self.config().delivery, now=now, jitter=jitter)
        self._breakers[channel] = after
        if after.until and after.failures >= self.config().delivery.breaker_after:
            log.warning("channel %s failed %d times in a row; it rests until %s", channel, after.failures, after.until)
        elif before.failures >= self.config().delivery.breaker_after and after == CLOSED:
            log.info("channel %s works again", channel)
