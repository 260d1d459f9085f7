"""Health: what is wrong is told once, and its end once, to whoever asked for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from monitor.records import Message, Snooze
from monitor.records.codec import decode
from monitor.records.feeds import FeedState
from monitor.records.ids import ChannelName, FeedId, SubscriptionName, TopicSlug
from monitor.settings import Config
from tests.alerts import a_message
from tests.records import NOON
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.health import FeedsCheck, MutesCheck, RedisAilments
from workers.adapters.redis.leases import health_leadership
from workers.adapters.redis.outboxes import RedisOutboxes
from workers.adapters.redis.snoozes import FOR_EVER, RedisSnoozes
from workers.adapters.redis.watching import RedisWatching, TopicsCheck
from workers.health import Ports, Watch

URL = "https://wire.example/feed"
DAY = timedelta(days=1)


class Scene:
    """A store with one feed and two subscriptions, of which one wants health."""

    def __init__(self, redis: Redis) -> None:
        self.redis, self.now = redis, NOON
        self.feeds = RedisFeedStates(redis)
        configurations = RedisConfigurations(redis)
        configurations.store(
            Config.from_plain(
                {
                    "topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}},
                    "feeds": {"wire": {"url": URL}},
                    "channels": {"log": {"type": "file", "path": "log"}},
                    "subscriptions": {
                        "desk": {"channels": ["log"]},
                        "keeper": {"channels": ["log"], "kinds": ["health"], "topics": ["treaty"], "still_watching": "never"},
                    },
                }
            )
        )
        self.watch = Watch(
            Ports(
                checks=(FeedsCheck(redis), MutesCheck(redis), TopicsCheck(redis)),
                ailments=RedisAilments(redis),
                watching=RedisWatching(redis),
                outboxes=RedisOutboxes(redis),
                configurations=configurations,
                leadership=health_leadership(redis, "one"),
                clock=self.clock,
            )
        )

    def clock(self) -> datetime:
        return self.now

    def feed(self, **state: object) -> None:
        """Puts the feed's state there, a poll later."""
        before = self.feeds.load(FeedId("wire"))
        assert self.feeds.commit(replace(before, url=URL, polls=before.polls + 1, **state), {})  # type: ignore[arg-type]  # by name

    def told(self, subscription: str) -> list[str]:
        """The titles of the notices that wait for the subscription."""
        name = keys.outbox(SubscriptionName(subscription), ChannelName("log"))
        waiting: Any = self.redis.lrange(name, 0, -1)
        messages = [decode(data, Message) for data in waiting]
        return [message.notice.title for message in messages if message.notice]

    def lines(self, subscription: str) -> list[str]:
        """The particulars of the last notice that waits for the subscription."""
        name = keys.outbox(SubscriptionName(subscription), ChannelName("log"))
        waiting: Any = self.redis.lrange(name, -1, -1)
        message = decode(waiting[0], Message)
        assert message.notice
        return list(message.notice.lines)

    def counted(self, name: str, more: int) -> None:
        """Moves a counter of the topic on, as commits do."""
        self.redis.hincrby(keys.topic(TopicSlug("treaty"), "counts"), name, more)


@pytest.fixture
def scene(redis: Redis) -> Scene:
    return Scene(redis)


def test_a_feed_that_fails_for_a_day_is_told_once_and_its_recovery_once(scene: Scene) -> None:
    # Given a feed that has failed since noon
    scene.feed(failures=3, failing_since=NOON, error="503")
    scene.watch.look()
    assert scene.told("keeper") == []
    # When the day is over, however often it is looked at
    scene.now = NOON + DAY
    scene.watch.look()
    scene.watch.look()
    # Then who wants health is told, once, and nobody else
    failing = "The feed wire cannot be read since 24 Oct 12:00 UTC"
    assert scene.told("keeper") == [failing]
    assert scene.told("desk") == []
    # And its recovery is told once
    scene.feed(failures=0, failing_since=None, error=None)
    scene.watch.look()
    scene.watch.look()
    assert scene.told("keeper") == [failing, "The feed wire is read again"]
    # And when it fails anew, that is told anew
    scene.feed(failures=3, failing_since=NOON + 2 * DAY, error="503")
    scene.now = NOON + 4 * DAY
    scene.watch.look()
    assert len(scene.told("keeper")) == 3


def test_a_death_between_telling_and_remembering_repeats_nothing(scene: Scene) -> None:
    scene.feed(failures=3, failing_since=NOON, error="503")
    scene.now = NOON + DAY
    scene.watch.look()
    RedisAilments(scene.redis).keep(())
    scene.watch.look()
    assert len(scene.told("keeper")) == 1


def test_a_feed_that_was_taken_out_or_has_a_new_address_is_no_ailment(scene: Scene) -> None:
    state = FeedState(feed=FeedId("wire"), url="https://old.example/", failures=3, failing_since=NOON, error="503", polls=1)
    assert scene.feeds.commit(state, {})
    scene.now = NOON + 9 * DAY
    scene.watch.look()
    assert scene.told("keeper") == []


def test_a_silence_without_end_is_told_when_it_is_a_month_old(scene: Scene) -> None:
    RedisSnoozes(scene.redis).put(Snooze(target="topic:treaty", since=NOON, until=FOR_EVER), now=NOON)
    scene.now = NOON + 29 * DAY
    scene.watch.look()
    assert scene.told("keeper") == []
    scene.now = NOON + 30 * DAY
    scene.watch.look()
    assert scene.told("keeper") == ["The topic treaty has been silenced without end since 24 Oct 2024"]


def test_one_process_looks_and_another_takes_over(real_redis: Redis) -> None:
    first, second = health_leadership(real_redis, "first"), health_leadership(real_redis, "second")
    assert first.lead() and not second.lead()
    first.step_down()
    assert second.lead()


def test_a_sign_of_life_comes_each_week_with_what_came_in_it_and_may_be_turned_off(scene: Scene) -> None:
    # Given a count that began on a Thursday
    scene.feed(entries=100, last_success=NOON)
    scene.counted("units", 10)
    scene.watch.look()
    # When Monday 9:00 is near, nothing is told; then it is, once
    scene.feed(entries=150, last_success=NOON)
    scene.counted("units", 7)
    scene.counted("verdict:repeat", 3)
    scene.counted("verdict:new_claim", 2)
    scene.redis.hincrby(keys.subscription(SubscriptionName("desk"), "counts"), "told:treaty", 2)
    scene.now = NOON + timedelta(days=3, hours=20)
    scene.watch.look()
    assert scene.told("desk") == []
    scene.now = NOON + timedelta(days=3, hours=21)
    scene.watch.look()
    scene.watch.look()
    # Then it says what came since, and whoever turned it off hears nothing
    assert scene.told("desk") == ["Still watching: 24 Oct to 28 Oct"]
    assert scene.lines("desk") == [
        "1 of 1 feeds are alive; 50 entries were read.",
        "Treaty: 7 matched, 2 told, 3 claims held back.",
    ]
    assert scene.told("keeper") == []
    # And the next one comes a week later, though a look was missed
    scene.now = NOON + timedelta(days=11)
    scene.watch.look()
    assert scene.told("desk")[1:] == ["Still watching: 28 Oct to 04 Nov"]


def test_what_a_subscription_was_told_is_counted_by_topic(redis: Redis) -> None:
    message = a_message()
    RedisOutboxes(redis).tell([message], now=NOON)
    RedisOutboxes(redis).tell([message], now=NOON)
    assert RedisWatching(redis).told(message.subscription) == {message.news.development.topic: 1}


def test_a_topic_that_finds_far_less_than_its_habit_is_told_once(scene: Scene) -> None:
    scene.feed(entries=100, last_success=NOON)
    for day in range(20):
        scene.now = NOON + day * DAY
        scene.counted("units", 10 if day < 14 else 0)
        scene.watch.look()
    fading = [title for title in scene.told("keeper") if "Treaty" in title]
    assert len(fading) == 1 and fading[0].startswith("The topic “Treaty” has found no entry since")
