"""The unit of a figure that stands without its noun: from the verb, the subject, or the figure before it."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.nouns import COLLECTIVES, PEOPLE, Noun, collective, is_plural, plural
from monitor.extract.figures.numbers import low_at
from monitor.extract.figures.tables import words

_DEAD = {"dead", "missing"}
_TOLLS = words("toll tolls deaths fatalities casualties population populations")
_HARMS = words("""
    kill kills killed killing wound wounds wounded wounding injure injures injured injuring arrest arrests arrested
    arresting detained detains displaces displacing displaced dies die died drown hurt fed feed feeds feeding
    evacuated evacuates evacuating rescued rescues employs employed employing freed frees hired hires sickens
    sickened infects infected
""")
# what only people do, by the verb that follows the figure
_HUMAN = words("""
    die dies died perished lost survived survive fled flee gathered gather marched march protested protest attended attend joined
    face faces voted live lived starved rallied queued waited walked turned demonstrated sought applied signed
""")
_AUXILIARIES = words("were was are have had been be being has remain remained still reported as people feared")
_REACH = 60
_CLAUSE_START = words(", ; : . — – - and that but says said while when where after") | {""}


def elided_noun(pieces: Sequence[Piece], first: int, end: int, tags: dict[int, str]) -> Noun | None:
    """What a figure at pieces[first:end] counts where no noun follows it, by its own clause."""
    return (
        _votes(pieces, end)
        or _numbering(pieces, first, tags)
        or _verb_after(pieces, end)
        or _verb_before(pieces, first)
        or collective(pieces, first)
        or _toll(pieces, first, tags)
    )


def _votes(pieces: Sequence[Piece], end: int) -> Noun | None:
    """ "431 for, 161 against", "ten in favour", "11 abstained": votes."""
    word, after = low_at(pieces, end), low_at(pieces, end + 1)
    cast = word in {"against", "abstained", "abstaining", "abstain"} or (word == "for" and after in {",", "and", ".", ""})
    for_it = word == "in" and after in {"favour", "favor"}
    return Noun("votes", end, end + 1, elided=True) if cast or for_it else None


def _numbering(pieces: Sequence[Piece], first: int, tags: dict[int, str]) -> Noun | None:
    """ "lorries numbering 90", "the guards number 2,500": the noun before; "the force numbers 4,000": people."""
    if low_at(pieces, first - 1) not in {"numbering", "number", "numbers", "numbered", "totalling", "totaling"} or first < 2:
        return None
    before = pieces[first - 2]
    if is_plural(before, tags.get(before.start, "")):
        return Noun(plural(before.low), first - 2, first - 1, elided=True)
    human = before.low in COLLECTIVES or before.low in {"may", "could", "might", "they", "who"}
    return Noun("people", first - 2, first - 1, elided=True) if human else None


def _verb_after(pieces: Sequence[Piece], end: int) -> Noun | None:
    """ "3,000 were killed", "500 have been wounded", "20 are still missing", "two survived": people."""
    at = end
    while low_at(pieces, at) in _AUXILIARIES and at < end + 4:
        at += 1
    word = low_at(pieces, at)
    human = word in PEOPLE or word in _HUMAN or word == "without"
    return Noun("people", at, at + 1, elided=True) if human else None


def _verb_before(pieces: Sequence[Piece], first: int) -> Noun | None:
    """ "Strike kills 12", "killing at least 30", "wounding 5": people."""
    for at in range(first - 1, max(-1, first - 5), -1):
        word = low_at(pieces, at)
        if word in _HARMS:
            return Noun("people", at, at + 1, elided=True)
        if word in {",", ";", ".", ":"}:
            return None
    return None


def _toll(pieces: Sequence[Piece], first: int, tags: dict[int, str]) -> Noun | None:
    """ "The toll rose to 1,234": people; "the number of soldiers in Kursk has reached 8,000": soldiers."""
    for at in range(first - 1, _clause(pieces, first) - 1, -1):
        if pieces[at].low in _TOLLS or (
            pieces[at].low in _DEAD and not is_plural(pieces[at + 1], tags.get(pieces[at + 1].start, ""))
        ):
            return Noun("people", at, at + 1, elided=True)
        if pieces[at].low in {"number", "numbers", "count", "total", "tally"} and low_at(pieces, at + 1) == "of":
            return _after_of(pieces, at + 2, first, tags)
    return None


def _after_of(pieces: Sequence[Piece], at: int, first: int, tags: dict[int, str]) -> Noun | None:
    """ "the number of | dead", "the number of | Russian soldiers": the first plural or people word."""
    start = at
    while at < first:
        if is_plural(pieces[at], tags.get(pieces[at].start, "")):
            return Noun(plural(pieces[at].low), start, at + 1, elided=True)
        if pieces[at].low in PEOPLE and (at + 1 == first or not is_plural(pieces[at + 1])):
            return Noun("people", at, at + 1, elided=True)
        at += 1
    return None


def subject_noun(pieces: Sequence[Piece], first: int, tags: dict[int, str]) -> Noun | None:
    """ "Troops rose to 10,000": the nearest plural before the figure in its sentence."""
    for at in range(first - 2, _clause(pieces, first) - 1, -1):  # what touches the figure is its verb
        if is_plural(pieces[at], tags.get(pieces[at].start, "")):
            return Noun(plural(pieces[at].low), at, at + 1, elided=True)
    return None


def _clause(pieces: Sequence[Piece], first: int) -> int:
    """Where the sentence or the part of it between semicolons starts that a figure stands in."""
    for at in range(first - 1, max(0, first - _REACH), -1):
        if pieces[at].text in {";", "?", "!"} or (pieces[at].text == "." and at and len(pieces[at - 1].text) > 1):
            return at + 1
    return max(0, first - _REACH)


def crowd(pieces: Sequence[Piece], first: int) -> Noun | None:
    """ "Thousands gathered", "Twenty others are in hospital": a bare figure that opens a clause is people."""
    opens = low_at(pieces, first - 1) in _CLAUSE_START
    return Noun("people", first, first + 1, elided=True) if opens else None
