"""The command `monitor extract`: what the language pipeline reads from texts, for people who write topics and for measuring.

    plain text | JSON Lines -- clean --> Document -- match, nlp.pipe | read --> Reading --> coloured text | JSON Lines

Offsets told are in characters of the text as given, whatever markup it holds. `docs/schemas/extract.schema.json` is the schema of
a line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from monitor.errors import EntriesUnreadable
from monitor.records import Claim, Document, Field, Quantity, Segment
from monitor.records.ids import EntryId, RevisionId, TopicSlug, digest
from monitor.settings import Config, LedgerSettings, NlpSettings, Topic
from monitor.text.clean import PARAGRAPH, Cleaned, clean
from monitor.topics.match import Matcher

if TYPE_CHECKING:
    from rich.console import Console
    from spacy.language import Language

    from monitor.extract.reading import Reading

BATCH = 64
"""Documents that the pipeline takes at a time."""
_LINES = (".jsonl", ".ndjson")
_MARK = b"\xef\xbb\xbf"
"""The byte order mark that some editors put before UTF-8."""
_LONGEST_HEADLINE = 200
_STOPS = ".!?…;:"


class Line(msgspec.Struct, frozen=True):
    """One line of a JSON Lines file; published: what relative dates are counted from, unset: now. Other keys are passed over."""

    id: str | int
    text: str
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A text as given, and as it is read."""

    id: str | int
    text: str
    cleaned: Cleaned
    document: Document

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the document's text as a span of the text as given."""
        if self.cleaned.starts is None or self.cleaned.ends is None:
            return start, end
        return self.cleaned.starts[start], self.cleaned.ends[end - 1]


def extract(files: Sequence[Path], config: Config | None, *, lines: bool, now: datetime) -> int:
    """The command's body. files: none for standard input; lines: JSON Lines out instead of coloured text.

    Raises EntriesUnreadable where a file is missing or holds something else.
    """
    from rich.console import Console

    from monitor.extract.pipeline import load_pipeline

    errors = Console(stderr=True)
    texts = _with_progress(given(files, now=now), errors) if errors.is_terminal else given(files, now=now)
    topics = {TopicSlug(slug): topic for slug, topic in config.topics.items()} if config else {}
    age = (config.ledger if config else LedgerSettings()).background_age
    nlp = load_pipeline((config.nlp if config else NlpSettings()).model)
    try:
        if lines:
            for one, reading in readings(texts, topics, nlp, background_age=age):
                sys.stdout.buffer.write(msgspec.json.encode(line_of(one, reading)) + b"\n")
            sys.stdout.buffer.flush()
        else:
            from workers.extract_shown import legend, show

            console = Console(highlight=False)
            legend(console, topics=bool(topics))
            for one, reading in readings(texts, topics, nlp, background_age=age):
                show(console, one, reading)
    except BrokenPipeError:  # whoever reads has seen enough, as `head` has; nothing more can be said to them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def readings(
    texts: Iterable[Given], topics: Mapping[TopicSlug, Topic], nlp: Language, *, background_age: float
) -> Iterator[tuple[Given, Reading]]:
    """Each text with what is read from it, in order, read in batches."""
    from monitor.extract.reading import read

    matcher = Matcher(topics)
    for doc, one in nlp.pipe(((one.document.text, one) for one in texts), as_tuples=True, batch_size=BATCH):
        found = matcher.match(one.document)
        yield one, read(doc, one.document, found, topics, background_age=background_age)


def given(files: Sequence[Path], *, now: datetime) -> Iterator[Given]:
    """The texts of the files, or of standard input, one by one. Raises EntriesUnreadable, naming file and line.

    A file is JSON Lines if it is called so (.jsonl, .ndjson) or if its first line looks like a JSON object with an id and a text;
    else it is one plain text.
    """
    for file in files or [Path("-")]:
        name = "standard input" if str(file) == "-" else str(file)
        try:
            with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as source:
                first = source.readline()
                if file.suffix in _LINES or _is_line(first):
                    for number, raw in enumerate(_chain(first, source), start=1):
                        if raw.strip():
                            yield _from_line(raw, f"{name}:{number}", now)
                else:
                    text = (first + source.read()).decode("utf-8-sig")
                    yield given_text(str(file), text, now)
        except UnicodeDecodeError as error:
            raise EntriesUnreadable(f"{name}: this is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error
        except OSError as error:
            raise EntriesUnreadable(f"{name}: cannot be read: {error.strerror}.") from error


def given_text(name: str | int, text: str, published: datetime) -> Given:
    """A text made ready.

    Its parts are read as those of an entry: a first paragraph that is one line without a full stop is the headline; what follows
    is the summary where it is one paragraph, else the content.
    """
    cleaned = clean(text)
    paragraphs = list(_paragraphs(cleaned.text))
    start, end = paragraphs[0] if paragraphs else (0, 0)
    headed = len(paragraphs) > 1 and end - start <= _LONGEST_HEADLINE and cleaned.text[end - 1] not in _STOPS
    rest = paragraphs[headed:]
    parts = [(Field.TITLE, start, end)] if headed else []
    if rest:
        parts.append((Field.SUMMARY if len(rest) == 1 else Field.CONTENT, rest[0][0], rest[-1][1]))
    document = Document(
        entry=EntryId(digest("text", text)),
        revision=RevisionId(digest("text", text)),
        published=published,
        text=cleaned.text,
        segments=tuple(_segment(cleaned, *part) for part in parts),
    )
    return Given(id=name, text=text, cleaned=cleaned, document=document)


def line_of(one: Given, reading: Reading) -> dict[str, Any]:
    """The line of output, in the form of `docs/schemas/extract.schema.json`."""
    return {
        "id": one.id,
        "sentences": [one.span(*span) for span in reading.sentences],
        "quantities": [_quantity(one, quantity) for quantity in reading.quantities],
        "attributions": [
            {
                "source": [one.span(*span) for span in said.source],
                "cue": [one.span(*span) for span in said.cue],
                "content": [one.span(*span) for span in said.content],
                "speaker": said.speaker,
                "org": said.org,
                "stance": said.stance,
            }
            for said in reading.attributions
        ],
        "mentions": [
            {"start": start, "end": end, "topic": mention.topic, "by": mention.by}
            for mention in reading.mentions
            for start, end in [one.span(mention.start, mention.end)]
        ],
        "claims": [_claim(claim, reading) for claim in reading.claims],
    }


def _quantity(one: Given, quantity: Quantity) -> dict[str, Any]:
    start, end = one.span(quantity.start, quantity.end)
    return {
        "start": start,
        "end": end,
        "surface": one.text[start:end],
        "low": quantity.low,
        "high": quantity.high,
        "qualifier": quantity.qualifier,
        "unit": quantity.unit,
        "what": quantity.what,
        "actor": quantity.actor,
        "place": quantity.place,
        "time": quantity.time,
    }


def _claim(claim: Claim, reading: Reading) -> dict[str, Any]:
    at = {(quantity.start, quantity.end): index for index, quantity in enumerate(reading.quantities)}
    return {
        "topic": claim.topic,
        "proposition": claim.proposition,
        "speaker": claim.speaker,
        "org": claim.org,
        "stance": claim.stance,
        "quantities": [at[quantity.start, quantity.end] for quantity in claim.quantities],
        "place": claim.place,
        "time": claim.time,
        "background": claim.background,
        "evidence": [claim.evidence.start, claim.evidence.end],
    }


def _is_line(first: bytes) -> bool:
    """Whether a file's first line looks like a JSON object with an id and a text."""
    return first.removeprefix(_MARK).lstrip().startswith(b"{") and any(key in first for key in (b'"text"', b'"id"'))


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first.removeprefix(_MARK)
    yield from rest


def _from_line(raw: bytes, where: str, now: datetime) -> Given:
    try:
        line = msgspec.json.decode(raw, type=Line)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        form = '{"id": "1", "text": "...", "published": "2024-10-24T14:05:00Z"}'
        raise EntriesUnreadable(f"{where}: {error}. Write one JSON object a line, such as {form}.") from error
    published = line.published or now
    if published.tzinfo is None:
        raise EntriesUnreadable(f"{where}: `published` names no time zone; write it as 2024-10-24T14:05:00Z.")
    return given_text(line.id, line.text, published.astimezone(UTC))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for part in text.split(PARAGRAPH):
        if part:
            yield start, start + len(part)
        start += len(part) + len(PARAGRAPH)


def _segment(cleaned: Cleaned, field: Field, start: int, end: int) -> Segment:
    if cleaned.starts is None or cleaned.ends is None:
        offsets, ends = tuple(range(start, end)), tuple(range(start + 1, end + 1))
    else:
        offsets, ends = cleaned.starts[start:end], cleaned.ends[start:end]
    return Segment(field=field, start=start, end=end, offsets=offsets, ends=ends)


def _with_progress(texts: Iterable[Given], errors: Console) -> Iterator[Given]:
    """The texts, counted on a terminal as they are read."""
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.completed:.0f} texts read"), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("", total=None)
        for one in texts:
            yield one
            progress.advance(task)
