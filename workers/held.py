"""`monitor held`: what matched a topic and was not told, the nearest to being told first.

stops of polls, accounts of entries, conditions of subscriptions, outboxes --> Held --> ordered, or drawn at random --> shown
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from redis import Redis
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from monitor.alerts.held import counted, in_words, of_account, of_condition, of_stop, of_waiting
from monitor.alerts.lines import moment, shortened
from monitor.alerts.pace import due
from monitor.alerts.render import SHORT_ID
from monitor.errors import PermanentError
from monitor.records import Development, Message, Pace
from monitor.records.codec import decode
from monitor.records.held import Held, Stage
from monitor.records.ids import DevelopmentId, SubscriptionName, TopicSlug
from monitor.settings import Config
from monitor.settings.delivery import RECORDS
from workers.adapters.redis import keys
from workers.adapters.redis.accounts import RedisAccounts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.snoozes import RedisSnoozes
from workers.adapters.redis.stops import RedisStops
from workers.adapters.redis.subscriptions import RedisSubscriptions

SHOWN = 20
"""What is listed where nothing else is asked for."""
SENTENCE = 300
"""Characters of a sentence that are shown."""


class HeldBack:
    """Reads what was held back."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._accounts = RedisAccounts(redis)
        self._stops = RedisStops(redis)

    def judged(self, topic: TopicSlug, since: datetime) -> Iterator[Held]:
        """What stages before the subscriptions stopped, the latest first."""
        for stop, at in self._stops.since(topic, since):
            yield of_stop(stop, at)
        for account in self._accounts.of_topic(topic):
            if account.carrier.silent:
                continue  # what filled the topic was seen long before its number
            if account.carrier.seen < since:
                return
            yield from of_account(account)

    def asked(self, config: Config, topics: Sequence[TopicSlug], since: datetime, now: datetime) -> Iterator[Held]:
        """What subscriptions hold back: by their conditions, and for a time."""
        developments = {one.id: one for topic in topics for one in self._developments(topic)}
        for slug in config.subscriptions:
            yield from self._unwanted(SubscriptionName(slug), developments, since)
        yield from self._waiting(config, set(topics), since, now)

    def in_words(self, name: SubscriptionName, config: Config, since: datetime) -> str:
        """What was held back from a subscription since a time, for the end of its digests (`workers.pacing.HeldSince`)."""
        subscription = config.subscriptions[name]
        topics = [TopicSlug(slug) for slug in (config.topics if subscription.topics == "all" else subscription.topics)]
        found = [one for topic in topics for one in self.judged(topic, since)]
        developments = {one.id: one for topic in topics for one in self._developments(topic)}
        return in_words(counted([*found, *self._unwanted(name, developments, since)]))

    def _unwanted(
        self, name: SubscriptionName, developments: Mapping[DevelopmentId, Development], since: datetime
    ) -> Iterator[Held]:
        for development, condition in self._conditions(name):
            found = developments.get(development)
            if found is not None and found.carrier.seen >= since:
                yield of_condition(name, condition, found)

    @reaches_store
    def _developments(self, topic: TopicSlug) -> Sequence[Development]:
        found: Any = self._redis.hvals(keys.topic(topic, "developments"))
        return [decode(data, Development) for data in found]

    @reaches_store
    def _conditions(self, name: SubscriptionName) -> Sequence[tuple[DevelopmentId, str]]:
        found: Any = self._redis.hgetall(keys.subscription(name, "held"))
        return [(DevelopmentId(id_.decode()), condition.decode()) for id_, condition in found.items()]

    @reaches_store
    def _waiting(self, config: Config, topics: set[TopicSlug], since: datetime, now: datetime) -> Iterator[Held]:
        """The alerts of all outboxes, each development once for each subscription."""
        snoozes, told = RedisSnoozes(self._redis).all(), set()
        for outbox in RedisSubscriptions(self._redis).outboxes():
            subscription, channel = config.subscriptions.get(outbox.subscription), config.channels.get(outbox.channel)
            if subscription is None or channel is None:
                continue
            state: Any = self._redis.hget(keys.outbox(outbox.subscription, outbox.channel, "state"), "pace")
            pace = decode(state, Pace) if state else Pace()
            waiting: Any = self._redis.lrange(keys.outbox(outbox.subscription, outbox.channel), 0, -1)
            for alert in (decode(data, Message) for data in waiting):
                if alert.notice is not None or alert.news.development.topic not in topics or alert.told < since:
                    continue
                found = due(alert, subscription, pace, snoozes, calls=channel.type not in RECORDS, now=now)
                if found.why is not None and found.at > now and (outbox.subscription, alert.development) not in told:
                    told.add((outbox.subscription, alert.development))
                    yield of_waiting(found)


def held(
    redis: Redis,
    console: Console,
    *,
    topics: Sequence[str],
    since: float,
    sample: int | None,
    limit: int,
    now: datetime,
    dice: Callable[[], Random] = Random,
) -> int:
    """The command's body. since: seconds; sample: how many are drawn at random instead of the nearest; limit: 0 for all."""
    configurations = RedisConfigurations(redis)
    config = configurations.load(configurations.current())
    if missing := [name for name in topics if name not in config.topics]:
        raise PermanentError(f"the configuration has no topic {missing[0]}; it has {', '.join(sorted(config.topics))}")
    chosen = [TopicSlug(slug) for slug in topics or config.topics]
    begin = now - timedelta(seconds=since)
    store = HeldBack(redis)
    found = [one for topic in chosen for one in store.judged(topic, begin)]
    found += store.asked(config, chosen, begin, now)
    if not found:
        console.print(f"Nothing that matched since {moment(begin)} was held back.")
        return 0
    console.print(Text.assemble((f"Held back since {moment(begin)}: ", "bold"), f"{in_words(counted(found))}."))
    if sample is not None:
        shown = dice().sample(found, min(sample, len(found)))
        console.print(Text(f"{len(shown)} of {len(found):,}, drawn at random: how many of them would you have wanted?", "dim"))
    else:
        found.sort(key=lambda one: (-one.closeness, -one.at.timestamp(), one.id, one.sentence))
        shown = found[: limit or None]
        if len(shown) < len(found):
            console.print(Text(f"The nearest to being told, {len(shown)} of {len(found):,} (--limit 0 shows all):", "dim"))
    for one in shown:
        _show(one, console, topic=one.topic if len(chosen) > 1 else "")
    return 0


def _show(one: Held, console: Console, *, topic: str) -> None:
    stage = (f" {one.stage} ", _STYLES.get(one.stage, "reverse"))
    where = f"  {topic}{': ' if topic else ''}{one.outlet}, {moment(one.at)}"
    console.print(Text.assemble((f"{one.closeness:.2f} ", "dim"), stage, where, (f"  id {one.id[:SHORT_ID]}", "dim")))
    for text in (
        Text(f"“{shortened(one.sentence, SENTENCE)}”"),
        Text(f"why: {one.why}", "dim"),
        Text.assemble(("lets it through: ", "dim"), one.setting),
    ):
        console.print(Padding(text, (0, 0, 0, 6)))


_STYLES = {
    Stage.REPEAT: "black on cyan",
    Stage.SENSITIVITY: "black on yellow",
    Stage.CONDITION: "black on green",
    Stage.BACKGROUND: "black on blue",
}
