"""Words around a number that say how it bounds what it counts ("as many as", "no fewer than", "or so", "-odd", "10,000+")."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import hyphen_at, low_at, touches
from monitor.extract.figures.tables import phrases, words
from monitor.records import Qualifier

_BEFORE = {
    Qualifier.ABOUT: """
        about, around, some, roughly, approximately, approx, circa, ca, c, nearly, almost, close to, closer to, nearer to,
        approaching, in the region of, in the order of, on the order of, in the neighbourhood of, in the
        neighborhood of, something like, an estimated, estimated, estimated at, estimated to be, more or less,
        barely, perhaps, maybe, virtually, practically, ~, ≈, somewhere around, somewhere near, not far off, not far
        from, the best part of, something approaching, nigh on""",
    Qualifier.AT_LEAST: """
        at least, no fewer than, no less than, not fewer than, not less than, a minimum of, minimum of, minimum, at
        a minimum, as few as, as little as, ≥, at the very least, at the least, anything from""",
    Qualifier.AT_MOST: """
        up to, as many as, as much as, at most, at the most, no more than, not more than, no greater than, no higher
        than, a maximum of, maximum of, maximum, as long as, as high as, as large as, as big as, anything up to, ≤,
        not exceeding, not to exceed, capped at, a ceiling of, a cap of, limited to, could reach, may reach, might
        reach, could rise to, might rise to, may rise to, could climb to, could grow to""",
    Qualifier.MORE_THAN: """
        more than, over, above, greater than, higher than, larger than, bigger than, upwards of, upward of, in
        excess of, exceeding, exceeds, exceeded, exceed, well over, just over, slightly over, little over, topped,
        topping, tops, surpassed, surpassing, surpasses, surpass, passed, passes, passing, pass, north of, beyond,
        longer than, older than, >, a little over, a little more than, slightly more than, just above, well above,
        far more than, a bit more than""",
    Qualifier.LESS_THAN: """
        less than, fewer than, under, below, lower than, smaller than, just under, slightly under, short of, just
        short of, south of, just below, well below, well under, slightly less than, slightly fewer than, a little
        under, a little less than, far fewer than, far less than, shorter than, <, not quite, just shy of, shy of""",
}
_AFTER = {
    Qualifier.ABOUT: "or so, or thereabouts, odd, - odd, approximately, more or less, or roughly",
    Qualifier.AT_LEAST: "or more, plus, - plus, +, at least, at a minimum, and up, and more, or above, or higher, or over",
    Qualifier.AT_MOST: "or fewer, or less, at most, at the most, or under, or below, or lower, at maximum, maximum, tops",
}


def _table(listed: dict[Qualifier, str]) -> dict[tuple[str, ...], Qualifier]:
    return {phrase: qualifier for qualifier, text in listed.items() for phrase in phrases(text)}


# words that the phrase belongs to, so that it bounds nothing: "26 nations signed up to", "fire spread over 35 hectares"
_PHRASAL = {
    "up to": words("sign signs signed signing own owns owned live lives lived add adds added stand stood made close"),
    "over": words("""
        hand hands handed handing turn turned take took taken takes taking spread spreads distributed scattered fly
        stretch stretched extends extended presides presided war row dispute spat clash protest fears
        concerns talks
    """),
    "under": words("come comes came fall falls fell buried trapped"),
    "about": words("talk talked talks talking concerned worried asked complained complaints information something brought"),
    "around": words("travel travelled toured drove walked turn turned"),
}
_BEFORE_TABLE, _AFTER_TABLE = _table(_BEFORE), _table(_AFTER)
_LONGEST = max(map(len, _BEFORE_TABLE))


def bound_before(pieces: Sequence[Piece], index: int) -> tuple[Qualifier, int] | None:
    """The qualifier whose phrase ends right before a piece, and where the phrase starts; the longest phrase wins."""
    for length in range(min(_LONGEST, index), 0, -1):
        phrase = tuple(piece.low for piece in pieces[index - length : index])
        if phrase in _BEFORE_TABLE:
            phrasal = low_at(pieces, index - length - 1) in _PHRASAL.get(" ".join(phrase), frozenset())
            return None if phrasal else (_BEFORE_TABLE[phrase], index - length)
    return None


def bound_after(pieces: Sequence[Piece], index: int) -> tuple[Qualifier, int] | None:
    """The qualifier whose phrase starts at a piece, and where it ends: "3,000 or so", "10,000+", "30-odd nations"."""
    for length in (3, 2, 1):
        phrase = tuple(piece.low for piece in pieces[index : index + length])
        if len(phrase) < length or phrase not in _AFTER_TABLE:
            continue
        if phrase[0] == "+" and not touches(pieces, index):
            continue
        if phrase[0] == "-" and not hyphen_at(pieces, index):
            continue
        if phrase == ("plus",) and low_at(pieces, index + 1)[:1].isdigit():
            continue  # "5 plus 3 others" adds
        return _AFTER_TABLE[phrase], index + length
    return None
