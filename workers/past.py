"""`monitor replay --last 14d`: topics tried on what this monitor itself read.

kept entries -- those before the time as silent ones --> the stages of a replay --> alerts, and what other settings would change

The ledger is thrown away at the end. Kept entries are read as a stream: thirty days of many feeds need not fit into memory.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from monitor.alerts.lines import moment, one_line, shortened
from monitor.alerts.render import render
from monitor.errors import PermanentError
from monitor.records import ALERT_KINDS, Changes, Entry, Event, Mention, Message, Verdict, VerdictKind
from monitor.records.corrections import Correction
from monitor.records.ids import ChannelName, SubscriptionName, TopicSlug
from monitor.settings import BOUNDS, Bounds, Config
from monitor.settings.base import DAY, duration_text
from workers.adapters.clock import utc_now
from workers.adapters.configuration import data_directory, read_configuration
from workers.adapters.kept import FOLDER, GAPS, read_kept
from workers.replay import SNAPSHOT, Batch, Line, analysed, decided, only, read_line, silent_before
from workers.replayed import lines_of

NEAREST = 10
"""Sentences that are shown as those that another setting would change."""
CANDIDATES = 200
"""Sentences that are remembered for them on either side."""
OFTEN = 0.1
"""Share of the entries from which on a keyword is taken for too common."""


@dataclass(slots=True)
class Tally:
    """What a replay of the kept entries came to."""

    begin: datetime
    config: Config
    read: int = 0
    filled: int = 0
    first: datetime | None = None
    found: Counter[tuple[TopicSlug, str]] = field(default_factory=Counter)
    matched: Counter[TopicSlug] = field(default_factory=Counter)
    likely: list[tuple[float, bool]] = field(default_factory=list)
    told: list[tuple[float, Verdict]] = field(default_factory=list)
    silent: list[tuple[float, Verdict]] = field(default_factory=list)

    def lines(self, raw: Iterable[bytes]) -> Iterator[Line]:
        """The kept lines, counted on their way; those from before the time are silent."""
        for line in silent_before((read_line(data, FOLDER) for data in raw), self.begin):
            came = line.seen or line.published
            self.first = self.first or came
            before = came < self.begin
            self.filled += before
            self.read += not before
            yield line

    def watch(self, entry: Entry, matches: Mapping[TopicSlug, tuple[Mention, ...]]) -> None:
        """Counts which words found the entry."""
        for topic, mentions in matches.items():
            self.matched[topic] += 1
            self.found.update((topic, by) for by in {mention.by for mention in mentions})
        del entry

    def judged(self, changes: Changes, silent: set[str]) -> None:
        """Keeps how sure the judge was of each sentence that came in the time and was not known."""
        for verdict in changes.verdicts:
            if f"{verdict.claim.evidence.entry}:{verdict.claim.evidence.revision}" in silent:
                continue
            if verdict.kind in ALERT_KINDS:
                self.likely.append((verdict.confidence, verdict.claim.brief))
                self.told.append((verdict.confidence, verdict))
            elif verdict.kind is VerdictKind.MINOR:
                self.likely.append((1.0 - verdict.confidence, verdict.claim.brief))
                self.silent.append((1.0 - verdict.confidence, verdict))
        self.told = sorted(self.told, key=lambda pair: pair[0])[:CANDIDATES]
        self.silent = sorted(self.silent, key=lambda pair: -pair[0])[:CANDIDATES]

    def changed(self) -> list[tuple[float, str, Verdict]]:
        """The sentences nearest to being judged otherwise: with the setting that would change them."""
        found = []
        for sure, verdict in (*self.told, *self.silent):
            bounds = (BOUNDS[name].told_at_once(brief=verdict.claim.brief) for name in ("strict", "balanced", "wide"))
            strict, balanced, wide = bounds
            if wide <= sure < strict:
                found.append((abs(sure - balanced), (sure, "strict drops" if sure >= balanced else "wide adds", verdict)))
        return [one for _, one in sorted(found, key=lambda pair: pair[0])][:NEAREST]

    def words(self) -> Iterator[tuple[TopicSlug, str, int]]:
        """Every keyword and query with how many entries it found, and in how many the topic's actors stood."""
        for slug, topic in self.config.topics.items():
            name = TopicSlug(slug)
            for keyword in topic.keywords:
                yield name, keyword, self.found[name, keyword]
            if topic.query:
                sought = {by for (topic_, by) in self.found if topic_ == name} - set(topic.keywords)
                for by in sorted(by for by in sought if not by.startswith("actor:")):
                    yield name, f"query: {by}", self.found[name, by]


def try_last(
    config_path: Path,
    last: float,
    warm_up: float,
    *,
    topics: Sequence[str] = (),
    demo: bool | None = None,
    data_dir: Path | None = None,
    output: Path | None = None,
    explain: bool = False,
    all_verdicts: bool = False,
    corrections: Sequence[Correction] = (),
    now: datetime | None = None,
    console: Console | None = None,
) -> None:
    """The command's body. last and warm_up in seconds; output: None shows the alerts for people; data_dir: None for that
    of the configuration file.

    Raises PermanentError where nothing was kept or the configuration has no such topic.
    """
    from monitor.extract.pipeline import load_pipeline

    file_config = read_configuration(config_path)
    folder = data_dir or data_directory(file_config, config_path, file_config.demo if demo is None else demo)
    config = only(file_config, topics)
    console = console or Console(highlight=False)
    now = now or utc_now()
    tally = Tally(begin=now - timedelta(seconds=last), config=config)
    lines = tally.lines(read_kept(folder, since=tally.begin - timedelta(seconds=warm_up)))
    if (first := next(lines, None)) is None:
        raise PermanentError(
            f"no entries of the last {duration_text(last + warm_up)} are kept in {folder / FOLDER}: the monitor keeps what it "
            "reads while it runs (`keep_entries`); archives come in with `monitor ingest`"
        )
    nlp = load_pipeline(config.nlp.model)
    results = decided(analysed(_chained(first, lines), config, nlp, watch=tally.watch), config, corrections=corrections)
    with output.open("w", encoding="utf-8") if output else nullcontext() as target:
        for batch, changes in results:
            tally.judged(changes, _silent(batch))
            if target is not None:
                for line in lines_of(batch, changes, config, explain=explain, all_verdicts=all_verdicts):
                    target.write(json.dumps(line, ensure_ascii=False) + "\n")
            else:
                for event in changes.events:
                    _show(event, config, console, explain=explain)
    _close(tally, last, warm_up, folder, now, console)


def _chained(first: Line, rest: Iterator[Line]) -> Iterator[Line]:
    yield first
    yield from rest


def _silent(batch: Batch) -> set[str]:
    return {f"{answer.carrier.entry}:{answer.carrier.revision}" for answer in batch.answers if answer.carrier.silent}


def _show(event: Event, config: Config, console: Console, *, explain: bool) -> None:
    """One alert in a few lines; a further voice for one that was told is none, nor what would wait for a digest."""
    development = event.development
    at_once = BOUNDS[development.sensitivity].told_at_once(brief=development.claim.brief)
    if event.cause is VerdictKind.CORROBORATION or (event.cause is not VerdictKind.UNREAD and development.confidence < at_once):
        return
    told = render(
        Message(
            key="",
            subscription=SubscriptionName("replay"),
            channel=ChannelName("replay"),
            snapshot=SNAPSHOT,
            told=development.carrier.seen,
            event=event,
            title=config.topics[development.topic].title,
        )
    )
    console.print(Text.assemble((told.published, "dim"), "  ", (told.label, "bold"), f" · {told.topic}"))
    console.print(_set_in(Text(told.change)))
    console.print(_set_in(Text(f"{told.said_by}, {told.outlet}", "dim")))
    if explain and told.reason:
        console.print(_set_in(Text(f"Why: {told.reason}", "dim")))


def _set_in(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 2))


def _close(tally: Tally, last: float, warm_up: float, folder: Path, now: datetime, console: Console) -> None:
    """The table at the end."""
    begin = max(tally.begin, tally.first or tally.begin)
    days = (now - begin).total_seconds() / DAY
    console.print()
    console.print(Text.assemble((f"The last {duration_text(last)}: ", "bold"), _read(tally, warm_up)))
    if tally.first is not None and tally.first > tally.begin - timedelta(seconds=warm_up) + timedelta(hours=1):
        console.print(Text(f"Kept entries begin only on {moment(tally.first)}.", "yellow"))
    for lost in _gaps(folder, tally.begin - timedelta(seconds=warm_up)):
        console.print(Text(lost, "yellow"))
    _show_words(tally, console)
    if days >= 1:
        counts = ", ".join(f"{name} {_times(tally, bounds) / days:.1f}" for name, bounds in BOUNDS.items())
        console.print(Text.assemble(("Alerts a day: ", "bold"), counts))
    else:
        counts = ", ".join(f"{name} {_times(tally, bounds)}" for name, bounds in BOUNDS.items())
        console.print(Text.assemble(("Alerts in this time (less than a day): ", "bold"), counts))
    if changed := tally.changed():
        console.print(Text("What another setting would change, nearest first", "bold"))
        for worth, setting, verdict in changed:
            style = "red" if setting.startswith("strict") else "green"
            sentence = shortened(one_line(verdict.claim.evidence.text), console.width - 20)
            console.print(Text.assemble((f"{setting:12}", style), f" {worth:.2f}  ", sentence))


def _read(tally: Tally, warm_up: float) -> str:
    filled = f", {tally.filled:,} of the {duration_text(warm_up)} before filled the ledger silently" if warm_up else ""
    return f"{tally.read:,} entries read{filled}; {sum(tally.matched.values()):,} matched a topic."


def _times(tally: Tally, bounds: Bounds) -> int:
    return sum(likely >= bounds.told_at_once(brief=brief) for likely, brief in tally.likely)


def _show_words(tally: Tally, console: Console) -> None:
    """What each keyword found: the most frequent first, those that found nothing in one line."""
    everything = max(tally.read + tally.filled, 1)
    for slug in tally.config.topics:
        counted = sorted(((count, word) for topic, word, count in tally.words() if topic == slug), key=lambda pair: -pair[0])
        console.print(
            Text.assemble((f"{slug}: ", "bold"), f"entries that each keyword found, {tally.matched[TopicSlug(slug)]:,} in all")
        )
        for count, word in counted:
            if count:
                remark = f"  {count / everything:.0%} of all that was read" if count > OFTEN * everything else ""
                console.print(Text.assemble(f"{count:8,}  {shortened(word, console.width - 40)}", (remark, "yellow")))
        if idle := [word for count, word in counted if not count]:
            console.print(_set_in(Text(f"none: {', '.join(idle)}", "dim")))


class _Gap(msgspec.Struct):
    since: datetime
    until: datetime
    entries: int


def _gaps(folder: Path, begin: datetime) -> Iterator[str]:
    """Times in which entries could not be kept, in words."""
    path = folder / FOLDER / GAPS
    if not path.exists():
        return
    for raw in path.read_bytes().splitlines():
        gap = msgspec.json.decode(raw, type=_Gap)
        if gap.until >= begin:
            since, until = (when.astimezone(UTC) for when in (gap.since, gap.until))
            yield f"{gap.entries:,} entries are missing: they could not be kept from {moment(since)} to {moment(until)}."
