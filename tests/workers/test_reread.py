"""Another model reads, or judges: what is stored is read again before anything is decided, nothing is told of it, and a death in
the midst of it changes nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rich.console import Console

from monitor.extract.claims import extract
from monitor.records import Claim, Ledger, Stance
from monitor.records.corrections import CorrectionKind
from tests.records import NOON, TOPIC, an_entry
from tests.workers.test_flow import CONFIG, STORY, Killed, Mortal, Process, events
from workers import models as program
from workers import reread
from workers.adapters.kept import line_of
from workers.adapters.redis import keys, ledgers
from workers.adapters.redis.corrections import RedisCorrections
from workers.adapters.redis.rereadings import RedisRereadings
from workers.decide import Decider
from workers.feedback import Person, judge, undo
from workers.models import Models
from workers.reread import Rereading, announce

OLD, NEW = "en_old-1.0+aa.bb", "en_new-1.0+cc.dd"
RISEN_AGAIN = "South Korea's spy agency said on Tuesday that 12,000 North Korean soldiers are training in eastern Russia."
LATER = [an_entry("Seoul counts a third time", name="later", minutes=90, summary=RISEN_AGAIN)]
KIM = Person(name="kim", now=NOON + timedelta(days=1))


def poorly(*arguments: Any, **options: Any) -> tuple[Claim, ...]:
    """What a poor model reads: nobody says anything, it only asserts; and figures have no place."""
    return tuple(
        replace(
            one,
            speaker=None,
            org=None,
            stance=Stance.ASSERTS,
            quantities=tuple(replace(q, place=None, what="people") for q in one.quantities),
        )
        for one in extract(*arguments, **options)
    )


class Monitor(Process):
    """A process whose decider knows which model reads, and has the kept entries."""

    def __init__(
        self,
        redis: Redis,
        nlp: Any,
        *,
        name: str = "one",
        model: str = NEW,
        judged: str = "j2",
        kept: bool = True,
        read: Any = extract,
    ) -> None:
        super().__init__(redis, name, nlp)
        self.analyst._extract = read
        self.reads, self.models = 0, (model, judged)

        def counting(*arguments: Any, **options: Any) -> tuple[Claim, ...]:
            self.reads += 1
            return tuple(read(*arguments, **options))

        lines = [line_of(entry) for batch in STORY for entry in batch] if kept else []
        models = Models(reading=lambda _: model, judge=lambda: judged, load=lambda _: nlp, extract=counting)
        self.rereading = Rereading(RedisRereadings(redis, name), self.configurations, models, lambda: iter(lines))
        self.decider = Decider(self.decisions, self.configurations, self._judge, reread=self.rereading.step)

    def _judge(self, *arguments: Any, **options: Any) -> Any:
        from monitor.ledger.decide import decide

        assert RedisRereadings(self.redis, "").read_by(TOPIC).reading, "something was decided before all was read again"
        return decide(*arguments, **options)

    def settle(self) -> None:
        """All that there is to be done, once a former process's lease has ended."""
        store = RedisRereadings(self.redis, "")
        while self.decider.step(TOPIC) or (store.read_by(TOPIC).reading, store.read_by(TOPIC).judge) != self.models:
            time.sleep(0.001)


def ledger(redis: Redis) -> Ledger:
    return ledgers.load(redis, TOPIC)


def state(redis: Redis) -> dict[str, Any]:
    """All of the ledger and what stands beside it, bytes and scores."""
    found: dict[str, Any] = {}
    for part in ("propositions", "series", "developments", "cells", "terms", "places", "totals", "models", "counts"):
        found[part] = redis.hgetall(keys.topic(TOPIC, part))
    found["ages"] = redis.zrange(keys.topic(TOPIC, "ages"), 0, -1, withscores=True)
    return found


@pytest.fixture
def poor(real_redis: Redis, nlp: Any) -> Redis:
    """A store whose story was read by a poor model."""
    Monitor(real_redis, nlp, name="old", model=OLD, judged="j1", read=poorly).run()
    assert RedisRereadings(real_redis, "").read_by(TOPIC).reading == OLD
    return real_redis


def wordings(redis: Redis) -> dict[str, Any]:
    return {one.key: one for proposition in ledger(redis).propositions.values() for one in proposition.wordings}


def test_what_another_model_read_is_read_again_and_nothing_is_told(poor: Redis, nlp: Any) -> None:
    # Given a ledger in which nobody says anything
    before, told, old = ledger(poor), events(poor), wordings(poor)
    assert all(one.party is None for one in old.values())
    # When a program whose model reads who speaks works with it
    Monitor(poor, nlp).settle()
    # Then claims, wordings, positions and figures are as that model reads them
    now = wordings(poor)
    assert {one.party for one in now.values()} >= {"South Korea", "Russia"}
    assert {one.stance for one in now.values()} >= {Stance.DENIES, Stance.CONFIRMS}
    positions = {(one.party, one.stance) for p in ledger(poor).propositions.values() for one in p.positions}
    assert ("Russia", Stance.DENIES) in positions
    assert any(figure.quantity.what != "people" for one in ledger(poor).series.values() for figure in one.figures)
    # And ids, evidence, carriers and what was told stand
    after = ledger(poor)
    assert now.keys() == old.keys() and after.propositions.keys() == before.propositions.keys()
    assert after.series.keys() == before.series.keys() and after.developments == before.developments
    assert {p.id: p.carriers for p in after.propositions.values()} == {p.id: p.carriers for p in before.propositions.values()}
    assert events(poor) == told
    # And what is found by its words is found by the new ones
    for proposition in after.propositions.values():
        for cell in (f"a:{one.party}" for one in proposition.wordings if one.party):
            assert poor.hexists(keys.topic(TOPIC, "cells"), cell)


def test_a_ledger_read_again_is_the_one_that_the_model_would_have_filed(poor: Redis, nlp: Any) -> None:
    """As far as the same claims were filed together: wording for wording."""
    Monitor(poor, nlp).settle()
    again = wordings(poor)
    poor.flushall()
    Monitor(poor, nlp, name="new").run()
    fresh = wordings(poor)
    assert again.keys() & fresh.keys()
    assert {key: again[key] for key in again.keys() & fresh.keys()} == {key: fresh[key] for key in again.keys() & fresh.keys()}


def test_the_same_model_reads_the_same_and_is_not_asked_twice(real_redis: Redis, nlp: Any) -> None:
    Monitor(real_redis, nlp, model=OLD).run()
    before = state(real_redis)
    again = Monitor(real_redis, nlp, name="two", model=NEW)
    again.settle()
    assert again.reads > 0
    after = state(real_redis)
    assert after["models"][b"reading"] == NEW.encode()
    assert {**after, "models": None} == {**before, "models": None}
    third = Monitor(real_redis, nlp, name="three", model=NEW)
    third.settle()
    assert third.reads == 0


def test_a_death_at_any_command_changes_nothing_of_what_comes_out(
    poor: Redis, nlp: Any, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reread, "CHUNK", 1)
    names: Any = poor.keys()
    saved = {key: poor.dump(key) for key in names if b":lease" not in key}

    def put_back() -> None:
        poor.flushall()
        for key, data in saved.items():
            poor.restore(key, 0, data)

    put_back()
    Monitor(poor, nlp, name="whole").settle()
    whole, told = state(poor), events(poor)
    died = 0
    for number in range(2, 34, 2):
        for before in (True, False):
            put_back()
            mortal = Mortal.from_url(server_url)
            mortal.left, mortal.before = number, before
            try:
                Monitor(mortal, nlp, name="dies").settle()
            except Killed:
                died += 1
            Monitor(poor, nlp, name="heir").settle()
            assert state(poor) == whole, (number, before)
            assert events(poor) == told
    assert died > 20


def test_a_lease_that_ran_out_in_between_costs_nothing_but_the_lease(
    poor: Redis, nlp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reread, "CHUNK", 1)
    once = Monitor(poor, nlp)
    once.settle()
    whole = once.reads
    # When each step is taken under a lease of its own
    RedisRereadings(poor, "").finish(TOPIC, OLD)
    again = Monitor(poor, nlp, name="again")
    epochs = set()
    while True:
        poor.delete(keys.topic(TOPIC, "lease:decide"))
        epochs.add(epoch := again.decisions.acquire(TOPIC))
        if not again.rereading.step(TOPIC, epoch):
            break
    # Then each entry was read once
    assert again.reads == whole and len(epochs) > 2


def test_without_the_kept_entries_sentences_are_read_alone_as_far_as_they_are_known(poor: Redis, nlp: Any) -> None:
    old = wordings(poor)
    poor.delete(keys.topic(TOPIC, "accounts"))
    Monitor(poor, nlp, kept=False).settle()
    now = wordings(poor)
    assert now.keys() == old.keys()
    assert "South Korea" in {one.party for one in now.values()} or "spy agency" in " ".join(
        str(one.party) for one in now.values()
    )


def test_what_nothing_is_known_of_stays_as_it_was_read(poor: Redis, nlp: Any) -> None:
    reader = (
        Monitor(poor, nlp, kept=False).rereading._begun(TOPIC, 1, NEW, RedisRereadings(poor, "").read_by(TOPIC), CONFIG).reader
    )
    reader.sentences.clear()
    assert all(reader(key) is None for key in wordings(poor))


def test_what_comes_after_is_decided_by_what_was_read_again(poor: Redis, nlp: Any) -> None:
    new = Monitor(poor, nlp)
    snapshot = new.configurations.current()
    new.units.append(TOPIC, "later", snapshot, LATER)
    told = len(events(poor))
    new.analyze()
    new.decide()
    assert [str(event.cause) for event in events(poor)[told:]] in ([], ["corroboration"])  # said before, by the same agency


def test_an_answer_that_waits_is_read_again_before_it_is_decided(real_redis: Redis, nlp: Any) -> None:
    old = Monitor(real_redis, nlp, name="old", model=OLD, read=poorly)
    snapshot = old.configurations.store(CONFIG)
    for number, batch in enumerate(STORY):
        old.units.append(TOPIC, f"batch {number}", snapshot, batch)
    old.decider.step(TOPIC)  # notes that the old model reads
    old.analyze()
    new = Monitor(real_redis, nlp, name="new")
    new.decide()
    assert {one.party for one in wordings(real_redis).values()} >= {"South Korea", "Russia"}


def test_a_correction_can_be_taken_back_after_all_was_read_again(poor: Redis, nlp: Any) -> None:
    # Given an alert that somebody marked as noise
    console = Console(file=StringIO())
    development = next(iter(ledger(poor).developments.values()))
    judge(poor, console, development.id, CorrectionKind.NOISE, KIM)
    (made,) = RedisCorrections(poor).all(TOPIC)
    # When another model reads, and then the correction is taken back
    Monitor(poor, nlp).settle()
    again = wordings(poor)
    assert any(p.muted for p in ledger(poor).propositions.values())
    undo(poor, console, made.correction.id, now=NOON + timedelta(days=2))
    # Then nothing is muted, and the wordings are those that were read last, each once
    assert not any(p.muted for p in ledger(poor).propositions.values())
    assert wordings(poor) == again
    assert sum(len(p.wordings) for p in ledger(poor).propositions.values()) == len(again)


def test_another_judge_is_noted_and_nothing_is_read_again(real_redis: Redis, nlp: Any) -> None:
    Monitor(real_redis, nlp, name="old", judged="j1").run()
    before = state(real_redis)
    new = Monitor(real_redis, nlp, judged="j2")
    new.settle()
    after = state(real_redis)
    assert new.reads == 0 and after["models"][b"judge"] == b"j2"
    assert {**after, "models": None} == {**before, "models": None}


def test_what_is_told_keeps_the_judge_that_it_comes_from(real_redis: Redis, nlp: Any) -> None:
    Monitor(real_redis, nlp).run()
    assert {one.judge for one in ledger(real_redis).developments.values()} == {program.judge_model()}


def test_records_of_which_deciders_die_stay_as_they_were_read(poor: Redis, nlp: Any) -> None:
    store = RedisRereadings(poor, "")
    first = store.numbers(TOPIC, 0)[0]
    for deaths in range(6):
        assert store.begin(TOPIC, NEW, first) == deaths
    Monitor(poor, nlp).settle()
    assert all(one.party is None for one in wordings(poor).values())
    assert store.read_by(TOPIC).reading == NEW


def said_at_start(redis: Redis, nlp: Any, folder: Path, *, model: str = NEW, judged: str = "j2") -> str:
    said = StringIO()
    models = Models(reading=lambda _: model, judge=lambda: judged, load=lambda _: nlp, extract=extract)
    announce(redis, Console(file=said, width=1_000), CONFIG, models, folder=folder, now=NOON)
    return said.getvalue()


def test_a_changed_model_is_told_in_a_line_at_the_start_and_the_data_are_backed_up(poor: Redis, nlp: Any, tmp_path: Path) -> None:
    said = said_at_start(poor, nlp, tmp_path)
    assert f"from {OLD} to {NEW}" in said and "nothing of it is told" in said and "The judge has changed" in said
    assert len(list((tmp_path / "backups").iterdir())) == 1
    # where it was under way it goes on: one backup is enough
    RedisRereadings(poor, "").begin(TOPIC, NEW, 1)
    assert "are read again" in said_at_start(poor, nlp, tmp_path / "other") and not (tmp_path / "other").exists()
    Monitor(poor, nlp).settle()
    assert said_at_start(poor, nlp, tmp_path) == ""


def test_the_names_of_the_models_change_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = program.reading_model(None)
    assert name.startswith("en_") and program.judge_model()
    monkeypatch.setattr(program, "RULES", ("extract",))
    program.reading_model.cache_clear()
    other = program.reading_model(None)
    assert other != name and other.split(".")[:-1] == name.split(".")[:-1]
    monkeypatch.undo()
    program.reading_model.cache_clear()
    assert program.reading_model(None) == name
