"""When a feed is so much unlike itself that its owner should know."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from monitor.feeds.habit import MEMORY, WEEK, entries_a_week
from monitor.records.feeds import FeedState
from monitor.records.health import Ailment

FAILING = timedelta(days=1)
"""For so long a feed may fail before it is told: shorter outages are daily bread and end by themselves."""
SILENT = timedelta(days=2)
"""No feed counts as silent before this: a weekend is no silence."""
TIMES = 10
"""How many of its usual gaps a feed may be silent. Were entries to come by chance alone, one gap in 20,000 would be as long."""
SETTLED = timedelta(days=7)
"""For so long a feed must have been read before it has a habit."""


def ailment(state: FeedState, now: datetime) -> Ailment | None:
    """What is wrong with a feed, if anything: it is gone, it has failed for a day, or it is silent much longer than its habit."""
    subject = f"feed:{state.feed}"
    if state.gone:
        since = state.failing_since or state.last_poll or now
        lines = (
            f"Its server says: {state.error}",
            "It is not asked any more: take it out of the configuration, or give its new address.",
        )
        return Ailment(subject=subject, cause="gone", since=since, title=f"The feed {state.feed} is gone for good", lines=lines)
    if state.failing_since is not None and now - state.failing_since >= FAILING:
        return Ailment(
            subject=subject,
            cause="failing",
            since=state.failing_since,
            title=f"The feed {state.feed} cannot be read since {state.failing_since:%d %b %H:%M} UTC",
            lines=(
                f"{state.failures} attempts in a row failed, the last one so: {state.error}",
                f"Its address: {state.address or state.url}",
            ),
            over=f"The feed {state.feed} is read again",
        )
    return _silence(state, subject, now)


def _silence(state: FeedState, subject: str, now: datetime) -> Ailment | None:
    if state.failures or state.brought is None or state.since is None or state.last_success is None:
        return None
    if state.brought - state.since < SETTLED:
        return None
    # the count has decayed since the last entry came: its habit is what it was then
    then = state.recent * math.exp((state.last_success - state.brought).total_seconds() / MEMORY)
    weekly = entries_a_week(then, since=state.since, counted=state.brought, now=state.brought)
    if not weekly:
        return None
    habit = timedelta(seconds=WEEK / weekly)
    if now - state.brought < max(SILENT, TIMES * habit):
        return None
    a_week = f"{weekly:.0f} entries" if weekly >= 1.5 else "an entry"
    return Ailment(
        subject=subject,
        cause="silent",
        since=state.brought,
        title=f"The feed {state.feed} has brought nothing since {state.brought:%d %b %H:%M} UTC",
        lines=(
            f"It used to bring {a_week} a week. It answers and can be read, so that its publisher may have moved it.",
            f"Its address: {state.address or state.url}",
        ),
        over=f"The feed {state.feed} brings entries again",
    )
