"""`monitor dead-letters`: what people see of what was set aside, and what they can do."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO

import pytest
from redis import Redis
from rich.console import Console
from typer.testing import CliRunner

from monitor.errors import PermanentError
from monitor.records import Delivery, DeliveryState, Message
from monitor.records.ids import Snapshot
from tests.alerts import a_changed_number, a_message, commit_one, lease_one
from tests.records import NOON, TOPIC, an_answer, an_entry
from workers import dead_letters
from workers.adapters.redis import keys
from workers.adapters.redis.outboxes import RedisOutboxes
from workers.adapters.redis.units import RedisUnits, unit_queue
from workers.cli import app


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=200)


def said(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def give_up(redis: Redis, message: Message) -> None:
    outboxes = RedisOutboxes(redis)
    outboxes.tell([message], now=NOON)
    leased = lease_one(outboxes, NOON)
    assert leased is not None
    letter = Delivery(key=message.key, state=DeliveryState.DEAD, attempt=3, at=NOON, error="no such room")
    assert commit_one(outboxes, leased, letter)


def set_aside(redis: Redis) -> None:
    """A unit that analysis could not read."""
    RedisUnits(redis).append(TOPIC, "batch", Snapshot(1), [an_entry("Seoul counts 3,000 soldiers")])
    (received,) = unit_queue(redis, "one").read(count=1, wait=0.1)
    assert RedisUnits(redis).commit(received, received.work.answer(failed="RecursionError: too deep"))


def test_the_list_says_what_failed_and_why_in_one_line_each(redis: Redis, console: Console) -> None:
    give_up(redis, a_message(a_changed_number()))
    set_aside(redis)
    dead_letters.list_all(redis, console, now=NOON)
    message, unit = said(console).splitlines()
    assert message.startswith(a_message(a_changed_number()).key[:8])
    assert "desk to screen: North Korean soldiers: about 3,000 -> 12,000" in message
    assert "no such room" in message
    assert "troop-deployment/1" in unit
    assert "Seoul counts 3,000 soldiers" in unit
    assert "RecursionError: too deep" in unit


def test_an_empty_list_says_so(redis: Redis, console: Console) -> None:
    dead_letters.list_all(redis, console, now=NOON)
    assert said(console).startswith("No dead letters")


def test_one_is_shown_whole_by_the_beginning_of_its_key(redis: Redis, console: Console) -> None:
    give_up(redis, a_message(a_changed_number()))
    dead_letters.show(redis, console, a_message(a_changed_number()).key[:8])
    assert "Attempts: 3" in said(console)
    assert "Said by: National Intelligence Service (South Korea)" in said(console)


def test_a_name_that_is_none_is_an_error_that_says_where_to_look(redis: Redis) -> None:
    with pytest.raises(PermanentError, match="no dead letter is called nothing; `monitor dead-letters list`"):
        dead_letters.find(redis, "nothing")


def test_a_retried_message_waits_in_its_outbox_again(redis: Redis, console: Console) -> None:
    give_up(redis, a_message())
    assert dead_letters.retry(redis, console, [a_message().key[:8]], now=NOON) == 0
    leased = lease_one(RedisOutboxes(redis), NOON)
    assert leased is not None
    assert (leased.message.key, leased.attempt) == (a_message().key, 1)


def test_a_retried_unit_gets_a_new_number_and_is_read_again(redis: Redis, console: Console) -> None:
    set_aside(redis)
    redis.set(keys.CONFIG_CURRENT, 5)
    assert dead_letters.retry(redis, console, ["all"], now=NOON) == 0
    (received,) = unit_queue(redis, "two").read(count=1, wait=0.1)
    assert (received.work.number, received.work.snapshot) == (2, 5)
    assert received.work.entry.title == "Seoul counts 3,000 soldiers"
    assert redis.hlen(keys.topic(TOPIC, "dead")) == 0


def test_what_decide_set_aside_can_be_shown_and_dropped_but_not_tried_again(redis: Redis, console: Console) -> None:
    from monitor.records.codec import encode

    redis.sadd(keys.TOPICS, TOPIC)
    redis.hset(keys.topic(TOPIC, "dead"), "7", encode({"answer": an_answer(7), "error": "ValueError: no"}))
    name = f"{TOPIC}/7"
    dead_letters.show(redis, console, name)
    assert dead_letters.retry(redis, console, [name], now=NOON) == 1
    assert "drop it" in said(console)
    assert dead_letters.drop(redis, console, [name]) == 0
    assert redis.hlen(keys.topic(TOPIC, "dead")) == 0


def test_the_command_works_on_the_store_that_it_is_given(real_redis: Redis, server_url: str) -> None:
    set_aside(real_redis)

    def monitor(*arguments: str) -> str:
        return CliRunner().invoke(app, ["dead-letters", *arguments, "--redis", server_url], catch_exceptions=False).stdout

    assert "RecursionError: too deep" in monitor("list")
    mistaken = [sys.executable, "-m", "workers.cli", "dead-letters", "drop", "nothing", "--redis", server_url]
    wrong = subprocess.run(mistaken, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr.startswith("error: no dead letter is called nothing")) == (1, True)
    assert monitor("drop", f"{TOPIC}/1") == f"{TOPIC}/1 is dropped.\n"
    assert monitor("list").startswith("No dead letters")
