"""What stands beside a figure in its clause: the actor that it belongs to, the place, the time."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import ONES, is_number, low_at, touches
from monitor.extract.figures.tables import words

_PLACING = words("in at near from inside across outside around to into off over throughout")
_WEEKDAYS = words("monday tuesday wednesday thursday friday saturday sunday")
_MONTHS = words("january february march april may june july august september october november december")
_SHORT_MONTHS = words("jan feb mar apr jun jul aug sep sept oct nov dec")
_NEAR_TIMES = words("today yesterday tomorrow tonight overnight")
_RELATIVE = words("last next this past previous coming")
_UNITS = words("week month year night weekend summer winter spring autumn quarter century decade morning evening afternoon day")
_TIMING = words("on in by since until before after during from for between early late mid")
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
    while at >= 0 and pieces[at].kind == "word" and pieces[at].text[0].isupper() and pieces[at].low != "the":
        at -= 1
    return " ".join(piece.text for piece in pieces[at + 1 : end + 1]) or None


def place_of(pieces: Sequence[Piece], first: int, end: int) -> str | None:
    """The name behind a preposition of place, after the figure in its clause, else before: "3,000 are in Kursk": Kursk."""
    for at in [*range(end, len(pieces)), *range(first - 2, -1, -1)]:
        if pieces[at].text in {";", ":"} or (at > end and is_number(pieces, at) and low_at(pieces, at - 1) in {"and", ","}):
            if at >= end:
                continue
            return None
        if pieces[at].low in _PLACING and (name := _name_after(pieces, at + 1)) is not None:
            return name
    return None


def _name_after(pieces: Sequence[Piece], at: int) -> str | None:
    at += low_at(pieces, at) == "the"
    start = at
    while at < len(pieces) and pieces[at].kind == "word" and pieces[at].text[0].isupper():
        at += 1
    dated = at > start and (pieces[start].low in _WEEKDAYS or pieces[start].low in _MONTHS or pieces[start].low in _SHORT_MONTHS)
    return None if at == start or dated else " ".join(piece.text for piece in pieces[start:at])


def time_of(text: str, pieces: Sequence[Piece], first: int, end: int) -> str | None:
    """The time that the sentence states nearest to the figure: "on Friday", "in October 2024", "last week", "by 2027"."""
    spans = [span for at in range(len(pieces)) if (span := _time_at(pieces, at)) is not None]
    spans = [span for span in spans if span[1] <= first or span[0] >= end]
    if not spans:
        return None
    start, stop = min(spans, key=lambda span: (min(abs(span[0] - end), abs(first - span[1])), span[0]))
    return text[pieces[start].start : pieces[stop - 1].end]


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
