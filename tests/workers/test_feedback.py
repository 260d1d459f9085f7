"""Corrections: they take effect at once, survive restarts, are taken back byte for byte, and bind a replay that is given them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rich.console import Console

from monitor.errors import PermanentError
from monitor.records import Event, Rule, VerdictKind
from monitor.records.codec import decode
from monitor.records.corrections import CorrectionKind
from monitor.records.ids import DevelopmentId
from tests.records import NOON, TOPIC, an_entry
from tests.workers.test_flow import CONFIG, RISEN, STORY, TRAINING, Process
from workers.adapters.redis import keys, ledgers
from workers.adapters.redis.corrections import Lease, RedisCorrections
from workers.adapters.redis.refile import read_all
from workers.exported import export, holding, read_corrections
from workers.feedback import Person, judge, kept_evidence, list_all, merge, missed, split, undo
from workers.replay import replay

NOISE = "A film about North Korean soldiers opens in the cinemas of Moscow in May, and its director hopes for the best."
SHIPS = "Ukraine's navy said on Friday that two ships carrying fuel for soldiers sank off Odesa after an explosion."
SOLDIERS = [
    *STORY,
    [an_entry("Film crew in Moscow", name="f", feed="state", minutes=70, summary=NOISE)],
    [an_entry("Two ships sink off Odesa", name="s", feed="navy", minutes=80, summary=SHIPS)],
]
EARLY = Person(name="lee", now=NOON - timedelta(days=1))
KIM = Person(name="kim", now=NOON, why="as I read it")


class Desk:
    """A store in which the story was read and judged, and somebody who corrects it."""

    def __init__(self, redis: Redis, nlp: Any) -> None:
        self.redis, self.said, self.nlp = redis, StringIO(), nlp
        self.console = Console(file=self.said, width=1_000)
        Process(redis, "first", nlp).run(SOLDIERS)
        # a second matter beside the soldiers, which the judge took for minor
        missed(redis, Console(file=StringIO()), self.entry("s"), SHIPS, EARLY, iter(()))

    def state(self) -> dict[str, Any]:
        """All of the ledger's bytes."""
        found: dict[str, Any] = {}
        for part in ledgers.LEDGER:
            key = keys.topic(TOPIC, part)
            found[part] = self.redis.zrange(key, 0, -1, withscores=True) if part == "ages" else self.redis.hgetall(key)
        return found

    def development(self, text: str) -> DevelopmentId:
        """The id of the development whose sentence holds the text."""
        ledger = ledgers.load(self.redis, TOPIC)
        return next(one.id for one in ledger.developments.values() if text in one.claim.sentence)

    def entry(self, name: str) -> str:
        """The id of the entry of that name."""
        return next(entry.id for batch in SOLDIERS for entry in batch if entry.url.endswith(f"/{name}"))

    def events(self) -> list[Event]:
        found: Any = self.redis.xrange(keys.topic(TOPIC, "events"))
        return [decode(fields[b"event"], Event) for _, fields in found]

    def read(self, *entries: Any) -> list[Event]:
        """Reads more of the story in a new process; what came of it."""
        before = len(self.events())
        Process(self.redis, f"later-{before}", self.nlp).run([list(entries)])
        return self.events()[before:]


@pytest.fixture
def desk(real_redis: Redis, nlp: Any) -> Iterator[Desk]:
    yield Desk(real_redis, nlp)


def consistent(redis: Redis) -> None:
    """Every proposition is found by its place, once, and nothing else is."""
    filed = [one.id for records in read_all(redis, TOPIC) for one in records.propositions]
    assert sorted(filed) == sorted(ledgers.load(redis, TOPIC).propositions)


def last(desk: Desk) -> str:
    """The id of the last correction."""
    return next(one for one in reversed(RedisCorrections(desk.redis).all(TOPIC)) if not one.undone).correction.id


def test_undoing_a_correction_restores_byte_for_byte(desk: Desk) -> None:
    denial, turn = desk.development("12,000"), desk.development("ships")
    training = desk.development("3,000")
    corrections: tuple[Callable[[], int], ...] = (
        lambda: judge(desk.redis, desk.console, turn, CorrectionKind.REPEAT, KIM, other=training),
        lambda: judge(desk.redis, desk.console, denial, CorrectionKind.NOISE, KIM),
        lambda: judge(desk.redis, desk.console, denial, CorrectionKind.GOOD, KIM),
        lambda: merge(desk.redis, desk.console, training, turn, KIM),
        lambda: split(desk.redis, desk.console, training, desk.entry("c"), KIM),
        lambda: missed(desk.redis, desk.console, desk.entry("f"), NOISE, KIM, iter(())),
    )
    for number, correct in enumerate(corrections):
        before = desk.state()
        correct()
        changed = desk.state() != before
        assert changed == (number != 2), number  # that an alert was good changes nothing
        consistent(desk.redis)
        made = last(desk)
        undo(desk.redis, desk.console, made, now=NOON)
        assert desk.state() == before, number
        consistent(desk.redis)
        with pytest.raises(PermanentError, match="taken back before"):
            undo(desk.redis, desk.console, made, now=NOON)


def test_noise_silences_what_says_the_same_and_no_more_until_it_is_undone(desk: Desk) -> None:
    again = an_entry("Seoul counts yet again", name="g", minutes=90, summary=RISEN.replace("12,000", "19,000"))
    judge(desk.redis, desk.console, desk.development("12,000"), CorrectionKind.NOISE, KIM)
    assert all(event.cause is VerdictKind.CORROBORATION for event in desk.read(again))
    accounts = ledgers.load(desk.redis, TOPIC)
    assert sum(len(one.muted) for one in accounts.propositions.values()) == 1
    undo(desk.redis, desk.console, last(desk), now=NOON)
    more = an_entry("Seoul counts still more", name="h", minutes=95, summary=RISEN.replace("12,000", "31,000"))
    assert VerdictKind.NUMBER_CHANGED in {event.cause for event in desk.read(more)}


def test_what_was_missed_is_told_at_once_and_once(desk: Desk) -> None:
    before = len(desk.events())
    missed(desk.redis, desk.console, "https://state.example/f", "hopes for the best", KIM, iter(()))
    (event,) = desk.events()[before:]
    assert (event.development.claim.sentence, event.development.rule) == (NOISE, Rule.CORRECTED)
    assert event.development.reason == "kim says that this was missed: as I read it"
    with pytest.raises(PermanentError, match="it was told"):
        missed(desk.redis, desk.console, desk.entry("a"), TRAINING, KIM, iter(()))
    with pytest.raises(PermanentError, match="does not hold this sentence"):
        missed(desk.redis, desk.console, desk.entry("f"), "Nothing of the kind was said", KIM, iter(()))
    with pytest.raises(PermanentError, match="no topic has read"):
        missed(desk.redis, desk.console, "https://other.example/", NOISE, KIM, iter(()))


def test_claims_that_are_joined_and_parted_keep_all_their_carriers(desk: Desk) -> None:
    training, turn = desk.development("3,000"), desk.development("ships")
    whole = len(ledgers.load(desk.redis, TOPIC).propositions)
    merge(desk.redis, desk.console, training, turn, KIM)
    ledger = ledgers.load(desk.redis, TOPIC)
    one = ledger.propositions[ledger.developments[training].proposition]
    assert ledger.developments[turn].proposition == one.id and len(ledger.propositions) == whole - 1
    assert desk.entry("s") in {carrier.entry for carrier in one.carriers}
    # what is split off stands by itself, and what is alike to it is filed there
    split(desk.redis, desk.console, training, desk.entry("c"), KIM)
    ledger = ledgers.load(desk.redis, TOPIC)
    own = [two for two in ledger.propositions.values() if two.claim.evidence.entry == desk.entry("c")]
    assert len(own) == 1 and desk.entry("c") not in {c.entry for c in ledger.propositions[one.id].carriers}
    with pytest.raises(PermanentError, match="named after"):
        split(desk.redis, desk.console, training, desk.entry("e"), KIM)
    consistent(desk.redis)


def test_a_correction_that_others_have_built_on_is_taken_back_without_losing_what_came(desk: Desk) -> None:
    training, turn = desk.development("3,000"), desk.development("ships")
    before = ledgers.load(desk.redis, TOPIC)
    merge(desk.redis, desk.console, training, turn, KIM)
    desk.read(an_entry("The count in Seoul", name="late", feed="herald", minutes=100, summary=TRAINING))
    undo(desk.redis, desk.console, last(desk), now=NOON)
    after = ledgers.load(desk.redis, TOPIC)
    first, second = (before.developments[name].proposition for name in (training, turn))
    assert {first, second} <= after.propositions.keys()
    assert after.propositions[second].wordings == before.propositions[second].wordings
    carriers = after.propositions[first].carriers
    assert carriers[: len(before.propositions[first].carriers)] == before.propositions[first].carriers
    assert "herald" in {carrier.feed for carrier in carriers}
    assert after.developments[turn].proposition == second
    consistent(desk.redis)


def test_the_running_decider_makes_the_correction_and_reads_its_ledger_anew(desk: Desk) -> None:
    # Given a decider that holds the topic
    process = Process(desk.redis, "holder", desk.nlp)
    store = RedisCorrections(desk.redis)
    leases = process.decisions
    process.decider = type(process.decider)(
        leases,
        process.configurations,
        process.decider._decide,
        correct=lambda topic, epoch: store.work(topic, Lease("holder", epoch), NOON),
    )
    asked = judge_in_background(desk, desk.development("12,000"))
    worked = False
    while asked.is_alive():
        worked |= process.decider.step(TOPIC)
    asked.join()
    assert worked and store.all(TOPIC)[-1].correction.kind is CorrectionKind.NOISE


def judge_in_background(desk: Desk, name: str) -> Any:
    import threading

    # the decider takes the lease before the command can
    epoch = Process(desk.redis, "holder", desk.nlp).decisions.acquire(TOPIC)
    assert epoch
    client = Redis.from_url(f"unix://{desk.redis.connection_pool.connection_kwargs['path']}")
    thread = threading.Thread(target=judge, args=(client, Console(file=StringIO()), name, CorrectionKind.NOISE, KIM))
    thread.start()
    return thread


def test_corrections_are_listed_with_who_when_and_why(desk: Desk) -> None:
    undo(desk.redis, desk.console, last(desk), now=NOON)
    judge(desk.redis, desk.console, desk.development("12,000")[:8], CorrectionKind.NOISE, KIM)
    undo(desk.redis, desk.console, last(desk)[:8], now=NOON)
    list_all(desk.redis, desk.console)
    line = desk.said.getvalue().splitlines()[-1]
    assert "noise  troop-deployment" in line and line.endswith("kim, 24 Oct 2024 12:00: as I read it (taken back)")
    assert holding(desk.redis) == []


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda d: judge(d.redis, d.console, "ffffffff", CorrectionKind.NOISE, KIM), "nothing is called ffffffff"),
        (lambda d: judge(d.redis, d.console, "ab", CorrectionKind.NOISE, KIM), "too short"),
        (lambda d: undo(d.redis, d.console, "ffffffff", now=NOON), "no corrections begin with"),
        (lambda d: split(d.redis, d.console, d.development("3,000"), d.entry("s"), KIM), "does not carry this claim"),
        (
            lambda d: judge(d.redis, d.console, d.development("3,000"), CorrectionKind.REPEAT, KIM, other=d.development("3,000")),
            "are the same",
        ),
    ],
)
def test_what_cannot_be_corrected_is_refused_with_what_to_do(desk: Desk, call: Any, why: str) -> None:
    before = desk.state()
    with pytest.raises(PermanentError, match=why):
        call(desk)
    assert desk.state() == before


def write_entries(path: Path, story: list[Any]) -> Path:
    lines = [
        {
            "id": f"{entry.id}:{entry.revision}",
            "entry": entry.id,
            "revision": entry.revision,
            "feed": entry.feed,
            "outlet": entry.outlet,
            "published": (entry.published + timedelta(seconds=n)).isoformat(),
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "content": entry.content,
        }
        for batch in story
        for n, entry in enumerate(batch)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_replay_with_the_same_corrections_gives_the_same_bytes_and_heeds_them(desk: Desk, tmp_path: Path) -> None:
    entries = write_entries(tmp_path / "entries.jsonl", SOLDIERS)
    plain = tmp_path / "plain.jsonl"
    replay(entries, CONFIG, output=plain)
    told = [json.loads(line)["evidence"] for line in plain.read_text().splitlines()]
    assert any("12,000" in text for text in told) and not any("film" in text for text in told)
    # Given corrections: one alert was noise, one sentence was missed
    judge(desk.redis, desk.console, desk.development("12,000"), CorrectionKind.NOISE, KIM)
    missed(desk.redis, desk.console, desk.entry("f"), NOISE, replace(KIM, now=NOON + timedelta(hours=1)), iter(()))
    export(desk.redis, desk.console, tmp_path / "ours", None)
    # When the entries are replayed with them, twice
    corrections = read_corrections(tmp_path / "ours")
    assert corrections == read_corrections(tmp_path / "ours" / "corrections.jsonl")
    outputs = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for output in outputs:
        replay(entries, CONFIG, output=output, corrections=corrections)
    # Then both are the same, and as the corrections have it
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    told = [json.loads(line)["evidence"] for line in outputs[0].read_text().splitlines()]
    assert not any("12,000" in text for text in told) and any("film" in text for text in told)
    # and without them nothing has changed
    replay(entries, CONFIG, output=outputs[1])
    assert outputs[1].read_bytes() == plain.read_bytes()


def test_a_replay_files_and_parts_as_corrections_have_it(desk: Desk, tmp_path: Path) -> None:
    entries = write_entries(tmp_path / "entries.jsonl", SOLDIERS)
    judge(desk.redis, desk.console, desk.development("ships"), CorrectionKind.REPEAT, KIM, other=desk.development("12,000"))
    export(desk.redis, desk.console, tmp_path / "ours", None)
    output = tmp_path / "one.jsonl"
    replay(entries, CONFIG, output=output, corrections=read_corrections(tmp_path / "ours"), all_verdicts=True)
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    (line,) = [one for one in lines if "sank" in one.get("evidence", "")]
    assert line["kind"] == "repeat" and line["reason"].startswith("A person filed it with what was known")


def test_an_export_is_an_annotated_stream(desk: Desk, tmp_path: Path) -> None:
    from training.streams import load
    from workers.adapters.kept import KeptEntries

    KeptEntries(tmp_path, "one").keep([entry for batch in SOLDIERS for entry in batch], age=1e9, size=10**9, now=NOON)
    where = next(kept_evidence(tmp_path, desk.entry("f"), "cinemas of moscow in may"))
    assert where.text == "cinemas of Moscow in May"
    judge(desk.redis, desk.console, desk.development("3,000"), CorrectionKind.GOOD, KIM)
    judge(desk.redis, desk.console, desk.development("12,000"), CorrectionKind.NOISE, KIM)
    missed(desk.redis, desk.console, desk.entry("f"), NOISE, KIM, iter(()))
    export(desk.redis, desk.console, tmp_path / "ours", tmp_path)
    stream = load(tmp_path / "ours")
    assert len(stream.lines) == 7 and len(stream.gold) == 3
    labels = {}
    for batch in stream.batches:
        for answer in batch.answers:
            for claim in answer.claims:
                if stream.teaches(claim):
                    labels[claim.sentence] = bool(stream.of(batch, answer.number, claim).due)
    assert labels == {TRAINING: True, NOISE: True, SHIPS: True, RISEN: False}


def test_an_export_may_take_silence_for_consent(desk: Desk, tmp_path: Path) -> None:
    from training.streams import load
    from workers.adapters.kept import KeptEntries

    KeptEntries(tmp_path, "one").keep([entry for batch in SOLDIERS for entry in batch], age=1e9, size=10**9, now=NOON)
    judge(desk.redis, desk.console, desk.development("12,000"), CorrectionKind.NOISE, KIM)
    export(desk.redis, desk.console, tmp_path / "ours", tmp_path, complete=True)
    stream = load(tmp_path / "ours")
    assert stream.judged is None
    right = {one["gist"] for one in stream.gold}
    told = {one.claim.sentence for one in ledgers.load(desk.redis, TOPIC).developments.values()}
    assert right == told - {RISEN}
    export(desk.redis, desk.console, tmp_path / "ours", tmp_path)
    assert load(tmp_path / "ours").judged is not None
