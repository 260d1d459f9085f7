"""The port `Decisions` on Redis: a topic's ledger under a lease, its answers in order, one atomic commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from redis import Redis

from monitor.errors import LeaseLost
from monitor.records import Answer, Changes, Development, Ledger, Proposition, Series
from monitor.records.codec import decode, encode
from monitor.records.ids import DevelopmentId, PropositionId, SeriesId, TopicSlug
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.renames import move_ledger
from workers.adapters.redis.units import known_topics

WORKS_KEPT = 5_000
"""Newest work ids that a topic remembers. They bridge a crash between a poll's two commits; the feed's own memory of its
entries keeps older ones from coming again. As many accounts are kept for those who ask why."""

COMMITTED = (
    *("lease:decide", "epoch:decide", "decided", "answers", "propositions", "series", "developments"),
    *("dead", "accounts", "events", "counts", "works"),
)
"""The parts of a topic that `commit_batch.lua` takes, in its order."""


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
        if not self.acquire(former):
            return False
        moved = move_ledger(self._redis, former, topic)
        self.release(former)
        return moved

    @reaches_store
    def load(self, topic: TopicSlug) -> Ledger:
        """See `monitor.ports.Decisions.load`."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.get(keys.topic(topic, "decided"))
        for part in ("propositions", "series", "developments"):
            pipe.hgetall(keys.topic(topic, part))
        decided, propositions, series, developments = pipe.execute()
        return Ledger(
            topic=topic,
            decided=int(decided or 0),
            propositions={PropositionId(i.decode()): decode(data, Proposition) for i, data in sorted(propositions.items())},
            series={SeriesId(i.decode()): decode(data, Series) for i, data in sorted(series.items())},
            developments={DevelopmentId(i.decode()): decode(data, Development) for i, data in sorted(developments.items())},
        )

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
    def commit(self, changes: Changes, *, epoch: int) -> None:
        """See `monitor.ports.Decisions.commit`."""
        topic = changes.topic
        names = [keys.topic(topic, part) for part in COMMITTED]
        records = (changes.propositions, changes.series, changes.developments)
        counts = Counter(f"verdict:{verdict.kind}" for verdict in changes.verdicts)
        counts["units"] = changes.last - changes.first + 1
        counts["dead"] = len(changes.unread)
        arguments: list[scripts.Value] = [self._leases.owner, epoch, changes.first, changes.last, WORKS_KEPT]
        arguments += [*(len(group) for group in records), len(changes.unread), len(changes.accounts)]
        arguments += [len(changes.events), len(counts)]
        for group in records:
            for record in group:
                arguments += [record.id, encode(record)]
        for answer in changes.unread:
            arguments += [answer.number, encode({"answer": answer, "error": changes.failed})]
        for account in changes.accounts:
            arguments += [account.number, encode(account)]
        arguments += [encode(event) for event in changes.events]
        for name, increment in sorted(counts.items()):
            arguments += [name, increment]
        done = int(scripts.call(self._redis, "commit_batch", names, arguments))
        if done != 1:
            why = "the lease is another worker's" if done == -1 else "the topic has moved on"
            raise LeaseLost(f"batch {changes.first}..{changes.last} of topic {topic} was not written: {why}")
