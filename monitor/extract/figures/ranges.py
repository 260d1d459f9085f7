"""Numbers with what is written around them as one amount: currency, measure, the upper end of a range.

"$10-15 million", "between 10 and 15 thousand", "5 to 8 percent"; and the pairs that are no range: "from 3,000 to 12,000".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extract.figures.kinds import Kind
from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import Number, low_at, number_at, touches
from monitor.extract.figures.roles import changes_before, ranges_before
from monitor.extract.figures.tables import words
from monitor.extract.figures.units import SIGNS, measure_after, money_after, money_before
from monitor.records import Role

_DASHES = {"-", "–", "—", "‑", "‐"}
_JOINTS = {"to", "or", "and", *_DASHES}
_VOTES = words("vote votes voted voting passed approved adopted carried rejected backed ratified elected defeated")


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure at pieces[first:end]: low, and high where it is a range; unit "" where none is written with it.

    role: what the pair that it comes from makes it ("from 3,000 to 12,000"), else None; paired: the next amount has its noun.
    """

    low: float
    high: float | None
    kind: Kind
    unit: str
    first: int
    end: int
    floor: bool = False
    rough: bool = False
    role: Role | None = None
    paired: bool = False


def amounts_at(pieces: Sequence[Piece], index: int) -> tuple[Amount, ...]:
    """The amounts whose first number starts at a piece: none, one, or the two of a pair that is no range."""
    money = money_before(pieces, index)
    number = number_at(pieces, index)
    if number is None:
        return ()
    first = money[1] if money else index
    kind, unit, end = _unit_of(pieces, number, money)
    top = _top(pieces, number, end, first)
    if top is None:
        return (Amount(number.value, None, kind, unit, first, end, floor=number.floor, rough=number.rough),)
    top_money = money_before(pieces, top.first)
    top_kind, top_unit, top_end = _unit_of(pieces, top, top_money)
    if not unit:
        kind, unit = top_kind, top_unit
    low, joint = _shared(pieces, number, top), pieces[_joint(pieces, top)].low
    span = ranges_before(pieces, first - 1) or low_at(pieces, top.first - 2) == "up"
    moved = low_at(pieces, first - 1) == "from" and not span
    rose = _rose(pieces, number, top, first, once=end == number.end)
    against = {piece.low for piece in pieces[max(0, first - 6) : first]} & _VOTES and low > top.value
    if (joint == "to" and (moved or rose or low > top.value)) or against:
        role = Role.PREVIOUS if moved and not against else Role.DELTA if rose and not against else None
        start = top_money[1] if top_money else top.first
        own = _unit_of(pieces, number, money)[2]
        if against and not unit:
            kind, unit = Kind.COUNT, "votes"
        return (
            Amount(low, None, kind, unit, first, max(own, number.end), role=role, paired=True),
            Amount(top.value, None, kind, unit, start, top_end),
        )
    return (Amount(low, top.value, kind, unit, first, top_end),)


def _rose(pieces: Sequence[Piece], low: Number, top: Number, first: int, *, once: bool) -> bool:
    """Whether "A to B" is a change and the total it led to: "rose by 2,000 to 10,000", "drops 1,200 to 9,800".

    Not "put back by one to two years", "cut by 20 to 30 percent": the unit is written once and the two lie close.
    """
    by = low_at(pieces, first - 1) == "by" or (low_at(pieces, first - 2) == "by" and changes_before(pieces, first))
    direct = changes_before(pieces, first, reach=1) and low_at(pieces, first - 1) not in {"up", "down"}
    close = once and _shared(pieces, low, top) <= top.value < 3 * _shared(pieces, low, top)
    return (by or direct) and not close


def _unit_of(pieces: Sequence[Piece], number: Number, money: tuple[str, int] | None) -> tuple[Kind, str, int]:
    """The kind and unit that are written with a number, and where they end."""
    if money is not None:
        after = money_after(pieces, number.end)
        return Kind.MONEY, money[0], after[1] if after else number.end
    if number.share:
        return Kind.PERCENT, "percent", number.end
    at = number.end + (number.floor and low_at(pieces, number.end) == "of")  # "tens of millions | of dollars"
    if (paid := money_after(pieces, at)) is not None:
        return Kind.MONEY, *paid
    if (measured := measure_after(pieces, at)) is not None:
        kind, unit, end = measured
        return Kind(kind), unit, end
    return Kind.COUNT, "", number.end


def _top(pieces: Sequence[Piece], number: Number, end: int, first: int) -> Number | None:
    """The upper number of a range whose lower one ends at a piece, or None."""
    at = end if low_at(pieces, end) in _JOINTS else number.end
    if low_at(pieces, at) == "up" and low_at(pieces, at + 1) == "to" and low_at(pieces, first - 1) == "from":
        at += 1  # "from ten up to twenty"
    joint = low_at(pieces, at)
    if joint not in _JOINTS or number.floor:
        return None
    start = at + 1
    while start < len(pieces) and (pieces[start].text in SIGNS or pieces[start].low in {"about", "around", "some", "nearly"}):
        start += 1
    top = number_at(pieces, start) if start < len(pieces) else None
    if top is None or top.floor or top.share != number.share or (joint in _DASHES and not _dashed(pieces, at, number, top)):
        return None
    if joint == "and" and "between" not in {low_at(pieces, first - n) for n in (1, 2, 3)}:
        return None
    if joint == "or" and top.value > 3 * number.value:
        return None
    low = _shared(pieces, number, top)
    descends = joint in _DASHES and low > top.value and low_at(pieces, first - 1) in {*_VOTES, "by"}
    return top if low <= top.value or joint == "to" or descends else None


def _dashed(pieces: Sequence[Piece], at: int, low: Number, top: Number) -> bool:
    """Whether a dash joins the two: "10-15", "$5-$6"; "10 – 15" with a space on both sides where digits rise."""
    spaced = not touches(pieces, at) and not touches(pieces, at + 1)
    return touches(pieces, at + 1) if not spaced else low.digits and top.digits and low.value < top.value


def _joint(pieces: Sequence[Piece], top: Number) -> int:
    at = top.first - 1
    while pieces[at].low not in _JOINTS:
        at -= 1
    return at


def _shared(pieces: Sequence[Piece], low: Number, top: Number) -> float:
    """The lower value, with the upper one's scale where that is written once: "10 to 15 thousand", "three to four hundred"."""
    if low.scale == 1.0 and top.scale >= 100 and low.mantissa < top.mantissa:
        return low.value * top.scale
    shares = low.digits and top.digits and low.value < 1000 <= top.value and pieces[top.first].text.endswith(("000", "500"))
    return low.value * 1000 if shares and top.value / 10 <= low.value * 1000 < top.value else low.value
