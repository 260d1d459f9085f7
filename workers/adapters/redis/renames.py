"""A renamed topic takes over the ledger of its former name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from redis import Redis

from monitor.records import Claim, Development, Proposition, Series
from monitor.records.codec import decode, encode
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys

LEDGER = ("propositions", "series", "developments", "dead", "accounts", "counts")
"""The parts that move; ids stay, since they are names and no longer hold the slug."""
IN_FLIGHT = ("units", "answers", "events")
"""What must have come to its end before."""


def move_ledger(redis: Redis, former: TopicSlug, topic: TopicSlug) -> bool:
    """Moves what is known under the former slug to the topic; False while work under the former one is still in flight.

    The caller holds both leases. Done once: afterwards the former slug has no ledger, and the call does nothing.
    """
    if not redis.exists(keys.topic(former, "decided")):
        return True
    if any(_length(redis, keys.topic(former, part)) for part in IN_FLIGHT):
        return False
    pipe = redis.pipeline(transaction=True)
    for part in LEDGER:
        found: Any = redis.hgetall(keys.topic(former, part))  # bytes, whatever the client's types say
        for field, value in found.items():
            if part == "counts":
                pipe.hincrby(keys.topic(topic, part), field, int(value))
            elif part in {"dead", "accounts"}:  # numbers begin anew under the new slug
                pipe.hset(keys.topic(topic, part), b"%s/%s" % (former.encode(), field), value)
            else:
                pipe.hset(keys.topic(topic, part), field, _renamed(part, value, topic))
        pipe.delete(keys.topic(former, part))
    pipe.delete(keys.topic(former, "decided"), keys.topic(former, "sequence"), keys.topic(former, "works"))
    pipe.srem(keys.TOPICS, former)
    pipe.execute()
    return True


def _length(redis: Redis, key: str) -> int:
    kind: Any = redis.type(key)
    return int({b"stream": redis.xlen, b"hash": redis.hlen}.get(kind, lambda _: 0)(key))


def _renamed(part: str, value: bytes, topic: TopicSlug) -> bytes:
    if part == "series":
        return encode(decode(value, Series))
    if part == "propositions":
        proposition = decode(value, Proposition)
        return encode(replace(proposition, claim=_claim(proposition.claim, topic)))
    development = decode(value, Development)
    return encode(replace(development, topic=topic, claim=_claim(development.claim, topic)))


def _claim(claim: Claim, topic: TopicSlug) -> Claim:
    return replace(claim, topic=topic)
