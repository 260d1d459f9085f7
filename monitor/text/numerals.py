"""Numbers in words and figures brought to one form, so that "ten thousand", "10,000" and "10 000" compare as equal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

_UNITS = {
    word: value
    for value, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
            *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        )
    )
}
_ROUND = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * value for value, word in enumerate(_ROUND, start=2)}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "mn": 10**6,
    "bn": 10**9,
    "k": 1_000,
    "m": 10**6,
}
_FIGURE = re.compile(r"\d[\d.,]*")
_JOINED = re.compile(r"(\d[\d.,]*)(k|m|mn|bn)")


def numbered(words: Sequence[str]) -> list[str]:
    """The words (case-folded, without punctuation but within figures) with each number as one word of digits.

    "one hundred and thirty" -> "130"; "1.2", "million" -> "1200000"; "10,000" -> "10000". A lone "one" stays, as a pronoun would,
    and so do a lone "hundred" or "million".
    """
    return list(_numbered([part for word in words for part in _parted(word)]))


def _parted(word: str) -> list[str]:
    """ "12k" is a figure and its scale; "twenty-one" two words."""
    if joined := _JOINED.fullmatch(word):
        return [joined[1], joined[2]]
    parts = word.split("-")
    return parts if len(parts) > 1 and all(part in _UNITS or part in _TENS or part in _SCALES for part in parts) else [word]


def _numbered(words: list[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        value, end = _number(words, at)
        if value is None or (end == at + 1 and words[at] == "one"):
            yield words[at]
            at += 1
        else:
            yield f"{value.normalize():f}"
            at = end


def _number(words: list[str], start: int) -> tuple[Decimal | None, int]:
    """The number that begins at a word, and where it ends; None where none begins."""
    if _FIGURE.fullmatch(words[start]):
        value = _decimal(words[start])
        at = start + 1
        while at < len(words) and re.fullmatch(r"\d{3}", words[at]) and re.fullmatch(r"\d{1,3}", words[start]):
            value, at = (None if value is None else value * 1000 + int(words[at])), at + 1  # "10 000"
        if value is not None and at < len(words) and words[at] in _SCALES and words[at] not in {"hundred"}:
            return value * _SCALES[words[at]], at + 1
        return value, at
    return _spelled(words, start)


def _spelled(words: list[str], start: int) -> tuple[Decimal | None, int]:
    total = group = 0
    at = end = start
    while at < len(words):
        word = words[at]
        if word in _UNITS or word in _TENS:
            group += _UNITS.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred" and group:
            group *= 100
        elif word in _SCALES and len(word) > 2 and group:
            total, group = total + group * _SCALES[word], 0
        elif not (word == "and" and at > start and words[at - 1] == "hundred"):
            break
        at += 1
        end = at if word != "and" else end
    return (Decimal(total + group), end) if end > start else (None, start)


def _decimal(figure: str) -> Decimal | None:
    plain = figure.rstrip(".,")
    plain = plain.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain) else plain.replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None
