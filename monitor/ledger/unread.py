"""Entries that could not be read: told once for each group of near-duplicates, and never compared with what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.ledger.filing import Draft
from monitor.records import Answer, Claim, Proposition, Rule, Verdict, VerdictKind

ALIKE = 0.85
"""The share of all words of two texts that both must hold to be near-duplicates."""
CONFIDENCE = 0.5
"""Nobody knows whether a text tells anything new that nobody has read."""


def apart(batch: Sequence[Answer]) -> tuple[Sequence[Answer], list[tuple[Answer, Claim]]]:
    """The batch without what was not read, and that in its order."""
    unread = [(answer, claim) for answer in batch for claim in answer.claims if claim.unread is not None]
    if not unread:
        return batch, []
    read = [replace(answer, claims=tuple(claim for claim in answer.claims if claim.unread is None)) for answer in batch]
    return read, unread


def pass_on(answer: Answer, claim: Claim, draft: Draft) -> None:
    """The verdict on a claim that was not read: told, unless the same entry or a near-duplicate of it was."""
    carrier = answer.carrier
    near = min((one for one in draft.unread() if _is_near(one, answer, claim)), key=lambda one: one.id, default=None)
    proposition = draft.shelve(claim, carrier, near)
    kind = VerdictKind.UNREAD
    if near is None:
        named = ", ".join(sorted({*claim.actors, *claim.mentions}))
        reason = f"The text is in another language ({claim.unread}) and was not read; it names {named}."
    else:
        kind = VerdictKind.REPEAT
        first = near.carriers[0]
        reason = f"Not read ({claim.unread}), and nearly the same words as in {first.outlet} ({first.title!r})."
        if near.development is not None and draft.carry(near.development, carrier):
            kind = VerdictKind.CORROBORATION
    verdict = Verdict(kind=kind, claim=claim, reason=reason, confidence=CONFIDENCE, proposition=proposition.id, rule=Rule.UNREAD)
    if near is None:
        draft.tell(answer, verdict)
    draft.note(verdict)


def _is_near(proposition: Proposition, answer: Answer, claim: Claim) -> bool:
    if any(carrier.entry == answer.carrier.entry for carrier in proposition.carriers):
        return True
    ours, theirs = claim.terms, proposition.claim.terms
    return len(ours & theirs) >= ALIKE * len(ours | theirs)
