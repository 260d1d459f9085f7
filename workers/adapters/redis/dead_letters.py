"""What was set aside, for people to look at and mend: messages that did not arrive, units that could not be read or judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from redis import Redis

from monitor.records import Answer, DeadLetter, Unit
from monitor.records.codec import decode, encode
from monitor.records.ids import Snapshot, SubscriptionName, TopicSlug
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.outboxes import member
from workers.adapters.redis.polls import milliseconds
from workers.adapters.redis.subscriptions import RedisSubscriptions
from workers.adapters.redis.units import RedisUnits, known_topics, work_id


class DeadUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A number of a topic's sequence that was set aside: by analyze with its unit, by decide with its answer."""

    error: str
    unit: Unit | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One dead letter of either kind. name is what people call it by: the message's key, or TOPIC/NUMBER."""

    name: str
    message: DeadLetter | None = None
    unit: DeadUnit | None = None
    topic: TopicSlug | None = None
    number: int = 0

    @property
    def error(self) -> str:
        """Why it was set aside."""
        found = self.message or self.unit
        return found.error if found else ""


class RedisDeadLetters:
    """All dead letters of the store."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @reaches_store
    def all(self) -> Sequence[Letter]:
        """Messages, oldest first, then units in the order of their topics and numbers."""
        return [*self._messages(), *self._units()]

    @reaches_store
    def retry(self, letter: Letter, *, now: datetime) -> bool:
        """Works on it again: a message at the end of its outbox, a unit under a new number and the configuration in force.

        False where it is no dead letter any more, and for what decide set aside: its number is decided, and its entry is gone.
        """
        if letter.message:
            return self._retry_message(letter.message, now=now)
        if letter.topic is None or letter.unit is None or letter.unit.unit is None:
            return False
        entry = letter.unit.unit.entry
        snapshot = Snapshot(int(self._redis.get(keys.CONFIG_CURRENT) or 0))
        self._redis.zrem(keys.topic(letter.topic, "works"), work_id(entry))
        # First there, then here: a death in between leaves a dead letter that was retried, never an entry that is lost.
        RedisUnits(self._redis).append(letter.topic, letter.name, snapshot, [entry])
        return self.drop(letter)

    @reaches_store
    def drop(self, letter: Letter) -> bool:
        """Deletes it for good. False where it is gone by now."""
        if letter.message:
            message = letter.message.message
            return bool(self._redis.hdel(keys.subscription(message.subscription, "dead"), message.key))
        return letter.topic is not None and bool(self._redis.hdel(keys.topic(letter.topic, "dead"), str(letter.number)))

    def _retry_message(self, letter: DeadLetter, *, now: datetime) -> bool:
        """The message is told anew, since the time to give up counts from then."""
        fresh = replace(letter.message, told=now)
        name, channel = fresh.subscription, fresh.channel
        names = [keys.subscription(name, "dead"), keys.outbox(name, channel, "messages"), keys.subscription(name, "counts")]
        done = bool(scripts.call(self._redis, "retry_dead", names, [fresh.key, encode(fresh), channel]))
        self._redis.zadd(keys.OUTBOXES_DUE, {member(name, channel): milliseconds(now)}, lt=True)
        return done

    def _messages(self) -> list[Letter]:
        letters: list[DeadLetter] = []
        names = {outbox.subscription for outbox in RedisSubscriptions(self._redis).outboxes()}
        for name in sorted(names):
            found: Any = self._redis.hvals(keys.subscription(SubscriptionName(name), "dead"))
            letters += [decode(data, DeadLetter) for data in found]
        letters.sort(key=lambda letter: (letter.at, letter.message.key))
        return [Letter(name=letter.message.key, message=letter) for letter in letters]

    def _units(self) -> list[Letter]:
        letters = []
        for topic in known_topics(self._redis):
            found: Any = self._redis.hgetall(keys.topic(topic, "dead"))
            numbered = sorted((int(number), decode(data, DeadUnit)) for number, data in found.items())
            letters += [Letter(name=f"{topic}/{n}", topic=topic, number=n, unit=unit) for n, unit in numbered]
        return letters
