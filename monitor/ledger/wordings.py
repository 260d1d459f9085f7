"""A claim in the form that it is compared in."""

from __future__ import annotations

import re
from datetime import datetime

from monitor.records import Answer, Claim, Quantity, Role, Wording
from monitor.records.ids import digest, normalised
from monitor.text.terms import STOP, stem

_NEGATION = re.compile(r"\b(?:not?|never|nobody|nothing|neither|nor|without)\b|n['’]t\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


def wording_of(claim: Claim, answer: Answer) -> Wording:
    """The claim as a wording of its proposition."""
    return worded(claim, answer.carrier.published)


def worded(claim: Claim, published: datetime) -> Wording:
    """The claim, published at that time, as a wording. All that is made of what was read is made here, the first time and when
    stored evidence is read again (`monitor.ledger.reread`)."""
    words = _WORD.findall(claim.sentence)
    return Wording(
        key=claim.evidence.key,
        entry=claim.evidence.entry,
        text=digest(normalised(claim.sentence)),
        terms=claim.terms,
        names=_names(words) & claim.terms,
        figures=counted(claim),
        party=claim.org or claim.speaker,
        stance=claim.stance,
        negated=is_negated(claim.sentence),
        published=published,
        words=len(words),
    )


def is_negated(sentence: str) -> bool:
    """Whether the sentence holds a "not" of some kind."""
    return bool(_NEGATION.search(sentence))


def counted(claim: Claim) -> tuple[Quantity, ...]:
    """The figures that the claim gives for the present: not those it recalls as the value before."""
    return tuple(quantity for quantity in claim.quantities if quantity.role is not Role.PREVIOUS)


def _names(words: list[str]) -> frozenset[str]:
    """Stems of words written with a capital, where capitals tell anything: not in a headline that capitalises every word."""
    content = [word for word in words[1:] if word.casefold() not in STOP and not word[0].isdigit()]
    capitals = [word for word in content if word[0].isupper()]
    if len(content) >= 4 and len(capitals) > 0.75 * len(content):
        return frozenset()
    return frozenset(stem(part) for word in capitals for part in re.split("[-–]", word) if part)
