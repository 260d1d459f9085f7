"""What people set right, in terms of evidence and never of ledger ids, so that a replay and training can apply it, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.records.claims import Carrier, Claim, Evidence
from monitor.records.ids import DevelopmentId, PropositionId, Snapshot, TopicSlug
from monitor.records.ledger import Proposition


class CorrectionKind(StrEnum):
    """What was set right."""

    REPEAT = "repeat"
    """The first evidence repeats the second: it was no news."""
    NOISE = "noise"
    """The evidence says nothing that is worth an alert, and neither does who says the same."""
    GOOD = "good"
    """The alert was right."""
    MISSED = "missed"
    """The evidence was worth an alert, and gave none."""
    MERGE = "merge"
    """The two say the same, and are one line of the ledger."""
    SPLIT = "split"
    """The first evidence does not say what the second says: it is a line of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One correction: who made it, when, and why (in the person's words, perhaps none)."""

    id: str
    kind: CorrectionKind
    topic: TopicSlug
    evidence: tuple[Evidence, ...]
    at: datetime
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A correction that is to be made to a ledger: the records that it is about, as they were found by name.

    claim, carrier, number and snapshot: what is told where something was missed. undo: the id of the correction that is to be
    taken back instead.
    """

    correction: Correction
    propositions: tuple[PropositionId, ...] = ()
    developments: tuple[DevelopmentId, ...] = ()
    claim: Claim | None = None
    carrier: Carrier | None = None
    number: int = 0
    snapshot: Snapshot = Snapshot(0)  # noqa: RUF009  a number under another name
    undo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A correction that was made, with what is needed to take it back.

    before: by part of the ledger and field, the bytes that stood there (base64; None: nothing), after: a digest of those that
    stand there since; made: the propositions as the correction left them. undone: when it was taken back; failed: why it could
    not be made.
    """

    correction: Correction
    before: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    after: str = ""
    made: tuple[Proposition, ...] = ()
    undone: datetime | None = None
    failed: str | None = None
