"""When a clause holds, where, and whether it tells past history."""

from datetime import UTC, date, datetime

import pytest

from monitor.extract.times import is_background, place_of, time_of

FRIDAY = datetime(2025, 3, 7, 12, tzinfo=UTC)
MONTH = 30 * 86400.0


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("The bridge was shut on Tuesday.", "2025-03-04"),
        ("The bridge was shut on Friday.", "2025-03-07"),
        ("The bridge was shut on Dec. 30.", "2024-12-30"),
        ("The bridge will open on 3 May 2026.", "2026-05-03"),
        ("The bridge was built in 1931.", "1931"),
        ("The bridge will open in June.", "2025-06"),
        ("The bridge fell yesterday.", "2025-03-06"),
        ("The bridge will open tomorrow.", "2025-03-08"),
        ("The bridge fell two weeks ago.", "2025-W08"),
        ("The bridge fell three days ago.", "2025-03-04"),
        ("The bridge will open next month.", "2025-04"),
        ("The bridge was sold last year.", "2024"),
        ("Last year's bridge is shut.", None),
        ("ORU, Mar 2 - The bridge fell.", None),
        ("The bridge that was built in 1931 is shut.", None),
        ("The bridge fell on February 30.", None),
    ],
)
def test_the_day_of_the_main_clause_is_read(text: str, time: str | None) -> None:
    assert time_of(text, FRIDAY) == time


@pytest.mark.parametrize(
    "text",
    [
        "In 2018 the bridge fell.",
        "Last year the town bought two ferries.",
        "Two years ago the mayor promised a tunnel.",
        "The bridge was opened in 1931.",
        "The town previously bought ferries from Norway.",
    ],
)
def test_history_is_background(text: str) -> None:
    assert is_background(text, FRIDAY, since=None, age=MONTH)


@pytest.mark.parametrize(
    "text",
    [
        "The pact of 2018 has lapsed.",
        "Forty people died on Friday, more than in any storm since 1918.",
        "The mayor said on Friday that the bridge of 1931 must go.",
        "The bridge fell three days ago.",
        "The bridge will open in 2026.",
        "The bridge fell.",
    ],
)
def test_news_with_an_old_date_in_it_is_no_background(text: str) -> None:
    assert not is_background(text, FRIDAY, since=None, age=MONTH)


def test_a_topics_own_first_day_decides() -> None:
    text = "Two years ago the mayor promised a tunnel."
    assert not is_background(text, FRIDAY, since=date(2020, 1, 1), age=MONTH)


def test_the_place_of_the_main_clause_is_read() -> None:
    assert place_of("On Monday two ships sank near Cape Oru, a port in the north.") == "Cape Oru"
    assert place_of("Two ships sank in May.") is None
    assert place_of("Two drones were lost in Polish airspace near Cape Oru.") == "Cape Oru"
