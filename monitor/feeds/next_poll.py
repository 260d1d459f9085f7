"""When to ask a feed again, from what it and its server said. Pure: the time and the dice are arguments."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


def next_poll(
    now: datetime,
    *,
    interval: float,
    ceiling: float,
    headers: Mapping[str, str] | None = None,
    ttl: float | None = None,
    failures: int = 0,
    retry_after: float | None = None,
    skip_hours: Collection[int] = (),
    skip_days: Collection[int] = (),
    spread: float = 0.0,
    dice: float = 0.0,
) -> datetime:
    """The time of the next poll.

    interval: seconds between polls of a feed that asks for nothing else; the feed's own wishes (Cache-Control or Expires in
    headers, ttl in seconds) and failures in a row (doubled for each) only lengthen it, up to ceiling; so does retry_after, which
    the server named. Then up to the share `spread` of it is added, by dice from 0 to 1, so that feeds do not come in step. Hours
    and days that the feed asks to be left alone in (UTC; 0 is Monday) are passed over, but not beyond the ceiling.
    """
    backoff = 2.0 ** min(failures, 40)
    wait = interval * backoff if failures else max(interval, freshness(headers or {}, now), ttl or 0.0)
    wait = max(min(max(wait, retry_after or 0.0), ceiling), interval)
    due = now + timedelta(seconds=wait * (1 + spread * dice))
    latest = max(due, now + timedelta(seconds=ceiling))
    later = (due + timedelta(hours=hours) for hours in range(24 * 7))
    allowed = (time for time in later if time.hour not in skip_hours and time.weekday() not in skip_days)
    return min(next(allowed, due), latest)


def freshness(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds for which the server calls its answer fresh: Cache-Control's max-age less Age, else Expires; else 0."""
    control = headers.get("cache-control", "")
    if "no-cache" in control.lower() or "no-store" in control.lower():
        return 0.0
    if match := _MAX_AGE.search(control):
        age = headers.get("age", "")
        return max(0.0, float(match[1]) - (float(age[:10]) if age.strip()[:10].isdecimal() else 0.0))
    expires = _http_date(headers.get("expires", ""))
    return max(0.0, (expires - (_http_date(headers.get("date", "")) or now)).total_seconds()) if expires else 0.0


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that Retry-After asks to wait, as a number or a date; None where it is missing or unreadable."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal() and len(value) <= 10:
        return float(value)
    date = _http_date(value)
    return max(0.0, (date - now).total_seconds()) if date else None


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
