"""The port `Outboxes` on Redis.

An outbox is a list of alerts that wait, and the message that was put together of some of them and is being brought, which stays
as it is, key and all, until it has arrived or is given up. A sorted set names when each outbox is due. It lies under another
hash tag, so that no script writes both; instead the due time is only a hint that heals itself. An outbox never leaves the set:
one that is idle comes due once in `IDLE` seconds, one that is picked comes back when its lease ends, and each new message makes
it due at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from redis import Redis

from monitor.ports import Attempted, Leased, OneByOne, OutboxName, Planner
from monitor.records import DeadLetter, DeliveryState, Form, Known, Message, Pace
from monitor.records.codec import decode, encode
from monitor.records.ids import ChannelName, DevelopmentId, SeriesId, SubscriptionName
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.leases import LEASE
from workers.adapters.redis.polls import milliseconds

IDLE = 60.0
"""Seconds after which an outbox that is empty, or that holds its alerts back, is looked at again."""
WINDOW, ALL = 4, 2_000
"""Alerts that are read of an outbox at first, and where more must be known of it to say what goes."""
ONE_BY_ONE = OneByOne()
REMEMBERED = 512
"""Alerts that one process keeps as they were read: those that wait are read again each time that one before them goes."""
PACES = 64
"""Outboxes whose pace one process keeps as it was read or written last."""


@lru_cache(maxsize=REMEMBERED)
def _alert(data: bytes) -> Message:
    return decode(data, Message)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """An outbox in hand and what goes of it, once it is packed. taken: the alerts that it is made of, as they wait."""

    leased: Leased
    epoch: int
    taken: Sequence[bytes]


class RedisOutboxes:
    """Told-sets and outboxes."""

    def __init__(self, redis: Redis, *, lease: float = LEASE) -> None:
        self._redis = redis
        self._lease = int(lease * 1000)
        self._paces: OrderedDict[OutboxName, tuple[bytes, Pace]] = OrderedDict()

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
    def figure(self, subscription: SubscriptionName, series: SeriesId) -> Known | None:
        """See `monitor.ports.Outboxes.figure`."""
        found: Any = self._redis.hget(keys.subscription(subscription, "figures"), series)
        return decode(found, Known) if found else None

    @reaches_store
    def count_from(self, subscription: SubscriptionName, series: SeriesId, known: Known, *, first: bool = False) -> None:
        """See `monitor.ports.Outboxes.count_from`."""
        name = keys.subscription(subscription, "figures")
        if first:
            self._redis.hsetnx(name, series, encode(known))
        else:
            self._redis.hset(name, series, encode(known))

    @reaches_store
    def lease(self, now: datetime, planner: Planner = ONE_BY_ONE, *, most: int = 1) -> Sequence[Leased]:
        """See `monitor.ports.Outboxes.lease`."""
        leased: list[Leased] = []
        while len(leased) < most:
            arguments: list[scripts.Value] = [milliseconds(now), self._lease, most - len(leased)]
            token, *picked = scripts.call(self._redis, "take_due", [keys.OUTBOXES_DUE], arguments)
            if not picked:
                break
            due, later, open_ones = token.decode(), dict[OutboxName, int](), list[OutboxName]()
            for outbox in (parse_member(name.decode()) for name in picked):
                closed = planner.closed_until(outbox, now)
                if closed is None:
                    open_ones.append(outbox)
                else:
                    later[outbox] = milliseconds(closed)
            for outbox, found in self._take(open_ones, due, now, planner):
                if isinstance(found, Leased):
                    leased.append(found)
                else:
                    later[outbox] = found
            self._reschedule([(outbox, when, due) for outbox, when in later.items()])
        return leased

    def _take(
        self, outboxes: Sequence[OutboxName], due: str, now: datetime, planner: Planner
    ) -> Sequence[tuple[OutboxName, Leased | int]]:
        """Each outbox with the message that goes now, or when to look at it again, in milliseconds."""
        taken: list[tuple[OutboxName, Leased | int]] = []
        chosen: list[_Chosen] = []
        arguments: list[scripts.Value] = [self._lease, milliseconds(now), WINDOW]
        answers = scripts.call_each(self._redis, "lease_outbox", [(_names(outbox), arguments) for outbox in outboxes])
        for outbox, answer in zip(outboxes, answers, strict=True):
            found = self._choose(outbox, answer, WINDOW, due, now, planner)
            if found is None:  # more must be known of it
                whole = scripts.call(self._redis, "lease_outbox", _names(outbox), [*arguments[:2], ALL])
                found = self._choose(outbox, whole, ALL, due, now, planner)
            if isinstance(found, Leased | _Chosen) and (closed := planner.claim(outbox, now)) is not None:
                self._put_off(outbox, found)
                found = milliseconds(closed)
            if isinstance(found, _Chosen):
                chosen.append(found)
            else:
                taken.append((outbox, milliseconds(now) + self._lease if found is None else found))
        packing: list[scripts.Call] = [
            (_names(one.leased.outbox), [one.epoch, encode(one.leased.message), *one.taken]) for one in chosen
        ]
        packed = scripts.call_each(self._redis, "pack_outbox", packing)
        for one, done in zip(chosen, packed, strict=True):
            taken.append((one.leased.outbox, one.leased if done else milliseconds(now) + self._lease))
        return taken

    def _choose(
        self, outbox: OutboxName, answer: Sequence[Any], most: int, due: str, now: datetime, planner: Planner
    ) -> _Chosen | Leased | int | None:
        """What is to be done with an outbox by the answer of `lease_outbox`; None where more of it must be read to know."""
        match answer[0]:
            case b"packed":
                pace = self._pace(outbox, answer[4])
                message, token = decode(answer[3], Message), f"{int(answer[1])}:{due}"
                return Leased(outbox=outbox, message=message, attempt=int(answer[2]), token=token, pace=pace)
            case b"later":
                return int(answer[1])
            case b"held":
                return milliseconds(now) + int(answer[1])
            case b"empty":
                return milliseconds(now + timedelta(seconds=IDLE))
        epoch, pace = int(answer[1]), self._pace(outbox, answer[2])
        waiting = {message.key: (message, data) for data in answer[3:] for message in [_alert(data)]}
        found = planner.plan(outbox, [message for message, _ in waiting.values()], pace, now)
        # What is told of one entry stands together there; what is told of a time or a story may stand anywhere.
        enough = isinstance(found, Message) and len(found.alerts) < len(waiting) and found.form in {Form.ALERT, Form.NOTICE}
        if not enough and len(answer) - 3 >= most and most < ALL:
            scripts.call(self._redis, "put_off_outbox", _names(outbox)[1:], [epoch, 0])
            return None
        if not isinstance(found, Message):
            scripts.call(self._redis, "put_off_outbox", _names(outbox)[1:], [epoch, 0])
            return milliseconds(min(found, now + timedelta(seconds=IDLE)))
        taken = [waiting[alert.key][1] for alert in (found.alerts if found.key in waiting else ())]
        if found.more and waiting[found.key][0].more:
            taken = taken[:1]  # one that was put together before waits as one
        leased = Leased(outbox=outbox, message=found, attempt=1, token=f"{epoch}:{due}", pace=pace)
        return _Chosen(leased=leased, epoch=epoch, taken=taken)

    def _put_off(self, outbox: OutboxName, found: Leased | _Chosen) -> None:
        """Gives back an outbox in hand whose message may not go; no attempt of it was made."""
        if isinstance(found, _Chosen):
            arguments: list[scripts.Value] = [found.epoch, 0]
        else:
            arguments = [found.token.split(":")[0], 1]
        scripts.call(self._redis, "put_off_outbox", _names(outbox)[1:], arguments)

    @reaches_store
    def renew(self, leased: Leased) -> bool:
        """See `monitor.ports.Outboxes.renew`."""
        return bool(
            scripts.call(self._redis, "renew_outbox", _names(leased.outbox)[1:], [leased.token.split(":")[0], self._lease])
        )

    @reaches_store
    def commit(self, attempts: Sequence[Attempted]) -> Sequence[bool]:
        """See `monitor.ports.Outboxes.commit`."""
        calls = [(self._commit_names(attempted), self._commit_arguments(attempted)) for attempted in attempts]
        left = [int(count) for count in scripts.call_each(self._redis, "commit_delivery", calls)]
        moved = []
        for attempted, count in zip(attempts, left, strict=True):
            delivery, token = attempted.delivery, attempted.leased.token.split(":")[1]
            due = (delivery.due or delivery.at) if count else delivery.at + timedelta(seconds=IDLE)
            if count >= 0:
                moved.append((attempted.leased.outbox, milliseconds(due), token))
        self._reschedule(moved)
        return [count >= 0 for count in left]

    @staticmethod
    def _commit_names(attempted: Attempted) -> list[str]:
        outbox = attempted.leased.outbox
        return [*_names(outbox), *(keys.subscription(outbox.subscription, part) for part in ("dead", "counts"))]

    def _commit_arguments(self, attempted: Attempted) -> list[scripts.Value]:
        leased, delivery = attempted.leased, attempted.delivery
        error = delivery.error or ""
        letter = DeadLetter(message=leased.message, attempts=delivery.attempt, at=delivery.at, error=error)
        dead = encode(letter) if delivery.state is DeliveryState.DEAD else b""
        pace = encode(attempted.pace) if attempted.pace is not None else b""
        if attempted.pace is not None:
            self._keep(leased.outbox, pace, attempted.pace)
        epoch, due = leased.token.split(":")[0], milliseconds(delivery.due or delivery.at)
        return [epoch, delivery.state, leased.outbox.channel, leased.message.key, due, error, dead, pace]

    def _pace(self, outbox: OutboxName, data: bytes) -> Pace:
        """What the store holds of an outbox's pace; it grows long, and is mostly what this process wrote last."""
        known = self._paces.get(outbox)
        if known is not None and known[0] == data:
            return known[1]
        pace = decode(data, Pace) if data else Pace()
        self._keep(outbox, data, pace)
        return pace

    def _keep(self, outbox: OutboxName, data: bytes, pace: Pace) -> None:
        self._paces[outbox] = data, pace
        self._paces.move_to_end(outbox)
        if len(self._paces) > PACES:
            self._paces.popitem(last=False)

    def _reschedule(self, moved: Sequence[tuple[OutboxName, int, str]]) -> None:
        """Sets when each outbox is due next, unless it was touched since it was picked with its token."""
        if moved:
            arguments: list[scripts.Value] = []
            for outbox, due, token in moved:
                arguments += [member(outbox.subscription, outbox.channel), due, token]
            scripts.call(self._redis, "reschedule", [keys.OUTBOXES_DUE], arguments)


def _names(outbox: OutboxName) -> list[str]:
    return [keys.outbox(outbox.subscription, outbox.channel, part) for part in ("messages", "lease", "state")]


def member(subscription: SubscriptionName, channel: ChannelName) -> str:
    """An outbox in the sorted set of due ones. Names are slugs and hold no colon."""
    return f"{subscription}:{channel}"


def parse_member(text: str) -> OutboxName:
    """The outbox that `member` wrote."""
    subscription, _, channel = text.partition(":")
    return OutboxName(subscription=SubscriptionName(subscription), channel=ChannelName(channel))
