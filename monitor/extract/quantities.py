"""The figures of a document. A first reader of plain digits."""

from __future__ import annotations

import re

from spacy.tokens import Doc

from monitor.records import Qualifier, Quantity

_FIGURE = re.compile(
    r"(?<![\w.,$€£-])(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?:\s+(hundred|thousand|million|billion))?\s+([a-z]{3,}(?:\s[a-z]{3,})?)"
)
_SCALE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_DATE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|[A-Z][a-z]{2}\.)\s\Z"
)


def quantities(doc: Doc) -> tuple[Quantity, ...]:
    """Counted figures in digits with the noun behind them, in the order of the text."""
    found = []
    for match in _FIGURE.finditer(doc.text):
        if _DATE.search(doc.text, 0, match.start()):
            continue
        value = float(match[1].replace(",", "") + "." + (match[2] or "0")) * _SCALE.get(match[3] or "", 1.0)
        found.append(
            Quantity(
                low=value,
                high=value,
                qualifier=Qualifier.EXACT,
                unit=match[4].split()[-1],
                what=match[4],
                surface=match[0],
                start=match.start(),
                end=match.end(),
            )
        )
    return tuple(found)
