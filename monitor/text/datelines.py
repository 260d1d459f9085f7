"""Where a sentence begins behind its dateline."""

from __future__ import annotations

import re

_DATE = r"(?:[A-Z][A-Za-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][A-Za-z]{2,8}\.?)"
_AGENCY = r"\s?\([\w/ .-]{2,24}\)"
_DATELINE = re.compile(
    rf"(?:[A-Z][A-Z'’./ -]{{2,40}}(?:,\s[A-Z][\w.]+)?(?:,\s?{_DATE})?(?:{_AGENCY})?"  # ORU, May 3 (Agency)
    rf"|(?:[A-Z][\w'’./ ]{{1,40}},?\s)?(?:{_DATE}(?:{_AGENCY})?)"  # Oru, 3 May
    rf"|[A-Z][\w'’./ ]{{1,40}}{_AGENCY})\s[-–—]{{1,2}}\s"  # Oru (Agency)
    r"|[A-Z]{3,12}\s\d{1,2}[:.]\d{2}\s[-–—]\s"  # LIVE 08:30
)


def dateline(text: str) -> int:
    """Where the sentence begins behind a dateline: "ORU, May 3 (Agency) - [The bridge ...]"; 0 where there is none."""
    found = _DATELINE.match(text)
    return found.end() if found and len(text) - found.end() > 10 else 0
