"""Ledgers in memory: for `monitor replay`, whose ledger is thrown away, and as the contract's plainest store."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.ledger.part import NO_UPKEEP, Asked, Found, Totals, Upkeep
from monitor.records import Account, Changes, Development, Proposition, Series
from monitor.records.ids import TopicSlug


@dataclass(slots=True)
class Held:
    """One topic's ledger. ages: by number, when the record was last seen."""

    decided: int = 0
    totals: Totals = field(default_factory=Totals)
    cells: dict[str, bytes] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    ages: dict[int, float] = field(default_factory=dict)
    propositions: dict[str, Proposition] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    developments: dict[str, Development] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)


class MemoryLedgers:
    """Every topic's ledger, in plain dictionaries."""

    def __init__(self) -> None:
        self.held: dict[TopicSlug, Held] = {}

    def look_up(self, topic: TopicSlug, asked: Asked) -> Found:
        """See `monitor.ports.Decisions.look_up`."""
        held = self.held.setdefault(topic, Held())
        return Found(
            totals=held.totals,
            cells=[held.cells.get(cell, b"") for cell in asked.cells],
            terms=[held.terms.get(term, 0) for term in asked.terms],
            places=[held.places.get(number) for number in asked.numbers],
            propositions=[held.propositions.get(key) for key in asked.propositions],
            series=[held.series.get(key) for key in asked.series],
            developments=[held.developments.get(key) for key in asked.developments],
            accounts=[held.accounts.get(number) for number in asked.accounts],
        )

    def commit(self, changes: Changes, keeping: Upkeep = NO_UPKEEP) -> None:
        """Writes what a batch does. Raises ValueError where it does not follow what was decided."""
        held = self.held.setdefault(changes.topic, Held())
        if changes.first != held.decided + 1:
            raise ValueError(f"batch {changes.first}..{changes.last} does not follow number {held.decided}")
        held.decided = changes.last
        held.propositions.update((one.id, one) for one in changes.propositions)
        held.series.update((one.id, one) for one in changes.series)
        held.developments.update((one.id, one) for one in changes.developments)
        held.accounts.update((one.number, one) for one in changes.accounts)
        held.cells.update(keeping.cells)
        held.terms.update(keeping.terms)
        held.places.update(keeping.places)
        held.ages.update((number, age) for number, age in keeping.ages.items() if age is not None)
        held.totals = keeping.totals or held.totals
