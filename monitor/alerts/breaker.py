"""The circuit breaker of a channel: after several failures in a row nothing is sent for a time, then one attempt tries again."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alerts.attempts import pause
from monitor.errors import MonitorError, TemporaryError
from monitor.records import CLOSED, Breaker
from monitor.settings import DeliverySettings


def after_attempt(
    breaker: Breaker, error: MonitorError | None, settings: DeliverySettings, *, now: datetime, jitter: float
) -> Breaker:
    """How the channel does after an attempt.

    It works where it took the message, and where it refused it for good: then it was there. A Retry-After closes the channel to
    all its outboxes at once, other failures from `breaker_after` in a row on.
    """
    if not isinstance(error, TemporaryError):
        return CLOSED
    failures = breaker.failures + 1
    wait = pause(failures, settings, jitter=jitter) if failures >= settings.breaker_after else 0.0
    wait = max(wait, error.retry_after or 0.0)
    until = now + timedelta(seconds=wait) if wait else None
    return Breaker(failures=failures, until=until, since=breaker.since or now, error=str(error))
