"""Whether a feed gives an entry's text, or only a teaser of it."""

from __future__ import annotations

import re

from monitor.records import Entry

FULL = 120
"""Words from which on a text counts as the article itself: teasers are one to four sentences."""

_MORE = re.compile(r"(?:\[…\]|\[\.\.\.\]|…|\.\.\.|read (?:more|on)|continue reading|full story)\W*$", re.IGNORECASE)


def is_teaser(entry: Entry, text: str) -> bool:
    """text: what the feed gives of it, cleaned. A longer text is a teaser where it breaks off or sends the reader on."""
    words = len(text.split())
    return bool(entry.url) and (words < FULL or (words < 2 * FULL and _MORE.search(text) is not None))
