"""Figures of the calendar and the clock: dates, years, times of day, ages. Each rule answers with the figure's end or None."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.nouns import is_plural
from monitor.extract.figures.numbers import ONES, TENS, hyphen_at, is_number, low_at, touches
from monitor.extract.figures.tables import words

_MONTHS = words("""
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec
""")
_ZONES = words("gmt utc bst est edt cet cest local msk ist et")
_BEFORE_YEAR = words("""
    in since until till by from of year before after during to and for through between the early late mid spring
    summer autumn fall winter throughout around about over under
""")
_AFTER_COUNT = words("% percent per million billion tonnes tons dollars euros people troops soldiers men")
_BEFORE_COUNT = words("least than some nearly almost approximately roughly killed killing $ € £ total")
_AGE_UNITS = words("year years month months week weeks day days")
_SPANS = words("- – to and or")


def clock(pieces: Sequence[Piece], index: int) -> int | None:
    """ "14:05", "6:30 p.m.", "6 pm", "6.30-10am", "0600 GMT", "5 o'clock", "seven o'clock"."""
    at = index + 1
    while low_at(pieces, at) == ":" and _touching_numeral(pieces, at + 1) and len(pieces[at + 1].text) == 2:
        at += 2
    timed = at > index + 1
    if low_at(pieces, at) in {"-", "–"} and is_number(pieces, at + 1) and low_at(pieces, at + 2) in {"am", "pm"}:
        return at + 3
    if low_at(pieces, at) in {"am", "pm", "o'clock", "o’clock"}:
        return at + 1
    if low_at(pieces, at) in {"a", "p"} and low_at(pieces, at + 1) == "." and low_at(pieces, at + 2) == "m":
        return at + 3 + (low_at(pieces, at + 3) == ".")
    if low_at(pieces, at) in _ZONES and (timed or len(pieces[index].text) == 4):
        return at + 1
    if len(pieces[index].text) == 4 and low_at(pieces, index - 1) == "at" and low_at(pieces, at) == "hours":
        return at + 1
    pointed = re.fullmatch(r"([01]?\d|2[0-3])\.[0-5]\d", pieces[index].text) and low_at(pieces, index - 1) == "at"
    return at if timed or (pointed and low_at(pieces, at) in {"", ".", ",", "on"}) else None


def _touching_numeral(pieces: Sequence[Piece], at: int) -> bool:
    return is_number(pieces, at) and touches(pieces, at - 1) and touches(pieces, at)


def date(pieces: Sequence[Piece], index: int) -> int | None:
    """ "24 October 2024", "Oct. 24", "October 24-26", "24/10/2024", "2024-10-24", "24.10.2024"."""
    text = pieces[index].text
    if not text.isdecimal():
        return index + 1 if re.fullmatch(r"[0-3]?\d\.[01]?\d\.(\d{2}|\d{4})", text) else None
    if len(text) <= 4 and _slashed(pieces, index):
        return index + 5
    if len(text) > 2:
        return None
    back = index - 1 - (low_at(pieces, index - 1) == "." and low_at(pieces, index - 2) in _MONTHS)
    if _month_at(pieces, back):
        return _date_tail(pieces, index + 1)
    ahead = index + 1 + 2 * _second_day(pieces, index + 1)
    ahead += low_at(pieces, ahead) == "of"
    return _date_tail(pieces, ahead + 1) if _month_at(pieces, ahead) and int(text) <= 31 else None


def _slashed(pieces: Sequence[Piece], index: int) -> bool:
    """ "24/10/2024", "2024-10-24": three numerals and two equal marks, all touching."""
    marks = {low_at(pieces, index + 1), low_at(pieces, index + 3)}
    return len(marks) == 1 and marks <= {"/", "-", "."} and all(_touching_numeral(pieces, index + n) for n in (2, 4))


def _month_at(pieces: Sequence[Piece], at: int) -> bool:
    return low_at(pieces, at) in _MONTHS and pieces[at].text[0].isupper()


def _second_day(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a second day is joined on: "24-26 October", "24 and 25 October"."""
    return low_at(pieces, at) in _SPANS and is_number(pieces, at + 1) and len(pieces[at + 1].text) < 3


def _date_tail(pieces: Sequence[Piece], at: int) -> int:
    """On over a second day and a year: "October 24-26", "October 24, 2024"; not over a count: "on May 5 and 20 people"."""
    counted = at + 2 < len(pieces) and (is_plural(pieces[at + 2]) or pieces[at + 2].low in _AFTER_COUNT)
    if _second_day(pieces, at) and not counted:
        at += 2
    if low_at(pieces, at) == "," and _year_like(low_at(pieces, at + 1)):
        return at + 2
    return at + 1 if _year_like(low_at(pieces, at)) else at


def _year_like(text: str) -> bool:
    return len(text) == 4 and text.isdecimal() and 1000 <= int(text) < 2100


def year(pieces: Sequence[Piece], index: int) -> int | None:
    """ "in 2018", "the 2024 elections", "2023-24"; not "2,024 soldiers", "killed 1950 people", "at least 2000"."""
    if not _year_like(pieces[index].text) or int(pieces[index].text) < 1500:
        return None
    before, after = low_at(pieces, index - 1), low_at(pieces, index + 1)
    if after in _AFTER_COUNT or before in _BEFORE_COUNT:
        return None
    dated = before in _BEFORE_YEAR or before in _MONTHS
    counts = index + 1 < len(pieces) and is_plural(pieces[index + 1]) and pieces[index].text.endswith("0")
    if counts and not dated:
        return None
    end = index + 1
    if low_at(pieces, end) in {"-", "–", "/"} and _touching_numeral(pieces, end + 1):
        end += 2
    return end


def decade(pieces: Sequence[Piece], index: int) -> int | None:
    """ "the 1990s", "in his 50s", "the '80s"."""
    ends = index + 1 < len(pieces) and pieces[index + 1].text == "s" and touches(pieces, index + 1)
    return index + 2 if ends and pieces[index].text.endswith("0") else None


def age(pieces: Sequence[Piece], index: int) -> int | None:
    """ "aged 34", "between 19- and 23-year-olds", "a five-year-old boy", "34 years of age", "the age of 34", "she was six"."""
    at = index + 1 + hyphen_at(pieces, index + 1)
    if low_at(pieces, at) in _AGE_UNITS:
        after = at + 1 + hyphen_at(pieces, at + 1)
        if low_at(pieces, after) in {"old", "olds"}:
            return after + 1
        if low_at(pieces, at + 1) == "of" and low_at(pieces, at + 2) == "age":
            return at + 3
    if low_at(pieces, index - 1) == "as" and low_at(pieces, index - 2) in {"young", "old"}:
        return index + 1  # "children as young as 10"
    back = index - 1
    while low_at(pieces, back) in {"between", "from", "just", "only", "about", "around", "of", "over", "under"}:
        back -= 1
    if low_at(pieces, back) in {"aged", "age", "ages"}:
        more = low_at(pieces, index + 1) in _SPANS and is_number(pieces, index + 2)
        return index + 3 if more else index + 1
    turned = low_at(pieces, index - 1) in {"was", "is", "am", "turned"} and low_at(pieces, index - 2) in {"he", "she", "i", "who"}
    alone = low_at(pieces, index + 1) in {"", ",", ".", ";", "and", "when", "but", "so"}
    return index + 1 if (turned and alone) or _apposed(pieces, index) else None


_PERSONS = words("""
    president minister premier king queen pope senator general leader man woman boy girl actor singer victim suspect mother father
    teacher student driver widow pensioner chancellor monarch pontiff billionaire lawyer
""")


def _apposed(pieces: Sequence[Piece], index: int) -> bool:
    """ "John Smith, 34, said", "Jutting, now 31, is", "the president, 81, fell": a number under 115 between
    commas behind a name."""
    back = index - 1 - (low_at(pieces, index - 1) == "now")
    if low_at(pieces, back) != "," or back < 1 or pieces[back - 1].kind != "word":
        return False
    if not pieces[back - 1].text[0].isupper() and pieces[back - 1].low not in _PERSONS:
        return False
    text = pieces[index].text
    full = back > 1 and pieces[back - 2].kind == "word" and pieces[back - 2].text[0].isupper()  # "Maria Lopez, 47."
    return (
        low_at(pieces, index + 1) in ({",", ".", ""} if full else {","})
        and text.isdecimal()
        and len(text) < 4
        and 1 <= int(text) < 115
    )


def word_age(pieces: Sequence[Piece], index: int) -> int | None:
    """ "a five-year-old boy", "twelve years old"."""
    return age(pieces, index) if low_at(pieces, index) in ONES or low_at(pieces, index) in TENS else None


def word_clock(pieces: Sequence[Piece], index: int) -> int | None:
    """ "seven o'clock", "ten a.m.", "half past three", "quarter to nine"."""
    past = low_at(pieces, index) in {"half", "quarter", "ten", "five", "twenty"} and low_at(pieces, index + 1) in {"past", "to"}
    if (
        past
        and low_at(pieces, index + 2) in ONES
        and low_at(pieces, index - 1) in {"at", "was", "by", "until", "after", "before", "about"}
    ):
        return index + 3
    return clock(pieces, index) if low_at(pieces, index) in ONES else None
