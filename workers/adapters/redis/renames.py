"""A renamed topic takes over the ledger of its former name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from redis import Redis

from monitor.records import Claim
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys
from workers.adapters.redis.ledgers import LEDGER
from workers.adapters.redis.refile import Records, Refiling, read_all
from workers.adapters.redis.units import NEARBY

GONE = ("counts", "dead", "accounts", "decided", "sequence", "works", "attempt", "models", *NEARBY)
"""What else goes with the former slug."""
IN_FLIGHT = ("units", "answers", "events")
"""What must have come to its end before."""


def move_ledger(redis: Redis, former: TopicSlug, refiling: Refiling, topic: TopicSlug) -> bool:
    """Moves what is known under the former slug to the topic; False while work under the former one is still in flight.

    The caller holds both leases. Dead in between, it is done again and changes nothing that was done; afterwards the former slug
    has no ledger, and the call does nothing. Raises LeaseLost.
    """
    if not redis.exists(keys.topic(former, "decided"), keys.topic(former, "totals")):
        return True
    if any(_length(redis, keys.topic(former, part)) for part in IN_FLIGHT):
        return False
    fresh, read_by = not redis.exists(keys.topic(topic, "totals")), redis.hget(keys.topic(former, "models"), "reading")
    for records in read_all(redis, former):
        refiling.file(_renamed(records, topic))
    pipe = redis.pipeline(transaction=True)
    if fresh and read_by:
        pipe.hset(keys.topic(topic, "models"), "reading", read_by)
    elif read_by != redis.hget(keys.topic(topic, "models"), "reading"):
        pipe.hdel(keys.topic(topic, "models"), "reading")  # not all of it was read by one model any more
    for part in ("counts", "dead", "accounts"):
        found: Any = redis.hgetall(keys.topic(former, part))  # bytes, whatever the client's types say
        for field, value in found.items():
            if part == "counts":
                pipe.hincrby(keys.topic(topic, part), field, int(value))
            else:  # numbers begin anew under the new slug
                pipe.hset(keys.topic(topic, part), b"%s/%s" % (former.encode(), field), value)
    pipe.delete(*(keys.topic(former, part) for part in (*LEDGER, *GONE)))
    pipe.srem(keys.TOPICS, former)
    pipe.execute()
    return True


def _length(redis: Redis, key: str) -> int:
    kind: Any = redis.type(key)
    return int({b"stream": redis.xlen, b"hash": redis.hlen}.get(kind, lambda _: 0)(key))


def _renamed(records: Records, topic: TopicSlug) -> Records:
    """The records under the new slug; ids stay, since they are names and no longer hold the slug."""
    return Records(
        propositions=[replace(one, claim=_claim(one.claim, topic)) for one in records.propositions],
        series=records.series,
        developments=[replace(one, topic=topic, claim=_claim(one.claim, topic)) for one in records.developments],
    )


def _claim(claim: Claim, topic: TopicSlug) -> Claim:
    return replace(claim, topic=topic)
