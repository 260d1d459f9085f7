"""When a feed that answers with permanent redirects (301, 308) has moved for good.

A captive portal, a mistake in a server's configuration or a domain that changes hands redirects "permanently", too: an address is
taken over only once it has held, and it must have brought a feed that can be read each time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.records.feeds import Move

POLLS = 3
"""Successful polls in a row that must have led to the same address."""
AGE = timedelta(days=1)
"""The time over which they must have."""


def moved(before: Move | None, to: str | None, now: datetime) -> Move | None:
    """What is known of a move after a successful poll; to: where its permanent redirects led, None where there were none."""
    if to is None:
        return None
    if before is None or before.to != to:
        return Move(to=to, since=now, polls=1)
    return Move(to=to, since=before.since, polls=before.polls + 1)


def has_held(move: Move | None, now: datetime) -> bool:
    """Whether the feed's stored address is to become the one it has moved to."""
    return move is not None and move.polls >= POLLS and now - move.since >= AGE
