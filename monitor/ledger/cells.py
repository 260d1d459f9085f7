"""Postings: in which cells of a store a ledger's records are found again, and how what is found is ranked.

A cell holds the numbers of at most CAP records, the one touched last at the end, so that what a claim costs does not grow with
the ledger. Every record has a number, given when it is first filed. A proposition stands in the cells of its wordings:

    w:STEM    a word                                f:STEP      a figure, by its size in steps of 10 %
    a:PARTY   who says it                           e:ENTRY     the entry it comes from
    t:DIGEST  the sentence itself                   l:          whatever was touched last

and apart from these u:STEM and ue:ENTRY for what was not read, s:MARK:STEM for series, and n:STEP for the values themselves of
figures of that size. A store keeps cells as bytes and knows nothing of this.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from monitor.ledger.series import shelf_mark, what_terms
from monitor.records import Claim, Figure, Wording

CAP = 128
"""Records that a cell holds: those touched last."""
VALUES = 64
"""Different values that a cell of values holds: those given last."""
FOUND, SERIES = 50, 24
"""Propositions that are looked at closely for each claim, and series for each figure."""
EPOCH = 2_000
"""Numbers given last that count as late."""
WARM, LATELY = 0.6, 0.2
"""The shares of what is looked at closely that are kept for what was touched last, and for late records."""
LATEST = "l:"
"""The cell of what was touched last: a headline may have no word in common with what it goes on with."""
PARTY, FIGURE, ENTRY, TEXT, LATE = 1.0, 3.0, 3.0, 1_000.0, 0.01
"""What it weighs that two wordings share a party, a figure or an entry, or are the same sentence, and that one was touched last;
words weigh by their rarity."""

_NUMBER = np.dtype("<u4")
_VALUE = np.dtype([("value", "<f8"), ("number", "<u4")])

Weight = Callable[[str], float]


def step(value: float) -> int:
    """Values within some 10 % of each other fall into one step or two that touch."""
    return round(math.log(abs(value)) / math.log(1.1)) * (1 if value > 0 else -1)


def values_of(wording: Wording) -> list[float]:
    """The values that a wording gives."""
    return sorted({value for figure in wording.figures for value in (figure.low, figure.high) if value})


def posted(wording: Wording) -> list[str]:
    """The cells in which a wording's proposition is to be found."""
    cells = [f"w:{term}" for term in sorted(wording.terms)]
    cells += sorted({f"f:{step(value)}" for value in values_of(wording)})
    cells += [f"a:{wording.party}"] if wording.party else []
    return [*cells, f"e:{wording.entry}", f"t:{wording.text}"]


def sought(wording: Wording, weight: Weight) -> dict[str, float]:
    """The cells in which to look for what a wording says, with the weight of what is found there."""
    cells = {f"w:{term}": weight(term) for term in sorted(wording.terms)}
    for value in values_of(wording):
        cells |= {f"f:{near}": FIGURE for near in (step(value) - 1, step(value), step(value) + 1)}
    if wording.party:
        cells[f"a:{wording.party}"] = PARTY
    return cells | {f"e:{wording.entry}": ENTRY, f"t:{wording.text}": TEXT, LATEST: LATE}


def value_cells(value: float, tolerance: float) -> list[str]:
    """The cells that hold all values within the tolerance of one."""
    reach = math.ceil(-math.log(1.0 - tolerance) / math.log(1.1)) + 1
    return [f"n:{step(value) + near}" for near in range(-reach, reach + 1)]


def unread_cells(claim: Claim) -> list[str]:
    """The cells in which what was not read is found again by its near-duplicates."""
    return [*(f"u:{term}" for term in sorted(claim.terms)), f"ue:{claim.evidence.entry}"]


def series_terms(figure: Figure) -> frozenset[str]:
    """The stems by which a figure's series is found."""
    return figure.terms | figure.window | what_terms(figure.quantity)


def series_cells(figure: Figure) -> list[str]:
    """The cells in which a figure's series is found."""
    mark = shelf_mark(figure.quantity.unit)
    return [f"s:{mark}:{term}" for term in sorted(series_terms(figure))]


def numbers(cell: bytes) -> NDArray[np.uint32]:
    """The numbers that a cell holds, the one touched last at the end."""
    return np.frombuffer(cell, dtype=_NUMBER)


def touched(cell: bytes, number: int) -> bytes:
    """The cell with the number at its end."""
    held = numbers(cell)
    kept = held[held != number][1 - CAP :]
    return bytes(kept) + number.to_bytes(4, "little")


def without(cell: bytes, number: int) -> bytes:
    """The cell without the number."""
    held = numbers(cell)
    return bytes(held[held != number])


def with_value(cell: bytes, value: float, number: int) -> bytes:
    """A cell of values with one that the record of that number gives."""
    held = np.frombuffer(cell, dtype=_VALUE)
    kept = held[held["value"] != value][1 - VALUES :]
    return bytes(kept) + bytes(np.array([(value, number)], dtype=_VALUE))


def without_value(cell: bytes, number: int) -> bytes:
    """A cell of values without those that the record of that number gave last."""
    held = np.frombuffer(cell, dtype=_VALUE)
    return bytes(held[held["number"] != number])


def values(cell: bytes) -> Iterable[float]:
    """The values that a cell of values holds."""
    return [float(value) for value in np.frombuffer(cell, dtype=_VALUE)["value"]]


def ranked(weights: Mapping[str, float], cells: Mapping[str, bytes], last: int, limit: int = FOUND) -> list[int]:
    """The numbers that stand in cells of the greatest weight together; of equals, the latest. last: the last number given.

    Places are kept for what was touched last and for the latest EPOCH of numbers, since what is reported now mostly goes on with
    what was reported lately: in a ledger of years a few words in common would else bring up everything but that.
    """
    held = [(weight, numbers(cells[cell])) for cell, weight in weights.items() if cells[cell]]
    if not held:
        return []
    found, where = np.unique(np.concatenate([some for _, some in held]), return_inverse=True)
    scores = np.bincount(where, np.concatenate([np.full(len(some), weight) for weight, some in held]))
    best = found[np.lexsort((-found.astype(np.int64), -scores))]
    chosen = np.zeros(len(best), dtype=bool)
    warm = np.isin(best, numbers(cells.get(LATEST, b"")))
    for kept, share in ((warm, WARM), (best.astype(np.int64) > last - EPOCH, LATELY), (np.ones(len(best), dtype=bool), 1.0)):
        room = min(round(share * limit), limit - int(chosen.sum()))
        chosen[np.flatnonzero(kept & ~chosen)[:room]] = True
    return [int(number) for number in best[chosen]]
