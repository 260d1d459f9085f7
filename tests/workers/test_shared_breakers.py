"""One breaker a channel, whatever the number of deliverers, and what people see of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from redis import Redis
from rich.console import Console

from monitor.errors import DeliveryFailed, PermanentError
from monitor.ports import OutboxName
from monitor.records import CLOSED, Breaker
from monitor.records.ids import ChannelName, SubscriptionName
from tests.alerts import dev
from tests.records import NOON
from tests.workers.delivering import Recorder, Scene, a_new, until
from workers import channels, dead_letters
from workers.adapters.redis.breakers import PATIENCE, ChannelsCheck, RedisBreakers
from workers.adapters.redis.snoozes import RedisSnoozes
from workers.pacing import Pacing

AWAY = ChannelName("away")
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def scene(real_redis: Redis, tmp_path: Path) -> Scene:
    found = Scene(real_redis, tmp_path)
    found.recorders = {"away": Recorder(error=DeliveryFailed("connection refused"))}
    subscriptions = {f"desk-{n}": {"channels": ["away"]} for n in range(20)}
    found.configure({"away": {"type": "file", "path": "away"}}, subscriptions, delivery={"breaker_after": 3})
    return found


def pacing(scene: Scene) -> Pacing:
    """The planner of a process of its own."""
    return Pacing(scene.configurations, RedisSnoozes(scene.redis).all, RedisBreakers(scene.redis))


def outbox(n: int) -> OutboxName:
    return OutboxName(subscription=SubscriptionName(f"desk-{n}"), channel=AWAY)


def rests(scene: Scene) -> bool:
    """Whether the channel is left alone, and all that was in flight when that began has come to its end."""
    failed = sum(scene.people.counts(SubscriptionName(f"desk-{n}")).get("failed:away", 0) for n in range(20))
    return RedisBreakers(scene.redis).all().get(AWAY, CLOSED).until is not None and failed == len(
        scene.recorders["away"].attempts
    )


def test_what_one_process_learns_of_a_channel_another_heeds(scene: Scene) -> None:
    one, other = pacing(scene), pacing(scene)
    for each in (one, other):
        each.config()
    for _ in range(3):
        one.learn(AWAY, DeliveryFailed("connection refused"), now=NOON, jitter=0)
    other.look_anew()
    closed = other.closed_until(outbox(1), NOON)
    assert closed == one.closed_until(outbox(2), NOON) == NOON + timedelta(seconds=20)

    # When its rest is over, one outbox tries, in one of the processes
    assert one.closed_until(outbox(1), LATER) is other.closed_until(outbox(1), LATER) is None
    assert other.claim(outbox(1), LATER) is None
    assert one.claim(outbox(2), LATER) == LATER + timedelta(seconds=60)
    # And what the other learns opens it to the one
    other.learn(AWAY, None, now=LATER, jitter=0)
    one.look_anew()
    assert one.closed_until(outbox(2), LATER) is None
    assert RedisBreakers(scene.redis).all() == {}


def test_failures_that_two_processes_learn_of_at_once_are_counted_together(scene: Scene) -> None:
    one, other = pacing(scene), pacing(scene)
    for each in (one, other):
        each.closed_until(outbox(1), NOON)  # both know the channel as one that works
    one.learn(AWAY, DeliveryFailed("connection refused"), now=NOON, jitter=0)
    other.learn(AWAY, DeliveryFailed("timed out"), now=LATER, jitter=0)
    assert RedisBreakers(scene.redis).all() == {AWAY: Breaker(failures=2, since=NOON, error="timed out")}


def test_a_breaker_is_set_by_whoever_read_it_last(real_redis: Redis) -> None:
    one, other = RedisBreakers(real_redis), RedisBreakers(real_redis)
    for each in (one, other):
        assert each.all() == {}
    assert one.turn(AWAY, Breaker(failures=1))
    assert not other.turn(AWAY, Breaker(failures=7))
    assert other.all() == {AWAY: Breaker(failures=1)}
    assert other.turn(AWAY, CLOSED)
    assert one.all() == {}


async def test_two_deliverers_try_a_channel_that_is_away_once_for_twenty_outboxes(scene: Scene) -> None:
    away = scene.recorders["away"]
    away.error = None
    scene.happen(a_new("d1"))
    async with scene.running(owner="one"), scene.running(owner="two"):
        await until(lambda: len(away.arrived) == 20 and scene.waiting() == 0)
        # Given a channel that has failed and is to be tried again, before twenty outboxes
        away.error, away.attempts = DeliveryFailed("connection refused"), []
        breakers = RedisBreakers(scene.redis)
        breakers.all()
        breakers.turn(AWAY, Breaker(failures=9, since=NOON, until=NOON, error="away"))
        scene.happen(a_new("d2"))
        await until(lambda: breakers.all().get(AWAY, CLOSED).failures >= 10)
        await asyncio.sleep(0.1)
        # Then one of them is tried, once; a deliverer that had looked just before the channel failed may try one more
        assert away.attempts in ([1], [1, 1])


async def test_an_outbox_that_may_not_send_yet_does_not_keep_the_others_from_trying(scene: Scene) -> None:
    away = scene.recorders["away"]
    quiet = {"quiet_hours": {"start": "11:00", "end": "14:00"}}
    subscriptions = {f"desk-{n}": {"channels": ["away"], **(quiet if n < 19 else {})} for n in range(20)}
    scene.configure({"away": {"type": "file", "path": "away"}}, subscriptions)
    scene.happen(a_new("d1"))
    away.error = None
    async with scene.running():
        await until(lambda: len(away.arrived) == 1 and scene.waiting() == 19)
        # Given a channel that is to be tried again, by outboxes most of which are in quiet hours
        RedisBreakers(scene.redis).turn(AWAY, Breaker(failures=9, since=NOON, until=NOON, error="away"))
        scene.happen(a_new("d2"))
        await until(lambda: len(away.arrived) == 2)
    assert {message.subscription for message in away.arrived} == {"desk-19"}


async def test_a_deliverer_that_begins_and_a_configuration_that_comes_in_force_try_what_rests(scene: Scene) -> None:
    RedisBreakers(scene.redis).turn(AWAY, Breaker(failures=9, since=NOON, until=NOON + timedelta(hours=1), error="away"))
    away = scene.recorders["away"]
    scene.happen(a_new("d1"))
    async with scene.running():
        await until(lambda: len(away.attempts) == 1)
        await asyncio.sleep(0.1)
        assert len(away.attempts) == 1
        more = {f"desk-{n}": {"channels": ["away"]} for n in range(21)}
        scene.configure({"away": {"type": "file", "path": "away"}}, more, delivery={"breaker_after": 3})
        scene.happen(a_new("d2"))
        await until(lambda: len(away.attempts) == 2)
        await asyncio.sleep(0.1)
        assert len(away.attempts) == 2


# What people see


def shown(scene: Scene, what: str) -> str:
    console = Console(file=StringIO(), width=200)
    if what == "channels":
        channels.list_all(scene.redis, console, now=NOON)
    elif what == "dead letters":
        dead_letters.list_all(scene.redis, console, now=NOON)
    else:
        channels.retry(scene.redis, console, what, now=scene.now)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_channel_that_rests_is_shown_with_its_reason_and_what_waits(scene: Scene) -> None:
    assert shown(scene, "channels").startswith("unused   away  file, 0 sent, 0 waiting")
    scene.happen(a_new("d1"))
    scene.deliverer().offers.once()
    until_then = NOON + timedelta(hours=1)
    RedisBreakers(scene.redis).turn(AWAY, Breaker(failures=9, since=NOON, until=until_then, error="127.0.0.1 answered 500"))
    assert [line.strip() for line in shown(scene, "channels").splitlines()] == [
        "resting  away  file, 0 sent, 20 waiting",
        "failed 9 times in a row since 24 Oct 12:00 UTC: 127.0.0.1 answered 500",
        "nothing is sent before 24 Oct 13:00:00 UTC; then one message tries it for all",
        "to try it now: monitor channels --retry away",
    ]
    assert shown(scene, "dead letters").startswith(
        "channel away failed 9 times in a row since 24 Oct 12:00 UTC: 127.0.0.1 answered 500; what waits for it is kept"
    )


async def test_a_channel_that_was_mended_is_tried_at_once_on_request(scene: Scene) -> None:
    away = scene.recorders["away"]
    scene.happen(a_new("d1"))
    async with scene.running():
        await until(lambda: rests(scene))
        away.error = None
        assert away.arrived == []
        assert shown(scene, "away") == "away is tried at once; 20 alerts wait for it.\n"
        await until(lambda: scene.waiting() == 0)
    assert {message.development for message in away.arrived} == {dev("d1")}
    with pytest.raises(PermanentError, match="has no channel awy; it has: away"):
        shown(scene, "awy")


def test_health_tells_of_a_channel_that_has_failed_for_a_time_and_of_its_end(scene: Scene) -> None:
    check, breakers = ChannelsCheck(scene.redis), RedisBreakers(scene.redis)
    config = scene.configurations.load(scene.configurations.current())
    breakers.turn(AWAY, Breaker(failures=3, since=NOON, error="away"))
    assert list(check(config, NOON + PATIENCE - timedelta(seconds=1))) == []
    (ailment,) = check(config, NOON + PATIENCE)
    assert ailment.title == "The channel away has failed since 24 Oct 12:00 UTC"
    assert ailment.lines[0] == "away"
    assert ailment.over == "The channel away works again"
    breakers.turn(AWAY, Breaker(failures=2, since=NOON, error="away"))
    assert list(check(config, NOON + PATIENCE)) == []
