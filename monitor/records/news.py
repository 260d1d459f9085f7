"""Feeds, entries and documents: what was published, and its clean text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.records.claims import Evidence
from monitor.records.ids import EntryId, FeedId, RevisionId
from monitor.records.spans import Field, Segment

__all__ = ["Document", "Entry", "Field", "ParsedEntry", "ParsedFeed", "Segment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One item as a feed's bytes give it, before it has an identity. Texts may hold markup.

    published is aware and in UTC, or None where the feed names no readable date; source_title is the name of the feed that an
    aggregator took the item from.
    """

    guid: str | None
    link: str | None
    title: str
    summary: str
    content: str
    published: datetime | None
    language: str | None = None
    author: str | None = None
    source_title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What one poll's bytes hold.

    bozo: malformed but readable, in the parser's words, else None; ttl: seconds between polls that the feed asks for; skip_hours
    and skip_days: hours (0 to 23, UTC) and days (0 is Monday) at which it asks not to be polled. hub: the WebSub hub that tells
    of what is new in it, topic: the address by which the hub knows it.
    """

    title: str | None
    link: str | None
    language: str | None
    entries: tuple[ParsedEntry, ...]
    bozo: str | None = None
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One published item of a feed, in one revision. Texts are as delivered and may hold markup; language is what the feed
    declares, and from matching on that of the text.

    Both clocks are aware and in UTC: `published` as claimed, never later than `seen`; `seen` is when this monitor first saw
    the revision. outlet names the feed's outlet for people, publisher who owns it (outlets of one publisher are one origin).
    silent: what it brings becomes known without being told, as it stood in the feed long before the feed was added.
    guid: the feed's own id of the entry, where it has one that tells it from others. late: for how many seconds after its date
    the feed was read without it, where that is so long that it is not told at once; else None. agency: the news agency that it is
    credited to, if any.
    revised: an earlier revision of it was seen.
    """

    id: EntryId
    revision: RevisionId
    feed: FeedId
    outlet: str
    publisher: str | None
    url: str
    title: str
    summary: str
    content: str
    published: datetime
    seen: datetime
    language: str | None = None
    silent: bool = False
    guid: str | None = None
    late: float | None = None
    agency: str | None = None
    revised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Our clean text of an entry: title, summary and content, each a segment, divided by blank lines.

    Every offset of the pipeline is an offset into `text`; `evidence` maps a span back to its field.
    """

    entry: EntryId
    revision: RevisionId
    published: datetime
    text: str
    segments: tuple[Segment, ...]

    def segment_at(self, offset: int) -> Segment:
        """The segment that holds the offset. Raises ValueError for an offset between or beyond the segments."""
        for segment in self.segments:
            if segment.start <= offset < segment.end:
                return segment
        raise ValueError(f"no field of the document stands at offset {offset}")

    def evidence(self, start: int, end: int) -> Evidence:
        """The span as evidence: its field, its offsets in that field as delivered, and its clean text.

        Raises ValueError where the span is empty or crosses from one field into another.
        """
        segment = self.segment_at(start)
        if not start < end <= segment.end:
            raise ValueError(f"span {start}..{end} does not lie within one field")
        return Evidence(
            entry=self.entry,
            revision=self.revision,
            field=segment.field,
            start=segment.raw(start),
            end=segment.raw_end(end),
            text=self.text[start:end],
        )
