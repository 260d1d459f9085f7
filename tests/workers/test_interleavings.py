"""Whatever the interleaving of workers, retries, deaths and repeated entries: the developments are those of one worker that takes
the same sequence numbers in order. None is lost, none comes twice.

Hypothesis plays a scheduler: it polls, lets workers read and answer in any order, steals work, lets leases run out, and stops
deciders between loading and committing, to kill them or to wake them up late.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from redis import Redis

from monitor.errors import LeaseLost
from monitor.ledger.decide import decide
from monitor.ledger.part import Upkeep
from monitor.ports import Received
from monitor.records import Answer, Changes, Claim, Copy, Entry, Event, Stance, Unit
from monitor.records.codec import decode
from monitor.records.ids import Snapshot
from monitor.settings import Config
from monitor.text.changes import copied
from monitor.text.clean import document_of
from tests.judges import Eager
from tests.records import TOPIC, a_claim, a_quantity, an_entry
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.units import RedisUnits, unit_of, unit_queue
from workers.decide import MOST_DEATHS, Decider
from workers.memory import MemoryLedgers
from workers.recall import Recall, judged

CONFIG = Config.from_plain({"topics": {TOPIC: {"title": "Soldiers in Russia", "keywords": ["soldiers"]}}})
WORKERS = ("one", "two", "three")

SENTENCES = (
    "Seoul counts {} soldiers near Kursk",
    "Kyiv saw {} soldiers cross the river on Monday",
    "Kremlin denies that soldiers are near Kursk",
    "Kremlin confirms that soldiers are near Kursk",
    "Washington warns of {} shells on trains",
)
FIGURES = (3000, 3060, 9000)
NAMES = ("a", "b", "c", "d")

entries = st.builds(
    lambda sentence, figure, name, feed: an_entry(sentence.format(f"{figure:,}"), name=name, feed=feed),
    st.sampled_from(SENTENCES),
    st.sampled_from(FIGURES),
    st.sampled_from(NAMES),
    st.sampled_from(("wire", "herald")),
)
workers = st.sampled_from(WORKERS)


def claims_of(entry: Entry) -> tuple[Claim, ...]:
    """Reading, without a language model: the title is the claim."""
    text = entry.title
    figures = [
        replace(a_quantity(float(found[0].replace(",", ""))), start=found.start(), end=found.end(), unit=found[1], what=found[1])
        for found in re.finditer(r"[\d,]+(?= (\w+))", text)
    ]
    stance = Stance.DENIES if "denies" in text else Stance.CONFIRMS if "confirms" in text else Stance.ASSERTS
    party = text.split()[0]
    return (replace(a_claim(text, entry=entry, quantities=figures, stance=stance, org=party), actors=frozenset({party})),)


def answer(unit: Unit) -> Answer:
    """As analysis: a copy of an earlier text carries what that one says, and is not read again."""
    changed = copied(document_of(unit.entry), unit.likes)
    if changed is None:
        return unit.answer(claims_of(unit.entry))
    repeats = Copy(number=changed.number, missing=changed.missing, fresh=len(changed.fresh))
    return unit.answer(claims_of(unit.entry) if changed.fresh else (), copy=repeats)


class Stopped(BaseException):
    """A decider that goes no further: no handler of errors sees it."""


@dataclass
class Sleeper:
    """A decider that stopped just before its commit, and may wake up."""

    commit: Callable[[], None]


class Stopping(RedisDecisions):
    """Decisions that stop their decider before its commit, or after it."""

    def __init__(self, redis: Redis, name: str) -> None:
        super().__init__(redis, Leases(redis, name, seconds=3600))
        self.stop: str = ""
        self.asleep: Sleeper | None = None

    def commit(self, changes: Changes, keeping: Upkeep = Upkeep(), *, epoch: int) -> None:  # noqa: B008  frozen
        if self.stop == "before":
            self.asleep = Sleeper(partial(super().commit, changes, keeping, epoch=epoch))
            raise Stopped
        super().commit(changes, keeping, epoch=epoch)
        if self.stop == "after":
            raise Stopped


class Interleavings(RuleBasedStateMachine):
    """The scheduler. Its end compares with one undisturbed worker."""

    def __init__(self, redis: Redis) -> None:
        super().__init__()
        self.redis = redis

    @initialize()
    def start(self) -> None:
        self.redis.flushall()
        self.configurations = RedisConfigurations(self.redis)
        self.snapshot: Snapshot = self.configurations.store(CONFIG)
        self.units = RedisUnits(self.redis)
        self.sequence: list[Unit] = []
        self.hands: dict[str, list[Received[Unit]]] = {name: [] for name in WORKERS}
        self.sleepers: list[Sleeper] = []
        self.lives = 0
        self.stops: Counter[int] = Counter()
        self.deciders = {name: self.decider(name) for name in WORKERS}

    def decider(self, name: str) -> tuple[Decider, Stopping]:
        """A new process of that name."""
        self.lives += 1
        decisions = Stopping(self.redis, f"{name}-{self.lives}")
        return Decider(decisions, self.configurations, partial(decide, judge=Eager())), decisions

    @rule(batch=st.lists(entries, min_size=1, max_size=4))
    def poll(self, batch: list[Entry]) -> None:
        """A poll brings entries, some of which the topic has had."""
        self.units.append(TOPIC, "batch", self.snapshot, batch)
        found: Any = self.redis.xrange(keys.topic(TOPIC, "units"))
        units = [unit_of(fields) for _, fields in found]
        self.sequence += [unit for unit in units if unit.number > len(self.sequence)]

    @rule(name=workers, count=st.integers(1, 3), steal=st.booleans())
    def read(self, name: str, count: int, steal: bool) -> None:
        """A worker takes units in hand: new ones, or those that others have in hand, as if these were dead."""
        queue = unit_queue(self.redis, name, claim_idle=0 if steal else 3600)
        self.hands[name] += queue.read(count=count, wait=0.001)

    @rule(name=workers, which=st.integers(0, 8), keep=st.booleans())
    def answer(self, name: str, which: int, keep: bool) -> None:
        """A worker answers one that it has in hand; keep: it will do so again."""
        if hand := self.hands[name]:
            item = hand[which % len(hand)]
            self.units.commit(item, answer(item.work))
            if not keep:
                hand.remove(item)

    @rule(name=workers, steal=st.booleans())
    def serve(self, name: str, steal: bool) -> None:
        """A worker reads and answers all that it can get, the last first."""
        self.read(name, 9, steal)
        while self.hands[name]:
            self.answer(name, len(self.hands[name]) - 1, keep=False)

    @rule(name=workers, other=workers)
    def overtake(self, name: str, other: str) -> None:
        """A decider stops before its commit for so long that another takes over."""
        self.step(name, "before")
        self.expire()
        self.step(other, "")

    @rule(name=workers)
    def lose(self, name: str) -> None:
        """A worker dies with what it has in hand."""
        self.hands[name] = []

    @rule(name=workers, stop=st.sampled_from(("", "", "before", "after")))
    def step(self, name: str, stop: str) -> None:
        """A decider takes its turn, and is perhaps stopped after its commit or, not so often as to be poison, before it."""
        decider, decisions = self.deciders[name]
        batch = decisions.decided(TOPIC) + 1
        self.stops[batch] += stop == "before"
        decisions.stop = "" if stop == "before" and self.stops[batch] >= MOST_DEATHS else stop
        try:
            decider.step(TOPIC)
        except Stopped:
            if decisions.asleep is not None:
                self.sleepers.append(decisions.asleep)
            self.deciders[name] = self.decider(name)

    @rule()
    def expire(self) -> None:
        """Time passes: whoever holds the lease has lost it."""
        self.redis.delete(keys.topic(TOPIC, "lease:decide"))

    @rule(which=st.integers(0, 9))
    def wake(self, which: int) -> None:
        """A decider that stopped before its commit wakes up and commits."""
        if self.sleepers:
            sleeper = self.sleepers.pop(which % len(self.sleepers))
            with suppress(LeaseLost):  # what it should get where another has taken over
                sleeper.commit()

    def teardown(self) -> None:
        """All that is left is worked off; then both have told the same."""
        if not hasattr(self, "sequence"):
            return
        queue = unit_queue(self.redis, "last", claim_idle=0)
        while len(self.redis.xrange(keys.topic(TOPIC, "units"))):  # type: ignore[arg-type]  # the client types it as awaitable, too
            for item in queue.read(count=10, wait=0.001):
                self.units.commit(item, answer(item.work))
            queue = unit_queue(self.redis, "last", claim_idle=0)
        self.expire()
        decider, decisions = self.decider("last")
        while decisions.decided(TOPIC) < len(self.sequence):
            assert decider.step(TOPIC)
        for sleeper in self.sleepers:
            try:
                sleeper.commit()
            except LeaseLost:
                continue
            raise AssertionError("a decider that lost its lease has written")
        assert events(self.redis) == alone(self.sequence)


def events(redis: Redis) -> list[Event]:
    found: Any = redis.xrange(keys.topic(TOPIC, "events"))
    return [decode(fields[b"event"], Event) for _, fields in found]


def alone(sequence: Sequence[Unit]) -> list[Event]:
    """What one worker tells that takes the numbers in order."""
    store = MemoryLedgers()
    recall = Recall(store, TOPIC)
    told: list[Event] = []
    batches: dict[int, list[Answer]] = {}
    for unit in sequence:
        batches.setdefault(unit.first, []).append(answer(unit))
    for batch in batches.values():
        changes, keeping = judged(batch, recall, CONFIG, partial(decide, judge=Eager()))
        store.commit(changes, keeping)
        recall.follow(changes, keeping)
        told += changes.events
    return told


def test_no_interleaving_changes_what_is_told(real_redis: Redis) -> None:
    class Here(Interleavings):
        def __init__(self) -> None:
            super().__init__(real_redis)

    run_state_machine_as_test(
        Here,
        settings=settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]),
    )


def test_the_story_tells_enough_to_be_lost() -> None:
    batch = [an_entry(text.format("3,000"), name=f"e{n}") for n, text in enumerate(SENTENCES)]
    more = [an_entry(text.format("9,000"), name=f"f{n}", feed="herald") for n, text in enumerate(SENTENCES)]
    sequence = [
        Unit(topic=TOPIC, number=n, first=n, last=n, snapshot=Snapshot(1), entry=entry)
        for n, entry in enumerate([*batch, *more], start=1)
    ]

    causes = {str(event.cause) for event in alone(sequence)}

    assert {"new_number", "number_changed", "position_change"} <= causes, causes
