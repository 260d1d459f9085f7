"""Configuration snapshots that nothing refers to any more go, so that years of reloads leave nothing behind."""

from __future__ import annotations

from typing import Any

from redis import Redis

from monitor.records import Answer, Event
from monitor.records.codec import decode
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys
from workers.adapters.redis.units import known_topics, unit_of

KEPT = 20
"""Newest snapshots that stay whatever happens: a poll in flight may still bring work under one of them, and numbers of a topic
that were given at about the same time need not carry their snapshots in order."""


def drop_unused(redis: Redis) -> int:
    """Drops the snapshots before the oldest that work in flight carries, but for the newest KEPT before that; how many.

    Work moves from units to answers to events and is looked for in this order, so that what moves meanwhile is seen.
    """
    names: Any = redis.hkeys(keys.CONFIG)
    numbers = sorted(int(name) for name in names)
    oldest = min([numbers[-1], *(carried for topic in known_topics(redis) for carried in _carried(redis, topic))], default=0)
    kept = [number for number in numbers if number <= oldest][-KEPT:]
    gone = [number for number in numbers if kept and number < kept[0]]
    return int(redis.hdel(keys.CONFIG, *map(str, gone))) if gone else 0


def _carried(redis: Redis, topic: TopicSlug) -> list[int]:
    """The snapshots of the work of a topic that comes next, at each station."""
    units: Any = redis.xrange(keys.topic(topic, "units"), count=1)
    found = [unit_of(fields).snapshot for _, fields in units]
    following = int(redis.get(keys.topic(topic, "decided")) or 0) + 1
    answer: Any = redis.hget(keys.topic(topic, "answers"), str(following))
    found += [decode(answer, Answer).snapshot] if answer else []
    events: Any = redis.xrange(keys.topic(topic, "events"), count=1)
    found += [decode(fields[b"event"], Event).under for _, fields in events]
    return [int(snapshot) for snapshot in found]
