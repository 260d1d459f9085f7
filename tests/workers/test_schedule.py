"""When feeds become polls."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from monitor.ports import PollTask, Received
from monitor.records.ids import FeedId, Snapshot
from monitor.settings import Config
from tests.records import TOPIC, an_entry
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.leases import LEAD, schedule_leadership
from workers.adapters.redis.polls import RedisSchedule, poll_queue
from workers.adapters.redis.units import RedisUnits
from workers.schedule import Scheduler, run


class Story:
    """A scheduler on the real server, with a clock that is set by hand and dice that show what they are told to."""

    def __init__(self, redis: Redis) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.dice = 0.0
        self.redis = redis
        self.units = RedisUnits(redis)
        self.schedule = RedisSchedule(redis)
        self.configurations = RedisConfigurations(redis)
        self.queue = poll_queue(redis, "poller")
        self.scheduler = self.named("first")

    def named(self, name: str, *, seconds: float = 60.0) -> Scheduler:
        leadership = schedule_leadership(self.redis, name, seconds=seconds)
        return Scheduler(self.schedule, leadership, self.units, self.configurations, lambda: self.now, lambda: self.dice)

    def another(self) -> Scheduler:
        return self.named("another")

    def configure(self, *feeds: str, **settings: Any) -> None:
        topics = {TOPIC: {"title": "Troops", "keywords": ["soldiers"]}}
        plain = {"topics": topics, "feeds": {feed: {"url": f"https://{feed}.example/"} for feed in feeds}} | settings
        self.configurations.store(Config.from_plain(plain))

    def polls(self) -> list[Received[PollTask]]:
        return list(self.queue.read(count=100, wait=0.001))

    def finish(self, after: float) -> None:
        for received in self.polls():
            assert self.schedule.finish(received, self.now + timedelta(seconds=after))

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def story(real_redis: Redis) -> Story:
    return Story(real_redis)


def test_nothing_is_polled_without_a_configuration(story: Story) -> None:
    assert story.scheduler.tick() == 0


def test_new_feeds_are_polled_at_once_and_again_when_they_are_due(story: Story) -> None:
    story.configure("herald", "wire")

    assert story.scheduler.tick() == 2
    assert story.scheduler.tick() == 0
    assert {received.work.feed for received in story.polls()} == {"herald", "wire"}


def test_a_finished_poll_comes_again_at_its_next_time(story: Story) -> None:
    story.configure("herald")
    story.scheduler.tick()
    story.finish(after=60)

    story.later(59)
    assert story.scheduler.tick() == 0
    story.later(1)
    assert story.scheduler.tick() == 1


def test_a_start_is_spread_over_the_jitters_share_of_the_interval(story: Story) -> None:
    story.configure("herald", schedule={"interval": "100s", "jitter": 0.5})
    story.dice = 0.5

    assert story.scheduler.tick() == 0
    story.later(25)
    assert story.scheduler.tick() == 1


def test_a_machine_that_slept_catches_up_once(story: Story) -> None:
    story.configure("herald")
    story.scheduler.tick()
    story.finish(after=60)

    story.later(7 * 86400)
    assert [story.scheduler.tick() for _ in range(3)] == [1, 0, 0]


def test_of_several_schedulers_one_leads_and_another_takes_over_when_it_steps_down(story: Story) -> None:
    story.configure("herald", "wire")
    second = story.named("second")

    assert (story.scheduler.tick(), second.tick()) == (2, 0)
    story.finish(after=60)
    story.later(60)
    assert second.tick() == 0
    schedule_leadership(story.redis, "first").step_down()
    assert (second.tick(), story.scheduler.tick()) == (2, 0)


def test_a_scheduler_that_dies_is_followed_within_its_lease(story: Story) -> None:
    story.configure("herald")
    first, second = story.named("first", seconds=0.05), story.named("second", seconds=0.05)
    assert first.tick() == 1
    story.finish(after=0)

    assert second.tick() == 0
    time.sleep(0.08)
    assert second.tick() == 1
    assert LEAD <= 5


def test_two_leaders_at_a_time_would_double_nothing(story: Story) -> None:
    story.configure("herald", "wire")
    both = [
        Scheduler(story.schedule, Always(), story.units, story.configurations, lambda: story.now, lambda: 0.0) for _ in range(2)
    ]

    assert [scheduler.tick() for scheduler in both] == [2, 0]


def test_a_new_leader_plans_anew(story: Story) -> None:
    story.configure("herald")
    story.scheduler.tick()
    second = story.named("second")
    second.tick()
    story.configure("herald", "post")
    schedule_leadership(story.redis, "first").step_down()

    assert second.tick() == 1
    assert {received.work.feed for received in story.polls()} == {"herald", "post"}


class Always:
    """A leader that never doubts it."""

    def lead(self) -> bool:
        return True

    def step_down(self) -> None:
        pass


def test_a_changed_configuration_is_planned_anew_and_keeps_the_times_of_what_stays(story: Story) -> None:
    story.configure("herald", "wire")
    story.scheduler.tick()
    story.finish(after=600)

    story.configure("herald", "post")
    assert story.scheduler.tick() == 1
    assert [received.work.feed for received in story.polls()] == ["post"]
    story.later(600)
    assert story.scheduler.tick() == 1  # the herald; the wire is no more
    assert [received.work.feed for received in story.polls()] == ["herald"]


def test_polls_wait_while_too_much_waits_for_analysis(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    story.configure("herald", schedule={"max_backlog": 1})
    story.units.append(TOPIC, "batch", Snapshot(1), [an_entry(name="a"), an_entry(name="b")])

    assert [story.scheduler.tick() for _ in range(2)] == [0, 0]
    assert caplog.text.count("polls wait") == 1

    queue_of_units(story)
    assert story.scheduler.tick() == 1


def queue_of_units(story: Story) -> None:
    """Analysis answers all that waits."""
    from workers.adapters.redis.units import unit_queue

    for received in unit_queue(story.units._redis, "analyst").read(count=10, wait=0.001):
        story.units.commit(received, received.work.answer())


def test_the_role_ticks_until_it_is_told_to_stop(story: Story) -> None:
    story.configure("herald")
    stop = threading.Event()
    arguments = {"clock": lambda: datetime.now(UTC), "stop": stop, "jitter": lambda: 0.0, "every": 0.05}
    leadership = schedule_leadership(story.redis, "role")
    role = threading.Thread(target=run, args=(story.schedule, leadership, story.units, story.configurations), kwargs=arguments)
    role.start()
    try:
        received = story.queue.read(count=1, wait=1.5)
        assert [item.work.feed for item in received] == [FeedId("herald")]
    finally:
        stop.set()
        role.join(timeout=5)
    assert not role.is_alive()
    assert schedule_leadership(story.redis, "next").lead()
