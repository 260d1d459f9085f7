"""What a figure is to its series: a total, a change ("rose by 2,000"), the value before ("from 3,000")."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import low_at
from monitor.extract.figures.tables import words
from monitor.records import Role

CHANGES = words("""
    rise rises rose risen rising fall falls fell fallen falling increase increases increased increasing decrease
    decreases decreased decreasing grow grows grew grown growing climb climbs climbed climbing jump jumps jumped
    jumping drop drops dropped dropping cut cuts cutting raise raises raised raising lower lowers lowered lowering
    reduce reduces reduced reducing reduction reductions double doubles doubled doubling triple triples tripled
    tripling swell swelled swells swelling swollen shrink shrinks shrank shrunk shrinking expand expands expanded
    expanding surge surges surged surging soar soared soars soaring plunge plunged plunges plunging decline declines
    declined declining slip slipped slips up down revise revised revises revising go goes going went gone change
    changed changes move moved moves bring brings brought lift lifted lifts boost boosted boosts trim trimmed trims
    slash slashed slashes quadrupled added add adds adding gain gained extended widen widened ballooned dwindled
    dwindle tumbled narrowed
""")
_RANGES = words("range ranges ranged ranging vary varies varied varying anywhere anything run runs estimates between")
_MORE = {"another", "additional", "further", "extra"}
_MORE_AFTER = {"more", "additional", "extra", "further", "others", "fewer"}


def changes_before(pieces: Sequence[Piece], index: int, reach: int = 9) -> bool:
    """Whether a word of change stands in the same clause shortly before a piece."""
    for piece in reversed(pieces[max(0, index - reach) : index]):
        if piece.text in {";", ":", "."}:
            return False
        if piece.low in CHANGES:
            return True
    return False


def ranges_before(pieces: Sequence[Piece], index: int) -> bool:
    """Whether "from A to B" is a range: "ranging from 10 to 30", "anywhere from", "estimates run from"."""
    return any(piece.low in _RANGES for piece in pieces[max(0, index - 5) : index])


def role_of(pieces: Sequence[Piece], first: int, end: int) -> Role:
    """The role of a figure at pieces[first:end], its qualifier's words included."""
    before, after = low_at(pieces, first - 1), low_at(pieces, end)
    if before == "from" and (low_at(pieces, first - 2) in {"up", "down"} or changes_before(pieces, first - 1)):
        return Role.PREVIOUS
    if before in {"with", "to"} and low_at(pieces, first - 2) == "compared":
        return Role.PREVIOUS
    if before in _MORE or after in _MORE_AFTER:
        return Role.DELTA
    if before == "by" and changes_before(pieces, first - 1):
        return Role.DELTA
    if before == "a" and after in _MORE:
        return Role.DELTA
    return Role.TOTAL
