"""The unit of a figure that stands without its noun: from the verb, the subject, or the figure before it."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.nouns import PEOPLE, Noun, is_plural, plural
from monitor.extract.figures.numbers import low_at
from monitor.extract.figures.tables import words

_TOLLS = words("toll tolls deaths fatalities casualties")
_HARMS = words("""
    kill kills killed killing wound wounds wounded wounding injure injures injured injuring arrest arrests arrested
    arresting detained detains displaces displacing displaced dies die died drown hurt
""")
_AUXILIARIES = words("were was are have had been be being has remain remained still reported as people")


def elided_noun(pieces: Sequence[Piece], first: int, end: int, tags: dict[int, str]) -> Noun | None:
    """What a figure at pieces[first:end] counts where no noun follows it, from the words of its sentence."""
    return _verb_after(pieces, end) or _verb_before(pieces, first) or _subject(pieces, first, tags)


def _verb_after(pieces: Sequence[Piece], end: int) -> Noun | None:
    """ "3,000 were killed", "500 have been wounded", "20 are still missing": people."""
    at = end
    while low_at(pieces, at) in _AUXILIARIES and at < end + 4:
        at += 1
    word = low_at(pieces, at)
    if word in PEOPLE or word in {"die", "died", "lost", "perished"}:
        return Noun("people", at, at + 1, elided=True)
    return None


def _verb_before(pieces: Sequence[Piece], first: int) -> Noun | None:
    """ "Strike kills 12", "killing at least 30", "wounding 5": people."""
    for at in range(first - 1, max(-1, first - 5), -1):
        word = low_at(pieces, at)
        if word in _HARMS:
            return Noun("people", at, at + 1, elided=True)
        if word in {",", ";", ".", ":"}:
            return None
    return None


def _subject(pieces: Sequence[Piece], first: int, tags: dict[int, str]) -> Noun | None:
    """ "The toll rose to 1,234": people; "the number of soldiers ... reached 8,000", "troops rose to 10,000": the plural."""
    plural_at = None
    for at in range(first - 1, -1, -1):
        piece = pieces[at]
        if piece.text in {";", ".", "?", "!"} and not (piece.text == "." and at and len(pieces[at - 1].text) == 1):
            break
        if piece.low in _TOLLS:
            return Noun("people", at, at + 1, elided=True)
        if piece.low in {"number", "numbers", "count", "total", "tally"} and low_at(pieces, at + 1) == "of":
            return _after_of(pieces, at + 2, first, tags)
        if plural_at is None and is_plural(piece, tags.get(piece.start, "")):
            plural_at = at
    if plural_at is None:
        return None
    return Noun(plural(pieces[plural_at].low), plural_at, plural_at + 1, elided=True)


def _after_of(pieces: Sequence[Piece], at: int, first: int, tags: dict[int, str]) -> Noun | None:
    """ "the number of | dead", "the number of | Russian soldiers": the first plural or people word."""
    start = at
    while at < first:
        if pieces[at].low in PEOPLE:
            return Noun("people", at, at + 1, elided=True)
        if is_plural(pieces[at], tags.get(pieces[at].start, "")):
            return Noun(plural(pieces[at].low), start, at + 1, elided=True)
        at += 1
    return None
