"""When one figure covers another: the tolerance, and what open bounds mean (docs/vocabulary.md, "quantity")."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.records import Quantity
from monitor.text.words import words

PEOPLE = words(
    """
    people persons soldiers troops men women children civilians residents citizens workers employees members personnel
    fighters servicemen dead deaths killed wounded injured victims casualties fatalities missing refugees migrants prisoners
    hostages detainees patients cases rescuers passengers suspects officers recruits conscripts
    """
)
"""Units that count people: a toll is told in dead, deaths, people and victims, and what is counted tells them apart."""

MEASURES = words(
    """
    percent tonnes tons kg grams pounds ounces km metres miles feet inches hectares acres litres barrels degrees
    seconds minutes hours days weeks months years decades kilometres kilograms megawatts gigawatts megatons kilotons
    """
)
"""Units that measure: a figure in one of them counts nothing else."""


def interval(quantity: Quantity) -> tuple[float, float]:
    """What the quantity says, as an interval: an open bound stands for its own value, never for everything beyond it."""
    low = quantity.low if quantity.low is not None else quantity.high
    high = quantity.high if quantity.high is not None else quantity.low
    if low is None or high is None:
        raise ValueError(f"a quantity without any bound: {quantity.surface!r}")
    return low, high


def covers(known: Quantity, value: float, tolerance: float) -> bool:
    """Whether the value lies within the known figure or, as a share of it, no more than the tolerance beyond."""
    low, high = interval(known)
    return low - tolerance * abs(low) <= value <= high + tolerance * abs(high)


def covered(figure: Quantity, known: Iterable[Quantity], tolerance: float) -> bool:
    """Whether what the figure says, each end of it, was said by one or another of the known figures."""
    listed = list(known)
    return all(any(covers(one, value, tolerance) for one in listed) for value in interval(figure))


def same_unit(one: Quantity, other: Quantity) -> bool:
    """Whether the two may count the same: equal units, or units that both count people."""
    return one.unit == other.unit or (one.unit in PEOPLE and other.unit in PEOPLE)


def apart(one: Quantity, other: Quantity) -> float:
    """How far two figures lie apart, as a share of the greater: 0 where equal, 1 where one is nothing beside the other."""
    first, second = (sum(interval(quantity)) / 2 for quantity in (one, other))
    greater = max(abs(first), abs(second))
    return abs(first - second) / greater if greater else 0.0
