"""Which series a figure belongs to, and whether the series knows it."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from monitor.ledger.figures import MEASURES, apart, covered, interval, same_unit
from monitor.ledger.index import Index
from monitor.ledger.judge import Judge
from monitor.ledger.likeness import weight_of
from monitor.records import Carrier, Claim, Figure, Known, Quantity, Role, Series
from monitor.text.paraphrases import paraphrases, widened
from monitor.text.terms import terms_of

TRIED = 12
"""Series that a figure is tried against, those with the likeliest words first."""
LATEST = 5
"""Figures of a series that a new one is compared with: the latest."""
NEXT_TO = 6
"""Words on either side of a figure that tell what it counts."""
_WORD = re.compile(r"\w+(?:[.,'’-]\w+)*")


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
    """Units that may count the same share a mark: sums of money, measures and shares each their own, all that is counted one.

    What is counted goes by many names ("lorries", "trucks"; "deaths", "people", "lives"), so the unit alone parts nothing.
    """
    return unit if unit in MEASURES or unit.isupper() else "counted"


def read_figure(
    figure: Figure,
    shelf: Shelf,
    index: Index,
    likely: Mapping[str, float],
    copied: frozenset[str],
    tolerance: float,
    judge: Judge,
) -> Counted:
    """A figure beside all series that count in its unit.

    likely: for wordings said before, by evidence key, the likelihood that the claim which gives the figure is of the same
    proposition. copied: the keys of those that it is a copy of: where a copy counts the same thing, no judge need be asked.
    """
    quantity = figure.quantity
    tried = sorted(shelf.of_unit(quantity.unit), key=lambda series: (-_promise(figure, series, index, likely), series.id))[:TRIED]
    pairs = [(series, known) for series in tried for known in series.figures[-LATEST:]]
    likelihoods = judge.belongs.likelihoods([figure_signs(figure, known, index, likely) for _, known in pairs])
    best, score = None, 0.0
    for (series, known), judged in zip(pairs, likelihoods, strict=True):
        likelihood = 1.0 if known.evidence in copied and _counts_the_same(quantity, known.quantity) else judged
        if likelihood > score:
            best, score = series, likelihood
    if best is None or score < judge.belong:
        return Counted(quantity=quantity, state=State.FIRST, series=None, score=score)
    known_figures = [known.quantity for known in best.figures]
    if quantity.role is not Role.DELTA and covered(quantity, known_figures, tolerance):
        return Counted(quantity=quantity, state=State.KNOWN, series=best, score=score)
    return Counted(quantity=quantity, state=State.CHANGED, series=best, score=score)


def _counts_the_same(one: Quantity, other: Quantity) -> bool:
    return one.unit == other.unit and what_terms(one) == what_terms(other)


def _promise(figure: Figure, series: Series, index: Index, likely: Mapping[str, float]) -> float:
    """A cheap guess of how well a figure fits a series."""
    latest = series.figures[-LATEST:]
    words = max(_shared(figure.terms, known.terms, index) for known in latest)
    what = _shared(what_terms(figure.quantity), what_terms(latest[-1].quantity), index)
    return what + words + max(likely.get(known.evidence, 0.0) for known in latest)


def figure_of(claim: Claim, quantity: Quantity, carrier: Carrier) -> Figure:
    """A figure of a claim, as it is filed and compared."""
    return Figure(
        quantity=quantity,
        speaker=claim.speaker,
        org=claim.org,
        carrier=carrier,
        evidence=claim.evidence.key,
        terms=claim.terms,
        window=_window(claim.sentence, quantity.surface),
    )


def _window(sentence: str, surface: str) -> frozenset[str]:
    at = sentence.find(surface)
    if at < 0:
        return terms_of(sentence)
    before = _WORD.findall(sentence[:at])[-NEXT_TO:]
    after = _WORD.findall(sentence[at + len(surface) :])[:NEXT_TO]
    return terms_of(" ".join([*before, *after]))


def figure_signs(new: Figure, old: Figure, index: Index, likely: Mapping[str, float]) -> dict[str, float]:
    """How a figure compares with one given before: what is counted, in what words, by whom, where, when, and how much."""
    one, other = new.quantity, old.quantity
    what, known_what = what_terms(one), what_terms(other)
    first, second = sum(interval(one)) / 2, sum(interval(other)) / 2
    return {
        "what_shared": _shared(what, known_what, index),
        "what_alike": _alike(what, known_what, index),
        "what_same": float(what == known_what),
        "what_bare": float(min(len(what), len(known_what))),
        "context_alike": _alike(new.terms, old.terms, index),
        "context_shared": _shared(new.terms, old.terms, index),
        "window_alike": _alike(new.window, old.window, index),
        "window_shared": _shared(new.window, old.window, index),
        "window_wide": _wide(new.window, old.window, index),
        "what_wide": _wide(what | new.window, known_what | old.window, index),
        "same": likely.get(old.evidence, 0.0),
        "unit_same": float(one.unit == other.unit),
        "unit_kin": float(same_unit(one, other) or bool(terms_of(one.unit) & widened(terms_of(other.unit)))),
        **_stated("place", one.place, other.place),
        **_stated("actor", one.actor, other.actor),
        **_stated("time", one.time, other.time),
        **_stated("speaker", new.org or new.speaker, old.org or old.speaker),
        "apart": apart(one, other),
        "growth": math.copysign(math.log1p(abs(first - second) / (min(abs(first), abs(second)) + 1e-9)), first - second),
        "size": math.log10(max(abs(first), abs(second)) + 1),
        "delta": float(Role.DELTA in (one.role, other.role)),
        "bound_same": float(one.qualifier is other.qualifier),
        "same_entry": float(new.carrier.entry == old.carrier.entry),
        "same_claim": float(new.evidence == old.evidence),
        "days": math.log1p(abs((new.carrier.published - old.carrier.published).total_seconds()) / 86400.0),
    }


def _stated(name: str, one: str | None, other: str | None) -> dict[str, float]:
    """Whether both state it and agree, or both and differ."""
    both = one is not None and other is not None
    return {f"{name}_same": float(both and one == other), f"{name}_apart": float(both and one != other)}


def _shared(new: frozenset[str], known: frozenset[str], index: Index) -> float:
    """The weight that the two share, as a part of the lighter one."""
    lighter = min(weight_of(new, index), weight_of(known, index))
    return weight_of(new & known, index) / lighter if lighter else 0.0


def _wide(new: frozenset[str], known: frozenset[str], index: Index) -> float:
    """The weight that the two share or say in other words, as a part of both together."""
    both = weight_of(new, index) + weight_of(known, index)
    here = weight_of({stem for stem in new if stem in known or paraphrases(stem) & known}, index)
    there = weight_of({stem for stem in known if stem in new or paraphrases(stem) & new}, index)
    return (here + there) / both if both else 0.0


def _alike(new: frozenset[str], known: frozenset[str], index: Index) -> float:
    """The weight that the two share, as a part of both together."""
    together = weight_of(new | known, index)
    return weight_of(new & known, index) / together if together else 0.0


def what_terms(quantity: Quantity) -> frozenset[str]:
    """The stems of what a figure counts, with its place and actor."""
    return _stems(" ".join(part for part in (quantity.what, quantity.place, quantity.actor) if part))


@lru_cache(maxsize=16_384)
def _stems(phrase: str) -> frozenset[str]:
    return terms_of(phrase)


def as_known(figure: Figure) -> Known:
    """A figure of a series as what was known before."""
    return Known(
        text=figure.quantity.surface,
        speaker=figure.speaker or figure.org,
        outlet=figure.carrier.outlet,
        published=figure.carrier.published,
        quantity=figure.quantity,
    )
