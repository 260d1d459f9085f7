"""The part of a ledger that a batch can touch, and what must be written beside its records so that they are found again.

load (workers.recall) --> Part --> decide --> Changes --> upkeep --> one commit
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.ledger import cells
from monitor.ledger.index import Index
from monitor.records import Account, Changes, Development, Ledger, Proposition, Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How much a ledger holds: its wordings, the entries that they come from, and the last number given to a record."""

    wordings: int = 0
    entries: int = 0
    last: int = 0


NO_TOTALS = Totals()
"""Of an empty ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked up of a topic's ledger in one go: by cell (`monitor.ledger.cells`), by stem, by number and by id.

    accounts: by the numbers of their entries.
    """

    cells: Sequence[str] = ()
    terms: Sequence[str] = ()
    numbers: Sequence[int] = ()
    propositions: Sequence[str] = ()
    series: Sequence[str] = ()
    developments: Sequence[str] = ()
    accounts: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was asked, in its order: an empty cell, 0 times or None for what is not there. places: see `Upkeep`."""

    totals: Totals = NO_TOTALS
    cells: Sequence[bytes] = ()
    terms: Sequence[int] = ()
    places: Sequence[str | None] = ()
    propositions: Sequence[Proposition | None] = ()
    series: Sequence[Series | None] = ()
    developments: Sequence[Development | None] = ()
    accounts: Sequence[Account | None] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was loaded of a ledger for one batch.

    ledger holds every record that the batch can touch; index their wordings, with the counts of the whole ledger. cells, terms
    and totals are as they stand; numbers are those of the records, by id.
    """

    ledger: Ledger
    index: Index
    cells: Mapping[str, bytes]
    terms: Mapping[str, int]
    totals: Totals
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What a commit writes beside the records. An empty cell, an empty place, an age of None and a term that stands nowhere go.

    places: by number, `p` or `s` with the id of the proposition or series. ages: by number, when it was last seen (seconds).
    """

    cells: Mapping[str, bytes] = field(default_factory=dict)
    terms: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[int, str] = field(default_factory=dict)
    ages: Mapping[int, float | None] = field(default_factory=dict)
    totals: Totals | None = None


NO_UPKEEP = Upkeep()
"""Of a batch that brought no records."""


def upkeep(changes: Changes, part: Part) -> Upkeep:
    """What the changes of a batch ask for."""
    keeper = Bookkeeper(part)
    for proposition in changes.propositions:
        keeper.file(proposition)
    for series in changes.series:
        keeper.count(series)
    return keeper.upkeep()


class Bookkeeper:
    """Keeps cells, counts and ages in step with the records. What was loaded must hold every cell and term that is touched."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._cells: dict[str, bytes] = {}
        self._terms: dict[str, int] = {}
        self._places: dict[int, str] = {}
        self._ages: dict[int, float | None] = {}
        self._numbers: dict[str, int] = {}
        self._wordings = part.totals.wordings
        self._entries = part.totals.entries
        self._last = part.totals.last

    def file(self, proposition: Proposition) -> None:
        """A new or grown proposition."""
        number = self._number("p", proposition.id)
        self._ages[number] = proposition.carriers[-1].seen.timestamp()
        if proposition.wordings:
            self._touch(cells.LATEST, number)
        before = self._part.ledger.propositions.get(proposition.id)
        if proposition.claim.unread is not None and before is None:
            for cell in cells.unread_cells(proposition.claim):
                self._touch(cell, number)
        known = {wording.key for wording in before.wordings} if before else set()
        for wording in proposition.wordings:
            if wording.key in known:
                continue
            self._wordings += 1
            self._entries += not self._cell(f"e:{wording.entry}")
            for cell in cells.posted(wording):
                self._touch(cell, number)
            for value in cells.values_of(wording):
                name = f"n:{cells.step(value)}"
                self._cells[name] = cells.with_value(self._cell(name), value, number)
            for term in wording.terms:
                self._terms[term] = self._frequency(term) + 1

    def count(self, series: Series) -> None:
        """A new or grown series."""
        number = self._number("s", series.id)
        self._ages[number] = series.figures[-1].carrier.seen.timestamp()
        before = self._part.ledger.series.get(series.id)
        known = {(figure.evidence, figure.quantity.start) for figure in before.figures} if before else set()
        for figure in series.figures:
            if (figure.evidence, figure.quantity.start) not in known:
                for cell in cells.series_cells(figure):
                    self._touch(cell, number)

    def drop_proposition(self, proposition: Proposition) -> None:
        """A proposition that goes."""
        number = self._gone(proposition.id)
        if proposition.claim.unread is not None:
            for cell in cells.unread_cells(proposition.claim):
                self._cells[cell] = cells.without(self._cell(cell), number)
        self._cells[cells.LATEST] = cells.without(self._cell(cells.LATEST), number)
        for wording in proposition.wordings:
            self._wordings -= 1
            was_known = bool(self._cell(f"e:{wording.entry}"))
            for cell in cells.posted(wording):
                self._cells[cell] = cells.without(self._cell(cell), number)
            self._entries -= was_known and not self._cell(f"e:{wording.entry}")
            for value in cells.values_of(wording):
                name = f"n:{cells.step(value)}"
                self._cells[name] = cells.without_value(self._cell(name), number)
            for term in wording.terms:
                self._terms[term] = max(self._frequency(term) - 1, 0)

    def drop_series(self, series: Series) -> None:
        """A series that goes."""
        number = self._gone(series.id)
        for figure in series.figures:
            for cell in cells.series_cells(figure):
                self._cells[cell] = cells.without(self._cell(cell), number)

    def reword(self, before: Proposition, after: Proposition) -> None:
        """A proposition whose wordings were read anew: it keeps its number, and its place among what was seen last."""
        number = self._part.numbers[before.id]
        old, new = ({cell for one in each.wordings for cell in cells.posted(one)} for each in (before, after))
        self._move(number, old, new)
        given, gives = ({value for one in each.wordings for value in cells.values_of(one)} for each in (before, after))
        if given != gives:
            for name in sorted({f"n:{cells.step(value)}" for value in given}):
                self._cells[name] = cells.without_value(self._cell(name), number)
            for value in sorted(gives):
                name = f"n:{cells.step(value)}"
                self._cells[name] = cells.with_value(self._cell(name), value, number)
        for was, now in zip(before.wordings, after.wordings, strict=True):
            for term in was.terms - now.terms:
                self._terms[term] = max(self._frequency(term) - 1, 0)
            for term in now.terms - was.terms:
                self._terms[term] = self._frequency(term) + 1

    def recount(self, before: Series, after: Series) -> None:
        """A series whose figures were read anew, as `reword`."""
        number = self._part.numbers[before.id]
        old, new = ({cell for one in each.figures for cell in cells.series_cells(one)} for each in (before, after))
        self._move(number, old, new)

    def age(self, ages: Mapping[int, float | None]) -> None:
        """Sets when records of those numbers were last seen; None where there is none any more."""
        self._ages.update(ages)

    def upkeep(self) -> Upkeep:
        """All of it together."""
        return Upkeep(
            cells=self._cells,
            terms=self._terms,
            places=self._places,
            ages=self._ages,
            totals=Totals(wordings=self._wordings, entries=self._entries, last=self._last),
        )

    def _number(self, kind: str, key: str) -> int:
        number = self._part.numbers.get(key) or self._numbers.get(key)
        if number is None:
            self._last += 1
            number = self._numbers[key] = self._last
            self._places[number] = f"{kind}{key}"
        return number

    def _gone(self, key: str) -> int:
        number = self._part.numbers[key]
        self._places[number] = ""
        self._ages[number] = None
        return number

    def _move(self, number: int, old: set[str], new: set[str]) -> None:
        for name in old - new:
            self._cells[name] = cells.without(self._cell(name), number)
        for name in new - old:
            self._touch(name, number)

    def _cell(self, name: str) -> bytes:
        found = self._cells.get(name)
        return self._part.cells[name] if found is None else found

    def _touch(self, name: str, number: int) -> None:
        self._cells[name] = cells.touched(self._cell(name), number)

    def _frequency(self, term: str) -> int:
        found = self._terms.get(term)
        return self._part.terms[term] if found is None else found
