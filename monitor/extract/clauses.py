"""What carries one claim: a sentence, or its part where a semicolon divides two statements.

Quoted text is not divided. A part of fewer than four words stays with its neighbour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span

_SMALLEST = 4  # words


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch that carries a claim; first: it opens its sentence."""

    span: Span
    first: bool


def clauses(doc: Doc) -> list[Clause]:
    """The clauses of the document in order; together they hold every word of it that is not white space."""
    # Doc.sents walks the whole document again for every sentence
    starts = [token.i for token in doc if token.is_sent_start] or [0]
    ends = [*starts[1:], len(doc)]
    return [clause for start, end in zip(starts, ends, strict=True) for clause in _of_sentence(doc, start, end)]


def _of_sentence(doc: Doc, start: int, end: int) -> Iterator[Clause]:
    while start < end and doc[start].is_space:
        start += 1
    while end > start and doc[end - 1].is_space:
        end -= 1
    begin, first = start, True
    for index in range(start, end):
        if doc[index].text == ";" and _long_enough(doc, begin, index) and _long_enough(doc, index + 1, end):
            yield Clause(doc[begin : index + 1], first)
            begin, first = index + 1, False
    if begin < end:
        yield Clause(doc[begin:end], first)


def _long_enough(doc: Doc, start: int, end: int) -> bool:
    part = doc[start:end]
    return sum(token.is_alpha for token in part) >= _SMALLEST and sum(token.is_quote for token in part) % 2 == 0
