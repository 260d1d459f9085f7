"""The port `Outboxes` on Redis.

An outbox is a list of alerts that wait, and the message that was put together of some of them and is being brought, which stays
as it is, key and all, until it has arrived or is given up. A sorted set names when each outbox is due. It lies under another
hash tag, so that no script writes both; instead the due time is only a hint that heals itself. An outbox never leaves the set:
one that is idle comes due once in `IDLE` seconds, one that is picked comes back when its lease ends, and each new message makes
it due at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from monitor.ports import Leased, OneByOne, OutboxName, Planner
from monitor.records import DeadLetter, Delivery, DeliveryState, Message, Pace
from monitor.records.codec import decode, encode
from monitor.records.ids import ChannelName, DevelopmentId, SubscriptionName
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.leases import LEASE
from workers.adapters.redis.polls import milliseconds

IDLE = 60.0
"""Seconds after which an outbox that is empty, or that holds its alerts back, is looked at again."""
WINDOW, ALL = 16, 2_000
"""Alerts that are read of an outbox at first, and where more must be known of it to say what goes."""
ONE_BY_ONE = OneByOne()


class RedisOutboxes:
    """Told-sets and outboxes."""

    def __init__(self, redis: Redis, *, lease: float = LEASE) -> None:
        self._redis = redis
        self._lease = int(lease * 1000)

    @reaches_store
    def tell(self, messages: Sequence[Message], *, now: datetime) -> bool:
        """See `monitor.ports.Outboxes.tell`."""
        subscription = messages[0].subscription
        channels = list(dict.fromkeys(message.channel for message in messages))
        names = [keys.subscription(subscription, part) for part in ("told", "held", "counts")]
        names += [keys.outbox(subscription, channel, "messages") for channel in channels]
        arguments: list[scripts.Value] = []
        for message in messages:
            told = f"{message.version} {now.isoformat()}"
            topic = message.event.development.topic if message.event is not None else ""
            arguments += [message.telling, told, topic, channels.index(message.channel) + 1, encode(message)]
        new = bool(scripts.call(self._redis, "tell", names, arguments))
        # Also where it was told before: whoever told it may have died before this line.
        self._redis.zadd(keys.OUTBOXES_DUE, {member(subscription, channel): milliseconds(now) for channel in channels}, lt=True)
        return new

    @reaches_store
    def told(self, subscription: SubscriptionName, development: DevelopmentId) -> int | None:
        """See `monitor.ports.Outboxes.told`."""
        found: Any = self._redis.hget(keys.subscription(subscription, "told"), development)
        return int(found.split()[0]) if found else None

    @reaches_store
    def hold(self, subscription: SubscriptionName, development: DevelopmentId, condition: str) -> None:
        """See `monitor.ports.Outboxes.hold`."""
        names = [keys.subscription(subscription, part) for part in ("told", "held", "counts")]
        scripts.call(self._redis, "hold", names, [development, condition])

    @reaches_store
    def lease(self, now: datetime, planner: Planner = ONE_BY_ONE) -> Leased | None:
        """See `monitor.ports.Outboxes.lease`."""
        while picked := scripts.call(self._redis, "take_due", [keys.OUTBOXES_DUE], [milliseconds(now), self._lease]):
            outbox, due = parse_member(picked[0].decode()), picked[1].decode()
            if (closed := planner.closed_until(outbox, now)) is not None:
                self._reschedule(outbox, milliseconds(closed), due)
                continue
            found = self._take(outbox, due, now, planner)
            if isinstance(found, Leased):
                return found
            self._reschedule(outbox, found, due)
        return None

    def _take(self, outbox: OutboxName, due: str, now: datetime, planner: Planner) -> Leased | int:
        """The outbox with the message that goes now, or when to look at it again, in milliseconds."""
        names = [keys.outbox(outbox.subscription, outbox.channel, part) for part in ("messages", "lease", "state")]
        for most in (WINDOW, ALL):
            answer = scripts.call(self._redis, "lease_outbox", names, [self._lease, milliseconds(now), most])
            match answer[0]:
                case b"packed":
                    pace = decode(answer[4], Pace) if answer[4] else Pace()
                    message, token = decode(answer[3], Message), f"{int(answer[1])}:{due}"
                    return Leased(outbox=outbox, message=message, attempt=int(answer[2]), token=token, pace=pace)
                case b"later":
                    return int(answer[1])
                case b"held":
                    return milliseconds(now) + int(answer[1])
                case b"empty":
                    return milliseconds(now + timedelta(seconds=IDLE))
            epoch, pace = int(answer[1]), decode(answer[2], Pace) if answer[2] else Pace()
            waiting = {message.key: (message, data) for data in answer[3:] for message in [decode(data, Message)]}
            found = planner.plan(outbox, [message for message, _ in waiting.values()], pace, now)
            enough = isinstance(found, Message) and len(found.alerts) < len(waiting)
            if enough or len(answer) - 3 < most or most == ALL:
                break
            scripts.call(self._redis, "put_off_outbox", names[1:], [epoch])
        if not isinstance(found, Message):
            scripts.call(self._redis, "put_off_outbox", names[1:], [epoch])
            return milliseconds(min(found, now + timedelta(seconds=IDLE)))
        taken = [waiting[alert.key][1] for alert in (found.alerts if found.key in waiting else ())]
        if found.more and waiting[found.key][0].more:
            taken = taken[:1]  # one that was put together before waits as one
        if not scripts.call(self._redis, "pack_outbox", names, [epoch, encode(found), *taken]):
            return milliseconds(now) + self._lease
        return Leased(outbox=outbox, message=found, attempt=1, token=f"{epoch}:{due}", pace=pace)

    @reaches_store
    def renew(self, leased: Leased) -> bool:
        """See `monitor.ports.Outboxes.renew`."""
        names = [keys.outbox(leased.outbox.subscription, leased.outbox.channel, part) for part in ("lease", "state")]
        return bool(scripts.call(self._redis, "renew_outbox", names, [leased.token.split(":")[0], self._lease]))

    @reaches_store
    def commit(self, leased: Leased, delivery: Delivery, pace: Pace | None = None) -> bool:
        """See `monitor.ports.Outboxes.commit`."""
        outbox = leased.outbox
        epoch, token = leased.token.split(":")
        names = [keys.outbox(outbox.subscription, outbox.channel, part) for part in ("messages", "lease", "state")]
        names += [keys.subscription(outbox.subscription, part) for part in ("dead", "counts")]
        due = milliseconds(delivery.due or delivery.at)
        error = delivery.error or ""
        letter = DeadLetter(message=leased.message, attempts=delivery.attempt, at=delivery.at, error=error)
        dead = encode(letter) if delivery.state is DeliveryState.DEAD else b""
        arguments: list[scripts.Value] = [epoch, delivery.state, outbox.channel, leased.message.key, due, error, dead]
        arguments.append(encode(pace) if pace is not None else b"")
        left = int(scripts.call(self._redis, "commit_delivery", names, arguments))
        if left < 0:
            return False
        next_due = due if left else milliseconds(delivery.at + timedelta(seconds=IDLE))
        self._reschedule(outbox, next_due, token)
        return True

    def _reschedule(self, outbox: OutboxName, due: int, token: str) -> None:
        arguments: list[scripts.Value] = [member(outbox.subscription, outbox.channel), due, token]
        scripts.call(self._redis, "reschedule", [keys.OUTBOXES_DUE], arguments)


def member(subscription: SubscriptionName, channel: ChannelName) -> str:
    """An outbox in the sorted set of due ones. Names are slugs and hold no colon."""
    return f"{subscription}:{channel}"


def parse_member(text: str) -> OutboxName:
    """The outbox that `member` wrote."""
    subscription, _, channel = text.partition(":")
    return OutboxName(subscription=SubscriptionName(subscription), channel=ChannelName(channel))
