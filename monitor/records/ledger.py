"""What is known of a topic, and the verdict on what is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from monitor.records.claims import Answer, Carrier, Claim, Copy, Evidence, Quantity, Stance
from monitor.records.ids import NO_SNAPSHOT, DevelopmentId, EntryId, PropositionId, SeriesId, Snapshot, TopicSlug

Sensitivity = Literal["strict", "balanced", "wide"]
"""How sure the monitor must be before it tells; `monitor.settings.sensitivity` says what that means in confidences."""


class VerdictKind(StrEnum):
    """What a claim is to what is known. The first five are developments; WITHDRAWN takes one back; BACKGROUND and MINOR are
    held back."""

    NEW_CLAIM = "new_claim"
    NEW_NUMBER = "new_number"
    NUMBER_CHANGED = "number_changed"
    POSITION_CHANGE = "position_change"
    UNREAD = "unread"
    WITHDRAWN = "withdrawn"
    CORROBORATION = "corroboration"
    REPEAT = "repeat"
    BACKGROUND = "background"
    MINOR = "minor"


ALERT_KINDS = frozenset(
    {
        VerdictKind.NEW_CLAIM,
        VerdictKind.NEW_NUMBER,
        VerdictKind.NUMBER_CHANGED,
        VerdictKind.POSITION_CHANGE,
        VerdictKind.UNREAD,
    }
)


class Rule(StrEnum):
    """What decided a verdict: the learned judge, or one of the rules above it that a person can check."""

    JUDGE = "judge"
    COPY = "copy"
    FIGURE_IN_COPY = "figure_in_copy"
    TURN = "turn"
    CONTRADICTION = "contradiction"
    PLAINER = "plainer"
    UNREAD = "unread"
    CORRECTED = "corrected"
    MUTED = "muted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One independent origin: its name, its carriers, first first, and why each of the others is no voice of its own."""

    name: str
    carriers: tuple[Carrier, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was known before a development: in words for people, from whom, and since when.

    quantity or stance is the end of the change that lies before the arrow: the figure known, or where the party stood.
    """

    text: str
    speaker: str | None
    outlet: str
    published: datetime
    quantity: Quantity | None = None
    stance: Stance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement on one claim.

    reason is a sentence that a person can check; confidence from 0 to 1; proposition and series are where the claim was filed;
    before is what was known, for a changed number or position; quantity is the figure that the verdict is about, if any. rule is
    what decided it; nearest, for what is new, what came nearest to it and how that differs, in words. ends, for a change of
    position, are where the party stood and stands: stances, or rungs of an act.
    """

    kind: VerdictKind
    claim: Claim
    reason: str
    confidence: float
    proposition: PropositionId | None = None
    series: SeriesId | None = None
    before: Known | None = None
    quantity: Quantity | None = None
    rule: Rule = Rule.JUDGE
    nearest: str | None = None
    ends: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict as it is kept with the account of its entry: without the claim's words for comparison.

    development: the one that was told, or of which this is a carrier; None for what was never told.
    """

    kind: VerdictKind
    evidence: Evidence
    speaker: str | None
    org: str | None
    stance: Stance
    reason: str
    confidence: float
    proposition: PropositionId | None = None
    series: SeriesId | None = None
    development: DevelopmentId | None = None
    rule: Rule = Rule.JUDGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an entry says in the words of an earlier one: the sentence or clause, where it was filed, and the development that it
    tells, if any."""

    text: str
    proposition: PropositionId
    development: DevelopmentId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What became of one entry revision under a topic, stage by stage: what `monitor explain` tells.

    found: the topic's words that were found in it; relevance: how relevant it is, where that was too little for it to be read;
    judged: the verdicts on its claims, in the order of the text (none: it was read and says nothing of the topic); failed: why it
    could not be read, None for what was. copy: which earlier entry it repeats, original that entry, and carried what it says in
    its words, none of which was read again. judge: the version of the judge that its confidences come from.
    """

    topic: TopicSlug
    number: int
    snapshot: Snapshot
    carrier: Carrier
    found: tuple[str, ...] = ()
    judged: tuple[Judged, ...] = ()
    failed: str | None = None
    relevance: float | None = None
    copy: Copy | None = None
    original: Carrier | None = None
    carried: tuple[Carried, ...] = ()
    judge: str = ""

    @property
    def developments(self) -> frozenset[DevelopmentId]:
        """The developments that the entry carries, by its own words or by those that it repeats."""
        own = (one.development for one in self.judged)
        return frozenset(key for key in (*own, *(one.development for one in self.carried)) if key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """Something new, as it now stands; what an alert is made of.

    number is the sequence number of the unit that brought it; version counts what has become known of it since (1 at first);
    voices are the independent origins that carry it by now, with their carriers, and origins their names; rule and nearest are
    those of its verdict; snapshot the configuration that it was decided under, sensitivity what that says for the topic; ends are
    those of its verdict. withdrawn: why nobody stands by it any more, None while somebody does. judge: the version of the judge
    that its confidence comes from.
    """

    id: DevelopmentId
    topic: TopicSlug
    kind: VerdictKind
    number: int
    snapshot: Snapshot
    claim: Claim
    carrier: Carrier
    reason: str
    confidence: float
    before: Known | None
    quantity: Quantity | None
    proposition: PropositionId
    series: SeriesId | None
    version: int
    origins: tuple[str, ...]
    voices: tuple[Voice, ...] = ()
    rule: Rule = Rule.JUDGE
    nearest: str | None = None
    withdrawn: str | None = None
    sensitivity: Sensitivity = "balanced"
    ends: tuple[str, str] | None = None
    judge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A verdict that changed what is known: a development, or one more voice for it.

    cause is the kind of the verdict (a development's own kind, or CORROBORATION); carrier is who brought this version. For a
    figure: counted is what its series counts, trend its latest figures, oldest first, this one last. snapshot: the configuration
    of the batch that brought it; 0 for one that no batch brought.
    """

    development: Development
    cause: VerdictKind
    carrier: Carrier
    counted: str | None = None
    trend: tuple[Known, ...] = ()
    snapshot: Snapshot = NO_SNAPSHOT

    @property
    def under(self) -> Snapshot:
        """The configuration under which it is told: its batch's, else the one that its development was decided under."""
        return self.snapshot or self.development.snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a series: the quantity, who gave it, who carried it, and the key of the evidence that holds it.

    terms are the stems of the claim that gives it; window those of the words next to the figure.
    """

    quantity: Quantity
    speaker: str | None
    org: str | None
    carrier: Carrier
    evidence: str
    terms: frozenset[str]
    window: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One counted thing over time. what is its first figure's noun phrase."""

    id: SeriesId
    what: str
    unit: str
    figures: tuple[Figure, ...]
    development: DevelopmentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a party stood on a proposition, and since when (by `published`)."""

    party: str
    stance: Stance
    carrier: Carrier


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way in which a proposition was put, in the form that later claims are compared with.

    key is the evidence key; text a digest of the sentence (`monitor.records.ids.normalised`); terms and names are stems (names:
    of the words written with a capital); figures are the counted ones; party is who says it (org, else speaker); negated: the
    sentence holds a "not" of some kind; words is its length.
    """

    key: str
    entry: EntryId
    text: str
    terms: frozenset[str]
    names: frozenset[str]
    figures: tuple[Quantity, ...]
    party: str | None
    stance: Stance
    negated: bool
    published: datetime
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """What several claims have in common.

    claim is its plainest member; wordings the distinct ways in which it was put (`monitor.ledger.filing` bounds their number);
    carriers everyone who carried it, first first. muted: the evidence keys of wordings that a person marked as noise.
    """

    id: PropositionId
    claim: Claim
    wordings: tuple[Wording, ...]
    carriers: tuple[Carrier, ...]
    positions: tuple[Position, ...]
    development: DevelopmentId | None = None
    muted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All that is known of a topic. decided is the last sequence number that it holds; accounts: those of entries that a batch
    repeats, by number."""

    topic: TopicSlug
    decided: int = 0
    propositions: Mapping[PropositionId, Proposition] = field(default_factory=dict)
    series: Mapping[SeriesId, Series] = field(default_factory=dict)
    developments: Mapping[DevelopmentId, Development] = field(default_factory=dict)
    accounts: Mapping[int, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one batch does to a ledger: the records that are new or replaced, the events in telling order, every verdict.

    first and last are the batch's numbers; the ledger that results stands at `last`. accounts: what became of each of its
    entries, in order of number. failed: why the batch could not be judged, with its answers in `unread`, which are kept as dead
    letters; None for a batch that was judged.
    """

    topic: TopicSlug
    first: int
    last: int
    propositions: tuple[Proposition, ...] = ()
    series: tuple[Series, ...] = ()
    developments: tuple[Development, ...] = ()
    events: tuple[Event, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    accounts: tuple[Account, ...] = ()
    failed: str | None = None
    unread: tuple[Answer, ...] = ()

    def applied_to(self, ledger: Ledger) -> Ledger:
        """The ledger after this batch. Raises ValueError where the batch does not follow the ledger."""
        if self.first != ledger.decided + 1:
            raise ValueError(f"batch {self.first}..{self.last} does not follow number {ledger.decided}")
        return Ledger(
            topic=ledger.topic,
            decided=self.last,
            propositions={**ledger.propositions, **{p.id: p for p in self.propositions}},
            series={**ledger.series, **{s.id: s for s in self.series}},
            developments={**ledger.developments, **{d.id: d for d in self.developments}},
        )
