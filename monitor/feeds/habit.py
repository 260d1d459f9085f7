"""How often a feed really brings something: the pace of its polls, and its entries a week."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

WEEK = 7 * 86400.0
MEMORY = 4 * WEEK
"""Seconds after which what a feed brought counts a third as much: its habit of some weeks, not of years."""
FASTER, SLOWER = 0.5, 1.25
"""What the pace is multiplied by after a poll that brought something, or nothing. So it settles where about every fourth poll
brings something: an entry then waits, on average, for an eighth of the time that lies between two of the feed's own."""


def next_pace(pace: float, *, brought: bool, floor: float, quiet: float) -> float:
    """Seconds between polls from now on. floor and quiet: the shortest and the longest that a feed's habit leads to."""
    return min(max(pace * (FASTER if brought else SLOWER), floor), quiet)


def remembered(recent: float, *, before: datetime | None, now: datetime, new: int) -> float:
    """The count of a feed's entries of late, in which older ones weigh less. before: when it was counted last."""
    gap = max(0.0, (now - before).total_seconds()) if before else 0.0
    return recent * math.exp(-gap / MEMORY) + new


def entries_a_week(recent: float, *, since: datetime | None, counted: datetime | None, now: datetime) -> float | None:
    """Entries that the feed brings in a week, from the count of `remembered`; None in its first day, which tells too little."""
    if since is None or counted is None or now - since < timedelta(days=1):
        return None
    decayed = remembered(recent, before=counted, now=now, new=0)
    return decayed * WEEK / (MEMORY * (1 - math.exp(-(now - since).total_seconds() / MEMORY)))
