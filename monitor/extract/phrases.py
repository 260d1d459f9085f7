"""Noun phrases without a parser: what stands left and right of a verb, by shape, position and closed word classes.

Where the pipeline has set parts of speech they are believed for verbs; all else holds without them.
"""

from __future__ import annotations

from collections.abc import Iterable

from spacy.tokens import Doc, Span, Token

from monitor.extract.lexicon import (
    AUXILIARIES,
    BETWEEN,
    BODIES,
    CUES,
    DETERMINERS,
    PERSONAL,
    PREPOSITIONS,
    RELATIVES,
    ROLES,
    SUBORDINATORS,
    TEMPORAL,
)
from monitor.extract.terms import STOP

OPENING = frozenset("“‘«\"'„")
CLOSING = frozenset("”’»\"'")
_DASHES = frozenset({"–", "—", "--", " - "})
_INSIDE = frozenset({"-", "'s", "’s", "'", "’", "/", "&", "."})
_PARTICLES = frozenset("de da di del der den van von bin ibn al el la le du dos al- bint abu of the and for".split())  # noqa: SIM905 - reads as text
_LONGEST = 16  # words of a noun phrase that names a speaker


class Words:
    """A sentence's tokens without white space, with what the rules ask of each.

    text and low are the words as written and case-folded; idx the offset of each in the document; name[i] tells whether a word
    is written as a name is. In headlines in title case, what the document elsewhere writes in small letters is no name.
    """

    def __init__(self, tokens: Iterable[Token], common: frozenset[str] = frozenset()) -> None:
        self.tokens = [token for token in tokens if not token.is_space]
        self.text = [token.text for token in self.tokens]
        self.low = [token.lower_ for token in self.tokens]
        self.idx = [token.idx for token in self.tokens]
        shouted = self._shouted()
        self.name = [self._is_name(index, common, shouted) for index in range(len(self.tokens))]

    def __len__(self) -> int:
        return len(self.tokens)

    def _shouted(self) -> bool:
        """Whether nearly every longer word has a capital, so that capitals tell little."""
        longer = [text for text in self.text if len(text) > 3 and text.isalpha()]
        return len(longer) > 3 and sum(text[0].isupper() for text in longer) >= 0.7 * len(longer)

    def _is_name(self, index: int, common: frozenset[str], shouted: bool) -> bool:
        text, low = self.text[index], self.low[index]
        if not text[0].isupper() or low in TEMPORAL:
            return False
        first = index == 0 or self.text[index - 1] in OPENING or self.text[index - 1] in {":", "-", "–", "—"}
        if first and (low in STOP or low in DETERMINERS or low in PREPOSITIONS or low in SUBORDINATORS):
            return False
        return not ((first or shouted) and low in common)

    def end(self, index: int) -> int:
        """The offset in the document behind the word."""
        return self.idx[index] + len(self.text[index])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The words start..end as offsets in the document."""
        return self.idx[start], self.end(end - 1)

    def string(self, start: int, end: int) -> str:
        """The words start..end as written, single spaces between them where the text has white space."""
        return "".join(token.text + (" " if token.whitespace_ else "") for token in self.tokens[start:end]).strip()

    def is_punctuation(self, index: int) -> bool:
        """Whether the word divides phrases: a comma, quote, dash or bracket, but no hyphen or apostrophe within a name."""
        text = self.text[index]
        if text in {"'", "’"}:  # a possessive after s, or a quote
            return not (index and self.low[index - 1].endswith("s") and self.tokens[index - 1].whitespace_ == "")
        if text == "-":
            return bool(self.tokens[index].whitespace_)
        return text not in _INSIDE and not any(letter.isalnum() for letter in text) and text not in {"$", "€", "£", "%"}

    def is_verb(self, index: int) -> bool:
        """Whether the word is a finite verb or auxiliary, as far as can be told."""
        if self.low[index] in AUXILIARIES and self.text[index] not in {"'s", "’s"}:
            return not (self.low[index] in {"may", "will", "might"} and self.name[index])
        pos = self.tokens[index].pos_
        return pos in {"VERB", "AUX"} and "Fin" in self.tokens[index].morph.get("VerbForm")


def common_words(doc: Doc) -> frozenset[str]:
    """The words that the document somewhere writes in small letters."""
    return frozenset(token.text for token in doc if token.is_lower and token.is_alpha)


def left_phrase(words: Words, end: int) -> tuple[int, int] | None:
    """The noun phrase that ends before `end`, adverbs and auxiliaries between passed over; None where there is none.

    "On Monday [the ministry in Oru] also" (said), "since [two officials briefed on the talks] had" (said).
    """
    stop = skip_left(words, end)
    start = stop
    while start > 0 and not _bounds_left(words, start - 1):
        start -= 1
    start = _after_adjunct(words, start, stop)
    start = _after_and(words, start, stop)
    return (start, stop) if speaks(words, start, stop) else None


def skip_left(words: Words, end: int) -> int:
    """The end of what stands before `end`, without adverbs, auxiliaries and time phrases."""
    while end > 0:
        low = words.low[end - 1]
        if (low in BETWEEN and not words.name[end - 1]) or (low.endswith("ly") and low not in STOP and len(low) > 4 and not words.name[end - 1]):
            end -= 1
        elif low in TEMPORAL and not words.name[end - 1]:
            end -= 1
            if end > 0 and words.low[end - 1] in {"on", "in", "this", "last", "late", "early", "at", "by"}:
                end -= 1
        else:
            break
    return end


def _bounds_left(words: Words, index: int) -> bool:
    low = words.low[index]
    if words.is_punctuation(index) or low in SUBORDINATORS or low in RELATIVES or words.is_verb(index):
        return True
    cue = CUES.get(low)
    return cue is not None and cue.strong and not words.name[index] and low.endswith(("d", "s", "e"))


def _after_adjunct(words: Words, start: int, stop: int) -> int:
    """Behind a time or place phrase that opens the clause: "In Oru [the mayor]", "On Friday night [Marek]"."""
    if start >= stop or words.low[start] not in PREPOSITIONS:
        while start < stop and words.low[start] in {"and", "or", "so", "yet", "then", "meanwhile", "yesterday", "today", "earlier", "later"}:
            start += 1
        return start
    inner = start + 1
    while inner < stop and words.low[inner] in TEMPORAL | {"a", "the", "of"}:
        inner += 1
    if inner < stop and words.low[inner - 1] in TEMPORAL:
        return inner
    for index in range(start + 2, stop):
        opens = words.low[index] in DETERMINERS or (words.low[index] in ROLES and not words.low[index - 1].endswith("'s"))
        if opens and words.low[index - 1] not in {"of", "for", "and", "-"} and words.low[index - 1] not in DETERMINERS | PREPOSITIONS:
            return index
    return stop


def _after_and(words: Words, start: int, stop: int) -> int:
    """Behind an "and" whose left side is no name or body: "signed it and [Marek]", but "[Marek and Oru]"."""
    for index in range(stop - 1, start, -1):
        if words.low[index] == "and":
            left = words.low[index - 1]
            kin = words.name[index - 1] or left in ROLES or left in BODIES or left in {"state", "federal", "local", "military", "foreign"}
            return start if kin and not words.low[start].endswith(("ed", "ing")) else index + 1
    return start


def right_phrase(words: Words, start: int) -> tuple[int, int] | None:
    """The noun phrase that begins at `start`: (said) "[the commander of the border guard] on Monday"."""
    end = start
    while end < len(words) and not _bounds_right(words, start, end):
        end += 1
    while end > start and words.low[end - 1] in {"of", "for", "and", "the", "a"}:
        end -= 1
    return (start, end) if speaks(words, start, end) else None


def _bounds_right(words: Words, start: int, index: int) -> bool:
    low, before = words.low[index], words.low[index - 1] if index > start else ""
    if words.is_punctuation(index) or low in SUBORDINATORS | RELATIVES or words.is_verb(index):
        return True
    if low in TEMPORAL and not words.name[index] and low not in {"this", "next"}:
        return True
    if low in PREPOSITIONS and low != "for":
        return True
    if index > start and words.name[index - 1] and not words.name[index] and words.text[index] not in _INSIDE:
        joined = low in {"of", "for", "and"} or low in ROLES or low in BODIES or low in _PARTICLES or words.text[index - 1].isupper()
        demonym = before not in ROLES and any(low_ in ROLES or low_ in BODIES for low_ in words.low[index : index + 4])
        return not (joined or demonym)
    return low == "and" and not (index + 1 < len(words) and (words.name[index + 1] or words.low[index + 1] in ROLES | BODIES | DETERMINERS))


def speaks(words: Words, start: int, end: int) -> bool:
    """Whether the words may name a speaker: a name, a role, a body, a pronoun."""
    if not 0 < end - start <= _LONGEST:
        return False
    if end - start == 1 and words.low[start] in PERSONAL:
        return True
    if words.low[start] in PREPOSITIONS:
        return False
    return any(words.name[i] or words.low[i] in ROLES or words.low[i] in BODIES for i in range(start, end))


def name_run(words: Words, start: int, end: int) -> tuple[int, int]:
    """The run of names that the phrase ends with, particles within it included; empty where it ends otherwise."""
    first = end
    while first > start and (
        words.name[first - 1] or words.text[first - 1] == "-" or (words.low[first - 1] in _PARTICLES and first < end and words.low[first - 1] not in {"of", "the", "and", "for"})
    ):
        first -= 1
    while first < end and not words.name[first]:
        first += 1
    return first, end


def sentence_words(span: Span, common: frozenset[str]) -> Words:
    """The words of a sentence."""
    return Words(span, common)
