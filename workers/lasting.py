"""Durations as people give them to commands."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from monitor.errors import PermanentError
from monitor.settings.base import parse_duration


def seconds_of(option: str, lasting: str) -> float:
    """Seconds of a duration as a person writes it. Raises PermanentError with what to write."""
    try:
        found = parse_duration(lasting)
    except PydanticCustomError as error:
        raise PermanentError(f"{option} {error.message()}; {(error.context or {}).get('fix')}") from error
    if not isinstance(found, float) or found <= 0:
        raise PermanentError(f"{option} {lasting} is no time; write one such as 24h or 14d")
    return found
