"""What a failed attempt leads to: another one later, or a dead letter."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.errors import MonitorError, PermanentError, TemporaryError
from monitor.records import Delivery, DeliveryState, Message
from monitor.settings import DeliverySettings

MOST_DOUBLINGS = 32
"""Keeps 2**attempt a number; any ceiling is reached long before."""


def pause(attempt: int, settings: DeliverySettings, *, jitter: float) -> float:
    """Seconds after failed attempt `attempt` (from 1): doubled each time up to the ceiling, less up to half of it.

    jitter: 0 up to 1, a fresh random number, so that what failed together is not tried together again.
    """
    longest = min(settings.backoff_ceiling, settings.backoff * 2.0 ** min(attempt - 1, MOST_DOUBLINGS))
    return longest * (1 - jitter / 2)


def after_failure(
    message: Message, attempt: int, error: MonitorError, settings: DeliverySettings, *, now: datetime, jitter: float
) -> Delivery:
    """What attempt number `attempt` comes to after the error.

    Permanent errors, and any error once the message is older than `give_up_after`, make it a dead letter. The wait never
    undercuts what the other side asked for, but a last attempt is made when the time is up.
    """
    give_up = (message.formed or message.told) + timedelta(seconds=settings.give_up_after)
    if isinstance(error, PermanentError) or now >= give_up:
        why = str(error) if isinstance(error, PermanentError) else f"given up at attempt {attempt}: {error}"
        return Delivery(key=message.key, state=DeliveryState.DEAD, attempt=attempt, at=now, error=why)
    asked = error.retry_after if isinstance(error, TemporaryError) and error.retry_after else 0.0
    wait = min(max(pause(attempt, settings, jitter=jitter), asked), (give_up - now).total_seconds())
    due = now + timedelta(seconds=wait)
    return Delivery(key=message.key, state=DeliveryState.RETRY, attempt=attempt, at=now, due=due, error=str(error))
