"""Corrections as constraints of a decision: must-link, cannot-link and mute over evidence keys.

A ledger that runs is repaired when a correction is made (`monitor.ledger.repair`); a replay knows its corrections beforehand, and
decides under them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from monitor.ledger.filing import Draft
from monitor.ledger.rules import Ruling
from monitor.ledger.signs import Reading
from monitor.records import Proposition, Rule, VerdictKind
from monitor.records.corrections import Correction, CorrectionKind
from monitor.records.ids import PropositionId

_LINKS = frozenset({CorrectionKind.REPEAT, CorrectionKind.MERGE})


class Corrections:
    """What is to be heeded of the claims that stand at some evidence."""

    def __init__(self, corrections: Sequence[Correction] = ()) -> None:
        self._same: defaultdict[str, set[str]] = defaultdict(set)
        self._apart: defaultdict[str, set[str]] = defaultdict(set)
        self._noise: set[str] = set()
        self._told: set[str] = set()
        for one in corrections:
            keys = [evidence.key for evidence in one.evidence]
            if one.kind not in {CorrectionKind.GOOD, CorrectionKind.MISSED, CorrectionKind.SPLIT}:
                self._told.discard(keys[0])  # the later word counts
            if one.kind in _LINKS:
                self._same[keys[0]].add(keys[1])
                self._same[keys[1]].add(keys[0])
            elif one.kind is CorrectionKind.SPLIT:
                self._apart[keys[0]].add(keys[1])
                self._apart[keys[1]].add(keys[0])
            elif one.kind is CorrectionKind.NOISE:
                self._noise.add(keys[0])
            else:
                self._told.add(keys[0])
                self._noise.discard(keys[0])

    def is_noise(self, reading: Reading) -> bool:
        """Whether a person marked the claim as noise."""
        return reading.wording.key in self._noise

    def target(self, reading: Reading, draft: Draft) -> PropositionId | None:
        """Where the claim must be filed; None where nothing binds it."""
        linked = self._same.get(reading.wording.key)
        if not linked:
            return None
        return next((one.id for one in draft.propositions() if any(word.key in linked for word in one.wordings)), None)

    def forbids(self, reading: Reading, proposition: Proposition) -> bool:
        """Whether the claim must not be filed there."""
        apart = self._apart.get(reading.wording.key, set())
        return any(word.key in apart for word in proposition.wordings)

    def ruling(self, reading: Reading, draft: Draft) -> Ruling | None:
        """What they say to a claim before any rule does; None where they say nothing."""
        if reading.wording.key in self._told:
            return Ruling(kind=VerdictKind.NEW_CLAIM, name=Rule.CORRECTED)
        if self.is_noise(reading):
            return Ruling(kind=VerdictKind.MINOR, name=Rule.MUTED)
        if self.target(reading, draft) is not None:
            return Ruling(kind=VerdictKind.REPEAT, name=Rule.CORRECTED)
        return None


NONE = Corrections()
