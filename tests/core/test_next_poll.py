"""When a feed is asked again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.next_poll import freshness, next_poll, retry_after

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def wait(**arguments: object) -> float:
    return (next_poll(NOW, **({"interval": 15 * MINUTE, "ceiling": DAY} | arguments)) - NOW).total_seconds()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [
        ({}, 15 * MINUTE),
        ({"headers": {"cache-control": "public, max-age=3600"}}, HOUR),
        ({"headers": {"cache-control": "max-age=60"}}, 15 * MINUTE),
        ({"headers": {"cache-control": "max-age=999999999"}}, DAY),
        ({"ttl": 2 * HOUR}, 2 * HOUR),
        ({"failures": 1}, 30 * MINUTE),
        ({"failures": 3}, 2 * HOUR),
        ({"failures": 5000}, DAY),
        ({"failures": 1, "retry_after": 3 * HOUR}, 3 * HOUR),
        ({"failures": 1, "retry_after": 30 * DAY}, DAY),
        ({"spread": 0.1, "dice": 0.5}, 15 * MINUTE * 1.05),
        ({"interval": 2 * DAY, "failures": 2}, 2 * DAY),
    ],
)
def test_wishes_and_failures_lengthen_the_interval_up_to_the_ceiling(arguments: dict[str, object], seconds: float) -> None:
    assert wait(**arguments) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=3600", "age": "600"}, 3000.0),
        ({"cache-control": "no-cache, max-age=3600"}, 0.0),
        ({"cache-control": "s-maxage=3600"}, 0.0),
        ({"expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, HOUR),
        ({"expires": "Mon, 02 Mar 2026 13:00:00 GMT", "date": "Mon, 02 Mar 2026 12:30:00 GMT"}, HOUR / 2),
        ({"expires": "0"}, 0.0),
        ({"expires": "Mon, 02 Mar 2020 13:00:00 GMT"}, 0.0),
        ({}, 0.0),
    ],
)
def test_freshness_is_read_from_the_headers(headers: dict[str, str], seconds: float) -> None:
    assert freshness(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 02 Mar 2026 12:05:00 GMT", 300.0),
        ("Mon, 02 Mar 2020 12:05:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "age", "date", "retry-after"]), st.text(max_size=40)))
def test_no_header_breaks_it(headers: dict[str, str]) -> None:
    seconds = wait(headers=headers, retry_after=retry_after(headers, NOW))

    assert 15 * MINUTE <= seconds <= DAY


@pytest.mark.parametrize(
    ("skipped", "hours"),
    [
        ({}, 0.25),
        ({"skip_hours": (12, 13)}, 2.25),  # it is noon, so that 12:15 becomes 14:15
        ({"skip_days": (0,)}, 12.25),  # a Monday: the first minutes of Tuesday
        ({"skip_days": (0, 1)}, 24.0),  # not beyond the ceiling
        ({"skip_hours": tuple(range(24))}, 0.25),  # a feed that is never to be asked is asked all the same
    ],
)
def test_hours_and_days_that_a_feed_excepts_are_passed_over(skipped: dict[str, object], hours: float) -> None:
    assert wait(**skipped) == pytest.approx(hours * HOUR)
