"""Figures and counted quantities of a text, each with its bounds, unit, role and span (docs/vocabulary.md, "quantity").

    sentence -> pieces -> each place where a number may start
        | kinds.uncounted      dates, ages, designations: told apart, done
        | ranges.amounts_at    number, currency, measure, range
        | bounds               "as many as", "or so"
        | nouns, elided        what is counted
        | roles, context       total or change; actor, place, time

Reads tags where the document has them and works without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from spacy.tokens import Doc

from monitor.extract.figures.bounds import bound_after, bound_before
from monitor.extract.figures.context import Surroundings, actor_of
from monitor.extract.figures.elided import crowd, elided_noun, subject_noun
from monitor.extract.figures.kinds import Kind, uncounted
from monitor.extract.figures.lexer import Piece, lex
from monitor.extract.figures.nouns import Noun, noun_at, with_tail
from monitor.extract.figures.numbers import ONES, SCALES, TENS, low_at
from monitor.extract.figures.periods import is_period
from monitor.extract.figures.ranges import Amount, amounts_at
from monitor.extract.figures.roles import changes_before, role_of
from monitor.extract.figures.units import money_before, rate_after
from monitor.records import Qualifier, Quantity, Role

COUNTED = frozenset({Kind.COUNT, Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.DURATION})
"""The kinds of figures that are quantities unless a topic asks for others."""

_VAGUE = ("dozens", "tens", "scores", "hundreds", "thousands", "millions", "billions", "trillions", "half")
_STARTERS = {*ONES, *TENS, *SCALES, *_VAGUE, "a", "an", "several", "many", "½", "¼", "¾"} - {"hundred"}
_PER_CENT = frozenset({"%", "percent", "cent", "pc", "pct"})
_HINTS = "|".join([*ONES, *TENS, *SCALES, *_VAGUE, "dozen", "thirds?", "quarters?", "fifths?", "tenths?"])
_HINT = re.compile(rf"[\d½¼¾⅓⅔]|\b(?:{_HINTS})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a text with its kind; quantity is None where it counts nothing. start and end: offsets in the text."""

    kind: Kind
    start: int
    end: int
    surface: str
    quantity: Quantity | None = None


class _Said(NamedTuple):
    """A unit that was read in a sentence, what it counted, and of what kind the figure was."""

    unit: str
    what: str
    kind: Kind
    low: float


@dataclass(slots=True)
class _Sentence:
    """What the rules share while they read a sentence: its pieces, tags by offset, and the unit that was counted last."""

    text: str
    pieces: list[Piece]
    tags: dict[int, str]
    before: str
    around: Surroundings
    last: list[_Said] = field(default_factory=list)


def quantities(doc: Doc, kinds: frozenset[Kind] = COUNTED) -> tuple[Quantity, ...]:
    """The quantities of a document in order of their spans; kinds: those that count (a topic may want distances too)."""
    return tuple(figure.quantity for figure in figures(doc) if figure.quantity is not None and figure.kind in kinds)


def figures(doc: Doc) -> tuple[Figure, ...]:
    """All figures of a document in order of their spans, with their kinds: counts, dates, ages, scores and the rest."""
    text = doc.text
    found: list[Figure] = []
    before = ""
    for start, end, tags in _sentences(doc):
        if not may_hold_figures(text, start, end):
            continue
        sentence = _sentence(text, start, end, tags, before)
        found.extend(_completed(list(_read(sentence))))
        before = next((said.unit for said in reversed(sentence.last) if said.kind is Kind.COUNT), before)
    return tuple(found)


def may_hold_figures(text: str, start: int, end: int) -> bool:
    """Whether the stretch holds a digit or a word that numbers are made of."""
    return _HINT.search(text, start, end) is not None


def _sentence(text: str, start: int, end: int, tags: dict[int, str], before: str) -> _Sentence:
    pieces = lex(text, start, end)
    return _Sentence(text, pieces, tags, before, Surroundings(text, pieces))


def _sentences(doc: Doc) -> Iterator[tuple[int, int, dict[int, str]]]:
    """The sentences of a document as offsets, with the tags of their tokens by offset where it is tagged."""
    tagged = doc.has_annotation("TAG")
    tokens = list(doc)
    starts = [0, *(token.i for token in tokens[1:] if token.is_sent_start)]  # Doc.sents walks the document anew for each of them
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        if span := tokens[start:end]:
            stop = span[-1].idx + len(span[-1])
            yield span[0].idx, stop, {token.idx: token.tag_ for token in span} if tagged else {}


def _read(sentence: _Sentence) -> Iterator[Figure]:
    pieces, index = sentence.pieces, 0
    while index < len(pieces):
        piece = pieces[index]
        if piece.kind != "number" and piece.low not in _STARTERS:
            index += 1
            continue
        other = uncounted(pieces, index) if money_before(pieces, index) is None else None
        if other is not None:
            kind, end = other
            stop = pieces[end - 1].end
            yield Figure(kind=kind, start=piece.start, end=stop, surface=sentence.text[piece.start : stop])
            index = end
            continue
        amounts = amounts_at(pieces, index)
        index = amounts[-1].end if amounts else index + 1
        read = [_figure(sentence, amount) for amount in reversed(amounts)]  # the later one has the noun of both
        yield from reversed(read)


def _completed(read: list[Figure]) -> list[Figure]:
    """Counts without a noun take the next one's: "With 500 more on the way there will be 1,700 soldiers"."""
    following: Quantity | None = None
    for at in range(len(read) - 1, -1, -1):
        quantity = read[at].quantity
        if quantity is None or read[at].kind is not Kind.COUNT:
            continue
        if not quantity.unit and following is not None:
            read[at] = replace(read[at], quantity=replace(quantity, unit=following.unit, what=following.what))
        elif quantity.unit:
            following = quantity
    return read


def _figure(sentence: _Sentence, amount: Amount) -> Figure:
    """The figure that an amount makes with the words around it."""
    text, pieces = sentence.text, sentence.pieces
    before = bound_before(pieces, _skip_back(pieces, amount.first))
    after = bound_after(pieces, amount.end)
    first, end = before[1] if before else amount.first, after[1] if after else amount.end
    qualifier = _qualifier(amount, after[0] if after else before[0] if before else Qualifier.EXACT)
    low, high = _bounds(qualifier, amount.low, amount.high)
    role = amount.role or role_of(pieces, first, amount.end)
    if role is Role.TOTAL and amount.kind is Kind.PERCENT and changes_before(pieces, first, reach=1):
        role = Role.DELTA  # "prices fell 3 %"
    kind, unit, what, noun, end = _counted(sentence, amount, role, first, end)
    if kind is Kind.DURATION and is_period(pieces, first, amount.first, end):
        kind = Kind.PERIOD
    noun_first, noun_end = (noun.first, noun.end) if noun and not noun.elided else (end, end)
    quantity = Quantity(
        low=low,
        high=high,
        qualifier=qualifier,
        role=role,
        unit=unit,
        what=what or unit,
        surface=text[pieces[first].start : pieces[end - 1].end],
        start=pieces[first].start,
        end=pieces[end - 1].end,
        actor=actor_of(pieces, first, noun_first, noun_end),
        place=sentence.around.place(first, noun_end),
        time=sentence.around.time(first, end),
    )
    return Figure(kind=kind, start=quantity.start, end=quantity.end, surface=quantity.surface, quantity=quantity)


def _counted(sentence: _Sentence, amount: Amount, role: Role, first: int, end: int) -> tuple[Kind, str, str, Noun | None, int]:
    """Kind, unit, what is counted, its noun and where the figure's surface ends."""
    pieces = sentence.pieces
    if amount.unit and amount.unit != "votes":
        rate = rate_after(pieces, end) if amount.kind is not Kind.DURATION else None
        unit, end = (amount.unit + rate[0], rate[1]) if rate else (amount.unit, end)
        stop = _of_what(sentence, end)
        what = sentence.text[pieces[end].end : pieces[stop - 1].end].strip() if stop else unit
        if amount.kind is Kind.PERCENT and not stop and low_at(pieces, end - 1) not in _PER_CENT:  # "one in three pupils"
            noun = noun_at(pieces, end, sentence.tags, one=False)
            what = sentence.text[pieces[noun.first].start : pieces[noun.end - 1].end] if noun else what
        if stop and rate is None and amount.kind is Kind.MEASURE and (rate := rate_after(pieces, stop)) is not None:
            unit += rate[0]  # "180,000 tonnes of poultry a year"
        sentence.last.append(_Said(unit, what, amount.kind, amount.low))
        return amount.kind, unit, what, None, end
    noun = noun_at(pieces, end, sentence.tags, one=amount.low == 1)
    said = _same_again(sentence, amount, role) if noun is None else None
    if said is not None:
        return said.kind, said.unit, said.what, None, end
    noun = noun or _elided(sentence, first, end)
    if noun is None:
        return amount.kind, sentence.before, sentence.before, None, end
    unit = amount.unit or noun.unit
    stop = with_tail(pieces, noun, sentence.tags)
    phrase = sentence.text[pieces[noun.first].start : pieces[stop - 1].end]
    if noun.elided and noun.first == first:
        phrase = unit
    rate = None if noun.elided else rate_after(pieces, noun.end) or rate_after(pieces, stop)
    if rate is not None:
        unit += rate[0]
    sentence.last.append(_Said(unit, phrase, amount.kind, amount.low))
    return amount.kind, unit, phrase, noun, end


def _same_again(sentence: _Sentence, amount: Amount, role: Role) -> _Said | None:
    """What the figure before or after counted, where this one only repeats it: "down from 3,000", "$42m, of which 15 million"."""
    if not sentence.last:
        return None
    said = sentence.last[-1]
    if role is Role.PREVIOUS or amount.paired:
        return said if said.kind is not Kind.DURATION else None
    alike = said.low / 5 <= amount.low <= 5 * said.low
    grand = said.kind is Kind.MONEY and amount.low >= 1e5
    return said if grand or (alike and said.kind in {Kind.MONEY, Kind.PERCENT}) else None


def _elided(sentence: _Sentence, first: int, end: int) -> Noun | None:
    """The noun of a count that none follows: by its verb, by the figure before, by its subject; else people."""
    pieces, tags = sentence.pieces, sentence.tags
    if (noun := elided_noun(pieces, first, end, tags)) is not None:
        return noun
    said = next((said for said in reversed(sentence.last) if said.kind is Kind.COUNT), None)
    if said is not None:
        return Noun(said.unit, first, first + 1, elided=True)
    them = low_at(pieces, end) == "of" and low_at(pieces, end + 1) in {"them", "these", "those", "whom", "which"}
    if sentence.before and them:
        return None
    if (noun := subject_noun(pieces, first, tags)) is not None:
        return noun
    return None if sentence.before or them else crowd(pieces, first)


def _of_what(sentence: _Sentence, end: int) -> int:
    """Where the phrase ends that a measure or share is of ("2.4 million tonnes | of coal"); 0 for none."""
    if low_at(sentence.pieces, end) != "of":
        return 0
    stop = with_tail(sentence.pieces, Noun("", end, end), sentence.tags)
    return stop if stop > end + 1 else 0


def _skip_back(pieces: Sequence[Piece], first: int) -> int:
    """Back over words between a bound and its number: "at least another 500", "up to a further 200", "about the same 40"."""
    at = first
    while low_at(pieces, at - 1) in {"another", "further", "additional", "between", "extra"}:
        at -= 1
    if at < first and low_at(pieces, at - 1) in {"a", "an"}:
        at -= 1
    return at


def _qualifier(amount: Amount, stated: Qualifier) -> Qualifier:
    if amount.high is not None and amount.low != amount.high:
        return Qualifier.RANGE
    if stated in {Qualifier.EXACT, Qualifier.ABOUT}:
        if amount.floor:
            return Qualifier.AT_LEAST
        return Qualifier.ABOUT if amount.rough else stated
    return stated


def _bounds(qualifier: Qualifier, low: float, high: float | None) -> tuple[float | None, float | None]:
    """Low and high as docs/vocabulary.md has them."""
    if qualifier is Qualifier.RANGE:
        return low, high
    if qualifier in {Qualifier.AT_LEAST, Qualifier.MORE_THAN}:
        return low, None
    if qualifier in {Qualifier.AT_MOST, Qualifier.LESS_THAN}:
        return None, high if high is not None else low
    return low, low
