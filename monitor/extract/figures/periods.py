"""Times that only place an event ("three days ago", "the past year") told apart from those that measure ("a six-week truce")."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import low_at
from monitor.extract.figures.tables import words

_AFTER = words("ago later earlier before after since on old from into hence prior previously beforehand apart")
_PLACING = words("past last next first previous coming following final recent preceding these those intervening opening closing")
_BEFORE = words("in after before since during every into")
_DETERMINERS = words("the these those this its their his her our in over for of during past")
_LASTING = words(
    "for after of take takes took taken last lasts lasted spend spent be been was is in by within wait waited to served and"
)
_OVER = words("over within for in during the of through")


def is_period(pieces: Sequence[Piece], first: int, number: int, end: int) -> bool:
    """Whether the time at pieces[first:end] (its bound included, the number itself from `number` on) places an event.

    "in 24 hours", "two days ago", "over the next three years", "the three months to August", "every two hours", "after 17 days".
    """
    if low_at(pieces, end) in _AFTER and low_at(pieces, end + 1) not in {"of"}:
        return True
    back = first - 1
    before = low_at(pieces, back)
    if before in _BEFORE or (before in _PLACING and low_at(pieces, back - 1) in _DETERMINERS):
        return True
    if before == "the" and low_at(pieces, back - 1) in _OVER:
        return True
    stretched = first < number and low_at(pieces, first) == "over"  # "9 percent over four years", not "took over four years"
    return stretched and before not in _LASTING
