"""What of the monitor itself does not do as it should."""

from __future__ import annotations

from dataclasses import dataclass
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
