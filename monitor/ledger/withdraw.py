"""Withdrawals: an entry takes back what it said, in a later revision or by a notice.

A claim is taken back where a revision removes its sentence from the midst of a text that otherwise stands; where the revision
says the contrary; where the entry carries a notice of correction and its sentence or figure is gone; and where a notice of the
same voice, in another entry, speaks of it. A headline that is replaced, a text that is cut at its end and an entry that leaves
its feed take nothing back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.ledger.figures import covered
from monitor.ledger.filing import Draft
from monitor.ledger.origins import same_voice
from monitor.ledger.positions import camp
from monitor.ledger.reasons import quote
from monitor.ledger.signs import Reading
from monitor.ledger.wordings import counted, is_negated
from monitor.records import Account, Answer, Carrier, Claim, Development, Field, Judged
from monitor.records.ids import EntryId
from monitor.text.terms import terms_of

SAID_AGAIN = 0.5
"""The share of a sentence's words that another must hold to say the same, or the contrary."""
SPEAKS_OF = 0.6
"""The share of a claim's words that a notice in another entry must hold to be about it."""


def withdraw(answer: Answer, former: Account | None, readings: Sequence[Reading], draft: Draft) -> None:
    """Marks what the answer's entry takes back. former: the account of the entry's revision before, None for a first one."""
    if former is not None and former.carrier.entry == answer.carrier.entry and answer.revision is not None:
        for judged in former.judged:
            development = draft.known(judged.development) if judged.development else None
            if development is not None and (why := _taken_back(judged, development, answer)):
                draft.withdraw(development.id, answer.carrier.entry, answer.carrier, why)
    elif answer.notices:
        for development, entry, notice in _spoken_of(answer, readings, draft):
            draft.withdraw(development.id, entry, answer.carrier, f"{answer.carrier.outlet} takes it back: {quote(notice)}")


def _taken_back(judged: Judged, development: Development, answer: Answer) -> str | None:
    """Why a revision takes back what the one before said; None where it does not."""
    revision, text = answer.revision, judged.evidence.text
    if revision is None:
        return None
    said = [claim for claim in answer.claims if not any(claim.sentence in notice for notice in answer.notices)]
    alike = [claim for claim in said if _share(text, claim) >= SAID_AGAIN]
    if contrary := next((claim for claim in alike if _is_contrary(judged, claim)), None):
        return f"The entry now says the contrary: {quote(contrary.sentence)}."
    gone = any(text in sentence or sentence in text for sentence in revision.missing)
    if answer.notices and gone and not _is_said_again(development, alike):
        return f"The entry takes it back: {quote(answer.notices[0])}"
    removed = any(text in sentence or sentence in text for sentence in revision.removed)
    if removed and not alike and judged.evidence.field is not Field.TITLE:
        return "A later revision of the entry says all the rest, and no longer this."
    return None


def _is_said_again(development: Development, alike: Sequence[Claim]) -> bool:
    """Whether one of the claims still says it, its figure included."""
    if development.quantity is None:
        return bool(alike)
    return any(covered(development.quantity, counted(claim), 0.0) for claim in alike)


def _is_contrary(judged: Judged, claim: Claim) -> bool:
    before, now = camp(judged.stance), camp(claim.stance)
    if before and now and {before, now} == {"for", "against"}:
        return judged.speaker == claim.speaker or judged.org == claim.org
    return is_negated(judged.evidence.text) != is_negated(claim.sentence) and judged.org == claim.org


def _share(text: str, claim: Claim) -> float:
    terms = terms_of(text)
    return len(terms & claim.terms) / len(terms) if terms else 0.0


def _spoken_of(answer: Answer, readings: Sequence[Reading], draft: Draft) -> Iterator[tuple[Development, EntryId, str]]:
    """What a notice in an entry of its own speaks of, as far as the same voice said it before."""
    for reading in readings:
        notice = next((one for one in answer.notices if reading.claim.sentence in one), None)
        if notice is None or reading.answer.number != answer.number:
            continue
        for near in reading.nearest:
            key = draft.proposition(near.item.proposition).development
            development = draft.known(key) if key else None
            if development is None or len(development.claim.terms & terms_of(notice)) < SPEAKS_OF * len(development.claim.terms):
                continue
            for carrier in _carriers(development):
                if same_voice(carrier, answer.carrier) and carrier.entry != answer.carrier.entry:
                    yield development, carrier.entry, notice


def _carriers(development: Development) -> list[Carrier]:
    return [carrier for voice in development.voices for carrier in voice.carriers]
