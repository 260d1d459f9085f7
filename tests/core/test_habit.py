"""How often a feed brings something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.habit import WEEK, entries_a_week, next_pace, remembered

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def settled(gap: float, *, start: float = 900.0) -> float:
    """The mean pace, once it has settled, for a feed with an entry every `gap` seconds."""
    pace, now, last, paces = start, 0.0, 0.0, []
    for poll in range(2_000):
        now += pace
        brought = now - last >= gap
        last = now // gap * gap if brought else last
        pace = next_pace(pace, brought=brought, floor=300.0, quiet=3_600.0)
        if poll >= 500:
            paces.append(pace)
    return sum(paces) / len(paces)


def test_a_busy_feed_is_polled_at_the_floor_and_a_quiet_one_at_the_longest_interval() -> None:
    assert settled(60.0) == 300.0
    assert settled(WEEK) == pytest.approx(3_600.0, rel=0.1)


@pytest.mark.parametrize("gap", [3_000.0, 6_000.0, 9_000.0])
def test_between_the_two_about_every_fourth_poll_brings_something(gap: float) -> None:
    assert settled(gap) == pytest.approx(gap / 4, rel=0.35)


@pytest.mark.parametrize("days", [2, 10, 300])
def test_entries_a_week_are_right_from_the_second_day_on(days: int) -> None:
    recent, before = 0.0, NOON
    for hour in range(1, days * 24 + 1):  # two entries every hour
        now = NOON + timedelta(hours=hour)
        recent, before = remembered(recent, before=before, now=now, new=2), now

    found = entries_a_week(recent, since=NOON, counted=before, now=before)

    assert found == pytest.approx(2 * 24 * 7, rel=0.03)


def test_a_feed_that_falls_silent_brings_fewer_and_a_first_day_tells_nothing() -> None:
    recent = remembered(0.0, before=None, now=NOON, new=100)

    assert entries_a_week(recent, since=NOON, counted=NOON, now=NOON + timedelta(hours=20)) is None
    early = entries_a_week(recent, since=NOON, counted=NOON, now=NOON + timedelta(days=7))
    late = entries_a_week(recent, since=NOON, counted=NOON, now=NOON + timedelta(days=70))
    assert early is not None and late is not None and late < early / 5
    assert entries_a_week(0.0, since=None, counted=None, now=NOON) is None
