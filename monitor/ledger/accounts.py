"""What became of each entry of a batch, kept for those who ask why they were told, or were not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from monitor.records import ALERT_KINDS, Account, Answer, Judged, Proposition, Verdict, VerdictKind
from monitor.records.ids import DevelopmentId, EntryId, PropositionId, RevisionId, development_id


def accounts_of(
    batch: Sequence[Answer], verdicts: Sequence[Verdict], proposition: Callable[[PropositionId], Proposition]
) -> Iterator[Account]:
    """The account of each answer. proposition: as it stands after the batch."""
    given: dict[tuple[EntryId, RevisionId], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        evidence = verdict.claim.evidence
        given[evidence.entry, evidence.revision].append(verdict)
    for answer in batch:
        carrier = answer.carrier
        yield Account(
            topic=answer.topic,
            number=answer.number,
            snapshot=answer.snapshot,
            carrier=carrier,
            found=answer.found,
            judged=tuple(_judged(verdict, proposition) for verdict in given[carrier.entry, carrier.revision]),
            failed=answer.failed,
        )


def _judged(verdict: Verdict, proposition: Callable[[PropositionId], Proposition]) -> Judged:
    claim = verdict.claim
    return Judged(
        kind=verdict.kind,
        evidence=claim.evidence,
        speaker=claim.speaker,
        org=claim.org,
        stance=claim.stance,
        reason=verdict.reason,
        confidence=round(verdict.confidence, 4),
        proposition=verdict.proposition,
        series=verdict.series,
        development=_development(verdict, proposition),
        rule=verdict.rule,
    )


def _development(verdict: Verdict, proposition: Callable[[PropositionId], Proposition]) -> DevelopmentId | None:
    if verdict.kind in ALERT_KINDS:
        return development_id(verdict.claim.topic, verdict.kind, verdict.claim.evidence.key)
    if verdict.kind is VerdictKind.CORROBORATION and verdict.proposition is not None:
        return proposition(verdict.proposition).development
    return None
