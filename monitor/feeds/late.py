"""How late an entry came: for how long its feed was looked at, and did not have it, after the entry's own date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.records.feeds import Gap

SHORTEST = timedelta(hours=1)
"""Shorter times without a look are not remembered: they matter to nobody who speaks of days."""
MOST = 30
"""Times without a look that a feed remembers."""


def lateness(published: datetime, looked: datetime | None, gaps: Sequence[Gap]) -> float:
    """Seconds from `published` to the last look that did not find the entry, without those in which nobody looked.

    looked: when the feed was last read well before this time; None for the first time, when nothing can be said. gaps: the times
    before that look in which the feed or the monitor was down.
    """
    if looked is None or published >= looked:
        return 0.0
    missed = sum((_overlap(gap, published, looked) for gap in gaps), timedelta())
    return (looked - published - missed).total_seconds()


def late_by(published: datetime, *, looked: datetime | None, gaps: Sequence[Gap], after: float) -> float | None:
    """The lateness where it is more than `after` seconds, else None."""
    seconds = lateness(published, looked, gaps)
    return seconds if seconds > after else None


def with_gap(
    gaps: tuple[Gap, ...], before: datetime | None, now: datetime, *, due: datetime | None, failures: int
) -> tuple[Gap, ...]:
    """The gaps after a poll that went well: one more where the feed or the monitor was down since the last one that did.

    before: the last poll that went well; due: when this one was to be; failures: how many polls failed in between.
    """
    if before is None or now - before < SHORTEST:
        return gaps
    missed = due is not None and now - due >= SHORTEST
    return (*gaps, Gap(begin=before, end=now))[-MOST:] if failures or missed else gaps


def _overlap(gap: Gap, begin: datetime, end: datetime) -> timedelta:
    return max(min(gap.end, end) - max(gap.begin, begin), timedelta())
