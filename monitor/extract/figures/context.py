"""What stands beside a figure in its clause: the actor that it belongs to, the place, the time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import inf

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import ONES, is_number, low_at, touches
from monitor.extract.figures.tables import words
from monitor.text.places import DEMONYMS

_PLACING = words("in at near from inside across outside around to into off over throughout")
_WEEKDAYS = words("monday tuesday wednesday thursday friday saturday sunday")
_MONTHS = words("january february march april may june july august september october november december")
_SHORT_MONTHS = words("jan feb mar apr jun jul aug sep sept oct nov dec")
_NEAR_TIMES = words("today yesterday tomorrow tonight overnight")
_RELATIVE = words("last next this past previous coming")
_UNITS = words("week month year night weekend summer winter spring autumn quarter century decade morning evening afternoon day")
_TIMING = words("on in by since until before after during from for between early late mid")
_LONGEST_NAME = 6  # words
_NOT_ACTORS = words("the a an of more another") | _WEEKDAYS | _MONTHS


def actor_of(pieces: Sequence[Piece], first: int, noun_first: int, noun_end: int) -> str | None:
    """ "North Korean soldiers": North Korean; "Russia's 3,000 tanks": Russia. None where no name stands there."""
    named = []
    for at in range(noun_first, noun_end - 1):
        piece = pieces[at]
        if piece.kind == "word" and piece.text[0].isupper() and piece.low not in _NOT_ACTORS and not _numbered(pieces, at):
            named.append(piece.text)
        elif named:
            break
    if named:
        return " ".join(named)
    owner = first - 1 - (low_at(pieces, first - 1) in {"some", "about", "first", "last", "roughly"})
    if low_at(pieces, owner) == "s" and low_at(pieces, owner - 1) in {"'", "’"} and touches(pieces, owner):
        return _name_back(pieces, owner - 2)
    return None


def _numbered(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a word is the letters of a designation: "F" in "F-16 jets"."""
    return (is_number(pieces, at + 1) and touches(pieces, at + 1)) or (
        low_at(pieces, at + 1) == "-" and is_number(pieces, at + 2)
    )


def _name_back(pieces: Sequence[Piece], at: int) -> str | None:
    """The capitalised words that end at a piece."""
    end = at
    while (
        at >= max(0, end - _LONGEST_NAME)
        and pieces[at].kind == "word"
        and pieces[at].text[0].isupper()
        and pieces[at].low != "the"
    ):
        at -= 1
    return " ".join(piece.text for piece in pieces[at + 1 : end + 1]) or None


class Surroundings:
    """The places and times of a sentence, found once for all of its figures."""

    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        self._text, self._pieces = text, pieces
        self._times = [span for at in range(len(pieces)) if (span := _time_at(pieces, at)) is not None]
        self._starts = [start for start, _ in self._times]
        named = [(at, _name_after(pieces, at + 1)) for at, piece in enumerate(pieces) if piece.low in _PLACING]
        self._places = [(at, name) for at, name in named if name is not None]
        self._where = [at for at, _ in self._places]
        self._breaks = [at for at, piece in enumerate(pieces) if piece.text in {";", ":"}]
        self._seconds = [at for at in range(1, len(pieces)) if is_number(pieces, at) and pieces[at - 1].low in {"and", ","}]

    def place(self, first: int, end: int) -> str | None:
        """The name behind a preposition of place: after the figure up to the next figure, else before it, else after that.

        "3,000 are in Kursk": Kursk; "In Kursk 3,000 are fighting and 200 in Belgorod died": Kursk for the first.
        """
        behind, ahead = _next(self._where, end), bisect_left(self._where, first - 1) - 1
        stop = _at(self._breaks, _next(self._breaks, end))
        limit = min(stop, _at(self._seconds, _next(self._seconds, end)))
        if _at(self._where, behind) < limit:
            return self._places[behind][1]
        start = self._breaks[before] if (before := bisect_left(self._breaks, first) - 1) >= 0 else -1
        if ahead >= 0 and self._where[ahead] > start:
            return self._places[ahead][1]
        return self._places[behind][1] if _at(self._where, behind) < stop else None

    def time(self, first: int, end: int) -> str | None:
        """The time that stands nearest to the figure: "on Friday", "in October 2024", "last week", "by 2027"."""
        middle = bisect_left(self._starts, first)
        near = [span for span in self._times[max(0, middle - 2) : middle + 3] if span[1] <= first or span[0] >= end]
        if not near:
            return None
        start, stop = min(near, key=lambda span: (min(abs(span[0] - end), abs(first - span[1])), span[0]))
        return self._text[self._pieces[start].start : self._pieces[stop - 1].end]


def _next(positions: Sequence[int], end: int) -> int:
    return bisect_left(positions, end)


def _at(positions: Sequence[int], index: int) -> float:
    """The position with an index; infinity behind the last."""
    return positions[index] if index < len(positions) else inf


def _name_after(pieces: Sequence[Piece], at: int) -> str | None:
    at += low_at(pieces, at) == "the"
    start = at
    while at < min(len(pieces), start + _LONGEST_NAME) and pieces[at].kind == "word" and pieces[at].text[0].isupper():
        at += 1
    dated = at > start and (pieces[start].low in _WEEKDAYS or pieces[start].low in _MONTHS or pieces[start].low in _SHORT_MONTHS)
    return None if at == start or dated or pieces[at - 1].low in DEMONYMS else " ".join(piece.text for piece in pieces[start:at])


def _time_at(pieces: Sequence[Piece], at: int) -> tuple[int, int] | None:
    """The time expression whose main word is at a piece, its preposition included."""
    low = pieces[at].low
    if low in _NEAR_TIMES:
        return at, at + 1
    if low in _RELATIVE and (low_at(pieces, at + 1) in _UNITS or low_at(pieces, at + 1) in _MONTHS | _WEEKDAYS):
        return at, at + 2
    if not pieces[at].text[0].isupper():
        year = (
            is_number(pieces, at)
            and pieces[at].text.isdecimal()
            and len(pieces[at].text) == 4
            and 1900 <= int(pieces[at].text) < 2100
        )
        return (at - 1, at + 1) if year and low_at(pieces, at - 1) in _TIMING else None
    if low in _WEEKDAYS:
        return at - (low_at(pieces, at - 1) in _TIMING), at + 1
    if low not in _MONTHS and low not in _SHORT_MONTHS:
        return None
    start = at - (is_number(pieces, at - 1) and len(pieces[at - 1].text) < 3)
    start -= low_at(pieces, start - 1) in _TIMING
    stop = at + 1 + (low_at(pieces, at + 1) == "." and low in _SHORT_MONTHS)
    while stop < len(pieces) and (is_number(pieces, stop) or (low_at(pieces, stop) == "," and is_number(pieces, stop + 1))):
        if is_number(pieces, stop) and not (pieces[stop].text.isdecimal() and len(pieces[stop].text) in {1, 2, 4}):
            break
        if low_at(pieces, stop) == "," and len(pieces[stop + 1].text) != 4:
            break
        stop += 1
    dated = stop > at + 1 or start < at
    return (start, stop) if dated and low not in ONES else None
