"""What became of each entry of a batch, kept for those who ask why they were told, or were not; and what copies repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from monitor.ledger.filing import Draft
from monitor.records import ALERT_KINDS, Account, Answer, Carried, Carrier, Copy, Judged, Verdict
from monitor.records.ids import DevelopmentId, EntryId, RevisionId, development_id


def accounts_of(batch: Sequence[Answer], draft: Draft, known: Mapping[int, Account], judge: str = "") -> tuple[Account, ...]:
    """The account of each answer; a copy becomes a carrier of all that it repeats.

    known: the accounts of earlier entries that the batch repeats, by number; one that is not there is passed over. judge: the
    version of the judge that decided.
    """
    given: dict[tuple[EntryId, RevisionId], list[Verdict]] = defaultdict(list)
    for verdict in draft.verdicts:
        evidence = verdict.claim.evidence
        given[evidence.entry, evidence.revision].append(verdict)
    accounts: dict[int, Account] = {}
    for answer in batch:
        carrier, copy = answer.carrier, answer.copy
        original = (accounts.get(copy.number) or known.get(copy.number)) if copy else None
        carried = tuple(_repeated(original, copy)) if original and copy else ()
        if original:
            for development in dict.fromkeys(one.development for one in carried if one.development):
                draft.repeat(development, carrier, original.carrier)
        accounts[answer.number] = Account(
            topic=answer.topic,
            number=answer.number,
            snapshot=answer.snapshot,
            carrier=carrier,
            found=answer.found,
            judged=tuple(_judged(verdict, answer.carrier, draft) for verdict in given[carrier.entry, carrier.revision]),
            failed=answer.failed,
            relevance=answer.relevance,
            copy=copy,
            original=original.carrier if original else None,
            carried=carried,
            judge=judge,
        )
    return tuple(accounts.values())


def _repeated(original: Account, copy: Copy) -> Iterator[Carried]:
    """What the original said or repeated itself, but for what stands in the sentences that the copy lacks."""
    said = [
        Carried(text=one.evidence.text, proposition=one.proposition, development=one.development)
        for one in original.judged
        if one.proposition
    ]
    for one in (*said, *original.carried):
        if not any(one.text in sentence for sentence in copy.missing):
            yield one


def _judged(verdict: Verdict, carrier: Carrier, draft: Draft) -> Judged:
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
        development=_development(verdict, carrier, draft),
        rule=verdict.rule,
    )


def _development(verdict: Verdict, carrier: Carrier, draft: Draft) -> DevelopmentId | None:
    if verdict.kind in ALERT_KINDS:
        return development_id(verdict.claim.topic, verdict.kind, verdict.claim.evidence.key)
    key = draft.proposition(verdict.proposition).development if verdict.proposition else None
    return key if key and draft.carries(key, carrier) else None
