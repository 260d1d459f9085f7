"""The contract of a ledger's store, over memory, the fake and the real server: whatever is committed is found again, by the same
ranking, by whoever looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import fakeredis
import pytest
from redis import Redis

from monitor.errors import LeaseLost
from monitor.ledger import cells
from monitor.ledger.cells import values_of
from monitor.ledger.decide import decide
from monitor.ledger.part import NO_UPKEEP, Upkeep
from monitor.ledger.profile import Profiles
from monitor.ledger.question import question_of
from monitor.ledger.wordings import wording_of
from monitor.records import Answer, Changes, Claim, Ledger, Proposition
from monitor.records.ids import TopicSlug
from monitor.settings import Config
from tests.judges import Eager
from tests.records import TOPIC, a_claim, a_quantity, an_answer, an_entry
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.refile import Records, Refiling, read_all
from workers.memory import MemoryLedgers
from workers.recall import Recall, judged

CONFIG = Config.from_plain({"topics": {TOPIC: {"title": "Soldiers in Russia", "keywords": ["soldiers", "troops"]}}})

STORY = [
    ("Seoul counts 3,000 soldiers in eastern Russia", [3000]),
    ("Kyiv sees 12,000 soldiers near Kursk", [12_000]),
    ("Moscow denies that soldiers have arrived in Kursk", []),
    ("Washington fears for the harvest", []),
    ("Seoul counts 3,100 soldiers in eastern Russia", [3100]),
    ("Seoul counts 9,000 soldiers in eastern Russia", [9000]),
]


tell_all = partial(decide, judge=Eager())


def claim_of(text: str, figures: Sequence[float] = (), **more: Any) -> Claim:
    places = {figure: text.find(f"{figure:,.0f}") for figure in figures}
    quantities = [replace(a_quantity(float(figure)), start=at, end=at + len(f"{figure:,.0f}")) for figure, at in places.items()]
    return a_claim(text, quantities=quantities, **more)


def answers() -> list[Answer]:
    found = []
    for number, (text, figures) in enumerate(STORY, start=1):
        entry = an_entry(text, name=f"e{number}", feed=f"feed{number % 2}", minutes=number)
        found.append(an_answer(number, claim_of(text, figures, entry=entry, org=text.split()[0]), entry=entry))
    return found


class Memory:
    """Memory as a store that commits."""

    def __init__(self) -> None:
        self.store = MemoryLedgers()

    def commit(self, changes: Changes, keeping: Upkeep) -> None:
        self.store.commit(changes, keeping)


class Server:
    """A server as a store that commits, under a lease."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.store = RedisDecisions(redis, Leases(redis, "decider"))
        self.epoch = self.store.acquire(TOPIC)

    def commit(self, changes: Changes, keeping: Upkeep) -> None:
        self.store.commit(changes, keeping, epoch=self.epoch)


Kept = Memory | Server


@pytest.fixture(params=["memory", "fake", "real"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    if request.param == "memory":
        yield Memory()
    elif request.param == "fake":
        client = fakeredis.FakeRedis(version=(7,))
        yield Server(client)
        client.close()
    else:
        yield Server(request.getfixturevalue("real_redis"))


def decided(kept: Kept, batches: Sequence[Sequence[Answer]], fresh: bool = False) -> list[Changes]:
    """All batches decided and committed. fresh: by a decider that remembers nothing."""
    recall = Recall(kept.store, TOPIC)
    done = []
    for batch in batches:
        recall = Recall(kept.store, TOPIC) if fresh else recall
        changes, keeping = judged(batch, recall, CONFIG, tell_all)
        kept.commit(changes, keeping)
        recall.follow(changes, keeping)
        done.append(changes)
    return done


def single(found: Sequence[Answer]) -> list[list[Answer]]:
    return [[answer] for answer in found]


def test_every_store_leads_to_the_same_verdicts_and_events(kept: Kept) -> None:
    plain = decided(Memory(), single(answers()))

    assert decided(kept, single(answers())) == plain
    assert any(changes.events for changes in plain) and any(changes.series for changes in plain)


def test_a_decider_that_remembers_nothing_decides_the_same(kept: Kept) -> None:
    assert decided(kept, single(answers()), fresh=True) == decided(Memory(), single(answers()))


def test_the_proposition_that_shares_most_comes_first(kept: Kept) -> None:
    decided(kept, single(answers()[:4]))
    asked = wording_of(claim_of("Seoul said it counts soldiers in Russia"), answers()[5])

    found = Recall(kept.store, TOPIC).candidates(asked)

    assert next(one.claim.sentence for one in found) == "Seoul counts 3,000 soldiers in eastern Russia"
    assert "Washington fears for the harvest" in [one.claim.sentence for one in found], "what came last is looked at, too"
    assert len(Recall(kept.store, TOPIC).candidates(asked, k=1)) == 1


def test_a_figure_of_the_same_size_is_found_without_a_word_in_common(kept: Kept) -> None:
    decided(kept, single(answers()[:4]))
    asked = wording_of(claim_of("Some 12,100 men crossed", [12_100]), answers()[5])

    found = next(iter(Recall(kept.store, TOPIC).candidates(asked)))
    assert any(12_000 in values_of(wording) for wording in found.wordings)


def test_the_same_sentence_is_found_whatever_its_words_have_in_common_with_others(kept: Kept) -> None:
    decided(kept, single(answers()))

    for answer in answers():
        wording = wording_of(answer.claims[0], answer)
        best = Recall(kept.store, TOPIC).candidates(wording, k=1)
        assert any(known.text == wording.text for one in best for known in one.wordings)


def test_a_part_weighs_words_by_the_whole_ledger(kept: Kept) -> None:
    decided(kept, single(answers()[:5]))
    question = question_of([answers()[5]], Profiles.of(TOPIC, CONFIG.topics), 0.05)

    index = Recall(kept.store, TOPIC).part(question).index

    held = [wording for one in _all(kept) for wording in one.wordings]
    assert (len(index), index.entry_count) == (len(held), len({wording.entry for wording in held}))
    assert index.frequency("soldiers") == sum("soldiers" in wording.terms for wording in held)
    assert index.heard("Seoul") == 2 - _merged(kept)
    assert index.has_value(9000, 0.05) is False
    with pytest.raises(LookupError):
        index.frequency("never asked for")


def _all(kept: Kept) -> list[Proposition]:
    if isinstance(kept, Memory):
        return list(kept.store.held[TOPIC].propositions.values())
    return list(kept.store.load(TOPIC).propositions.values())


def _merged(kept: Kept) -> int:
    """Whether both of Seoul's counts were filed under one proposition."""
    return int(sum(any(wording.party == "Seoul" for wording in one.wordings) for one in _all(kept)) == 1)


def size(records: Records | Ledger) -> int:
    return len(records.propositions) + len(records.series) + len(records.developments)


def test_what_is_filed_twice_is_there_once(redis: Redis) -> None:
    server = Server(redis)
    decided(server, single(answers()))
    other = TopicSlug("elsewhere")
    refiling = Refiling(redis, other, owner="decider", epoch=server.store.acquire(other))

    filed = [sum(size(refiling.file(records)) for records in read_all(redis, TOPIC)) for _ in range(2)]

    whole, moved = server.store.load(TOPIC), server.store.load(other)
    assert filed == [size(whole), 0]
    assert (moved.propositions, moved.series, moved.developments) == (whole.propositions, whole.series, whole.developments)
    totals = [redis.hgetall(f"m:{{t:{slug}}}:totals") for slug in (TOPIC, other)]
    assert totals[0] == totals[1]
    parts = ("propositions", "series", "developments")
    assert int(totals[0][b"bytes"]) == sum(len(data) for part in parts for data in redis.hvals(f"m:{{t:{TOPIC}}}:{part}"))


def test_nothing_is_filed_without_the_lease(redis: Redis) -> None:
    server = Server(redis)
    decided(server, single(answers()))
    other = TopicSlug("elsewhere")
    server.store.acquire(other)

    with pytest.raises(LeaseLost):
        Refiling(redis, other, owner="somebody else", epoch=1).file(next(read_all(redis, TOPIC)))

    assert redis.hlen("m:{t:elsewhere}:propositions") == 0


def test_a_cell_keeps_the_records_touched_last() -> None:
    cell = b""
    for number in [*range(1, cells.CAP + 11), 20]:
        cell = cells.touched(cell, number)

    held = [int(number) for number in cells.numbers(cell)]
    assert len(held) == cells.CAP
    assert held[-3:] == [cells.CAP + 9, cells.CAP + 10, 20]
    assert held.count(20) == 1
    assert [int(number) for number in cells.numbers(cells.without(cell, 20))] == held[:-1]


def test_what_is_found_is_ranked_by_weight_and_then_by_who_came_last() -> None:
    held = {"w:rare": b"", "w:plain": b"", "w:gone": b""}
    for number in (1, 2, 3):
        held["w:plain"] = cells.touched(held["w:plain"], number)
    held["w:rare"] = cells.touched(b"", 2)

    assert cells.ranked({"w:rare": 3.0, "w:plain": 1.0, "w:gone": 9.0}, held, 3) == [2, 3, 1]
    assert cells.ranked({"w:rare": 3.0, "w:plain": 1.0}, held, 3, 1) == [2]
    assert cells.ranked({"w:gone": 1.0}, held, 3) == []


def test_all_values_within_a_tolerance_lie_in_the_cells_that_are_looked_at() -> None:
    for value in (1.0, 7.5, 99.0, 12_345.0, -40.0):
        for tolerance in (0.01, 0.05, 0.3):
            for near in (value * (1 - tolerance), value * (1 - tolerance / 2), value, value / (1 - tolerance)):
                assert f"n:{cells.step(near)}" in cells.value_cells(value, tolerance), (value, near, tolerance)


def test_most_places_are_kept_for_what_was_touched_last() -> None:
    held = {"w:much": b"", cells.LATEST: b""}
    for number in range(1, 101):
        held["w:much"] = cells.touched(held["w:much"], number)
    for number in range(3_001, 3_101):
        held[cells.LATEST] = cells.touched(held[cells.LATEST], number)

    found = cells.ranked({"w:much": 9.0, cells.LATEST: cells.LATE}, held, 9_000)

    assert (sum(number > 3_000 for number in found), len(found)) == (round(cells.WARM * cells.FOUND), cells.FOUND)


def test_late_records_are_looked_at_before_older_ones_that_share_more() -> None:
    held = {"w:much": b"", "w:little": b""}
    for number in range(1, 101):
        held["w:much"] = cells.touched(held["w:much"], number)
    for number in range(5_001, 5_011):
        held["w:little"] = cells.touched(held["w:little"], number)

    found = cells.ranked({"w:much": 9.0, "w:little": 1.0}, held, 5_010)

    assert len(found) == cells.FOUND
    assert set(range(5_001, 5_011)) <= set(found)
    assert found[:40] == list(range(100, 60, -1)), "places that late records leave go to the others"


def test_changes_without_upkeep_are_written_too(kept: Kept) -> None:
    kept.commit(Changes(topic=TOPIC, first=1, last=1), NO_UPKEEP)

    assert _all(kept) == []
