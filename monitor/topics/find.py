"""Finding many words and phrases at once in a text, each in all its forms: an Aho-Corasick automaton over the folded text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import ahocorasick

from monitor.text.inflect import forms_of_phrase

_AS_SPACE = "-‐‑‒–—\n\t\r\u00a0\u2009\u202f"
_APOSTROPHES = "’‘ʼ`´"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form of what is looked for, folded.

    capitals: offsets in it at which the text must hold a capital letter; prefix: any word may go on behind it.
    """

    text: str
    capitals: tuple[int, ...] = ()
    prefix: bool = False


class Finder(Generic[T]):
    """An automaton over patterns, each with a label of the caller's."""

    def __init__(self, sought: Iterable[tuple[Pattern, T]]) -> None:
        found: dict[str, list[tuple[Pattern, T]]] = defaultdict(list)
        for pattern, label in sought:
            if (pattern, label) not in found[pattern.text]:
                found[pattern.text].append((pattern, label))
        self._automaton = ahocorasick.Automaton()
        for text, listed in found.items():
            self._automaton.add_word(text, (len(text), tuple(listed), _runs_on(text[0]), _runs_on(text[-1])))
        self._empty = not found
        if found:
            self._automaton.make_automaton()

    def find(self, text: str, folded: str) -> Iterator[tuple[int, int, T]]:
        """Every occurrence that begins and ends with a word, as start, end and label; folded: the text by `fold`."""
        if self._empty:
            return
        length = len(folded)
        for last, (size, listed, open_left, open_right) in self._automaton.iter(folded):
            start, end = last - size + 1, last + 1
            if start and folded[start - 1].isalnum() and not open_left:
                continue
            whole = open_right or end == length or not folded[end].isalnum()
            for pattern, label in listed:
                if (whole or pattern.prefix) and all(text[start + offset].isupper() for offset in pattern.capitals):
                    yield start, end if whole else _word_end(folded, end), label


def fold(text: str) -> str:
    """The text as it is matched, character for character: case-folded, hyphens and breaks as spaces, one kind of apostrophe."""
    folded = text.casefold()
    if len(folded) != len(text):  # a few letters fold into two ("ß"); those keep their lower case, or themselves
        folded = "".join(_fold_one(letter) for letter in text)
    for sign in _AS_SPACE:
        folded = folded.replace(sign, " ")
    if not folded.isascii():
        for sign in _APOSTROPHES:
            folded = folded.replace(sign, "'")
    return folded


def patterns(phrase: str, *, name: bool = False, exact: bool = False) -> Iterator[Pattern]:
    """What to look for, for one keyword, alias or excluded phrase, in every form; names and exact phrases have but one.

    A word in capitals ("US", "WHO") must stand in capitals in the text, and a name that is one capitalised word ("May") must
    be capitalised there: else the pronoun and the verb would match.
    """
    plain = phrase.split()
    spaced = " ".join(fold(phrase).split())
    if not spaced:
        return
    acronyms = [index for index, word in enumerate(plain) if len(word) > 1 and word.isupper() and word.isalpha()]
    forms = {spaced} | ({spaced.replace("'", "")} if "'" in spaced else set())
    if not (name or exact):
        forms |= forms_of_phrase(spaced)
    for form in sorted(forms):
        capitals: tuple[int, ...] = ()
        words = form.split(" ")
        if len(words) == len(plain):
            starts = [sum(len(word) + 1 for word in words[:index]) for index in range(len(words))]
            capitals = tuple(start + offset for index in acronyms for start in [starts[index]] for offset in (0, 1))
            if name and len(plain) == 1 and phrase[:1].isupper():
                capitals = tuple(sorted({0, *capitals}))
        yield Pattern(form, capitals)


def _runs_on(letter: str) -> bool:
    """Whether the letter is of a script that puts no space between words (Thai to Khmer, Japanese, Chinese), or hangs endings on
    them (Korean)."""
    return "\u0e00" <= letter <= "\u17ff" or "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3"


def _fold_one(letter: str) -> str:
    return next((form for form in (letter.casefold(), letter.lower()) if len(form) == 1), letter)


def _word_end(folded: str, at: int) -> int:
    while at < len(folded) and folded[at].isalnum():
        at += 1
    return at
