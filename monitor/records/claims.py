"""What is read from a document: mentions, quantities and claims, and the unit of work that carries them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.records.ids import EntryId, FeedId, RevisionId, Snapshot, TopicSlug
from monitor.records.spans import Field


class Qualifier(StrEnum):
    """How a figure bounds what it counts."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    RANGE = "range"


class Role(StrEnum):
    """What a figure is to its series: its value, a change of it, or its value before."""

    TOTAL = "total"
    DELTA = "delta"
    PREVIOUS = "previous"


class Stance(StrEnum):
    """How a speaker stands to what is said."""

    ASSERTS = "asserts"
    CONFIRMS = "confirms"
    DENIES = "denies"
    ESTIMATES = "estimates"
    ALLEGES = "alleges"
    WARNS = "warns"
    PROMISES = "promises"
    REFUSES = "refuses"
    CONSIDERS = "considers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The exact span of an entry revision that carries a claim.

    start and end are offsets in the field as delivered; text is the span's clean text (equal to the field's own text where
    that holds no markup).
    """

    entry: EntryId
    revision: RevisionId
    field: Field
    start: int
    end: int
    text: str

    @property
    def key(self) -> str:
        """The evidence key: what corrections, ids and receipts refer to, stable over replays."""
        return f"{self.entry}:{self.revision}:{self.field}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A span `start..end` of a document's text that refers to a topic; by: the keyword, actor or query that found it."""

    topic: TopicSlug
    start: int
    end: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A counted figure with its bounds, as `docs/vocabulary.md` defines them.

    exact, about: low = high; at_least, more_than: high None; at_most, less_than: low None; None means not stated, never
    infinity. unit is normalised and plural ("soldiers", "USD", "percent"); what is the noun phrase that is counted; start and
    end are offsets in the document's text. actor, place and time are as stated beside the figure, or None.
    """

    low: float | None
    high: float | None
    qualifier: Qualifier
    role: Role = Role.TOTAL
    unit: str
    what: str
    surface: str
    start: int
    end: int
    actor: str | None = None
    place: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who says what by which word, as spans `start, end` of the document's text.

    source and cue are empty where the speaker is carried on from the sentence before; source also where nobody is named ("is
    believed to"), cue also where the source acts and says nothing ("ratified the pact"). speaker is the person or body, brought
    to its fullest name in the document; org the state or organisation that it speaks for.
    """

    source: tuple[tuple[int, int], ...]
    cue: tuple[tuple[int, int], ...]
    content: tuple[tuple[int, int], ...]
    speaker: str | None
    org: str | None
    stance: Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A proposition about a topic with who says it, how, and the span that carries it.

    proposition is a short canonical form for people; terms are the stems of its content words, names included, for likeness;
    actors are canonical names (the topic's where an alias matched); speaker is a person or body, org the state or organisation
    spoken for, both None where the outlet itself states it. worth is the likelihood from 0 to 1 that a sentence of this kind
    tells something at all, before anything is known of what was said before. mentions names the topic's words that were found.
    background: told as past history ("in 2018", "last year"). time is when it holds, ISO 8601, where stated.
    unread: the language of an entry that could not be read, whose headline stands here for the whole; None for what was read.
    brief: its entry has no text but a title and a summary, as many feeds give no more.
    """

    topic: TopicSlug
    evidence: Evidence
    sentence: str
    proposition: str
    terms: frozenset[str]
    actors: frozenset[str]
    mentions: tuple[str, ...]
    speaker: str | None
    org: str | None
    stance: Stance
    quantities: tuple[Quantity, ...]
    place: str | None
    time: str | None
    background: bool
    worth: float
    unread: str | None = None
    brief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Who carried a claim: the entry without its texts, kept for the receipt.

    silent: what it brought first is not told; late: seconds by which it came so late that it is not told at once, else None.
    agency: whose text it brings, by its credit line or byline. withdrawn: it has taken back what it said.
    """

    entry: EntryId
    revision: RevisionId
    feed: FeedId
    outlet: str
    publisher: str | None
    url: str
    title: str
    published: datetime
    seen: datetime
    silent: bool = False
    late: float | None = None
    agency: str | None = None
    withdrawn: bool = False

    @property
    def origin(self) -> str:
        """The voice that the carrier is by itself: the agency whose text it brings, else its publisher, else its outlet.

        Which carriers are one voice is told by `monitor.ledger.origins`.
        """
        return self.agency or self.publisher or self.outlet


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Which earlier number's text an entry repeats: a syndicated copy, or a revision.

    missing: the sentences of the earlier text that it does not repeat; fresh: how many of its own sentences say something else.
    Only these were read.
    """

    number: int
    missing: tuple[str, ...] = ()
    fresh: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What an entry's later revision leaves out. number: that of the revision before; missing: the sentences of that one which it
    does not say; removed: those of them that stood in the midst of a text which otherwise stands."""

    number: int
    missing: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What analysis says to one number of a topic's sequence: its claims (often none), or why it could not be read.

    snapshot: the configuration that it was read under and must be decided under. first and last: the numbers of the batch that
    this one belongs to (the run of numbers from one poll of one feed). failed: the reason why the unit was set aside, else None.
    found: the topic's words in it, for the account. relevance: how relevant it is, where that is too little for it to be read.
    copy: which earlier unit it repeats, None for a text of its own. revision: of a later revision, what it leaves out; notices:
    the sentences in which its outlet takes something back.
    """

    topic: TopicSlug
    number: int
    first: int
    last: int
    snapshot: Snapshot
    carrier: Carrier
    claims: tuple[Claim, ...] = ()
    failed: str | None = None
    found: tuple[str, ...] = ()
    relevance: float | None = None
    copy: Copy | None = None
    revision: Revision | None = None
    notices: tuple[str, ...] = ()
