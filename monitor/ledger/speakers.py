"""Who speaks for a batch: of claims that say the same, only the plainest is told."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.ledger.figures import covered
from monitor.ledger.judge import Judge
from monitor.ledger.rules import Ruling
from monitor.ledger.series import State
from monitor.ledger.signs import Reading
from monitor.ledger.wordings import counted
from monitor.records import ALERT_KINDS

SURE = 0.99
"""The confidence of what a rule decides."""


def confidence(reading: Reading, ruling: Ruling | None) -> float:
    """How likely the claim is worth an alert: as the judge says, or certain where a rule tells it."""
    return SURE if ruling is not None and ruling.kind in ALERT_KINDS else reading.worth


def speakers(readings: Sequence[Reading], rulings: Sequence[Ruling | None], judge: Judge, tolerance: float) -> dict[int, int]:
    """For each claim that is worth an alert, by its place in the batch, the claim that speaks for it: itself or a plainer one.

    The likeliest claim is heard first, the first of equals.
    """
    fresh = [number for number, reading in enumerate(readings) if _worth_telling(reading, rulings[number], judge)]
    fresh.sort(key=lambda number: (-confidence(readings[number], rulings[number]), number))
    spoken_by: dict[int, int] = {}
    heard: list[int] = []
    for number in fresh:
        plainer = (other for other in heard if _speaks_for(readings[other], other, readings[number], judge, tolerance))
        spoken_by[number] = next(plainer, number)
        if spoken_by[number] == number:
            heard.append(number)
    return spoken_by


def _worth_telling(reading: Reading, ruling: Ruling | None, judge: Judge) -> bool:
    return reading.worth >= judge.alert if ruling is None else ruling.kind in ALERT_KINDS


def _speaks_for(other: Reading, place: int, reading: Reading, judge: Judge, tolerance: float) -> bool:
    """Whether another claim says what this one does. Where it holds all its figures too, half the likelihood will do; where a
    new figure is missing, twice of it is asked."""
    likelihood = reading.mates.get(place, 0.0)
    said = counted(other.claim)
    if reading.figures and all(covered(figure.quantity, said, tolerance) for figure in reading.figures):
        return likelihood >= judge.hold / 2
    fresh = [figure.quantity for figure in reading.figures if figure.state is not State.KNOWN]
    missing = not all(covered(quantity, said, tolerance) for quantity in fresh)
    return likelihood >= judge.hold * (2 if missing else 1)
