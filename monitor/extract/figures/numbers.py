"""Number expressions: from pieces to values ("1.2 million", "two and a half thousand", "tens of thousands", "half a dozen").

Each rule is a function that reads at one place and answers with a Number or None; its docstring is its example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extract.figures.lexer import Piece, value_of

_ONES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = {word: float(value) for value, word in enumerate(_ONES.split())}
TENS = {word: 10.0 * value for value, word in enumerate(_TENS.split(), start=2)} | {"fourty": 40.0}
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "lakh": 1e5,
    "lakhs": 1e5,
    "million": 1e6,
    "crore": 1e7,
    "crores": 1e7,
    "billion": 1e9,
    "trillion": 1e12,
}
# written at or after a numeral: "12K", "61bn", "275m", "1.5 tn"; one-letter ones only without a space
SUFFIXES = {
    "k": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "mio": 1e6,
    "mil": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "bln": 1e9,
    "tn": 1e12,
    "trn": 1e12,
    "trln": 1e12,
    "cr": 1e7,
    "grand": 1e3,
}
_APART = {"mn", "mln", "bn", "bln", "tn", "trn", "trln", "grand", "mil"}
# a plural scale names no number but a floor: docs/vocabulary.md has "hundreds" at 200 and "tens of thousands" at 20,000
_FLOORS = {
    "dozens": 24.0,
    "tens": 20.0,
    "scores": 40.0,
    "hundreds": 200.0,
    "thousands": 2e3,
    "millions": 2e6,
    "billions": 2e9,
    "trillions": 2e12,
}
_PLURAL_SCALES = {
    "hundreds": 1e2,
    "thousands": 1e3,
    "millions": 1e6,
    "billions": 1e9,
    "trillions": 1e12,
    "lakhs": 1e5,
    "crores": 1e7,
}
_FEW = {"several", "many"}
_PARTS = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "thirds": 3,
    "quarter": 4,
    "quarters": 4,
    "fourth": 4,
    "fourths": 4,
    "fifth": 5,
    "fifths": 5,
    "sixth": 6,
    "sixths": 6,
    "seventh": 7,
    "sevenths": 7,
    "eighth": 8,
    "eighths": 8,
    "ninth": 9,
    "ninths": 9,
    "tenth": 10,
    "tenths": 10,
}
_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_ARTICLES = {"a", "an"}
_LARGEST = 1e17
_GROUPS = {"pair": 2.0, "duo": 2.0, "couple": 2.0, "trio": 3.0, "quartet": 4.0, "quintet": 5.0}
_DASHES = {"-", "‐", "‑", "–", "—"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number read at pieces[first:end]. mantissa: its value before the last scale, for ranges that share one.

    floor: a plural scale, at least that many; rough: "a couple of hundred", so about that many; share: a part of a whole, as a
    percentage; digits: a bare numeral.
    """

    value: float
    first: int
    end: int
    mantissa: float
    scale: float = 1.0
    floor: bool = False
    rough: bool = False
    share: bool = False
    digits: bool = False


def low_at(pieces: Sequence[Piece], index: int) -> str:
    """The lower-case text of a piece; "" outside the sentence."""
    return pieces[index].low if 0 <= index < len(pieces) else ""


def is_number(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a numeral stands there."""
    return 0 <= index < len(pieces) and pieces[index].kind == "number"


def touches(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a piece stands against the one before it, with no space between."""
    return 0 < index < len(pieces) and pieces[index - 1].end == pieces[index].start


def hyphen_at(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a hyphen stands there that joins its two neighbours."""
    return low_at(pieces, index) in _DASHES and touches(pieces, index) and touches(pieces, index + 1)


def number_at(pieces: Sequence[Piece], index: int) -> Number | None:
    """The longest number expression that starts at a piece; None also for what no news counts (a row of thirty digits)."""
    number = _read_at(pieces, index)
    return number if number is not None and number.value < _LARGEST else None


def _read_at(pieces: Sequence[Piece], index: int) -> Number | None:
    piece = pieces[index]
    if piece.kind == "number":
        return _ratio(pieces, _numeral(pieces, index))
    if piece.text in _SIGNS:
        return _scaled(pieces, index, index + 1, _SIGNS[piece.text], digits=True)
    if piece.kind != "word":
        return None
    for rule in (_part_of_scale, _group, _share, _several, _floor, _words):
        found = rule(pieces, index)
        if found is not None:
            return _ratio(pieces, found) if rule is _words else found
    return None


def _numeral(pieces: Sequence[Piece], index: int) -> Number:
    """ "1.2 million", "12K", "3 000", "2½"."""
    value, end = value_of(pieces[index].text), index + 1
    if end < len(pieces) and pieces[end].text in _SIGNS:
        value, end = value + _SIGNS[pieces[end].text], end + 1
    return _scaled(pieces, index, end, value, digits=True)


def _scaled(pieces: Sequence[Piece], first: int, end: int, value: float, *, digits: bool) -> Number:
    """A value with the scales after it: "61bn", "2 million", "10 hundred thousand", "500-million"."""
    scale = 1.0
    while end < len(pieces):
        at = end + 1 if hyphen_at(pieces, end) and low_at(pieces, end + 1) in SCALES else end
        word = low_at(pieces, at)
        if word in SCALES:
            scale *= SCALES[word]
        elif scale == 1.0 and digits and word in SUFFIXES and (touches(pieces, at) or word in _APART):
            scale = SUFFIXES[word]
            at += word == "mil" and low_at(pieces, at + 1) == "."
        else:
            break
        end = at + 1
        if scale >= 1e3 and digits and is_number(pieces, end) and pieces[end].text.isdecimal() and len(pieces[end].text) == 3:
            value, end = value + value_of(pieces[end].text) / scale, end + 1  # "24 thousand 400"
            break
    plain = digits and scale == 1.0
    return Number(value=value * scale, first=first, end=end, mantissa=value, scale=scale, digits=plain)


def _words(pieces: Sequence[Piece], index: int) -> Number | None:
    """ "two hundred and eighty-two", "a hundred thousand", "two dozen", "two and a half million", "a million and a half"."""
    total, group, scale, end, last = 0.0, 0.0, 1.0, index, ""
    if low_at(pieces, index) in _ARTICLES:
        if low_at(pieces, index + 1) not in SCALES | {"dozen": 12}:
            return None
        group, end, last = 1.0, index + 1, "one"
    while end < len(pieces):
        at = end
        joined = low_at(pieces, at) == "and" and last in {"hundred", "scale"} and _small(low_at(pieces, at + 1))
        at += joined or (last != "" and hyphen_at(pieces, at))
        word = low_at(pieces, at)
        if word in ONES and (last in {"", "hundred", "scale"} or (last == "tens" and 0 < ONES[word] < 10)):
            group, last = group + ONES[word], "one"
        elif word in TENS and last in {"", "hundred", "scale"}:
            group, last = group + TENS[word], "tens"
        elif word == "hundred" and last in {"one", "tens"} and 0 < group < 100:
            group, scale, last = group * 100, 1e2, "hundred"
        elif word == "dozen" and last in {"one", "tens"}:
            return Number(value=group * 12, first=index, end=at + 1, mantissa=group, scale=12.0)
        elif word in SCALES and word != "hundred" and last in {"one", "tens", "hundred", "half"}:
            total, group, scale, last = total + group * SCALES[word], 0.0, SCALES[word], "scale"
        elif word == "point" and last in {"one", "tens"} and low_at(pieces, at + 1) in ONES:  # "six point three billion"
            group, last, at = group + ONES[low_at(pieces, at + 1)] / 10, "one", at + 1
        elif low_at(pieces, at) == "and" and [low_at(pieces, at + n) for n in (1, 2)] == ["a", "half"] and last:
            group, last, at = group + 0.5 * (scale if last == "scale" else 1.0), "half", at + 2
        else:
            break
        end = at + 1
    value = total + group
    return Number(value=value, first=index, end=end, mantissa=value / scale, scale=scale) if last else None


def _small(word: str) -> bool:
    return word in ONES or word in TENS


def _group(pieces: Sequence[Piece], index: int) -> Number | None:
    """ "a pair of frigates", "a trio of", "a couple of soldiers" (about two)."""
    size = _GROUPS.get(low_at(pieces, index + 1)) if low_at(pieces, index) in _ARTICLES else None
    if (
        size is None
        or low_at(pieces, index + 2) != "of"
        or low_at(pieces, index + 3) in SCALES
        or low_at(pieces, index + 3) == "dozen"
    ):
        return None
    return Number(value=size, first=index, end=index + 2, mantissa=size, rough=low_at(pieces, index + 1) == "couple")


def _part_of_scale(pieces: Sequence[Piece], index: int) -> Number | None:
    """ "half a million", "half a dozen", "a quarter of a million", "three quarters of a million"."""
    count, at = 1.0, index
    if low_at(pieces, at) in _ARTICLES or low_at(pieces, at) in ONES:
        count, at = ONES.get(low_at(pieces, at), 1.0), at + 1
        at += hyphen_at(pieces, at)
    part = _PARTS.get(low_at(pieces, at))
    if part is None:
        return None
    at += 1
    at += low_at(pieces, at) in {"of", "-"}
    if low_at(pieces, at) in {"a", "one"}:
        at += 1
    elif low_at(pieces, at - 1) != "-":
        return None
    scale = (SCALES | {"dozen": 12.0}).get(low_at(pieces, at))
    if scale is None:
        return None
    return Number(value=count / part * scale, first=index, end=at + 1, mantissa=count / part, scale=scale)


def _share(pieces: Sequence[Piece], index: int) -> Number | None:
    """ "a third of the force", "two-thirds", "half the fleet", "three quarters of": parts of a whole, in percent."""
    word = low_at(pieces, index)
    if word == "half":
        after = low_at(pieces, index + 1)
        if after in {"of", "the", "its", "their", "his", "her", "our", "all", "that", "those", "these"}:
            return Number(value=50.0, first=index, end=index + 1, mantissa=0.5, share=True)
        return None
    count = 1.0 if word in _ARTICLES else ONES.get(word, 0.0)
    at = index + 1 + hyphen_at(pieces, index + 1)
    part = _PARTS.get(low_at(pieces, at))
    if (
        not count
        or part is None
        or count > part
        or low_at(pieces, at + 1) in {"time", "day", "year", "week", "month", "party", "country", "term", "round"}
    ):
        return None
    taken = low_at(pieces, index - 1) in {"by", "than", "about", "nearly", "almost", "only", "under", "over", "around"}
    if count == 1 and not taken and low_at(pieces, at + 1) not in {"of", "more", "less", "fewer", "lower", "higher", "and", "to"}:
        return None
    return Number(value=100.0 * count / part, first=index, end=at + 1, mantissa=count / part, share=True)


def _several(pieces: Sequence[Piece], index: int) -> Number | None:
    """ "several hundred", "a few thousand", "many hundreds", "several dozen": a floor of two of the scale."""
    at, floor = index, low_at(pieces, index + 1) != "couple"
    if low_at(pieces, at) == "a" and low_at(pieces, at + 1) in {"few", "couple"}:
        at += 2
        at += low_at(pieces, at) == "of"
    elif low_at(pieces, at) in _FEW:
        at += 1
    else:
        return None
    word = low_at(pieces, at)
    scale = SCALES.get(word) or _PLURAL_SCALES.get(word) or {"dozen": 12.0, "dozens": 12.0}.get(word)
    if scale is None:
        return None
    at += 1
    while low_at(pieces, at) in SCALES:
        scale, at = scale * SCALES[low_at(pieces, at)], at + 1
    return Number(value=2 * scale, first=index, end=at, mantissa=2.0, scale=scale, floor=floor, rough=True)


def _floor(pieces: Sequence[Piece], index: int) -> Number | None:
    """ "hundreds", "tens of thousands", "hundreds of millions", "dozens", "scores of people"."""
    word = low_at(pieces, index)
    value, at = _FLOORS.get(word), index + 1
    if value is None:
        return None
    further = _PLURAL_SCALES.get(low_at(pieces, at + 1)) if low_at(pieces, at) == "of" else None
    if further is not None:
        base = {"tens": 20.0, "dozens": 24.0, "scores": 40.0}.get(word, value)
        return Number(value=base * further, first=index, end=at + 2, mantissa=base, scale=further, floor=True)
    if word == "tens" or (word == "scores" and low_at(pieces, at) != "of"):
        return None
    return Number(value=value, first=index, end=at, mantissa=value, floor=True)


def _ratio(pieces: Sequence[Piece], number: Number) -> Number:
    """ "one in three", "nine out of ten", "one in every five": a share, in percent."""
    at = number.end
    if low_at(pieces, at) == "out" and low_at(pieces, at + 1) == "of":
        at += 2
    elif low_at(pieces, at) == "in":
        at += 1
    else:
        return number
    at += low_at(pieces, at) == "every"
    whole = None
    if at < len(pieces):
        whole = _numeral(pieces, at) if pieces[at].kind == "number" else _words(pieces, at)
    if whole is None or not 0 < number.value < whole.value or whole.scale != 1.0:
        return number
    if number.value != 1 and whole.value not in {3.0, 4.0, 5.0, 10.0, 100.0}:
        return number
    if whole.digits and 1900 <= whole.value < 2100:
        return number
    return Number(value=100.0 * number.value / whole.value, first=number.first, end=whole.end, mantissa=number.value, share=True)
