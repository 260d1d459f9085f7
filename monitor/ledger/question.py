"""What a batch asks of the ledger, and what the answer comes to: pure, so that every store finds the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.ledger import cells
from monitor.ledger.cells import FOUND
from monitor.ledger.index import Counts, weight_among
from monitor.ledger.part import Totals
from monitor.ledger.profile import Profiles
from monitor.ledger.series import figure_of
from monitor.ledger.wordings import counted, wording_of
from monitor.records import Answer, Claim, Figure, Proposition, Series, Wording
from monitor.text.terms import terms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A batch's claims as wordings, what was not read, its figures, stems that are weighed besides, and the numbers of earlier
    entries that it repeats."""

    wordings: Sequence[Wording] = ()
    unread: Sequence[Claim] = ()
    figures: Sequence[Figure] = ()
    stems: frozenset[str] = frozenset()
    repeats: Sequence[int] = ()
    tolerance: float = 0.05

    def cells(self) -> list[str]:
        """Every cell in which to look, and every one that filing the batch can touch."""
        found = {cells.LATEST}
        for wording in self.wordings:
            found.update(cells.sought(wording, lambda _: 0.0))
            for value in cells.values_of(wording):
                found.update(cells.value_cells(value, self.tolerance))
        for claim in self.unread:
            found.update(cells.unread_cells(claim))
        for figure in self.figures:
            found.update(cells.series_cells(figure))
        return sorted(found)

    def terms(self) -> set[str]:
        """Every stem of the batch whose weight is asked for."""
        stems = set(self.stems)
        for wording in self.wordings:
            stems |= wording.terms
        for figure in self.figures:
            stems |= cells.series_terms(figure)
        return stems


def question_of(batch: Sequence[Answer], profiles: Profiles, tolerance: float) -> Question:
    """What a batch asks."""
    read = [(answer, claim) for answer in batch for claim in answer.claims if claim.unread is None]
    weighed = [mention for _, claim in read for mention in claim.mentions] + [answer.carrier.title for answer in batch]
    return Question(
        wordings=[wording_of(claim, answer) for answer, claim in read],
        unread=[claim for answer in batch for claim in answer.claims if claim.unread is not None],
        figures=[figure_of(claim, one, answer.carrier) for answer, claim in read for one in counted(claim)],
        stems=profiles.stems.union(*map(terms_of, weighed)),
        repeats=sorted(
            {answer.copy.number for answer in batch if answer.copy}
            | {answer.revision.number for answer in batch if answer.revision}
        ),
        tolerance=tolerance,
    )


def question_about(propositions: Iterable[Proposition], series: Iterable[Series]) -> Question:
    """What filing or dropping whole records asks."""
    listed = list(propositions)
    return Question(
        wordings=[wording for one in listed for wording in one.wordings],
        unread=[one.claim for one in listed if one.claim.unread is not None],
        figures=[figure for one in series for figure in one.figures],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A question with the cells and counts that were found."""

    question: Question
    cells: Mapping[str, bytes]
    terms: Mapping[str, int]
    totals: Totals

    def ranked(self, wording: Wording, limit: int = FOUND) -> list[int]:
        """The numbers of the propositions that share most with a wording."""
        return cells.ranked(cells.sought(wording, self._weight), self.cells, self.totals.last, limit)

    def numbers(self) -> list[int]:
        """The numbers of all that is near to what the question asks, ascending."""
        found: set[int] = set()
        for wording in self.question.wordings:
            found.update(self.ranked(wording))
        for figure in self.question.figures:
            found.update(self._ranked(cells.series_cells(figure), cells.SERIES))
        for claim in self.question.unread:
            found.update(self._ranked(cells.unread_cells(claim), FOUND))
        return sorted(found)

    def counts(self, terms: Mapping[str, int]) -> Counts:
        """What is counted over the whole ledger. terms: of all stems that are weighed, those of what was found included."""
        wordings = self.question.wordings
        near = {cell for one in wordings for value in cells.values_of(one) for cell in self._value_cells(value)}
        parties = {one.party for one in wordings if one.party}
        return Counts(
            wordings=self.totals.wordings,
            entries=self.totals.entries,
            terms=terms,
            known_entries=frozenset(one.entry for one in wordings if self.cells[f"e:{one.entry}"]),
            values=frozenset(value for cell in near for value in cells.values(self.cells[cell])),
            parties={party: len(cells.numbers(self.cells[f"a:{party}"])) for party in parties},
        )

    def _value_cells(self, value: float) -> list[str]:
        return cells.value_cells(value, self.question.tolerance)

    def _ranked(self, names: Iterable[str], limit: int) -> list[int]:
        return cells.ranked({name: self._weight_of_cell(name) for name in names}, self.cells, self.totals.last, limit)

    def _weight_of_cell(self, name: str) -> float:
        stem = name.rsplit(":", 1)[1]
        return self._weight(stem) if stem in self.terms else cells.ENTRY

    def _weight(self, term: str) -> float:
        return weight_among(self.terms[term], self.totals.wordings)
