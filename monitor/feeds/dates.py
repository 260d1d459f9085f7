"""Dates that feeds write in the words of their language, read by dateparser: "Do., 26.11.2026 - 14:30", "26 novembre 2026".

Only what names day, month and year is read, so that the clock never takes part; what names no zone is taken as UTC. A date that
reads as two different days ("11/12/2026" without a language that tells) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from threading import Lock
from typing import Any

LONGEST = 60
"""Characters of a date that are looked at; longer ones are none."""
MOST = 2_000
"""Dates of one document that are read so: each takes a millisecond or two."""
TRIES = 5
"""Dates of one document that may turn out to be none before the rest is left alone: a publisher writes all alike."""
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "sv", "da", "nb", "fi", "cs", "sk", "hr", "sl", "bg", "ro"),
    *("hu", "el", "tr", "et", "lv", "lt", "id", "vi"),
)
"""Tried in this order after the feed's own; more would take longer to say no."""

_DAY_AND_YEAR = re.compile(r"(?<!\d)(?:\d{1,2}(?!\d).*(?:19|20)\d\d(?!\d)|(?:19|20)\d\d(?!\d).*(?<!\d)\d{1,2}(?!\d))")
_SLASHES = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(?:19|20)?\d\d(?!\d)")
_lock = Lock()  # dateparser keeps what it has loaded in places that threads share


class LocalDates:
    """Reads the dates of one document. language: the feed's own tag, or None."""

    def __init__(self, language: str | None) -> None:
        self._language = (language or "").lower()
        self._left, self._tries = MOST, TRIES

    def first(self, texts: Iterable[str]) -> datetime | None:
        """The first of the texts that is a date; aware, in UTC."""
        return next((date for text in texts if (date := self._read(text)) is not None), None)

    def _read(self, text: str) -> datetime | None:
        text = " ".join(text.split())
        if len(text) > LONGEST or not _DAY_AND_YEAR.search(text) or self._is_ambiguous(text):
            return None
        if self._left <= 0 or self._tries <= 0:
            return None
        self._left -= 1
        date = _parsed(text, self._language)
        self._tries -= date is None
        return date

    def _is_ambiguous(self, text: str) -> bool:
        found = _SLASHES.search(text)
        if found is None or self._language not in {"", "en"}:
            return False
        return found[1] != found[2] and max(int(found[1]), int(found[2])) <= 12


def _parsed(text: str, language: str) -> datetime | None:
    with _lock:
        try:
            found = _parser(language).get_date_data(text).date_obj
        except Exception:  # noqa: BLE001  hostile texts make it raise nearly anything (OverflowError, IndexError)
            return None
    return found.astimezone(UTC) if isinstance(found, datetime) and found.tzinfo else None


def _parser(language: str) -> Any:
    """The parser that tries this language first, where there is such a language."""
    from dateparser.data.languages_info import language_order

    short = language.partition("-")[0]
    return _parser_of(short if short in language_order else "", month_first=language == "en-us")


@cache
def _parser_of(language: str, *, month_first: bool) -> Any:
    from dateparser import DateDataParser  # only feeds that need it take its memory

    return DateDataParser(
        languages=list(dict.fromkeys(([language] if language else []) + list(LANGUAGES))),
        use_given_order=True,
        try_previous_locales=False,  # what was read before must not change what is read now
        settings={
            "PARSERS": ["absolute-time"],
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001  dateparser wants it without a zone; nothing is read off it
            "DATE_ORDER": "MDY" if month_first else "DMY",
            "PREFER_LOCALE_DATE_ORDER": False,
            "TIMEZONE": "UTC",
            "TO_TIMEZONE": "UTC",
            "RETURN_AS_TIMEZONE_AWARE": True,
        },
    )
