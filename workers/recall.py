"""Loading the part of a topic's ledger that a batch can touch: what a claim costs does not grow with the ledger.

    claims --cells, stems--> numbers, ranked --places--> ids --> propositions, series --> their developments, their stems' weight

The daemon and `monitor replay` both load this way, from Redis and from memory, so that they find the same. What a decider has
loaded it remembers as long as its lease lasts, within bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from monitor.ledger import cells
from monitor.ledger.index import Index
from monitor.ledger.part import Asked, Found, Part, Upkeep, upkeep
from monitor.ledger.profile import Profiles
from monitor.ledger.question import Looked, Question, question_of
from monitor.ledger.series import LATEST
from monitor.records import Account, Answer, Changes, Development, Ledger, Proposition, Series, Wording
from monitor.records.ids import DevelopmentId, PropositionId, SeriesId, TopicSlug
from monitor.settings import Config
from workers.remembered import Latest

R = TypeVar("R", Proposition, Series, Development)

RECORDS, COUNTS = 4_000, 100_000
"""Records, and counts of stems, that a decider remembers of a topic."""


class Store(Protocol):
    """What can be looked up: see `monitor.ports.Decisions.look_up`."""

    def look_up(self, topic: TopicSlug, asked: Asked) -> Found:
        """What the ledger holds of what is asked."""
        ...


Decide = Callable[..., Changes]
"""`monitor.ledger.decide.decide`: batch, ledger, topic, configuration, index -> changes."""


def judged(batch: Sequence[Answer], recall: Recall, config: Config, decide: Decide) -> tuple[Changes, Upkeep]:
    """What a batch does to its topic's ledger, and what is to be written beside that. Writes nothing."""
    slug = batch[0].topic
    topic = config.topics[slug]
    question = question_of(batch, Profiles.of(slug, config.topics), config.tolerance(slug))
    part = recall.part(question, decided=batch[0].number - 1)
    changes = decide(batch, part.ledger, topic, config, index=part.index)
    return changes, upkeep(changes, part)


class Recall:
    """One topic's ledger, looked up under one lease: another epoch, another recall."""

    def __init__(self, store: Store, topic: TopicSlug) -> None:
        self._store = store
        self._topic = topic
        self._propositions: Latest[str, Proposition] = Latest(RECORDS)
        self._series: Latest[str, Series] = Latest(RECORDS)
        self._developments: Latest[str, Development] = Latest(RECORDS)
        self._terms: Latest[str, int] = Latest(COUNTS)
        self._places: Latest[int, str] = Latest(COUNTS)

    def candidates(self, claim: Wording, k: int = cells.FOUND) -> list[Proposition]:
        """The propositions that may be the claim's: at most k, those that share most with it first."""
        numbers = self._look(Question(wordings=[claim])).ranked(claim, k)
        placed = self._placed(numbers)
        held = self._load_propositions([placed[number][1:] for number in numbers if number in placed])
        return list(held.values())

    def part(self, question: Question, *, decided: int = 0) -> Part:
        """All that the question's batch can touch. decided: the number before the batch."""
        looked = self._look(question)
        placed = self._placed(looked.numbers())
        propositions = self._load_propositions([place[1:] for place in placed.values() if place[0] == "p"])
        series = self._load_series([place[1:] for place in placed.values() if place[0] == "s"])
        hung = [one.development for one in propositions.values()] + [one.development for one in series.values()]
        developments = self._load_developments([key for key in hung if key])
        accounts = self._load_accounts(question.repeats)
        repeated = {key for account in accounts.values() for key in account.developments}
        developments |= self._load_developments(sorted(repeated - developments.keys()))
        series |= self._load_series([one.series for one in developments.values() if one.series and one.series not in series])
        terms = {**looked.terms, **self._frequencies(_stems(propositions.values(), series.values()) - looked.terms.keys())}
        index = Index(looked.counts(terms))
        index.add(propositions.values())
        return Part(
            ledger=Ledger(
                topic=self._topic,
                decided=decided,
                propositions=propositions,
                series=series,
                developments=developments,
                accounts=accounts,
            ),
            index=index,
            cells=looked.cells,
            terms=terms,
            totals=looked.totals,
            numbers={place[1:]: number for number, place in placed.items()},
        )

    def shelves(self, question: Question, *, numbers: Mapping[str, int] | None = None) -> Part:
        """What filing or dropping the question's records touches, without what is near to them: nothing is judged.

        numbers: those of the records that have one, by id.
        """
        looked = self._look(question)
        return Part(
            ledger=Ledger(topic=self._topic),
            index=Index(looked.counts(looked.terms)),
            cells=looked.cells,
            terms=looked.terms,
            totals=looked.totals,
            numbers=numbers or {},
        )

    def follow(self, changes: Changes, keeping: Upkeep) -> None:
        """Remembers what was committed."""
        for proposition in changes.propositions:
            self._propositions.put(proposition.id, proposition)
        for series in changes.series:
            self._series.put(series.id, series)
        for development in changes.developments:
            self._developments.put(development.id, development)
        for term, frequency in keeping.terms.items():
            self._terms.put(term, frequency)
        for number, place in keeping.places.items():
            self._places.put(number, place)

    def _look(self, question: Question) -> Looked:
        names, terms = question.cells(), question.terms()
        known, missing = self._known_terms(terms)
        found = self._store.look_up(self._topic, Asked(cells=names, terms=missing))
        known |= self._learned(missing, found)
        held = dict(zip(names, found.cells, strict=True))
        return Looked(question=question, cells=held, terms=known, totals=found.totals)

    def _placed(self, numbers: Sequence[int]) -> dict[int, str]:
        """Where the records of those numbers are, in their order, without those that are gone."""
        known = {number: self._places.get(number) for number in numbers}
        missing = [number for number, place in known.items() if place is None]
        if missing:
            found = self._store.look_up(self._topic, Asked(numbers=missing))
            known |= dict(zip(missing, found.places, strict=True))
            for number, place in zip(missing, found.places, strict=True):
                if place:
                    self._places.put(number, place)
        return {number: place for number, place in known.items() if place}

    def _frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        known, missing = self._known_terms(terms)
        if missing:
            known |= self._learned(missing, self._store.look_up(self._topic, Asked(terms=missing)))
        return known

    def _known_terms(self, terms: Iterable[str]) -> tuple[dict[str, int], list[str]]:
        known = {term: frequency for term in terms if (frequency := self._terms.get(term)) is not None}
        return known, sorted(set(terms) - known.keys())

    def _learned(self, terms: Sequence[str], found: Found) -> dict[str, int]:
        learned = dict(zip(terms, found.terms, strict=True))
        for term, frequency in learned.items():
            self._terms.put(term, frequency)
        return learned

    def _load_accounts(self, numbers: Sequence[int]) -> dict[int, Account]:
        if not numbers:
            return {}
        found = self._store.look_up(self._topic, Asked(accounts=numbers)).accounts
        return {number: one for number, one in zip(numbers, found, strict=True) if one is not None}

    def _load_propositions(self, ids: Sequence[str]) -> dict[PropositionId, Proposition]:
        def fetch(missing: Sequence[str]) -> Sequence[Proposition | None]:
            return self._store.look_up(self._topic, Asked(propositions=missing)).propositions

        return {PropositionId(key): one for key, one in _load(self._propositions, ids, fetch).items()}

    def _load_series(self, ids: Sequence[str]) -> dict[SeriesId, Series]:
        def fetch(missing: Sequence[str]) -> Sequence[Series | None]:
            return self._store.look_up(self._topic, Asked(series=missing)).series

        return {SeriesId(key): one for key, one in _load(self._series, ids, fetch).items()}

    def _load_developments(self, ids: Sequence[str]) -> dict[DevelopmentId, Development]:
        def fetch(missing: Sequence[str]) -> Sequence[Development | None]:
            return self._store.look_up(self._topic, Asked(developments=missing)).developments

        return {DevelopmentId(key): one for key, one in _load(self._developments, ids, fetch).items()}


def _load(remembered: Latest[str, R], ids: Sequence[str], fetch: Callable[[Sequence[str]], Sequence[R | None]]) -> dict[str, R]:
    """The records of those ids, in their order, without those that are gone."""
    held = {key: remembered.get(key) for key in ids}
    missing = [key for key, record in held.items() if record is None]
    if missing:
        for key, record in zip(missing, fetch(missing), strict=True):
            if record is not None:
                held[key] = record
                remembered.put(key, record)
    return {key: record for key, record in held.items() if record is not None}


def _stems(propositions: Iterable[Proposition], series: Iterable[Series]) -> set[str]:
    """The stems whose weight likeness asks for."""
    stems: set[str] = set()
    for proposition in propositions:
        stems = stems.union(*(wording.terms for wording in proposition.wordings))
    for one in series:
        stems = stems.union(*(cells.series_terms(figure) for figure in one.figures[-LATEST:]))
    return stems
