"""When a topic finds so much less than it used to that its owner should know, and why that may be.

A topic that falls silent looks like a world without news. What it finds is compared with its own habit, the median of its days,
which a single burst of news does not move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from monitor.records.health import Ailment, Counts
from monitor.records.ids import TopicSlug, digest
from monitor.settings import Topic

DAYS = 35
"""Days that are remembered."""
SETTLED = 7
"""Days that must be known before a topic has a habit."""
EXPECTED = 12.0
"""Entries that the habit must have led to in the time that is looked at. Less than an eighth of them would come about once in ten
thousand times if entries came by chance alone."""
SHARE = 1 / 8
"""A topic that finds no more than this part of its habit has fallen far below it."""
SHORTEST = 2
"""Days that a silence must last."""
_DAY = timedelta(days=1)
_ONE_DAY = (0.5, 1.5)
"""Two counts that lie so many days apart tell what a day brought; others lie around a time in which the monitor did not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """How the feeds do now: how many there are, and how many of them cannot be read; waiting: entries that wait to be read, by
    topic."""

    all: int
    failing: int
    waiting: Mapping[str, int]


def looks_for(topic: Topic) -> str:
    """A digest of all that decides which entries a topic finds."""
    actors = [f"{name}={','.join(aliases)}" for name, aliases in sorted(topic.actors.items())]
    return digest("looks for", topic.query or "", *topic.keywords, "without", *topic.exclude, "actors", *actors)


def with_day(days: Sequence[Counts], now: Counts) -> tuple[Counts, ...]:
    """The remembered days, with today's first count where that has not been taken yet."""
    if days and days[-1].at.date() >= now.at.date():
        return tuple(days)
    return (*days, now)[-DAYS:]


def fading(slug: TopicSlug, title: str, days: Sequence[Counts], now: Counts, feeds: Feeds) -> Ailment | None:
    """The ailment of a topic that has fallen far below its habit; None for one that has not, or has none.

    days: the counts at the beginnings of the last days, oldest first; now: those of this moment.
    """
    marks = [*days, now]
    found = _daily(marks, [one.matched.get(slug) for one in marks])
    if len(found) < SETTLED:
        return None
    last = _last_ordinary(found)
    if last is None:
        return None
    before, after = ([count for end, count in found if (end <= last) is early] for early in (True, False))
    habit, got = median(before), round(sum(after))
    expected = habit * len(after)
    if len(before) < SETTLED or len(after) < SHORTEST or expected < EXPECTED or got > expected * SHARE:
        return None
    return Ailment(
        subject=f"topic:{slug}",
        cause="fading",
        since=last,
        title=f"The topic “{title}” has found {_entries(got)} since {last:%d %b}, where {expected:.0f} would be usual",
        lines=(
            _cause(slug, marks, last, now, feeds),
            f"Its habit: {habit:.0f} entries a day over the {len(before)} days before.",
        ),
        topic=slug,
    )


def _last_ordinary(found: Sequence[tuple[datetime, float]]) -> datetime | None:
    """The end of the last day that brought more than the share of the habit of all days before it."""
    for n in range(len(found) - 1, 0, -1):
        if found[n][1] > median(count for _, count in found[:n]) * SHARE:
            return found[n][0]
    return None


def _daily(marks: Sequence[Counts], values: Sequence[int | None]) -> list[tuple[datetime, float]]:
    """What each day brought, by its end; a count that was begun anew, and a time without counts, tell nothing."""
    found = []
    for one, other, before, after in zip(marks, marks[1:], values, values[1:], strict=False):
        days = (other.at - one.at) / _DAY
        if _ONE_DAY[0] <= days <= _ONE_DAY[1] and before is not None and after is not None and after >= before:
            found.append((other.at, (after - before) / days))
    return found


def _cause(slug: TopicSlug, marks: Sequence[Counts], last: datetime, now: Counts, feeds: Feeds) -> str:
    """The likeliest cause, in words, with what to do."""
    if waiting := feeds.waiting.get(slug, 0):
        return (
            f"Likely cause: {_entries(waiting)} wait to be read; analysis is slow or stands still (`logs` in the data directory)."
        )
    at_last = next(mark for mark in marks if mark.at == last)
    changed = [mark for mark in marks if mark.at >= last and mark.words.get(slug) != at_last.words.get(slug)]
    if changed:
        return (
            f"Likely cause: what the topic looks for was changed by {changed[0].at:%d %b %H:%M} UTC. "
            f"Try it on the past: `monitor replay --last 14d --topic {slug}`."
        )
    entries = _daily(marks, [mark.entries for mark in marks])
    before = [count for end, count in entries if end <= last]
    a_day = (now.entries - at_last.entries) / ((now.at - last) / _DAY)
    if before and a_day < median(before) / 2:
        failing = f"; {feeds.failing} of {feeds.all} feeds cannot be read" if feeds.failing else ""
        return (
            f"Likely cause: all feeds together bring {a_day:.0f} entries a day instead of {median(before):.0f}{failing}. "
            "See `monitor feeds list`."
        )
    return (
        f"Likely cause: the feeds bring as much as before ({a_day:.0f} entries a day), so that the story has gone quiet, or is "
        f"told in words that the topic does not look for. Try others: `monitor replay --last 14d --topic {slug}`."
    )


def _entries(count: int) -> str:
    return "no entry" if count == 0 else "one entry" if count == 1 else f"{count} entries"
