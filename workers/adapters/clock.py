"""The one clock of the program."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, in UTC and aware. Meets `monitor.ports.Clock`."""
    return datetime.now(UTC)
