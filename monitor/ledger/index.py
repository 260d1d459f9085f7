"""Finding what was said before: an index over wordings, by term.

`Index.of` builds it of a whole ledger. Over the part of a ledger that a batch can touch (`workers.recall`) it also holds
`Counts`: what is counted over all of the ledger, so that a term weighs what it weighs there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from monitor.records import Ledger, Proposition, Wording
from monitor.records.ids import PropositionId

CANDIDATES = 40
"""Wordings that are looked at closely for each claim."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A wording with the proposition that it belongs to."""

    wording: Wording
    proposition: PropositionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted over all wordings of a ledger, as far as one batch asks for it.

    wordings and entries: how many there are in all. terms: in how many wordings each term stands. known_entries, values and
    parties: of those that the batch names, the entries that wordings come from, the figures near its own that were given, and how
    often (up to some tens) each party was heard.
    """

    wordings: int
    entries: int
    terms: Mapping[str, int]
    known_entries: frozenset[str] = frozenset()
    values: Collection[float] = ()
    parties: Mapping[str, int]


class Index:
    """Wordings by term, with how many wordings hold each term. counts: None where the index holds the whole ledger."""

    def __init__(self, counts: Counts | None = None) -> None:
        self._counts = counts
        self._entries: set[str] = set()
        self._all: list[Indexed] = []
        self._keys: set[str] = set()
        self._by_term: dict[str, list[int]] = defaultdict(list)
        self._values: set[float] = set()
        self._by_party: dict[str, int] = defaultdict(int)
        self._weights: dict[str, float] = {}

    @classmethod
    def of(cls, ledger: Ledger) -> Index:
        """The index of a ledger."""
        index = cls()
        index.add(ledger.propositions.values())
        return index

    def __len__(self) -> int:
        return len(self._all) if self._counts is None else self._counts.wordings

    @property
    def entry_count(self) -> int:
        """How many entries the wordings come from."""
        return len(self._entries) if self._counts is None else self._counts.entries

    def add(self, propositions: Iterable[Proposition]) -> None:
        """Adds the wordings that are not yet there."""
        for proposition in propositions:
            for wording in proposition.wordings:
                self.add_wording(wording, proposition.id)

    def add_wording(self, wording: Wording, proposition: PropositionId) -> None:
        """Adds one wording, unless it is there."""
        if wording.key in self._keys:
            return
        self._weights.clear()
        self._keys.add(wording.key)
        self._entries.add(wording.entry)
        number = len(self._all)
        self._all.append(Indexed(wording, proposition))
        for term in wording.terms:
            self._by_term[term].append(number)
        for figure in wording.figures:
            self._values.update(value for value in (figure.low, figure.high) if value)
        if wording.party:
            self._by_party[wording.party] += 1

    def weight(self, term: str) -> float:
        """How much a term tells: the rarer among the wordings, the more. At least a little, so that likeness is never 0 / 0."""
        known = self._weights.get(term)
        if known is None:
            known = self._weights[term] = weight_among(self.frequency(term), len(self))
        return known

    def frequency(self, term: str) -> int:
        """How many wordings hold the term. Raises LookupError where the counts do not say: they must hold each term asked for."""
        return len(self._by_term.get(term, ())) if self._counts is None else self._counts.terms[term]

    def has_entry(self, entry: str) -> bool:
        """Whether a wording comes from the entry."""
        return entry in (self._entries if self._counts is None else self._counts.known_entries)

    def has_value(self, value: float, tolerance: float) -> bool:
        """Whether a wording gives a figure within the tolerance of the value."""
        values = self._values if self._counts is None else self._counts.values
        return any(abs(one - value) <= tolerance * max(abs(one), abs(value)) for one in values)

    def heard(self, party: str) -> int:
        """How many wordings are a party's; some tens may stand for more."""
        return self._by_party.get(party, 0) if self._counts is None else self._counts.parties[party]

    def candidates(self, terms: Iterable[str], limit: int = CANDIDATES) -> list[Indexed]:
        """The wordings that share most with the terms, by weight; the newest first of equals."""
        shared: dict[int, float] = defaultdict(float)
        for term in sorted(terms):
            found = self._by_term.get(term)
            if found:
                weight = self.weight(term)
                for number in found:
                    shared[number] += weight
        best = sorted(shared, key=lambda number: (-shared[number], -number))[:limit]
        return [self._all[number] for number in best]


def weight_among(frequency: int, wordings: int) -> float:
    """The weight of a term that stands in so many of so many wordings."""
    return max(math.log((wordings + 2) / (frequency + 1)), 0.1)
