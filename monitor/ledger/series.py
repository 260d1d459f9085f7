"""Which series a figure belongs to, and whether the series knows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.ledger.figures import PEOPLE, apart, covered
from monitor.ledger.index import Index
from monitor.ledger.likeness import weight_of
from monitor.records import Figure, Known, Quantity, Role, Series, Wording
from monitor.text.terms import terms_of

BELONGS = 0.5
"""From this score on a figure is filed under a series."""


class State(StrEnum):
    """What a figure is to its series."""

    FIRST = "first"
    CHANGED = "changed"
    KNOWN = "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A figure of a claim beside what is known: its state, its series (None: a new one), and how sure that is."""

    quantity: Quantity
    state: State
    series: Series | None
    score: float

    @property
    def nearest(self) -> Figure | None:
        """The figure of the series that comes closest, the latest of equals."""
        if self.series is None:
            return None
        return min(reversed(self.series.figures), key=lambda figure: apart(figure.quantity, self.quantity))


class Shelf:
    """The series of a ledger, by unit."""

    def __init__(self, series: Iterable[Series] = ()) -> None:
        self._by_unit: dict[str, dict[str, Series]] = defaultdict(dict)
        for one in series:
            self.put(one)

    def put(self, series: Series) -> None:
        """Adds a series or replaces its former state."""
        self._by_unit[shelf_mark(series.unit)][series.id] = series

    def of_unit(self, unit: str) -> Iterable[Series]:
        """The series that count in this unit."""
        return self._by_unit.get(shelf_mark(unit), {}).values()


def shelf_mark(unit: str) -> str:
    """Units that may count the same share a mark."""
    return "people" if unit in PEOPLE else unit


def read_figure(
    quantity: Quantity, wording: Wording, shelf: Shelf, index: Index, likely: Mapping[str, float], tolerance: float
) -> Counted:
    """A figure beside all series that count in its unit.

    likely: for wordings said before, by evidence key, the likelihood that this one is of the same proposition.
    """
    best, best_score = None, 0.0
    for series in shelf.of_unit(quantity.unit):
        score = belonging(quantity, wording, series, index, likely)
        if score > best_score:
            best, best_score = series, score
    if best is None or best_score < BELONGS:
        return Counted(quantity=quantity, state=State.FIRST, series=None, score=best_score)
    known = [figure.quantity for figure in best.figures]
    if quantity.role is not Role.DELTA and covered(quantity, known, tolerance):
        return Counted(quantity=quantity, state=State.KNOWN, series=best, score=best_score)
    return Counted(quantity=quantity, state=State.CHANGED, series=best, score=best_score)


def belonging(quantity: Quantity, wording: Wording, series: Series, index: Index, likely: Mapping[str, float]) -> float:
    """How well a figure fits a series, from 0 to 1: what is counted, in what context, and said in sentences how alike."""
    what = what_terms(quantity)
    counted = _shared(what, series.terms, index)
    context = _shared(wording.terms, series.context, index)
    alike = max((likely.get(figure.evidence, 0.0) for figure in series.figures), default=0.0)
    return 0.3 * counted + 0.35 * context + 0.35 * alike


def _shared(new: frozenset[str], known: frozenset[str], index: Index) -> float:
    """The weight that the two share, as a part of the lighter one."""
    lighter = min(weight_of(new, index), weight_of(known, index))
    return weight_of(new & known, index) / lighter if lighter else 0.0


def what_terms(quantity: Quantity) -> frozenset[str]:
    """The stems of what a figure counts, with its place and actor."""
    return terms_of(" ".join(part for part in (quantity.what, quantity.place, quantity.actor) if part))


def as_known(figure: Figure) -> Known:
    """A figure of a series as what was known before."""
    return Known(
        text=figure.quantity.surface,
        speaker=figure.speaker or figure.org,
        outlet=figure.carrier.outlet,
        published=figure.carrier.published,
        quantity=figure.quantity,
    )
