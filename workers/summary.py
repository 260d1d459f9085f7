"""What was read, told and held back so far, from the counters that the commits keep; and whether work is in flight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from monitor.records import ALERT_KINDS, VerdictKind
from monitor.records.ids import ChannelName, FeedId, SubscriptionName
from monitor.settings import Config
from workers.adapters.redis import keys
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.outboxes import member
from workers.adapters.redis.polls import milliseconds
from workers.adapters.redis.units import known_topics

SOON = timedelta(seconds=2)
"""What is due within this time is on its way."""

HELD_BACK = {
    VerdictKind.REPEAT: ("repeat of what was known", "repeats of what was known"),
    VerdictKind.CORROBORATION: ("known claim from one more voice", "known claims from one more voice"),
    VerdictKind.BACKGROUND: ("piece of background", "pieces of background"),
    VerdictKind.MINOR: ("sentence that tells nothing of weight", "sentences that tell nothing of weight"),
}
"""How people call what was held back: one, many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts since the data directory was made.

    entries: read from feeds, revisions included; matched: of these, units of work (an entry counts once for each topic);
    verdicts by kind; sent: developments that subscriptions were told, once each whatever the number of channels; waiting: of
    these, how many an outbox still holds, for a digest or another time; dead: what was set aside or given up.
    """

    entries: int = 0
    matched: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    sent: int = 0
    waiting: int = 0
    dead: int = 0

    @property
    def developments(self) -> int:
        """How much was new."""
        return sum(self.verdicts.get(kind, 0) for kind in ALERT_KINDS)

    def minus(self, earlier: Summary) -> Summary:
        """What has come since an earlier summary."""
        return Summary(
            entries=self.entries - earlier.entries,
            matched=self.matched - earlier.matched,
            verdicts={kind: count - earlier.verdicts.get(kind, 0) for kind, count in self.verdicts.items()},
            sent=self.sent - earlier.sent,
            waiting=self.waiting,
            dead=self.dead - earlier.dead,
        )

    def held_back(self) -> list[str]:
        """What was not told, and why, most frequent first, in words."""
        counted = sorted(((self.verdicts.get(kind, 0), names) for kind, names in HELD_BACK.items()), key=lambda pair: -pair[0])
        return [f"{count} {names[0] if count == 1 else names[1]}" for count, names in counted if count]


class Summaries:
    """Reads summaries."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._feeds = RedisFeedStates(redis)

    @reaches_store
    def read(self, config: Config) -> Summary:
        """The counts as they stand, over the feeds and subscriptions of the configuration."""
        states = [self._feeds.load(FeedId(slug)) for slug in config.feeds]
        verdicts: Counter[str] = Counter()
        matched = dead = sent = waiting = 0
        for topic in known_topics(self._redis):
            counts = self._counts(keys.topic(topic, "counts"))
            matched += counts.get("units", 0)
            dead += counts.get("dead", 0)
            for name, count in counts.items():
                if name.startswith("verdict:"):
                    verdicts[name.removeprefix("verdict:")] += count
        for name, subscription in config.subscriptions.items():
            outboxes = (keys.outbox(SubscriptionName(name), ChannelName(channel)) for channel in subscription.channels)
            waiting += max(int(self._redis.llen(outbox)) for outbox in outboxes)
            counts = self._counts(keys.subscription(SubscriptionName(name), "counts"))
            sent += counts.get("told", 0)
            dead += sum(count for kind, count in counts.items() if kind.startswith("dead:"))
        return Summary(
            entries=sum(state.entries + state.revisions for state in states),
            matched=matched,
            verdicts=dict(verdicts),
            sent=sent,
            waiting=waiting,
            dead=dead,
        )

    @reaches_store
    def polled_since(self, config: Config, moment: datetime) -> bool:
        """Whether every feed of the configuration has been polled after the moment, well or not."""
        last = (self._feeds.load(FeedId(slug)).last_poll for slug in config.feeds)
        return all(poll is not None and poll > moment for poll in last)

    @reaches_store
    def in_flight(self, config: Config, now: datetime) -> bool:
        """Whether anything that was polled has not yet come to its end. What an outbox holds for a later time (a digest, quiet
        hours) has: such an outbox is not due."""
        pipe = self._redis.pipeline(transaction=False)
        for topic in known_topics(self._redis):
            pipe.xlen(keys.topic(topic, "units"))
            pipe.hlen(keys.topic(topic, "answers"))
            pipe.xlen(keys.topic(topic, "events"))
        outboxes = [
            (SubscriptionName(name), ChannelName(way)) for name, one in config.subscriptions.items() for way in one.channels
        ]
        for name, channel in outboxes:
            pipe.hexists(keys.outbox(name, channel, "state"), "packed")
        waiting = self._redis.pipeline(transaction=False)
        for name, channel in outboxes:
            waiting.llen(keys.outbox(name, channel))
            waiting.zscore(keys.OUTBOXES_DUE, member(name, channel))
        found = waiting.execute()
        soon = milliseconds(now + SOON)
        due = any(count and (when or 0) <= soon for count, when in zip(found[::2], found[1::2], strict=True))
        return due or any(pipe.execute())

    def _counts(self, key: str) -> dict[str, int]:
        found: Any = self._redis.hgetall(key)  # bytes, whatever the client's types say
        return {name.decode(): int(value) for name, value in found.items()}
