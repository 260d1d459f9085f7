"""The heartbeat: it goes while polling, analysis and delivery move, and stops when one of them does not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from monitor.errors import FetchFailed, SecretMissing
from monitor.records.ids import ChannelName, Snapshot, SubscriptionName
from monitor.settings import Config
from tests.alerts import a_message
from tests.records import NOON, TOPIC, an_entry
from tests.workers.conftest import Server
from workers.adapters.beat import caller
from workers.adapters.clock import utc_now
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.leases import health_leadership
from workers.adapters.redis.outboxes import RedisOutboxes
from workers.adapters.redis.polls import milliseconds
from workers.adapters.redis.units import RedisUnits
from workers.adapters.redis.watching import RedisMovement
from workers.heartbeat import Heartbeat, Movements, Ports

LATE = timedelta(minutes=10)
ENVIRONMENT = {"BEAT": "s3cret-path"}


def config(url: str, **more: object) -> Config:
    plain = {"topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}}, "heartbeat_url": url}
    return Config.from_plain({**plain, "http": {"allow_hosts": ["127.0.0.1"]}, **more})


class Pulse:
    """A heartbeat on a store, with a clock of its own."""

    def __init__(self, redis: Redis) -> None:
        self.redis, self.now = redis, NOON
        self.movements = Movements(RedisMovement(redis))
        self.heart = Heartbeat(
            Ports(
                movements=self.movements,
                call=caller(ENVIRONMENT, clock=utc_now),
                configurations=RedisConfigurations(redis),
                leadership=health_leadership(redis, "one"),
                clock=lambda: self.now,
            )
        )

    def still(self, at: timedelta) -> list[str]:
        """What stands still at that time, looked at every minute until then."""
        while self.now < NOON + at:
            self.now += timedelta(minutes=1)
            found = self.movements.standstills(config("https://beat.example/"), self.now)
        return [one.what for one in found]


@pytest.fixture
def pulse(redis: Redis) -> Pulse:
    return Pulse(redis)


async def test_the_address_is_called_with_its_secret_while_all_moves(pulse: Pulse, server: Server) -> None:
    server.answer("/s3cret-path")
    assert await pulse.heart.beat(config(server.url("/${BEAT}")), NOON)
    assert [request.path for request in server.requests] == ["/s3cret-path"]


async def test_an_address_that_fails_is_told_once_without_its_secret(
    pulse: Pulse, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer("/s3cret-path", status=404)
    with caplog.at_level(logging.INFO):
        assert not await pulse.heart.beat(config(server.url("/${BEAT}")), NOON)
        assert not await pulse.heart.beat(config(server.url("/${BEAT}")), NOON)
        server.answer("/s3cret-path")
        assert await pulse.heart.beat(config(server.url("/${BEAT}")), NOON)
    assert [record.message for record in caplog.records if record.name == "workers.heartbeat"] == [
        "the heartbeat did not reach its address: it answered 404; the address must answer itself, without a redirect",
        "the heartbeat goes again",
    ]
    call = caller({}, clock=utc_now)
    with pytest.raises(SecretMissing):
        await call(config("https://beat.example/${BEAT}"))
    with pytest.raises(FetchFailed) as refused:
        await caller({"BEAT": "10.0.0.9"}, clock=utc_now)(config("http://${BEAT}/"))
    assert "10.0.0.9" not in str(refused.value)


async def test_nothing_is_called_while_something_stands_still(pulse: Pulse, server: Server) -> None:
    server.answer("/")
    RedisUnits(pulse.redis).append(TOPIC, "b", Snapshot(1), [an_entry()])
    assert await pulse.heart.beat(config(server.url("/")), NOON)
    assert pulse.still(LATE) == ["entries of topic troop-deployment are not read"]
    assert not await pulse.heart.beat(config(server.url("/")), pulse.now)
    assert len(server.requests) == 1


def fill_polls(redis: Redis) -> None:
    redis.xadd(keys.POLL_QUEUE, {"feed": "wire", "batch": "b"})


def leave_feeds_due(redis: Redis) -> None:
    redis.zadd(keys.POLL_DUE, {"wire": milliseconds(NOON)})


def leave_events(redis: Redis) -> None:
    redis.sadd(keys.TOPICS, TOPIC)
    redis.xadd(keys.topic(TOPIC, "events"), {"event": "x"})


def leave_answers(redis: Redis) -> None:
    redis.sadd(keys.TOPICS, TOPIC)
    redis.hset(keys.topic(TOPIC, "answers"), "1", "x")


def leave_outboxes(redis: Redis) -> None:
    RedisOutboxes(redis).tell([a_message()], now=NOON)


def fail_in_vain(redis: Redis) -> None:
    outbox = keys.outbox(SubscriptionName("everything"), ChannelName("screen"), "state")
    redis.hset(outbox, mapping={"packed": "x", "attempts": 5})
    redis.zadd(keys.OUTBOXES_DUE, {"everything:screen": milliseconds(NOON + timedelta(days=1))})


@pytest.mark.parametrize(
    ("prepare", "what"),
    [
        (fill_polls, "polls that are due are not made"),
        (leave_feeds_due, "no poll is released"),
        (leave_answers, "entries of topic troop-deployment are not decided"),
        (leave_events, "developments of topic troop-deployment reach no subscription"),
        (leave_outboxes, "no outbox is looked at"),
        (fail_in_vain, "messages of everything do not get through to screen"),
    ],
)
def test_each_part_that_does_not_move_is_found_and_told(pulse: Pulse, prepare: Callable[[Redis], None], what: str) -> None:
    prepare(pulse.redis)
    assert pulse.still(timedelta(minutes=9)) == []
    assert pulse.still(LATE + timedelta(minutes=1)) == [what]
    found = pulse.movements.check(config("https://beat.example/"), pulse.now)
    assert [ailment.title for ailment in found] == [f"The monitor stands still: {what} since 24 Oct 12:01 UTC"]


def test_work_that_moves_on_and_polls_that_wait_for_analysis_are_no_standstill(pulse: Pulse) -> None:
    leave_feeds_due(pulse.redis)
    full = config("https://beat.example/", schedule={"max_backlog": 1})
    RedisUnits(pulse.redis).append(TOPIC, "b", Snapshot(1), [an_entry(name=str(n)) for n in range(40)])
    units = keys.topic(TOPIC, "units")
    for minute in range(30):
        first: Any = pulse.redis.xrange(units, count=1)
        pulse.redis.xdel(units, first[0][0])
        assert pulse.movements.standstills(full, NOON + timedelta(minutes=minute)) == []


def test_a_machine_that_slept_stood_still_by_right(pulse: Pulse) -> None:
    def at(moment: datetime) -> int:
        return len(pulse.movements.standstills(config("https://beat.example/"), moment))

    leave_events(pulse.redis)
    assert at(NOON) == 0
    assert at(NOON + timedelta(hours=8)) == 0
