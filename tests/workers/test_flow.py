"""From the poll's commit to the events, over a real server: any number of workers, a kill between any two commands, a reload."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from redis import Redis

from monitor.extract.claims import extract
from monitor.ledger.decide import decide
from monitor.ledger.index import Index
from monitor.ports import Received
from monitor.records import Answer, Changes, Entry, Event, Ledger, Unit
from monitor.records.codec import decode
from monitor.settings import Config, Topic
from tests.records import TOPIC, an_entry
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.units import RedisUnits, unit_queue
from workers.analyze import Analyst
from workers.decide import Decider

TRAINING = "South Korea's spy agency said on Thursday that 3,000 North Korean soldiers are training in eastern Russia."
RISEN = "South Korea's spy agency said on Monday that 12,000 North Korean soldiers are training in eastern Russia."
STORY = [
    [an_entry("Seoul counts North Koreans in Russia", name="a", summary=TRAINING)],
    [
        an_entry("Kremlin denies that North Korean soldiers are in Russia", name="b", feed="state", minutes=5),
        an_entry("What Seoul says about Russia", name="c", feed="state", minutes=6, summary=TRAINING),
    ],
    [an_entry("Seoul counts again", name="d", minutes=20, summary=RISEN)],
    [an_entry("Kremlin confirms that North Korean soldiers are in Russia", name="e", feed="state", minutes=60)],
]
CONFIG = Config.from_plain(
    {
        "topics": {
            TOPIC: {
                "title": "North Korean soldiers in Russia",
                "keywords": ["soldiers", "troops"],
                "actors": {"Russia": ["Kremlin", "Moscow"], "South Korea": ["Seoul"], "North Korea": ["North Korean"]},
            }
        }
    }
)


class Killed(BaseException):
    """As if the process were gone: no handler of errors sees it."""


class Mortal(Redis):
    """A client whose process is killed at its n-th command, either before the server gets it or before the answer comes."""

    left = -1
    before = True

    def execute_command(self, *args: Any, **options: Any) -> Any:
        self.left -= 1
        if self.left == 0 and self.before:
            raise Killed
        answer = super().execute_command(*args, **options)
        if self.left == 0:
            raise Killed
        return answer


class Process:
    """One process with both roles in the middle, on a client of its own."""

    def __init__(self, redis: Redis, name: str, nlp: Any, judge: Any = decide, claim_idle: float = 0) -> None:
        self.redis = redis
        self.units = RedisUnits(redis)
        self.configurations = RedisConfigurations(redis)
        self.queue = unit_queue(redis, name, claim_idle=claim_idle)
        self.analyst = Analyst(self.units, self.configurations, lambda _: nlp, extract)
        self.decisions = RedisDecisions(redis, Leases(redis, name, seconds=0.05))
        self.decider = Decider(self.decisions, self.configurations, judge)

    def run(self, story: Sequence[Sequence[Entry]] = STORY) -> None:
        """Everything from the first batch to the last decision, whatever of it was done before."""
        snapshot = self.configurations.store(CONFIG)
        for number, batch in enumerate(story):
            self.units.append(TOPIC, f"batch {number}", snapshot, batch)
        self.analyze()
        self.decide()

    def analyze(self) -> None:
        while received := self.queue.read(count=10, wait=0.001):
            for item in received:
                self.analyst.work(item)

    def decide(self) -> None:
        done = threading.Event()
        while int(self.redis.get(keys.topic(TOPIC, "decided")) or 0) < int(self.redis.get(keys.topic(TOPIC, "sequence")) or 0):
            if not self.decider.step(TOPIC):
                done.wait(0.01)  # until a dead process's lease has expired


def events(redis: Redis) -> list[Event]:
    found: Any = redis.xrange(keys.topic(TOPIC, "events"))
    return [decode(fields[b"event"], Event) for _, fields in found]


@pytest.fixture(scope="module")
def undisturbed(server_url: str, nlp: Any) -> list[Event]:
    """What one process makes of the story when nothing happens to it."""
    with Redis.from_url(server_url) as redis:
        redis.flushall()
        Process(redis, "undisturbed", nlp).run()
        found = events(redis)
        redis.flushall()
    return found


def test_the_story_has_a_figure_a_denial_a_changed_figure_and_a_turn(undisturbed: list[Event]) -> None:
    kinds = [str(event.cause) for event in undisturbed]

    assert kinds.count("number_changed") == 1
    assert kinds.count("position_change") == 1
    assert "new_claim" in kinds or "new_number" in kinds


def test_two_analyze_workers_give_the_same_developments_as_one(undisturbed: list[Event], real_redis: Redis, nlp: Any) -> None:
    one, two = (Process(real_redis, name, nlp, claim_idle=60) for name in ("one", "two"))
    snapshot = one.configurations.store(CONFIG)
    for number, batch in enumerate(STORY):
        one.units.append(TOPIC, f"batch {number}", snapshot, batch)
    hands: list[tuple[Process, Received[Unit]]] = []
    while True:  # both take units in turn, and answer them last first
        taken = [(process, item) for process in (one, two) for item in process.queue.read(count=1, wait=0.001)]
        if not taken:
            break
        hands += taken
    assert {process.queue for process, _ in hands} == {one.queue, two.queue}
    for process, item in reversed(hands):
        process.analyst.work(item)
        two.decider.step(TOPIC)
    two.decide()

    assert events(real_redis) == undisturbed


@pytest.mark.parametrize("before", [True, False], ids=["before the command", "before its answer"])
@pytest.mark.parametrize("part", range(4))
def test_a_kill_between_any_two_commands_loses_and_doubles_nothing(
    undisturbed: list[Event], real_redis: Redis, server_url: str, nlp: Any, before: bool, part: int
) -> None:
    at = part + 1
    while True:
        real_redis.flushall()
        mortal = Mortal.from_url(server_url)
        mortal.before, mortal.left = before, at
        try:
            Process(mortal, "mortal", nlp).run()
        except Killed:
            pass
        else:
            break
        Process(real_redis, "heir", nlp).run()
        assert events(real_redis) == undisturbed, f"killed at command {at}"
        at += 4
    assert at > 12, "the story takes more commands than that"


def test_units_are_analysed_and_decided_under_the_snapshot_that_they_carry(real_redis: Redis, nlp: Any) -> None:
    decided_under: list[tuple[int, str]] = []

    def judge(batch: Sequence[Answer], ledger: Ledger, topic: Topic, config: Config, *, index: Index) -> Changes:
        decided_under.extend((answer.snapshot, topic.title) for answer in batch)
        return decide(batch, ledger, topic, config, index=index)

    process = Process(real_redis, "one", nlp, judge)
    old = process.configurations.store(CONFIG)
    process.units.append(TOPIC, "first", old, STORY[0])
    edited = CONFIG.topics[TOPIC].model_copy(update={"title": "Edited", "keywords": ("tanks",)})
    new = process.configurations.store(CONFIG.model_copy(update={"topics": {TOPIC: edited}}))
    process.units.append(TOPIC, "second", new, [an_entry("Moscow sends 40 tanks", name="t")])

    process.analyze()
    answers = [*process.decisions.next_batch(TOPIC, 0), *process.decisions.next_batch(TOPIC, 1)]
    process.decide()

    assert [(answer.snapshot, bool(answer.claims)) for answer in answers] == [(old, True), (new, True)]
    assert decided_under == [(old, "North Korean soldiers in Russia"), (new, "Edited")]
