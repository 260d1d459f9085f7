"""What a failed attempt leads to."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from monitor.alerts.attempts import after_failure, pause
from monitor.errors import DeliveryFailed, DeliveryRefused
from monitor.records import DeliveryState
from monitor.settings import DeliverySettings
from tests.alerts import a_message
from tests.records import NOON

SETTINGS = DeliverySettings()


def test_each_failed_attempt_doubles_the_wait_up_to_the_ceiling() -> None:
    assert [pause(attempt, SETTINGS, jitter=0) for attempt in (1, 2, 3, 11, 5000)] == [5, 10, 20, 3600, 3600]


@given(attempt=some.integers(1, 10_000), jitter=some.floats(0, 1, exclude_max=True))
def test_jitter_shortens_a_wait_by_at_most_half(attempt: int, jitter: float) -> None:
    longest = pause(attempt, SETTINGS, jitter=0)
    assert longest / 2 <= pause(attempt, SETTINGS, jitter=jitter) <= longest


def test_a_temporary_error_is_tried_again_after_the_wait() -> None:
    delivery = after_failure(a_message(), 2, DeliveryFailed("busy"), SETTINGS, now=NOON, jitter=0)
    assert (delivery.state, delivery.due) == (DeliveryState.RETRY, NOON + timedelta(seconds=10))


def test_retry_after_is_respected_where_it_is_longer() -> None:
    longer = after_failure(a_message(), 1, DeliveryFailed("busy", retry_after=90), SETTINGS, now=NOON, jitter=0.5)
    shorter = after_failure(a_message(), 1, DeliveryFailed("busy", retry_after=1), SETTINGS, now=NOON, jitter=0)
    assert longer.due == NOON + timedelta(seconds=90)
    assert shorter.due == NOON + timedelta(seconds=5)


def test_a_permanent_error_makes_a_dead_letter_at_once() -> None:
    delivery = after_failure(a_message(), 1, DeliveryRefused("no such room"), SETTINGS, now=NOON, jitter=0)
    assert (delivery.state, delivery.error, delivery.due) == (DeliveryState.DEAD, "no such room", None)


def test_a_message_older_than_give_up_after_becomes_a_dead_letter_that_says_why() -> None:
    late = NOON + timedelta(days=3)
    delivery = after_failure(a_message(), 80, DeliveryFailed("connection refused"), SETTINGS, now=late, jitter=0)
    assert delivery.state is DeliveryState.DEAD
    assert delivery.error == "given up at attempt 80: connection refused"


def test_a_last_attempt_is_made_when_the_time_is_up_whatever_the_other_side_asks_for() -> None:
    now = NOON + timedelta(days=2)
    delivery = after_failure(a_message(), 40, DeliveryFailed("busy", retry_after=1e18), SETTINGS, now=now, jitter=0)
    assert delivery.due == NOON + timedelta(days=3)
