"""The first morning of a topic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.records.ids import TopicSlug


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """A time in which all that a topic reads becomes known without being told.

    Entries seen before `until` are silent. filled: entries that were kept before and filled the ledger at its start. last: once
    `until` has passed, the number of the topic's sequence up to which the ledger must have come before it is told where the story
    stands; None until then.
    """

    topic: TopicSlug
    since: datetime
    until: datetime
    filled: int = 0
    last: int | None = None
