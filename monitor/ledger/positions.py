"""Where a party stands on a proposition, and when that is a change of position."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.records import Carrier, Position, Stance

_CAMPS = {
    Stance.DENIES: "against",
    Stance.REFUSES: "against",
    Stance.CONSIDERS: "undecided",
    Stance.CONFIRMS: "for",
    Stance.PROMISES: "for",
}


def camp(stance: Stance) -> str | None:
    """The camp that a stance puts its party in; None for a stance that tells no position (a mere assertion, a warning)."""
    return _CAMPS.get(stance)


def last_position(positions: Sequence[Position], party: str) -> Position | None:
    """Where the party last stood, by `published`; of equals the one told last."""
    own = [position for position in positions if position.party == party]
    return max(enumerate(own), key=lambda pair: (pair[1].carrier.published, pair[0]))[1] if own else None


def moves(last: Position | None, stance: Stance, published: datetime) -> bool:
    """Whether the stance is a change from where the party stood. What was published before the last stance moves nothing back."""
    if last is None or published < last.carrier.published:
        return False
    before, now = camp(last.stance), camp(stance)
    return before is not None and now is not None and before != now


def with_position(positions: tuple[Position, ...], party: str | None, stance: Stance, carrier: Carrier) -> tuple[Position, ...]:
    """The positions with one more: the history holds each turn once, with the carrier that told it first."""
    if party is None:
        return positions
    last = last_position(positions, party)
    if last is not None and last.stance == stance:
        return positions
    return (*positions, Position(party=party, stance=stance, carrier=carrier))
