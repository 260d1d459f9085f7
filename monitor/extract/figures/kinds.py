"""What a figure is; and which figures count nothing: dates, ages, ordinals, designations and the rest, told apart by kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from monitor.extract.figures import calendar, labels
from monitor.extract.figures.lexer import Piece


class Kind(StrEnum):
    """What a figure is. PERIOD: a time that places an event ("two days ago"); DURATION: one that measures."""

    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    MEASURE = "measure"
    DURATION = "duration"
    PERIOD = "period"
    DISTANCE = "distance"
    DEGREE = "degree"
    MULTIPLE = "multiple"
    YEAR = "year"
    DATE = "date"
    CLOCK = "clock"
    AGE = "age"
    ORDINAL = "ordinal"
    SCORE = "score"
    VERSION = "version"
    PHONE = "phone"
    DESIGNATION = "designation"
    REFERENCE = "reference"
    PRONOUN = "pronoun"


_Rule = Callable[[Sequence[Piece], int], int | None]
# in the order in which they are asked: the first that answers names the kind
_NUMERAL_RULES: tuple[tuple[Kind, _Rule], ...] = (
    (Kind.ORDINAL, labels.ordinal),
    (Kind.YEAR, calendar.decade),
    (Kind.PHONE, labels.phone),
    (Kind.DATE, calendar.date),
    (Kind.CLOCK, calendar.clock),
    (Kind.AGE, calendar.age),
    (Kind.VERSION, labels.version),
    (Kind.REFERENCE, labels.reference),
    (Kind.DESIGNATION, labels.designation),
    (Kind.SCORE, labels.score),
    (Kind.YEAR, calendar.year),
    (Kind.MULTIPLE, labels.multiple),
    (Kind.DESIGNATION, labels.product),
)
_WORD_RULES: tuple[tuple[Kind, _Rule], ...] = (
    (Kind.ORDINAL, labels.word_ordinal),
    (Kind.AGE, calendar.word_age),
    (Kind.CLOCK, calendar.word_clock),
    (Kind.REFERENCE, labels.word_reference),
    (Kind.MULTIPLE, labels.multiple),
    (Kind.PRONOUN, labels.pronoun),
)


def uncounted(pieces: Sequence[Piece], index: int) -> tuple[Kind, int] | None:
    """The kind and end of a figure at a piece that counts nothing; None where it may count."""
    for kind, rule in _NUMERAL_RULES if pieces[index].kind == "number" else _WORD_RULES:
        end = rule(pieces, index)
        if end is not None:
            return kind, end
    return None
