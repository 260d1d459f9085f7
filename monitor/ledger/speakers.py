"""Who speaks for a batch: of claims that say the same, only the plainest is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.ledger.figures import covered
from monitor.ledger.index import Index
from monitor.ledger.judge import Judge
from monitor.ledger.kin import kin_signs
from monitor.ledger.rules import Ruling
from monitor.ledger.series import State
from monitor.ledger.signs import Reading
from monitor.ledger.wordings import counted
from monitor.records import ALERT_KINDS, Claim, Stance

SAME_LINE = 0.3
"""Likelihood of being the same proposition from which a line of an entry takes its speaker from another one."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Who speaks for a batch: by number, for each claim that is worth an alert, the claim that speaks for it, itself or a plainer
    one; and how sure it is of each claim."""

    by: dict[int, int]
    sure: list[float]


def speakers(
    readings: Sequence[Reading],
    rulings: Sequence[Ruling | None],
    judge: Judge,
    index: Index,
    told_from: float,
    tolerance: float,
) -> Spoken:
    """Who speaks for a batch. told_from: the confidence that is needed where no rule decides.

    The likeliest claim is heard first, the first of equals. What a later line of an entry has left to tell counts for as much as
    it is unlikely to be what an earlier one told.
    """
    pairs = list(zip(readings, rulings, strict=True))
    sure = [judge.ruled if _is_told(ruling) else reading.confidence for reading, ruling in pairs]
    fresh = [number for number, ruling in enumerate(rulings) if _is_fresh(sure[number], ruling, told_from)]
    fresh.sort(key=lambda number: (-sure[number], number))
    spoken = Spoken({}, sure)
    heard: list[int] = []
    for number in fresh:
        reading, ruling = pairs[number]
        kin = [other for other in heard if _of_one_entry(readings[other], reading)]
        others = (other for other in heard if other not in kin)
        plainer = (other for other in others if _speaks_for(readings[other], other, reading, judge, tolerance))
        speaker = next(plainer, number)
        if speaker == number and kin:
            same = [reading.mates.get(other, 0.0) for other in kin]
            rows = [kin_signs(readings[other], reading, value, index, tolerance) for other, value in zip(kin, same, strict=True)]
            told, nearest = max(zip(judge.kin.likelihoods(rows), (-other for other in kin), strict=True))
            if ruling is None:
                sure[number] = judge.confidence(reading.worth * (1.0 - told), headlines=bool(reading.signs["headline_only"]))
                speaker = number if sure[number] >= told_from else -nearest
        spoken.by[number] = speaker
        if speaker == number:
            heard.append(number)
    return spoken


def voiced(number: int, readings: Sequence[Reading], spoken: Spoken) -> Claim:
    """The claim with who says it, where that stands only in another line of the entry that says the same.

    A headline often gives the news and leaves to the summary whose word it is; where it merely asserts, the other line also says
    how it is meant.
    """
    claim = readings[number].claim
    if claim.speaker or claim.org:
        return claim
    likely = {other: likelihood for other, likelihood in readings[number].mates.items() if likelihood >= SAME_LINE}
    likely |= {other: 1.0 for other, speaker in spoken.by.items() if speaker == number and other != number}
    lines = [
        (likelihood, -other)
        for other, likelihood in likely.items()
        if _of_one_entry(readings[other], readings[number]) and (readings[other].claim.speaker or readings[other].claim.org)
    ]
    if not lines:
        return claim
    line = readings[-max(lines)[1]].claim
    stance = line.stance if claim.stance is Stance.ASSERTS else claim.stance
    return replace(claim, speaker=line.speaker, org=line.org, stance=stance)


def _is_fresh(sure: float, ruling: Ruling | None, told_from: float) -> bool:
    return sure >= told_from if ruling is None else _is_told(ruling)


def _is_told(ruling: Ruling | None) -> bool:
    return ruling is not None and ruling.kind in ALERT_KINDS


def _of_one_entry(one: Reading, other: Reading) -> bool:
    return one.claim.evidence.entry == other.claim.evidence.entry


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
