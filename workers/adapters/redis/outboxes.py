"""The port `Outboxes` on Redis.

An outbox is a list, and a sorted set names when each is due. The two lie under different hash tags, so that no script writes
both; instead the due time is only a hint that heals itself. An outbox never leaves the set: one that is idle comes due once in
`IDLE` seconds, one that is picked comes back when its lease ends, and each new message makes it due at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from redis import Redis

from monitor.ports import Leased, OutboxName
from monitor.records import DeadLetter, Delivery, DeliveryState, Message
from monitor.records.codec import decode, encode
from monitor.records.ids import ChannelName, DevelopmentId, SubscriptionName
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.leases import LEASE
from workers.adapters.redis.polls import milliseconds

IDLE = 60.0
"""Seconds after which an empty outbox is looked at again."""


class RedisOutboxes:
    """Told-sets and outboxes."""

    def __init__(self, redis: Redis, *, lease: float = LEASE) -> None:
        self._redis = redis
        self._lease = int(lease * 1000)

    @reaches_store
    def tell(self, messages: Sequence[Message], *, now: datetime) -> bool:
        """See `monitor.ports.Outboxes.tell`."""
        subscription, event = messages[0].subscription, messages[0].event
        names = [keys.subscription(subscription, part) for part in ("told", "held", "counts")]
        names += [keys.outbox(subscription, message.channel, "messages") for message in messages]
        told = f"{event.development.version} {now.isoformat()}"
        arguments: list[scripts.Value] = [event.development.id, told, *(encode(message) for message in messages)]
        new = bool(scripts.call(self._redis, "tell", names, arguments))
        # Also where it was told before: whoever told it may have died before this line.
        members = {member(message.subscription, message.channel): milliseconds(now) for message in messages}
        self._redis.zadd(keys.OUTBOXES_DUE, members, lt=True)
        return new

    @reaches_store
    def hold(self, subscription: SubscriptionName, development: DevelopmentId, condition: str) -> None:
        """See `monitor.ports.Outboxes.hold`."""
        names = [keys.subscription(subscription, part) for part in ("told", "held", "counts")]
        scripts.call(self._redis, "hold", names, [development, condition])

    @reaches_store
    def lease(self, now: datetime) -> Leased | None:
        """See `monitor.ports.Outboxes.lease`."""
        while picked := scripts.call(self._redis, "take_due", [keys.OUTBOXES_DUE], [milliseconds(now), self._lease]):
            outbox, due = parse_member(picked[0].decode()), picked[1].decode()
            names = [keys.outbox(outbox.subscription, outbox.channel, part) for part in ("messages", "lease", "state")]
            answer = scripts.call(self._redis, "lease_outbox", names, [self._lease, milliseconds(now)])
            match answer[0]:
                case b"message":
                    message, token = decode(answer[3], Message), f"{int(answer[1])}:{due}"
                    return Leased(outbox=outbox, message=message, attempt=int(answer[2]), token=token)
                case b"later":
                    self._reschedule(outbox, int(answer[1]), due)
                case b"held":
                    self._reschedule(outbox, milliseconds(now) + int(answer[1]), due)
                case _:
                    self._reschedule(outbox, milliseconds(now + timedelta(seconds=IDLE)), due)
        return None

    @reaches_store
    def renew(self, leased: Leased) -> bool:
        """See `monitor.ports.Outboxes.renew`."""
        names = [keys.outbox(leased.outbox.subscription, leased.outbox.channel, part) for part in ("lease", "state")]
        return bool(scripts.call(self._redis, "renew_outbox", names, [leased.token.split(":")[0], self._lease]))

    @reaches_store
    def commit(self, leased: Leased, delivery: Delivery) -> bool:
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
