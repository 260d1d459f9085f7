"""How much one record holds, so that the cost of a claim does not grow with the story it belongs to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from monitor.ledger.figures import interval
from monitor.ledger.series import LATEST
from monitor.records import Carrier, Figure, Position

CARRIERS, FIRST = 60, 20
"""Carriers that a proposition names, and how many of these are the first ones; the others are the latest."""
POSITIONS = 60
"""Turns of position that a proposition remembers, and the last of each party whatever their number."""
FIGURES = 120
"""Figures that a series remembers: enough to cover more than two powers of ten in steps of 5 %."""
GRAIN = 1.025
"""Figures whose values lie within this factor stand for one another, where not all can be kept."""


def bounded_carriers(carriers: Sequence[Carrier]) -> tuple[Carrier, ...]:
    """The first and the latest carriers."""
    if len(carriers) <= CARRIERS:
        return tuple(carriers)
    return (*carriers[:FIRST], *carriers[FIRST - CARRIERS :])


def bounded_positions(positions: Sequence[Position]) -> tuple[Position, ...]:
    """The latest positions, and where each party stood last."""
    if len(positions) <= POSITIONS:
        return tuple(positions)
    left = Counter(position.party for position in positions)
    kept, surplus = [], len(positions) - POSITIONS
    for position in positions:
        if surplus and left[position.party] > 1:
            left[position.party] -= 1
            surplus -= 1
        else:
            kept.append(position)
    return tuple(kept)


def bounded_figures(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The first figure, the latest, and of those between the ones that say what no later one does.

    Only where there are more different values than can be kept does the oldest of them go, so that what was given before stays
    known as long as possible.
    """
    if len(figures) <= FIGURES:
        return tuple(figures)
    grains = [_grain(figure) for figure in figures]
    left = Counter(grains)
    between = range(1, len(figures) - LATEST)
    surplus = len(figures) - FIGURES
    gone: set[int] = set()
    for place in between:
        if len(gone) < surplus and left[grains[place]] > 1:
            left[grains[place]] -= 1
            gone.add(place)
    gone.update([place for place in between if place not in gone][: surplus - len(gone)])
    return tuple(figure for place, figure in enumerate(figures) if place not in gone)


def _grain(figure: Figure) -> tuple[int, int]:
    """Figures of one grain say about the same."""
    low, high = interval(figure.quantity)
    return _step(low), _step(high)


def _step(value: float) -> int:
    return int(math.copysign(round(math.log1p(abs(value)) / math.log(GRAIN)), value))
