"""The command `monitor replay`: a file of entries through the same stages as the daemon, against a throw-away ledger.

    entries.jsonl -- document_of | match | extract --> answers, batch by batch -- decide --> developments, one JSON line each

Entries are taken in file order with `published` as both clocks. A batch is a run of consecutive entries of equal `feed` and
`published`, as one poll would bring them; where lines tell when they were `seen`, as kept entries do, it is what that poll
brought. Nothing is delivered. The same file, configuration and program give the same bytes.
`docs/replay.schema.json` is the schema of a line.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from monitor.errors import EntriesUnreadable, PermanentError
from monitor.feeds.identity import normalised_link
from monitor.ledger.corrections import Corrections
from monitor.ledger.decide import decide
from monitor.ledger.judge import Judge
from monitor.ports import Relevant
from monitor.records import Answer, Changes, Entry, Mention, Unit
from monitor.records.corrections import Correction
from monitor.records.ids import EntryId, FeedId, RevisionId, Snapshot, TopicSlug, entry_id, revision_id
from monitor.settings import Config
from monitor.text.agencies import credited
from monitor.text.near import Mark, Nearby
from workers.memory import MemoryLedgers
from workers.reading import answer_of, by_model
from workers.recall import Recall, judged
from workers.replayed import write

if TYPE_CHECKING:
    from spacy.language import Language


SNAPSHOT = Snapshot(1)
"""A replay has one configuration."""


class Line(msgspec.Struct, frozen=True):
    """One line of a file of entries. guid: the feed's own id of the entry; where it has none, its `url` identifies it.

    entry, revision, agency, seen and silent are written by the monitor that kept the entry: its ids, whom it is credited to, when
    it came, and whether it became known without being told. What else a line holds is passed over: archives and other collectors
    keep more.
    """

    id: str
    feed: str
    outlet: str
    published: datetime
    url: str
    title: str
    summary: str
    content: str
    guid: str | None = None
    publisher: str | None = None
    language: str | None = None
    entry: EntryId | None = None
    revision: RevisionId | None = None
    seen: datetime | None = None
    silent: bool = False
    author: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch of one topic's answers, and for each of their numbers the `id` of the line that it came from."""

    topic: TopicSlug
    answers: tuple[Answer, ...]
    lines: Mapping[int, str]


Watch = Callable[[Entry, Mapping[TopicSlug, tuple[Mention, ...]]], None]
"""Is shown each entry with what of it matches which topic."""


def replay(
    entries: Path,
    config: Config,
    *,
    output: Path | None = None,
    explain: bool = False,
    all_verdicts: bool = False,
    warm_up: float = 0.0,
    corrections: Sequence[Correction] = (),
) -> None:
    """The command's body. output: None for standard output; explain adds each line's receipt; all_verdicts also writes
    corroborations, repeats and what was held back, which no scorer counts; what the file's first `warm_up` seconds bring becomes
    known silently. corrections: what people set right; all is decided as they have it.

    Raises EntriesUnreadable where the file is missing or a line is not an entry.
    """
    from monitor.extract.pipeline import load_pipeline

    lines = read_lines(entries)
    if warm_up and lines:
        lines = list(silent_before(lines, min(line.published for line in lines) + timedelta(seconds=warm_up)))
    nlp = load_pipeline(config.nlp.model)
    with output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout) as target:
        write(
            decided(analysed(lines, config, nlp), config, corrections=corrections),
            target,
            config,
            explain=explain,
            all_verdicts=all_verdicts,
        )


def read_lines(path: Path) -> list[Line]:
    """The entries of a file, gzipped where its name ends in .gz. Raises EntriesUnreadable, naming the line.

    A line that stands there twice, word for word, is read once.
    """
    try:
        text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise EntriesUnreadable(f"{path}: cannot be read as UTF-8 text: {error}") from error
    lines: dict[str, tuple[int, Line]] = {}
    for number, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        line = read_line(raw, f"{path}:{number}")
        first, known = lines.setdefault(line.id, (number, line))
        if known != line:
            raise EntriesUnreadable(f"{path}:{number}: the id {line.id!r} stands on line {first} already; ids are unique.")
    return [line for _, line in lines.values()]


def silent_before(lines: Iterable[Line], moment: datetime) -> Iterator[Line]:
    """The lines, those that came before the moment as silent ones."""
    for line in lines:
        yield msgspec.structs.replace(line, silent=True) if (line.seen or line.published) < moment else line


def only(config: Config, topics: Sequence[str]) -> Config:
    """The configuration with these topics alone; with all of them where none is named. Raises PermanentError for one it lacks."""
    if missing := [name for name in topics if name not in config.topics]:
        raise PermanentError(f"the configuration has no topic {missing[0]}; it has {', '.join(sorted(config.topics))}")
    chosen = {slug: topic for slug, topic in config.topics.items() if slug in topics}
    return config.model_copy(update={"topics": chosen}) if chosen else config


def read_line(raw: str | bytes, place: str) -> Line:
    """One line. Raises EntriesUnreadable, naming the place."""
    try:
        line = msgspec.json.decode(raw, type=Line)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        wanted = ", ".join(field.name for field in msgspec.structs.fields(Line) if field.required)
        raise EntriesUnreadable(f"{place}: {error}. An entry is one JSON object a line with {wanted}.") from error
    if line.published.tzinfo is None:
        raise EntriesUnreadable(f"{place}: `published` names no time zone; write it as 2024-10-24T14:05:00Z.")
    return line


def entry_of(line: Line) -> Entry:
    """The line as the poll role would have made it: its identity, its revision, both clocks at `published`."""
    feed = FeedId(line.feed)
    published = line.published.astimezone(UTC)
    return Entry(
        id=line.entry
        or entry_id(feed, guid=line.guid, link=normalised_link(line.url), title=line.title, text=line.summary or line.content),
        revision=line.revision or revision_id(line.title, line.summary, line.content),
        feed=feed,
        outlet=line.outlet,
        publisher=line.publisher,
        url=line.url,
        title=line.title,
        summary=line.summary,
        content=line.content,
        published=published,
        seen=published,
        language=line.language,
        silent=line.silent,
        guid=line.guid,
        agency=line.agency or credited(line.author, (line.content, line.summary)),
    )


def analysed(
    lines: Iterable[Line], config: Config, nlp: Language, *, watch: Watch | None = None, relevant: Relevant = by_model
) -> Iterator[Batch]:
    """The batches of all topics, in order; an entry revision that comes again is no work, as in the daemon."""
    from monitor.extract.claims import extract
    from monitor.extract.paragraphs import Paragraphs
    from monitor.text.clean import document_of
    from monitor.text.language import is_readable, language_of
    from monitor.text.near import mark_of
    from monitor.topics.match import Matcher

    matcher = Matcher({TopicSlug(slug): topic for slug, topic in config.topics.items()}, relevant=relevant)
    sequences = {TopicSlug(slug): _Sequence(TopicSlug(slug)) for slug in config.topics}
    seen: set[tuple[EntryId, RevisionId]] = set()
    for _, run in groupby(lines, key=lambda line: (line.feed, line.seen or line.published)):
        for line in run:
            entry = entry_of(line)
            if (entry.id, entry.revision) in seen:
                continue
            seen.add((entry.id, entry.revision))
            document = document_of(entry)
            entry = replace(entry, language=language_of(document.text, entry.language))
            readable = is_readable(entry.language)
            mark = mark_of(document, readable=readable)
            paragraphs = Paragraphs(nlp, document.text, max_characters=config.nlp.max_characters)
            matches = matcher.match(document, readable=readable)
            if watch is not None:
                watch(entry, matches)
            revised = {slug: () for slug, sequence in sequences.items() if readable and sequence.has_read(entry.id)}
            for slug, mentions in {**revised, **matches}.items():
                unit = sequences[slug].next(entry, mark)
                answer = answer_of(unit, document, mentions, config, paragraphs, extract=extract, relevant=relevant)
                sequences[slug].answered(line.id, answer)
        yield from filter(None, (sequence.batch() for sequence in sequences.values()))


class _Sequence:
    """A topic's sequence: gives each entry its number, remembers what earlier ones say, and puts answers into batches."""

    def __init__(self, topic: TopicSlug) -> None:
        self._topic = topic
        self._nearby = Nearby()
        self._given = self._batched = 0
        self._answers: list[tuple[str, Answer]] = []

    def has_read(self, entry: EntryId) -> bool:
        """Whether an earlier revision of the entry was read."""
        return self._nearby.has(entry)

    def next(self, entry: Entry, mark: Mark) -> Unit:
        """The entry under the next number."""
        self._given += 1
        number, likes = self._given, self._nearby.add(self._given, mark)
        return Unit(topic=self._topic, number=number, first=number, last=number, snapshot=SNAPSHOT, entry=entry, likes=likes)

    def answered(self, line: str, answer: Answer) -> None:
        """Takes the answer into the batch under way. line: the `id` of the line that it came from."""
        self._answers.append((line, answer))

    def batch(self) -> Batch | None:
        """The batch that ends here; None where it is empty."""
        if not self._answers:
            return None
        first, last = self._batched + 1, self._given
        answers = tuple(replace(answer, first=first, last=last) for _, answer in self._answers)
        lines = {answer.number: line for line, answer in self._answers}
        self._answers, self._batched = [], last
        return Batch(topic=self._topic, answers=answers, lines=lines)


def decided(
    batches: Iterable[Batch], config: Config, judge: Judge | None = None, *, corrections: Sequence[Correction] = ()
) -> Iterator[tuple[Batch, Changes]]:
    """Each batch with what it did to its topic's ledger. judge: None for the one that ships."""
    heeded = Corrections(corrections)
    store = MemoryLedgers()
    recalls: dict[TopicSlug, Recall] = {}
    for batch in batches:
        recall = recalls.setdefault(batch.topic, Recall(store, batch.topic))
        changes, keeping = judged(batch.answers, recall, config, partial(decide, judge=judge, corrections=heeded))
        store.commit(changes, keeping)
        recall.follow(changes, keeping)
        yield batch, changes
