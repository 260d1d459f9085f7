"""Whether a document answers a query, and by which words.

A query is asked of the heading (headline and summary, which are read together), and of each paragraph of the content together
with the heading: a paragraph need not say again what the headline says, and `AND NOT film` rules out all paragraphs under a
headline about a film. NEAR counts within one paragraph, headline and summary being one each.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.records import Document, Field
from monitor.topics.find import Finder, Pattern, patterns
from monitor.topics.query import FARTHEST, AllOf, AnyOf, Near, Not, Query, Term, terms

Place = tuple[int, int, str]
"""Start and end in the text, and the term as the query writes it."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_BREAK = re.compile(r"\n\s*\n\s*")
_FAR = 10 * FARTHEST
"""Added to the numbers of the words at each paragraph, so that nothing is near beyond its end."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a term or NEAR holds: the numbers of its first and last word, and the occurrences that make it hold."""

    first: int
    last: int
    places: tuple[Place, ...]


_MOST = 1_000
"""Occurrences of a term in one paragraph that are looked at: more is junk, and pairs multiply."""
_MOST_PAIRS = 10_000
"""Pairs of one NEAR after which no more are looked for."""


Found = Mapping[Term, list[Span]]


def patterns_of(term: Term) -> Iterator[Pattern]:
    """What to look for in the text for a term."""
    for pattern in patterns(term.words, exact=term.exact):
        yield Pattern(pattern.text, pattern.capitals, term.prefix)


class Asked:
    """A query made ready for many documents."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._finder = Finder((pattern, term) for term in terms(query) for pattern in patterns_of(term))

    def places(self, document: Document, folded: str) -> list[Place]:
        """The occurrences by which the document answers, in the order of the text; empty where it does not."""
        heading, paragraphs = self._found(document, folded)
        places = set(_places(holds(self._query, heading)))
        for found in paragraphs:
            both = {term: heading.get(term, []) + found.get(term, []) for term in heading.keys() | found.keys()}
            places.update(_places(holds(self._query, both)))
        return sorted(places)

    def _found(self, document: Document, folded: str) -> tuple[Found, list[Found]]:
        """What was found in the heading, and in each paragraph of the content that holds anything."""
        text = document.text
        numbered = [word.start() for word in _WORD.finditer(folded)]
        breaks = sorted({found.end() for found in _BREAK.finditer(text)} | {segment.start for segment in document.segments})
        content = next((segment.start for segment in document.segments if segment.field is Field.CONTENT), len(text))
        heading: dict[Term, list[Span]] = defaultdict(list)
        paragraphs: dict[int, dict[Term, list[Span]]] = defaultdict(lambda: defaultdict(list))
        for start, end, term in self._finder.find(text, folded):
            paragraph = bisect_right(breaks, start)
            first, last = (bisect_right(numbered, at) - 1 + paragraph * _FAR for at in (start, end - 1))
            found = heading if start < content else paragraphs[paragraph]
            if len(found[term]) >= _MOST:
                continue
            found[term].append(Span(first, last, ((start, end, term.written),)))
        return heading, list(paragraphs.values())


def holds(query: Query, found: Found) -> list[Span] | None:
    """The spans by which the query holds, none for what holds by not being there; None where it does not hold."""
    match query:
        case Term():
            return found.get(query) or None
        case AnyOf():
            parts = [spans for part in query.parts if (spans := holds(part, found)) is not None]
            return [span for spans in parts for span in spans] if parts else None
        case AllOf():
            all_spans: list[Span] = []
            for part in query.parts:
                if (spans := holds(part, found)) is None:
                    return None
                all_spans += spans
            return all_spans
        case Not():
            return [] if holds(query.part, found) is None else None
        case Near():
            return _near(holds(query.left, found), holds(query.right, found), query.between)


def _near(left: list[Span] | None, right: list[Span] | None, between: int) -> list[Span] | None:
    """The pairs, one of each side, that do not overlap and have at most so many words between them; None where there are none."""
    if not left or not right:
        return None
    ordered = sorted(right, key=lambda span: span.first)
    firsts = [span.first for span in ordered]
    longest = max(span.last - span.first for span in ordered)
    pairs: dict[tuple[int, int], set[Place]] = {}
    for one in left:
        begin = bisect_left(firsts, one.first - between - 1 - longest)
        for other in ordered[begin : bisect_right(firsts, one.last + between + 1)]:
            gap = max(one.first, other.first) - min(one.last, other.last) - 1
            if 0 <= gap <= between:
                key = min(one.first, other.first), max(one.last, other.last)
                pairs.setdefault(key, set()).update(one.places + other.places)
        if len(pairs) > _MOST_PAIRS:
            break
    return [Span(first, last, tuple(sorted(places))) for (first, last), places in pairs.items()] or None


def _places(spans: list[Span] | None) -> Iterator[Place]:
    for span in spans or ():
        yield from span.places
