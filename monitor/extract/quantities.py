"""Figures and counted quantities of a text, each with its bounds, unit, role and span (docs/vocabulary.md, "quantity").

A sentence is cut into pieces; at each place where a number may start it is told whether the figure counts anything (`kinds`);
what may count is read as a number (`numbers`) with its range, currency or measure (`units`), bound (`bounds`), noun (`nouns`) and
role (`roles`). Reads tags where the document has them and works without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from monitor.extract.figures.bounds import bound_after, bound_before
from monitor.extract.figures.elided import elided_noun
from monitor.extract.figures.kinds import Kind, uncounted
from monitor.extract.figures.lexer import Piece, lex
from monitor.extract.figures.nouns import noun_at
from monitor.extract.figures.numbers import ONES, SCALES, TENS, Number, hyphen_at, low_at, number_at, touches
from monitor.extract.figures.roles import changes_before, ranges_before, role_of
from monitor.extract.figures.units import measure_after, money_after, money_before, rate_after
from monitor.records import Qualifier, Quantity, Role

COUNTED = frozenset({Kind.COUNT, Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.DURATION})
_VAGUE = ("dozens", "tens", "scores", "hundreds", "thousands", "millions", "billions", "trillions", "half")
_STARTERS = {*ONES, *TENS, *SCALES, *_VAGUE, "a", "an", "several", "many", "½", "¼", "¾"} - {"hundred"}
_HINTS = "|".join([*ONES, *TENS, *SCALES, *_VAGUE, "dozen", "thirds?", "quarters?", "fifths?", "tenths?"])
_HINT = re.compile(rf"[\d½¼¾⅓⅔]|\b(?:{_HINTS})\b", re.IGNORECASE)
_TO = {"to", "-", "–", "—", "or", "and", "‑", "‐"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a text with its kind; quantity is None where it counts nothing. start and end: offsets in the text."""

    kind: Kind
    start: int
    end: int
    surface: str
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number or range with its unit at pieces[first:end]; kind and unit "" where no unit is written."""

    number: Number
    top: Number | None
    kind: Kind
    unit: str
    first: int
    end: int


def quantities(doc: Doc, kinds: frozenset[Kind] = COUNTED) -> tuple[Quantity, ...]:
    """The quantities of a document in order of their spans; kinds: those that count (a topic may want distances too)."""
    return tuple(figure.quantity for figure in figures(doc) if figure.quantity is not None and figure.kind in kinds)


def figures(doc: Doc) -> tuple[Figure, ...]:
    """All figures of a document in order of their spans, with their kinds: counts, dates, ages, scores and the rest."""
    text = doc.text
    found: list[Figure] = []
    for start, end, tags in _sentences(doc):
        if _HINT.search(text, start, end):
            found.extend(_read(text, lex(text, start, end), tags))
    return tuple(found)


def _sentences(doc: Doc) -> Iterator[tuple[int, int, dict[int, str]]]:
    """The sentences of a document as offsets, with the tags of their tokens by offset where it is tagged."""
    tagged = doc.has_annotation("TAG")
    spans = doc.sents if doc.has_annotation("SENT_START") else (doc[:],)
    for span in spans:
        if len(span):
            yield span.start_char, span.end_char, {token.idx: token.tag_ for token in span} if tagged else {}


def _read(text: str, pieces: list[Piece], tags: dict[int, str]) -> Iterator[Figure]:
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        if piece.kind != "number" and piece.low not in _STARTERS:
            index += 1
            continue
        money = money_before(pieces, index)
        other = uncounted(pieces, index) if money is None else None
        if other is not None:
            kind, end = other
            yield Figure(kind=kind, start=piece.start, end=pieces[end - 1].end, surface=text[piece.start : pieces[end - 1].end])
            index = end
            continue
        amount = _amount(pieces, index)
        if amount is None:
            index += 1
            continue
        index = amount.end
        for one in _split(pieces, amount):
            yield _figure(text, pieces, one, tags)


def _amount(pieces: Sequence[Piece], index: int) -> _Amount | None:
    """A number with currency, measure and range: "$10-15 million", "between 10 and 15 thousand", "5 to 8 percent"."""
    money = money_before(pieces, index)
    number = number_at(pieces, index)
    if number is None:
        return None
    first = money[1] if money else index
    kind, unit, end = _unit_after(pieces, number, money)
    top = _top(pieces, number, end, first)
    if top is not None:
        other = _unit_after(pieces, top, money_before(pieces, top.first))
        if other[1] and (not unit or unit == other[1] or kind == Kind.MONEY):
            kind, unit = other[:2] if not unit else (kind, unit)
        return _Amount(number, top, kind, unit, first, max(other[2], top.end))
    return _Amount(number, None, kind, unit, first, end)


def _unit_after(pieces: Sequence[Piece], number: Number, money: tuple[str, int] | None) -> tuple[Kind, str, int]:
    if money is not None:
        after = money_after(pieces, number.end)
        return Kind.MONEY, money[0], after[1] if after else number.end
    if number.share:
        return Kind.PERCENT, "percent", number.end
    if (paid := money_after(pieces, number.end)) is not None:
        return Kind.MONEY, *paid
    if (measured := measure_after(pieces, number.end)) is not None:
        kind, unit, end = measured
        return Kind(kind), unit, end
    return Kind.COUNT, "", number.end


def _top(pieces: Sequence[Piece], number: Number, end: int, first: int) -> Number | None:
    """The upper number of a range whose lower one ends at a piece, or None."""
    at = end if low_at(pieces, end) in _TO else number.end
    joint = low_at(pieces, at)
    if joint not in _TO or at + 1 >= len(pieces) or number.floor or number.share:
        return None
    start = at + 1
    while start < len(pieces) and pieces[start].text in {"$", "€", "£"}:
        start += 1
    if start >= len(pieces):
        return None
    top = number_at(pieces, start)
    if top is None or top.floor or (joint in {"-", "–", "—", "‑", "‐"} and not touches(pieces, start)):
        return None
    if joint == "and" and "between" not in {low_at(pieces, first - 1), low_at(pieces, first - 2)}:
        return None
    if joint == "or" and top.value > 3 * number.value:
        return None
    low = _shared(pieces, number, top)
    return top if low <= top.value or joint == "to" else None


def _shared(pieces: Sequence[Piece], low: Number, top: Number) -> float:
    """The lower value, with the upper one's scale where that is written once: "10 to 15 thousand", "11-12,000"."""
    if low.scale == 1.0 and top.scale >= 1e3 and low.mantissa < top.mantissa:
        return low.value * top.scale
    shares = low.digits and top.digits and low.value < 1000 <= top.value and pieces[top.first].text.endswith(("000", "500"))
    return low.value * 1000 if shares and top.value / 10 <= low.value * 1000 < top.value else low.value


def _split(pieces: Sequence[Piece], amount: _Amount) -> list[tuple[_Amount, float, float | None, Role | None]]:
    """A range as one interval; "from 3,000 to 12,000" and "rose 2,000 to 10,000" as two figures with their roles."""
    top = amount.top
    if top is None:
        return [(amount, amount.number.value, None, None)]
    low = _shared(pieces, amount.number, top)
    joint = next(piece for piece in reversed(pieces[: top.first]) if piece.low in _TO).low
    moved = low_at(pieces, amount.first - 1) == "from" and not ranges_before(pieces, amount.first - 1)
    rose = (
        joint == "to" and (low > top.value or low_at(pieces, amount.first - 1) == "by") and changes_before(pieces, amount.first)
    )
    if joint == "to" and (moved or rose or low > top.value):
        before = _Amount(amount.number, None, amount.kind, amount.unit, amount.first, amount.number.end)
        start = top.first - (money_before(pieces, top.first) is not None)
        after = _Amount(top, None, amount.kind, amount.unit, start, amount.end)
        return [
            (before, low, None, Role.DELTA if rose and not moved else Role.PREVIOUS if moved else None),
            (after, top.value, None, None),
        ]
    return [(amount, low, top.value, None)]


def _figure(
    text: str, pieces: Sequence[Piece], part: tuple[_Amount, float, float | None, Role | None], tags: dict[int, str]
) -> Figure:
    amount, low, high, role = part
    first, end, kind, unit, what = amount.first, amount.end, amount.kind, amount.unit, ""
    before = bound_before(pieces, _skip_back(pieces, first))
    start = before[1] if before else first
    after = bound_after(pieces, end)
    if after is not None:
        end = after[1]
    if not unit:
        joined = hyphen_at(pieces, end)
        noun = noun_at(pieces, end, tags, one=amount.number.value == 1 or joined) or elided_noun(pieces, start, end, tags)
        if noun is not None:
            unit, what = noun.unit, text[pieces[noun.first].start : pieces[noun.end - 1].end]
    elif kind is not Kind.DURATION:
        rate = rate_after(pieces, end)
        if rate is not None:
            unit, end = unit + rate[0], rate[1]
    qualifier = after[0] if after else before[0] if before else Qualifier.EXACT
    if high is not None and low != high:
        qualifier = Qualifier.RANGE
    elif amount.number.floor and qualifier in {Qualifier.EXACT, Qualifier.ABOUT}:
        qualifier = Qualifier.AT_LEAST
    bounds = _bounds(qualifier, low, high)
    role = role or role_of(pieces, start, amount.end)
    surface = text[pieces[start].start : pieces[end - 1].end]
    quantity = Quantity(
        low=bounds[0],
        high=bounds[1],
        qualifier=qualifier,
        role=role,
        unit=unit,
        what=what or unit,
        surface=surface,
        start=pieces[start].start,
        end=pieces[end - 1].end,
    )
    return Figure(kind=kind, start=quantity.start, end=quantity.end, surface=surface, quantity=quantity)


def _skip_back(pieces: Sequence[Piece], first: int) -> int:
    """Back over words between a bound and its number: "at least another 500", "up to a further 200"."""
    at = first
    while low_at(pieces, at - 1) in {"another", "further", "additional", "the", "between"} or (
        low_at(pieces, at - 1) == "a" and at < first
    ):
        at -= 1
    return at


def _bounds(qualifier: Qualifier, low: float, high: float | None) -> tuple[float | None, float | None]:
    """Low and high as docs/vocabulary.md has them."""
    if qualifier is Qualifier.RANGE:
        return low, high
    if qualifier in {Qualifier.AT_LEAST, Qualifier.MORE_THAN}:
        return low, None
    if qualifier in {Qualifier.AT_MOST, Qualifier.LESS_THAN}:
        return None, high if high is not None else low
    return low, low
