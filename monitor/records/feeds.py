"""What is remembered of a feed between polls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.records.ids import FeedId


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A feed's memory: validators for the next conditional GET, and how its polls went.

    body is the hash of the last body that was read whole; failures counts polls that failed in a row; error says in plain words
    why the last one did, None after a success; bozo what is malformed in a feed that is read all the same; ttl the seconds
    between polls that the feed asked for; polls, entries, revisions and matched count all that came so far; gone is set by a 410.
    """

    feed: FeedId
    url: str = ""
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body: str | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    next_poll: datetime | None = None
    failures: int = 0
    error: str | None = None
    bozo: str | None = None
    ttl: float | None = None
    gone: bool = False
    polls: int = 0
    entries: int = 0
    revisions: int = 0
    matched: int = 0
