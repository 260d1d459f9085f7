"""`monitor held` on the real store: from polls, accounts, conditions and outboxes; drawn at random; counts of digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from redis import Redis
from rich.console import Console

from monitor.alerts.bulletin import bulletin
from monitor.errors import PermanentError
from monitor.records import Account, Judged, VerdictKind
from monitor.records.codec import encode
from monitor.records.held import Stage, Stop
from monitor.records.ids import ChannelName, DevelopmentId, Snapshot, SubscriptionName
from monitor.settings import Config
from tests.alerts import a_message, lease_one
from tests.records import NOON, TOPIC, a_claim, a_development, an_entry, carrier_of
from workers.adapters.redis import keys
from workers.adapters.redis.breakers import RedisBreakers
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.outboxes import RedisOutboxes
from workers.adapters.redis.snoozes import RedisSnoozes
from workers.adapters.redis.stops import KEPT, RedisStops
from workers.adapters.templates import read_templates
from workers.held import HeldBack, held
from workers.pacing import Pacing

DAY = 86400.0
CONFIG = {
    "topics": {TOPIC: {"title": "Troops", "keywords": ["soldiers"]}, "cable": {"title": "Cable", "keywords": ["cable"]}},
    "channels": {"log": {"type": "file", "path": "log"}},
    "subscriptions": {"desk": {"channels": ["log"], "min_origins": 2, "digest": "0 8 * * *"}},
}


def a_stop(number: int, stage: Stage = Stage.EXCLUSION) -> Stop:
    entry = an_entry(name=str(number))
    sentence = f"Film {number} about soldiers."
    return Stop(
        topic=TOPIC,
        stage=stage,
        entry=entry.id,
        revision=entry.revision,
        outlet="Wire",
        url="",
        sentence=sentence,
        by="soldiers",
        why="film",
    )


def an_account(redis: Redis, number: int, kind: VerdictKind, confidence: float, *, minutes: float = 0) -> None:
    entry = an_entry(f"Sentence {number}", name=str(number), minutes=minutes)
    claim = a_claim(f"Sentence {number}", entry=entry)
    judged = Judged(
        kind=kind, evidence=claim.evidence, speaker=None, org=None, stance=claim.stance, reason="so", confidence=confidence
    )
    account = Account(topic=TOPIC, number=number, snapshot=Snapshot(1), carrier=carrier_of(entry), judged=(judged,))
    redis.hset(keys.topic(TOPIC, "accounts"), str(number), encode(account))


@pytest.fixture
def redis(real_redis: Redis) -> Redis:
    RedisConfigurations(real_redis).store(Config.from_plain(CONFIG))
    return real_redis


def shown(redis: Redis, **more: Any) -> str:
    console = Console(file=StringIO(), width=80, highlight=False)
    options: dict[str, Any] = {"topics": [], "since": DAY, "sample": None, "limit": 20, "now": NOON + timedelta(hours=1)}
    assert held(redis, console, **(options | more)) == 0
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def filled(redis: Redis) -> None:
    RedisStops(redis).note(TOPIC, [a_stop(1), a_stop(2)], NOON)
    an_account(redis, 3, VerdictKind.REPEAT, 0.9)
    an_account(redis, 4, VerdictKind.MINOR, 0.55)
    an_account(redis, 2, VerdictKind.MINOR, 0.55, minutes=-3000)
    development = replace(a_development(a_claim("Wanted from two origins"), name="d2"), topic=TOPIC)
    redis.hset(keys.topic(TOPIC, "developments"), development.id, encode(development))
    RedisOutboxes(redis).hold(SubscriptionName("desk"), DevelopmentId("d2"), "min_origins")
    message = a_message()
    assert message.news.development.topic == TOPIC
    message = replace(message, subscription=SubscriptionName("desk"), channel=ChannelName("log"), told=NOON)
    RedisOutboxes(redis).tell([message], now=NOON)


def test_all_that_was_not_told_is_listed_nearest_first(redis: Redis) -> None:
    filled(redis)
    text = shown(redis)
    lines = [line.split()[1] for line in text.splitlines() if line[:4].replace(".", "").isdigit()]

    assert lines == ["digest", "condition", "sensitivity", "exclusion", "exclusion", "repeat"]
    assert "2 excluded, 1 repeat, 1 sentence of too little weight" in " ".join(text.split())
    assert "Sentence 2" not in text  # two days ago
    assert "lets it through: subscriptions.desk.min_origins" in text
    assert "without “film”" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_it_can_be_narrowed_to_a_topic_and_a_number(redis: Redis) -> None:
    filled(redis)

    assert "Nothing that matched" in shown(redis, topics=["cable"])
    assert shown(redis, limit=1).count("lets it through") == 1
    assert shown(redis, limit=0).count("lets it through") == 6
    with pytest.raises(PermanentError, match="no topic cables; it has cable, troop-deployment"):
        shown(redis, topics=["cables"])


def test_a_sample_is_drawn_from_all_of_it(redis: Redis) -> None:
    filled(redis)
    draws = {shown(redis, sample=2, dice=lambda seed=seed: Random(seed)) for seed in range(8)}

    assert all("2 of 6, drawn at random" in draw for draw in draws)
    assert len(draws) > 1


def test_stops_are_bounded_and_those_of_a_poll_done_again_stand_there_once(redis: Redis) -> None:
    stops = RedisStops(redis)
    stops.note(TOPIC, [a_stop(1)], NOON)
    stops.note(TOPIC, [a_stop(1)], NOON + timedelta(minutes=5))
    assert [at for _, at in stops.since(TOPIC, NOON)] == [NOON]

    for number in range(0, KEPT + 500, 500):
        stops.note(TOPIC, [a_stop(n) for n in range(number, number + 500)], NOON + timedelta(minutes=number))
    found = [stop.sentence for stop, _ in stops.since(TOPIC, NOON - timedelta(days=1))]
    assert len(found) == KEPT
    assert a_stop(1).sentence not in found


def test_a_digest_is_told_what_was_held_back_since_the_one_before(redis: Redis) -> None:
    filled(redis)
    config = Config.from_plain(CONFIG)
    store = HeldBack(redis)

    said = store.in_words(SubscriptionName("desk"), config, NOON - timedelta(hours=1))
    assert said == "2 excluded, 1 repeat, 1 sentence of too little weight, 1 not asked for by a condition"
    assert store.in_words(SubscriptionName("desk"), config, NOON + timedelta(hours=1)) == ""


def test_the_digest_itself_ends_with_the_counts(redis: Redis) -> None:
    filled(redis)
    pacing = Pacing(RedisConfigurations(redis), RedisSnoozes(redis).all, RedisBreakers(redis), HeldBack(redis).in_words)
    leased = lease_one(RedisOutboxes(redis), NOON + timedelta(days=1), pacing)

    assert leased is not None
    text = read_templates().write("text", bulletin(leased.message))
    assert "Held back since the last digest: 2 excluded, 1 repeat, 1 sentence of too little weight" in text
