"""The reading of a batch: every claim beside what is known and beside its mates, and how likely it is worth an alert."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from monitor.ledger.index import Index, Indexed
from monitor.ledger.judge import Judge
from monitor.ledger.likeness import pair_signs
from monitor.ledger.profile import Profiles
from monitor.ledger.series import Shelf, figure_of, read_figure
from monitor.ledger.signs import Near, Reading, claim_signs, entry_signs
from monitor.ledger.turns import own, turn_signs
from monitor.ledger.wordings import counted, wording_of
from monitor.records import Answer, Wording
from monitor.records.ids import EntryId, PropositionId

MATES = 25
"""Wordings of the same batch that each claim is compared with."""


def assess(
    batch: Sequence[Answer], index: Index, shelf: Shelf, profiles: Profiles, tolerance: float, judge: Judge
) -> list[Reading]:
    """The readings of all claims of a batch, in order of number and place, each beside the ledger as it stood before."""
    readings = _beside_known(batch, index, tolerance, judge)
    _beside_mates(readings, index, tolerance, judge)
    for reading in readings:
        likely = {near.item.wording.key: near.likelihood for near in reading.nearest}
        copied = copies(reading)
        reading.figures = tuple(
            read_figure(
                figure_of(reading.claim, quantity, reading.answer.carrier), shelf, index, likely, copied, tolerance, judge
            )
            for quantity in counted(reading.claim)
        )
    entries: dict[EntryId, list[Reading]] = defaultdict(list)
    for reading in readings:
        entries[reading.claim.evidence.entry].append(reading)
    for entry in entries.values():
        fit = entry_signs(entry, profiles, index)
        for reading in entry:
            reading.signs = fit | claim_signs(reading, entry, index, profiles, tolerance)
    rows = [reading.signs for reading in readings]
    weighed = zip(judge.worth.likelihoods(rows), judge.counts.likelihoods(rows), strict=True)
    for reading, (worth, counts) in zip(readings, weighed, strict=True):
        reading.worth, reading.counts = worth, counts
        reading.confidence = judge.confidence(worth, headlines=bool(reading.signs["headline_only"]))
    _beside_own(readings, judge)
    return readings


def copies(reading: Reading) -> frozenset[str]:
    """The evidence keys of the wordings that a claim is a copy of, figures apart."""
    return frozenset(near.item.wording.key for near in reading.nearest if near.copied_by(reading.wording))


def compare(new: Wording, candidates: Sequence[Indexed], index: Index, tolerance: float, judge: Judge) -> list[Near]:
    """The candidates with their likelihood of being of the same proposition, likeliest first, the first said first of equals."""
    signs = [pair_signs(new, item.wording, index, tolerance) for item in candidates]
    likelihoods = judge.same.likelihoods(signs)
    near = [Near(item, likelihood, sign) for item, likelihood, sign in zip(candidates, likelihoods, signs, strict=True)]
    return sorted(near, key=lambda one: (-one.likelihood, one.item.wording.published, one.item.wording.key))


def _beside_known(batch: Sequence[Answer], index: Index, tolerance: float, judge: Judge) -> list[Reading]:
    readings = []
    for answer in batch:
        for place, claim in enumerate(answer.claims):
            wording = wording_of(claim, answer)
            nearest = compare(wording, index.candidates(wording.terms), index, tolerance, judge)
            readings.append(
                Reading(answer=answer, claim=claim, wording=wording, place=place, of=len(answer.claims), nearest=nearest)
            )
    return readings


def _beside_own(readings: Sequence[Reading], judge: Judge) -> None:
    """Fills in, for each reading, from what its party said before it most likely turns."""
    pairs = [(reading, near, rank) for reading in readings for rank, near in enumerate(own(reading))]
    likelihoods = judge.turns.likelihoods([turn_signs(*pair) for pair in pairs])
    for (reading, near, _), likelihood in zip(pairs, likelihoods, strict=True):
        if likelihood > reading.turns:
            reading.turns, reading.turned = likelihood, near


def _beside_mates(readings: list[Reading], index: Index, tolerance: float, judge: Judge) -> None:
    """Fills in, for each reading, which others of the batch may say the same."""
    mates = Index()
    place: dict[str, int] = {}
    for number, reading in enumerate(readings):
        mates.add_wording(reading.wording, PropositionId(""))
        place.setdefault(reading.wording.key, number)
    for number, reading in enumerate(readings):
        others = [item for item in mates.candidates(reading.wording.terms, MATES) if place[item.wording.key] < number]
        for near in compare(reading.wording, others, index, tolerance, judge):
            other = place[near.item.wording.key]
            reading.mates[other] = near.likelihood
            readings[other].mates[number] = near.likelihood
