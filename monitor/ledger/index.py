"""Finding what was said before: an index over the wordings of a ledger, by term.

It holds nothing that the ledger does not: `Index.of` builds it anew at any time. A caller that decides batch after batch may keep
one and `add` what each batch brings.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.records import Changes, Ledger, Proposition, Wording
from monitor.records.ids import PropositionId

CANDIDATES = 40
"""Wordings that are looked at closely for each claim."""
COMMON = 4_000
"""Terms that stand in more wordings than this are not followed: they find everything and tell nothing."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A wording with the proposition that it belongs to."""

    wording: Wording
    proposition: PropositionId


class Index:
    """Wordings by term, with how many wordings hold each term."""

    def __init__(self) -> None:
        self.entries: set[str] = set()
        self._all: list[Indexed] = []
        self._keys: set[str] = set()
        self._by_term: dict[str, list[int]] = defaultdict(list)
        self._by_value: dict[int, list[int]] = defaultdict(list)
        self._by_party: dict[str, list[int]] = defaultdict(list)

    @classmethod
    def of(cls, ledger: Ledger) -> Index:
        """The index of a ledger."""
        index = cls()
        index.add(ledger.propositions.values())
        return index

    def __len__(self) -> int:
        return len(self._all)

    def add(self, propositions: Iterable[Proposition]) -> None:
        """Adds the wordings that are not yet there."""
        for proposition in propositions:
            for wording in proposition.wordings:
                self.add_wording(wording, proposition.id)

    def follow(self, changes: Changes) -> None:
        """Adds what a batch brought."""
        self.add(changes.propositions)

    def add_wording(self, wording: Wording, proposition: PropositionId) -> None:
        """Adds one wording, unless it is there."""
        if wording.key in self._keys:
            return
        self._keys.add(wording.key)
        self.entries.add(wording.entry)
        number = len(self._all)
        self._all.append(Indexed(wording, proposition))
        for term in wording.terms:
            self._by_term[term].append(number)
        for figure in wording.figures:
            for value in (figure.low, figure.high):
                if value:
                    self._by_value[_bucket(value)].append(number)
        if wording.party:
            self._by_party[wording.party].append(number)

    def weight(self, term: str) -> float:
        """How much a term tells: the rarer among the wordings, the more. At least a little, so that likeness is never 0 / 0."""
        return max(math.log((len(self._all) + 2) / (len(self._by_term.get(term, ())) + 1)), 0.1)

    def frequency(self, term: str) -> int:
        """How many wordings hold the term."""
        return len(self._by_term.get(term, ()))

    def candidates(self, terms: Iterable[str], limit: int = CANDIDATES) -> list[Indexed]:
        """The wordings that share most with the terms, by weight; the newest first of equals."""
        shared: dict[int, float] = defaultdict(float)
        for term in sorted(terms):
            found = self._by_term.get(term)
            if found and len(found) <= COMMON:
                weight = self.weight(term)
                for number in found:
                    shared[number] += weight
        best = sorted(shared, key=lambda number: (-shared[number], -number))[:limit]
        return [self._all[number] for number in best]

    def with_value(self, value: float, tolerance: float) -> Iterator[Indexed]:
        """The wordings that give a figure within the tolerance of the value."""
        if not value:
            return
        bucket = _bucket(value)
        for near in (bucket - 1, bucket, bucket + 1):
            for number in self._by_value.get(near, ()):
                item = self._all[number]
                bounds = [bound for figure in item.wording.figures for bound in (figure.low, figure.high) if bound]
                if any(abs(bound - value) <= tolerance * max(abs(bound), abs(value)) for bound in bounds):
                    yield item

    def of_party(self, party: str) -> list[Indexed]:
        """What a party has said, oldest first."""
        return [self._all[number] for number in self._by_party.get(party, ())]


def _bucket(value: float) -> int:
    """Values within some 10 % of each other fall into one bucket or two that touch."""
    return round(math.log(abs(value)) / math.log(1.1)) * (1 if value > 0 else -1)
