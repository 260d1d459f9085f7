"""Entries that come late: how late is reckoned, and what becomes of what they tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.bulletin import bulletin
from monitor.alerts.pace import plan
from monitor.feeds.identity import Outlet, keyed, resolve
from monitor.feeds.late import MOST, late_by, lateness, with_gap
from monitor.records import Form, Message, Pace, ParsedEntry
from monitor.records.feeds import Gap
from monitor.records.ids import FeedId
from monitor.settings import Subscription
from tests.alerts import a_message

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
THREE_DAYS = 3 * 86400.0


def at(days: float) -> datetime:
    return NOON + days * DAY


def test_an_entry_is_late_by_the_time_for_which_its_feed_was_read_without_it() -> None:
    assert lateness(at(-5), looked=NOON, gaps=()) == 5 * 86400
    assert late_by(at(-5), looked=NOON, gaps=(), after=THREE_DAYS) == 5 * 86400
    assert late_by(at(-2), looked=NOON, gaps=(), after=THREE_DAYS) is None


def test_time_in_which_nobody_looked_does_not_count() -> None:
    gaps = (Gap(begin=at(-20), end=at(-9)), Gap(begin=at(-4), end=at(-1)))

    assert lateness(at(-10), looked=NOON, gaps=gaps) == (10 - 1 - 3) * 86400


def test_an_entry_that_came_after_the_last_look_is_not_late_however_long_ago_that_was() -> None:
    assert lateness(at(1), looked=NOON, gaps=()) == 0
    assert lateness(at(-365), looked=None, gaps=()) == 0


@pytest.mark.parametrize(
    ("hours", "due_hours", "failures", "recorded"),
    [
        (0.5, 0.25, 3, False),
        (5, 5, 0, False),
        (5, 0.25, 0, True),
        (5, 5, 4, True),
        (24, 24, 0, False),
    ],
    ids=["too short", "as planned", "the monitor was down", "the feed failed", "a slow feed"],
)
def test_a_gap_is_a_time_in_which_the_feed_or_the_monitor_was_down(
    hours: float, due_hours: float, failures: int, recorded: bool
) -> None:
    now = NOON + timedelta(hours=hours)
    found = with_gap((), NOON, now, due=NOON + timedelta(hours=due_hours), failures=failures)

    assert found == ((Gap(begin=NOON, end=now),) if recorded else ())


def test_only_the_latest_gaps_are_remembered() -> None:
    gaps: tuple[Gap, ...] = ()
    for day in range(2 * MOST):
        gaps = with_gap(gaps, at(day), at(day + 0.5), due=at(day), failures=0)

    assert len(gaps) == MOST
    assert gaps[-1].end == at(2 * MOST - 0.5)


def test_undated_future_revised_and_silent_entries_are_not_late() -> None:
    def parsed(guid: str, published: datetime | None, more: str = "") -> ParsedEntry:
        return ParsedEntry(guid=guid, link=None, title=f"News {guid}{more}", summary="", content="", published=published)

    outlet = Outlet(feed=FeedId("herald"), outlet="Herald", publisher=None, url="https://h.example/")

    def found(*entries: ParsedEntry, known: dict[str, str], silent: bool = False) -> dict[str, float | None]:
        resolved = resolve(
            keyed(entries),
            known,
            outlet=outlet,
            seen=NOON,
            plain=str,
            silent_before=at(100) if silent else None,
            late=lambda published: (NOON - published).total_seconds(),
        )
        return {entry.guid or "": entry.late for entry in resolved.entries}

    first = resolve(keyed([parsed("revised", at(-9))]), {}, outlet=outlet, seen=at(-9), plain=str)
    entries = [parsed("undated", None), parsed("revised", at(-9), ", updated"), parsed("old", at(-9))]

    assert found(*entries, known=dict(first.remember)) == {"undated": None, "revised": None, "old": 9 * 86400}
    assert found(parsed("old", at(-9)), known={}, silent=True) == {"old": None}


def late_message(days: float = 12) -> Message:
    message = a_message()
    carrier = replace(message.news.carrier, late=days * 86400, seen=message.news.carrier.published + days * DAY)
    development = replace(message.news.development, carrier=carrier)
    return replace(message, event=replace(message.news, carrier=carrier, development=development), told=NOON)


def test_what_came_late_waits_for_the_digest_or_for_the_morning() -> None:
    alert = late_message()
    for subscription, due in (
        (Subscription(channels=("file",)), NOON.replace(hour=8) + DAY),
        (Subscription(channels=("file",), digest="0 18 * * *"), NOON.replace(hour=18)),
    ):
        assert plan([alert], subscription, Pace(), (), calls=True, most=50, now=NOON) == due
        message = plan([alert], subscription, Pace(), (), calls=True, most=50, now=due)
        assert isinstance(message, Message)
        assert message.form is Form.DIGEST
        assert message.note == "1 development came in entries that were seen only long after their date."


def test_its_alert_tells_its_age() -> None:
    (alert,) = bulletin(late_message()).alerts

    assert alert.published.endswith("(seen 12 days later)")
