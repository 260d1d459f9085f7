"""Text of feeds as harmless single lines, and how such lines are shortened.

Text from feeds is made harmless here once for all channels: one line each, without control characters and without marks that turn
the direction of what follows. What a channel's own markup could be made of is escaped where it is written
(`monitor.alerts.templates`).
"""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

# C0 and C1 controls, line and paragraph separators, and the marks that embed, override or isolate a writing direction
# (the "Trojan Source" characters, Unicode TR 36): none of them is needed to read a sentence. Joiners stay: scripts need them.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
_LINK = re.compile(r"https?://[!-~]+", re.IGNORECASE)

_SCALE = r"(?:hundred|thousand|million|billion|trillion|percent|per cent|%)"
_NUMBER = rf"[$€£]?\d[\d.,:/]*(?:\s?{_SCALE}\b)*"
# What a cut must not fall into: a link, a figure with its scale (a range is two of them), a word.
_ATOM = re.compile(rf"https?://\S+|(?:(?:about|up to|at least|more than|less than) )?{_NUMBER}(?:\s?[-–]\s?{_NUMBER})?\S*|\S+")
CUT = "…"


def one_line(text: str) -> str:
    """The text as one harmless line: controls and turning marks become spaces, runs of white space become one."""
    return " ".join(_UNSAFE.sub(" ", text).split())


def link(url: str) -> str | None:
    """The address where it can be followed (http or https, printable ASCII only), else None."""
    return url if _LINK.fullmatch(url) else None


def moment(when: datetime, zone: str = "UTC") -> str:
    """ "24 Oct 2024, 12:00 UTC", in the reader's zone."""
    return f"{when.astimezone(ZoneInfo(zone)):%d %b %Y, %H:%M %Z}".lstrip("0")


def day(when: datetime, zone: str = "UTC") -> str:
    """ "24 Oct", in the reader's zone."""
    return f"{when.astimezone(ZoneInfo(zone)):%d %b}".lstrip("0")


def shortened(line: str, limit: int) -> str:
    """The line, where it is longer than `limit` characters cut between two words: never inside a figure or a link.

    A first word that is longer than all that there is room for leaves nothing but the mark of the cut.
    """
    if len(line) <= limit:
        return line
    end = 0
    for atom in _ATOM.finditer(line):
        if atom.end() > limit - len(CUT):
            break
        end = atom.end()
    return line[:end].rstrip(",;:-–(>") + CUT
