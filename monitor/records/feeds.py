"""What is remembered of a feed between polls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.records.ids import FeedId


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Another address that a feed's own answers with by permanent redirects: since when, and at how many polls in a row."""

    to: str
    since: datetime
    polls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which a feed was not read: it failed, or the monitor did not run."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A feed's subscription at its hub (WebSub).

    hub and topic: where, and by which address the hub knows the feed; token: the part of our own address that only the hub knows;
    secret: what it signs with; asked: when it was asked last; until: the end of the lease, None before the hub has verified it;
    error: why it does not work, in plain words.
    """

    hub: str
    topic: str
    token: str
    secret: str
    asked: datetime
    until: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A feed's memory: validators for the next conditional GET, and how its polls went.

    url is the configured address that all this is about; address the one that it has moved to for good, moved a move that has
    yet to hold. body is the hash of the last body that was read whole; failures counts polls that failed in a row; error says in
    plain words why the last one did, None after a success; bozo what is malformed in a feed that is read all the same. ttl
    (seconds), skip_hours (UTC) and skip_days (0 is Monday) are what the feed asked for; polls, entries, revisions, matched
    and unread (in a language that is not read) count all that came so far; gone is set by a 410.

    since is the first success; pace the seconds between polls that its habit has led to; recent counts its entries of late
    (`monitor.feeds.habit`); pages counts entries whose full text was read from their pages, page_error says why the latest one
    could not be; brought is when the latest entry came; failing_since is the first of the polls in a row that
    failed; rolled_over is when last no entry that was known was left in it, so that some may have been missed; gaps
    are the latest times in which the feed was not read. silent_before: what is dated before it, or not at all, is not told at the
    next poll that goes well, since a restored monitor does not know what was told of it.
    """

    feed: FeedId
    url: str = ""
    address: str | None = None
    moved: Move | None = None
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
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    gone: bool = False
    polls: int = 0
    entries: int = 0
    revisions: int = 0
    matched: int = 0
    unread: int = 0
    since: datetime | None = None
    pace: float | None = None
    recent: float = 0.0
    brought: datetime | None = None
    pages: int = 0
    page_error: str | None = None
    failing_since: datetime | None = None
    rolled_over: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    silent_before: datetime | None = None
