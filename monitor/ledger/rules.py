"""The four rules that stand above the learned judge, because a person can check them.

A sentence said before is a repeat; a copy whose figure lies outside all figures given before is a changed number; a party
that moves to another camp on the same matter changes its position; a party's first denial of what others say is a claim of its
own, however alike the words.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.ledger.cues import tells_of_turn
from monitor.ledger.figures import covered, same_unit
from monitor.ledger.filing import Draft
from monitor.ledger.positions import camp, last_position, moves
from monitor.ledger.series import Counted, State
from monitor.ledger.signs import Near, Reading
from monitor.ledger.wordings import counted
from monitor.records import Position, Proposition, Rule, Stance, VerdictKind

ALIKE = 0.5
"""Likelihood of being the same proposition from which a denial is about it, and would else be filed as a mere repeat."""
TURNED = 0.15
"""Likelihood of being the same proposition that is enough where the words themselves tell of a turn ("no longer denies")."""
DENIED = 0.6
"""Likelihood of being the same proposition from which a party's denial is surely about it, and told whatever the judge says."""
SHARED = 0.3
"""The share of such a denial's words, by weight, that must stand in what it denies."""
SAME_MATTER = 0.5
"""The share of a claim's words, by weight, that a party must have used before for both to be about the same matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A party's change of position: the proposition it is about, and where the party stood."""

    proposition: Proposition
    last: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a rule says to a claim: the kind of verdict, and what was said before that decides it."""

    kind: VerdictKind
    name: Rule
    near: Near | None = None


def rule(reading: Reading, draft: Draft, tolerance: float) -> Ruling | None:
    """What the rules say to a claim; None where they say nothing."""
    if (muted := next((near for near in reading.nearest if _is_muted(near, reading, draft)), None)) is not None:
        return Ruling(kind=VerdictKind.MINOR, name=Rule.MUTED, near=muted)
    copies = [near for near in reading.nearest if near.copied_by(reading.wording)]
    for near in copies:
        if all(covered(figure, near.item.wording.figures, tolerance) for figure in counted(reading.claim)):
            return Ruling(kind=VerdictKind.REPEAT, name=Rule.COPY, near=near)
    for near in copies:
        if any(_changed_beside(figure, near) for figure in reading.figures):
            return Ruling(kind=VerdictKind.NUMBER_CHANGED, name=Rule.FIGURE_IN_COPY, near=near)
    if copies and reading.figures and all(figure.state is State.KNOWN for figure in reading.figures):
        return Ruling(kind=VerdictKind.REPEAT, name=Rule.COPY, near=copies[0])
    if turn_of(reading, draft) is not None:
        return Ruling(kind=VerdictKind.POSITION_CHANGE, name=Rule.TURN)
    if reading.claim.stance is Stance.DENIES and not reading.claim.background:
        denied = contradicted(reading, draft)
        if denied is not None and denied.likelihood >= DENIED and denied.signs["in_new"] >= SHARED:
            return Ruling(kind=VerdictKind.NEW_CLAIM, name=Rule.CONTRADICTION, near=denied)
    return None


def _is_muted(near: Near, reading: Reading, draft: Draft) -> bool:
    """Whether a person marked what was said before as noise, and the claim is a copy of it, or nearer to nothing else."""
    if near.item.wording.key not in draft.proposition(near.item.proposition).muted:
        return False
    nearest = reading.best.likelihood if reading.best else 0.0
    return near.copied_by(reading.wording) or near.likelihood >= max(ALIKE, nearest)


def contradicted(reading: Reading, draft: Draft) -> Near | None:
    """What others said that a party of the topic now denies or refuses for the first time."""
    party = reading.wording.party
    if party is None or party not in reading.claim.actors or camp(reading.claim.stance) != "against":
        return None
    for near in reading.nearest:
        alike = near.likelihood >= ALIKE or near.signs["in_new"] >= SAME_MATTER
        if not alike or near.item.wording.party == party:
            continue
        positions = draft.proposition(near.item.proposition).positions
        if not any(position.party == party and camp(position.stance) == "against" for position in positions):
            return near
    return None


def _changed_beside(figure: Counted, near: Near) -> bool:
    return figure.state is State.CHANGED and any(same_unit(figure.quantity, known) for known in near.item.wording.figures)


def former(reading: Reading, draft: Draft) -> Turn | None:
    """Where the claim's party stood on what the claim most likely turns from; None where that is not known, or is later."""
    party, near = reading.wording.party, reading.turned
    if party is None or near is None:
        return None
    proposition = draft.proposition(near.item.proposition)
    last = last_position(proposition.positions, party)
    if last is None or last.carrier.published > reading.answer.carrier.published:
        return None
    return Turn(proposition=proposition, last=last)


def turn_of(reading: Reading, draft: Draft) -> Turn | None:
    """The change of position that the claim is, if it is one."""
    party = reading.wording.party
    if party is None or camp(reading.claim.stance) is None:
        return None
    told = tells_of_turn(reading.claim.evidence.text)
    for near in reading.nearest:
        alike = near.likelihood >= TURNED if told else near.signs["in_new"] >= SAME_MATTER
        if not alike or near.item.wording.party != party:
            continue
        proposition = draft.proposition(near.item.proposition)
        last = last_position(proposition.positions, party)
        if last is not None and moves(last, reading.claim.stance, reading.answer.carrier.published):
            return Turn(proposition=proposition, last=last)
    return None
