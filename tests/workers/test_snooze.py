"""monitor snooze: what is silenced, by which name, and that its end is one summary."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from redis import Redis
from rich.console import Console

from monitor.errors import PermanentError
from monitor.records.codec import encode
from tests.alerts import dev
from tests.records import NOON, TOPIC
from tests.workers.delivering import Recorder, Scene, a_new, until
from workers import snooze
from workers.adapters.redis import keys
from workers.adapters.redis.snoozes import RedisSnoozes

DAY = 86_400.0


@pytest.fixture
def scene(real_redis: Redis, tmp_path: Path) -> Scene:
    found = Scene(real_redis, tmp_path)
    found.recorders = {"log": Recorder()}
    found.configure({"log": {"type": "file", "path": "log"}}, {"desk": {"channels": ["log"]}})
    development = a_new("d1")
    real_redis.hset(keys.topic(TOPIC, "developments"), development.id, encode(development))
    return found


def say(scene: Scene, name: str, seconds: float = 2 * DAY) -> str:
    text = StringIO()
    snooze.snooze(scene.redis, Console(file=text, width=200), name, seconds, now=scene.now)
    return text.getvalue()


@pytest.mark.parametrize(
    ("name", "target"),
    [("desk", "subscription:desk"), ("treaty", "topic:treaty"), (dev("d1")[:8], "story:p1"), ("p1", None)],
)
def test_a_subscription_a_topic_or_the_id_of_a_message_can_be_snoozed(scene: Scene, name: str, target: str | None) -> None:
    if target is None:
        with pytest.raises(PermanentError, match="nothing is called p1"):
            say(scene, name)
        return
    assert "is snoozed for 2d, until 26 Oct 2024, 12:00 UTC" in say(scene, name)
    (found,) = RedisSnoozes(scene.redis).all()
    assert (found.target, found.since, found.until) == (target, NOON, NOON + timedelta(days=2))


def test_a_snooze_that_is_prolonged_keeps_its_beginning_and_one_that_ended_long_ago_is_forgotten(scene: Scene) -> None:
    say(scene, "desk")
    scene.now += timedelta(days=1)
    say(scene, "desk")
    (found,) = RedisSnoozes(scene.redis).all()
    assert (found.since, found.until) == (NOON, NOON + timedelta(days=3))
    scene.now += timedelta(days=40)
    say(scene, "treaty")
    assert [one.target for one in RedisSnoozes(scene.redis).all()] == ["topic:treaty"]


@pytest.mark.parametrize("text", ["soon", "0s", "2 months"])
def test_a_time_that_cannot_be_read_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(PermanentError, match=r"--for .*such as|--for .*30d"):
        snooze.seconds_of(text)


async def test_what_comes_in_a_snooze_is_told_in_one_summary_when_it_ends(scene: Scene) -> None:
    say(scene, "desk")
    scene.now += timedelta(hours=1)
    scene.happen(*(a_new(f"d{n}") for n in range(5)))
    log = scene.recorders["log"]
    async with scene.running():
        await until(lambda: scene.waiting() == 5)
        await asyncio.sleep(0.05)
        assert log.attempts == []
        say(scene, "desk", 0.0)
        scene.now += timedelta(seconds=2)
        await until(lambda: scene.waiting() == 0)
    (message,) = log.arrived
    assert len(message.alerts) == 5
    assert (message.note or "").startswith("5 developments came while this was snoozed")
