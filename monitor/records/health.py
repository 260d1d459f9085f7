"""What of the monitor itself does not do as it should, and what is counted to find out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.records.ids import TopicSlug


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """One thing that is wrong since a time, as long as it is.

    subject names what it is about (`feed:bbc`), cause what is wrong with it, in one word; the two are its identity, with since.
    title tells it in one line, lines the particulars and what to do; over is the line that tells its end, None where nobody
    need be told.
    """

    subject: str
    cause: str
    since: datetime
    title: str
    lines: tuple[str, ...] = ()
    over: str | None = None
    topic: TopicSlug | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the counters stood at, at a time: the difference of two is what a time has brought.

    entries: read from all feeds, revisions included; matched: by topic, the entries that it found; claims: by topic, the claims
    that were judged; words: by topic, a digest of what it looks for.
    """

    at: datetime
    entries: int = 0
    matched: Mapping[str, int] = field(default_factory=dict)
    claims: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOfLife:
    """When a subscription was last told that it is watched for, and what the counters stood at then.

    told: by topic, the developments that it had been told. said: False where this is only the beginning of the count.
    """

    counts: Counts
    told: Mapping[str, int] = field(default_factory=dict)
    said: bool = False
