"""The port `Decisions` on Redis: a topic's ledger under a lease, its answers in order, one atomic commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from redis import Redis

from monitor.errors import LeaseLost
from monitor.ledger.part import NO_UPKEEP, Asked, Found, Upkeep
from monitor.records import Answer, Changes, Ledger
from monitor.records.codec import decode, encode
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys, ledgers, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.refile import Refiling
from workers.adapters.redis.renames import move_ledger
from workers.adapters.redis.units import known_topics


class RedisDecisions:
    """Every write is fenced by the topic's lease and epoch."""

    def __init__(self, redis: Redis, leases: Leases) -> None:
        self._redis = redis
        self._leases = leases

    @reaches_store
    def topics(self) -> Sequence[TopicSlug]:
        """See `monitor.ports.Decisions.topics`."""
        return known_topics(self._redis)

    @reaches_store
    def acquire(self, topic: TopicSlug) -> int:
        """See `monitor.ports.Decisions.acquire`."""
        return self._leases.acquire(keys.topic(topic, "lease:decide"), keys.topic(topic, "epoch:decide"))

    @reaches_store
    def release(self, topic: TopicSlug) -> None:
        """See `monitor.ports.Decisions.release`."""
        self._leases.release(keys.topic(topic, "lease:decide"))

    @reaches_store
    def absorb(self, former: TopicSlug, topic: TopicSlug) -> bool:
        """See `monitor.ports.Decisions.absorb`."""
        if former not in known_topics(self._redis):
            return True
        epoch = self.acquire(topic)
        if not epoch or not self.acquire(former):
            return False
        refiling = Refiling(self._redis, topic, owner=self._leases.owner, epoch=epoch)
        moved = move_ledger(self._redis, former, refiling, topic)
        self.release(former)
        return moved

    @reaches_store
    def load(self, topic: TopicSlug) -> Ledger:
        """The whole ledger as it stands, for people to look at: no role needs it."""
        return ledgers.load(self._redis, topic)

    @reaches_store
    def decided(self, topic: TopicSlug) -> int:
        """See `monitor.ports.Decisions.decided`."""
        return int(self._redis.get(keys.topic(topic, "decided")) or 0)

    @reaches_store
    def begin(self, topic: TopicSlug, first: int, *, epoch: int) -> int:
        """See `monitor.ports.Decisions.begin`."""
        names = [keys.topic(topic, "epoch:decide"), keys.topic(topic, "attempt")]
        deaths = int(scripts.call(self._redis, "begin_batch", names, [epoch, first]))
        if deaths < 0:
            raise LeaseLost(f"batch {first} of topic {topic} was not begun: the lease is another worker's")
        return deaths

    @reaches_store
    def look_up(self, topic: TopicSlug, asked: Asked) -> Found:
        """See `monitor.ports.Decisions.look_up`."""
        return ledgers.look_up(self._redis, topic, asked)

    @reaches_store
    def next_batch(self, topic: TopicSlug, after: int) -> Sequence[Answer]:
        """See `monitor.ports.Decisions.next_batch`."""
        answers = keys.topic(topic, "answers")
        data: Any = self._redis.hget(answers, str(after + 1))
        if data is None:
            return []
        head = decode(data, Answer)
        if head.first == head.last:
            return [head]
        rest: list[Any] = self._redis.hmget(answers, [str(number) for number in range(head.number + 1, head.last + 1)])
        if any(item is None for item in rest):
            return []
        return [head, *(decode(item, Answer) for item in rest)]

    @reaches_store
    def commit(self, changes: Changes, keeping: Upkeep = NO_UPKEEP, *, epoch: int) -> None:
        """See `monitor.ports.Decisions.commit`."""
        topic = changes.topic
        counts = Counter(f"verdict:{verdict.kind}" for verdict in changes.verdicts)
        counts["units"] = changes.last - changes.first + 1
        counts["dead"] = len(changes.unread)
        writes = ledgers.Writes(
            first=changes.first,
            last=changes.last,
            propositions=changes.propositions,
            series=changes.series,
            developments=changes.developments,
            dead=[(answer.number, encode({"answer": answer, "error": changes.failed})) for answer in changes.unread],
            accounts=changes.accounts,
            events=changes.events,
            counts=counts,
            keeping=keeping,
        )
        done = ledgers.commit(self._redis, topic, writes, owner=self._leases.owner, epoch=epoch)
        if done != 1:
            why = "the lease is another worker's" if done == -1 else "the topic has moved on"
            raise LeaseLost(f"batch {changes.first}..{changes.last} of topic {topic} was not written: {why}")
        if changes.unread:  # nothing is a copy of what nobody judged
            numbers = [str(answer.number) for answer in changes.unread]
            for part in ("texts", "marks"):
                self._redis.hdel(keys.topic(topic, part), *numbers)
