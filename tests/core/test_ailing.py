"""When a feed is so unlike itself that its owner is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.ailing import ailment
from monitor.feeds.habit import remembered
from monitor.records.feeds import FeedState
from monitor.records.ids import FeedId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATE = FeedState(feed=FeedId("wire"), url="https://wire.example/feed")


def a_habit(gap: timedelta, *, lasting: timedelta = 30 * DAY) -> FeedState:
    """A feed that brought an entry each `gap` until noon."""
    start, recent, before = NOON - lasting, 0.0, None
    now = start
    while now <= NOON:
        recent = remembered(recent, before=before, now=now, new=1)
        before, now = now, now + gap
    return replace(STATE, since=start, last_success=before, brought=before, recent=recent, polls=9)


def still_read(state: FeedState, now: datetime) -> FeedState:
    """The feed after polls until `now` that brought nothing."""
    assert state.last_success
    return replace(state, last_success=now, recent=remembered(state.recent, before=state.last_success, now=now, new=0))


def test_a_feed_that_fails_is_told_after_a_day_with_its_error() -> None:
    failing = replace(STATE, failures=9, failing_since=NOON, error="503 Service Unavailable")
    assert ailment(failing, NOON + 23 * HOUR) is None
    found = ailment(failing, NOON + DAY)
    assert found and found.cause == "failing" and found.since == NOON and "503 Service Unavailable" in found.lines[0]


def test_a_feed_that_is_gone_is_told_at_once() -> None:
    found = ailment(replace(STATE, gone=True, failures=1, failing_since=NOON, error="410 Gone"), NOON)
    assert found and found.cause == "gone" and found.over is None


@pytest.mark.parametrize(("gap", "silent"), [(HOUR, 2 * DAY), (6 * HOUR, 2.5 * DAY), (2 * DAY, 20 * DAY)])
def test_a_feed_is_silent_after_ten_of_its_usual_gaps_and_two_days(gap: timedelta, silent: timedelta) -> None:
    state = a_habit(gap)
    assert state.brought
    for share, told in ((0.9, False), (1.1, True)):
        now = state.brought + share * silent
        found = ailment(still_read(state, now), now)
        assert (found is not None and found.cause == "silent") is told


def test_the_gap_of_a_feed_that_is_polled_now_and_then_counts_from_its_last_entry() -> None:
    state = a_habit(HOUR)
    assert state.brought
    for days in range(1, 15):  # the count decays with each poll; the habit that it stood for does not
        state = still_read(state, state.brought + days * DAY)
        assert (ailment(state, state.brought + days * DAY) is not None) is (days >= 2)


def test_a_young_feed_a_failing_one_and_one_never_read_are_not_silent() -> None:
    young = a_habit(HOUR, lasting=5 * DAY)
    assert ailment(still_read(young, NOON + 20 * DAY), NOON + 20 * DAY) is None
    assert ailment(replace(a_habit(HOUR), failures=1, failing_since=NOON + 3 * DAY), NOON + 3 * DAY) is None
    assert ailment(STATE, NOON) is None
