"""News agencies, and whether a text is credited to one: a wire story in forty papers is one voice.

A credit stands in brackets behind the dateline ("GENEVA (Reuters) -"), in brackets or behind a dash at the end, in a source line
or in the byline. "Told Reuters" and "Reuters reported" are no credits: they say who heard it, not whose text it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAMES = {
    "AAP": "AAP|Australian Associated Press",
    "AFP": "AFP|Agence France[- ]Presse",
    "Anadolu": "AA|Anadolu(?: Agency| Ajansı)?",
    "ANI": "ANI|Asian News International",
    "ANSA": "ANSA",
    "Associated Press": "AP|(?:The )?Associated Press",
    "Bloomberg": "Bloomberg(?: News)?",
    "Canadian Press": "(?:The )?Canadian Press",
    "dpa": "dpa|DPA|Deutsche Presse[- ]Agentur",
    "EFE": "EFE|Agencia EFE",
    "IANS": "IANS|Indo[- ]Asian News Service",
    "Interfax": "Interfax",
    "Kyodo": "Kyodo(?: News)?",
    "PA Media": "PA Media|Press Association",
    "PTI": "PTI|Press Trust of India",
    "Reuters": "(?:Thomson )?Reuters",
    "RIA Novosti": "RIA(?: Novosti)?",
    "TASS": "TASS|ITAR-TASS|Itar-Tass",
    "Ukrinform": "Ukrinform",
    "UPI": "UPI|United Press International",
    "Xinhua": "Xinhua(?: News Agency)?",
    "Yonhap": "Yonhap(?: News(?: Agency)?)?",
}
"""Agencies whose texts papers carry, with the ways in which they are credited. Capitals count: "AP" is one, "ap" none."""

_EACH = "|".join(f"(?P<n{number}>{pattern})" for number, pattern in enumerate(_NAMES.values()))
_MORE = r"(?: (?i:staff|world news|world|news|top news|correspondents?))?"
_WHOLE = re.compile(rf"(?:{_EACH}){_MORE}")
_BYLINE = re.compile(rf"(?:.{{0,60}}[,/|(]\s*)?(?:By |Staff |© ?)?(?:{_EACH}){_MORE}\)?(?:/[\w ]{{1,30}})?")
_DATELINE = re.compile(rf"[^.!?()]{{0,60}}\((?:{_EACH})\)\s*[-–—:]")
_TAIL = re.compile(
    rf"(?:\((?:{_EACH})\)|(?:^|[.!?”\"»]\s*)[-–—]\s*(?:{_EACH.replace('?P<n', '?P<m')})"
    rf"|\b(?:Source|Credit|Copyright|©)(?:\s*[:©]|\s)\s*(?:20\d\d\s+)?(?:{_EACH.replace('?P<n', '?P<k')}))\s*[.)]?\s*\Z"
)
_MARKS = ("(", "-", "–", "—", "Source", "Credit", "Copyright", "©")
"""Of which _TAIL needs one: most texts have none, and are spared a pattern that tries every agency at every place."""
_EDGE = 200
"""Characters at each end of a text in which a credit stands."""
_CANONICAL = tuple(_NAMES)


def credited(author: str | None, texts: Iterable[str]) -> str | None:
    """The agency that an entry is credited to, by its byline, else by one of its clean texts; None where to none."""
    if author and (found := _BYLINE.fullmatch(" ".join(author.split()))):
        return _name(found)
    for text in texts:
        body = text.strip()
        head, tail = body[:_EDGE], body[-_EDGE:]
        found = _DATELINE.match(head) if "(" in head else None
        if found is None and any(mark in tail for mark in _MARKS):
            found = _TAIL.search(tail)
        if found:
            return _name(found)
    return None


def agency_called(name: str | None) -> str | None:
    """The agency that an outlet or publisher is, by its name ("Reuters World News"); None where it is none."""
    found = _WHOLE.fullmatch(" ".join((name or "").split()))
    return _name(found) if found else None


def _name(found: re.Match[str]) -> str:
    group = next(name for name, value in found.groupdict().items() if value is not None)
    return _CANONICAL[int(group[1:])]
