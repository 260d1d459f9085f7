"""Text cut into the pieces that number expressions are written in: numerals, words and marks, each with its offsets.

spaCy's own tokens differ with the pipeline ("$61bn", "10,000-strong" and "155mm" are cut in three ways), so that rules on
figures read these pieces instead and look a token's tag up by its offset.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# A numeral: groups of three parted by comma, space (thin, narrow, fixed), apostrophe or, twice or more, by point; Indian groups
# of two ("2,50,000"); versions and dates by points; else plain digits with a decimal part. "2024 300 men" is two numerals, since
# a first group has one to three digits.
_NUMERAL = (
    r"(?<![\d])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)"
    r"|(?<![\d])\d{1,2}(?:,\d{2})+,\d{3}(?!\d)"
    r"|(?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d,])"
    r"|(?<![\d])\d{1,3}(?:['’]\d{3})+(?!\d)"
    r"|(?<![\d])\d{1,3}(?:\.\d{3}){2,}(?!\d)"
    r"|\d+(?:\.\d+){2,}"
    r"|\d+(?:\.\d+)?"
    r"|(?<!\d)\.\d+"
)
_PIECE = re.compile(rf"(?P<number>{_NUMERAL})|(?P<word>[^\W\d_]+(?:['’](?!s\b|S\b)[^\W\d_]+)*)|(?P<mark>\S)")
_GROUPING = re.compile(r"[, \u00a0\u2009\u202f'’]")


class Piece(NamedTuple):
    """A numeral, word or mark of a text: kind is "number", "word" or "mark"; low is the text in lower case."""

    text: str
    low: str
    start: int
    end: int
    kind: str


def lex(text: str, start: int, end: int) -> list[Piece]:
    """The pieces of text[start:end] in order, with offsets into the whole text."""
    pieces = []
    for found in _PIECE.finditer(text, start, end):
        body = found.group()
        pieces.append(Piece(body, body.lower(), found.start(), found.end(), found.lastgroup or "mark"))
    return pieces


def value_of(numeral: str) -> float:
    """The value of a numeral as `lex` cuts it. "10.000" is ten thousand: news gives no figure to three zero decimals."""
    plain = _GROUPING.sub("", numeral)
    if plain.count(".") > 1 or re.fullmatch(r"\d{1,3}\.000", plain):
        plain = plain.replace(".", "")
    return float(plain)
