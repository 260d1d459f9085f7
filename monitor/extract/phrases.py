"""Noun phrases without a parser: what stands left and right of a verb, by shape, position and closed word classes.

Where the pipeline has set parts of speech they are believed for verbs; all else holds without them.
"""

from __future__ import annotations

from spacy.tokens import Doc, Span

from monitor.extract.lexicon import (
    ACTS,
    AMBIGUOUS,
    AUXILIARIES,
    BETWEEN,
    BODIES,
    CUES,
    DETERMINERS,
    HEADLINE_VERBS,
    PERSONAL,
    PREPOSITIONS,
    READY,
    RELATIVES,
    ROLES,
    SUBORDINATORS,
    TEMPORAL,
    is_adverb,
)
from monitor.text.datelines import dateline
from monitor.text.inflect import IRREGULAR_VERBS
from monitor.text.places import DEMONYMS
from monitor.text.terms import STOP
from monitor.text.words import words as word_list

Range = tuple[int, int]
"""Words from..before of a sentence."""
OPENING = frozenset("“‘«\"'„")
CLOSING = frozenset("”’»\"'")
_DASHES = frozenset({"–", "—", "--", " - "})
_INSIDE = frozenset({"-", "'s", "’s", "'", "’", "/", "&"})
_PARTICLES = word_list("de da di del der den van von bin ibn al el la le du dos al- bint abu of the and for")
_ACRONYMS = frozenset({"WHO", "US", "IT", "AIDS"})  # other words in small letters
_MONTH_NAMES = word_list("jan april may june august")
_TITLES = word_list("lt col gen sgt maj capt adm sen rep gov dr mr mrs ms prof st rev")
_LONGEST = 16  # words of a noun phrase that names a speaker


class Words:
    """A sentence's tokens without white space and dateline, with what the rules ask of each.

    text and low are the words as written and case-folded; idx the offset of each in the document; name[i] tells whether a word
    is written as a name is. In headlines in title case, what the document elsewhere writes in small letters is no name.
    """

    def __init__(self, span: Span, common: frozenset[str] = frozenset()) -> None:
        begin = span.start_char + dateline(span.text)
        self.tokens = [token for token in span if not token.is_space and token.idx >= begin]
        self.text = [token.text for token in self.tokens]
        self.low = [token.text if token.text in _ACRONYMS else token.lower_ for token in self.tokens]
        self.idx = [token.idx for token in self.tokens]
        self.shouted = self._shouted()
        self.name = [self._is_name(index, common, self.shouted) for index in range(len(self.tokens))]

    def __len__(self) -> int:
        return len(self.tokens)

    def _shouted(self) -> bool:
        """Whether nearly every longer word has a capital, so that capitals tell little."""
        longer = [text for text in self.text if len(text) > 3 and text.isalpha()]
        return len(longer) > 3 and sum(text[0].isupper() for text in longer) >= 0.7 * len(longer)

    def _is_name(self, index: int, common: frozenset[str], shouted: bool) -> bool:
        text, low = self.text[index], self.low[index]
        if not text[0].isupper() or (low in TEMPORAL and not self._is_forename(index)):
            return False
        first = index == 0 or self.text[index - 1] in OPENING or self.text[index - 1] in {":", "-", "–", "—"}
        if first and (low in STOP or low in DETERMINERS or low in PREPOSITIONS or low in SUBORDINATORS):
            return False
        if shouted and index and (low in HEADLINE_VERBS or low in READY or low in AUXILIARIES or low in STOP):
            return False
        return not ((first or shouted) and low in common)

    def end(self, index: int) -> int:
        """The offset in the document behind the word."""
        return self.idx[index] + len(self.text[index])

    def _is_forename(self, index: int) -> bool:
        """Whether the month is a person's name: "Jan Wilk", "June Ferro"."""
        behind = self.text[index + 1 : index + 2]
        return self.low[index] in _MONTH_NAMES and bool(behind) and behind[0][0].isupper() and behind[0].lower() not in TEMPORAL

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
        if text == ".":  # "Lt. Col. Marek", where the pipeline parts the stop from the word
            return not (index and self.low[index - 1] in _TITLES and self.tokens[index - 1].whitespace_ == "")
        return text not in _INSIDE and not any(letter.isalnum() for letter in text) and text not in {"$", "€", "£", "%"}

    def is_verb(self, index: int) -> bool:
        """Whether the word is a finite verb or auxiliary, as far as can be told."""
        if self.low[index] in AUXILIARIES and self.text[index] not in {"'s", "’s"}:
            return not (self.low[index] in {"may", "will", "might"} and self.name[index])
        if self.tokens[index].tag_ == "POS":  # tagger and morphologizer may differ over "'s"; one doubt is enough
            return False
        pos = self.tokens[index].pos_
        return pos in {"VERB", "AUX"} and "VerbForm=Fin" in str(self.tokens[index].morph)


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
    if stop and words.low[stop - 1] in PERSONAL:
        return stop - 1, stop
    start = after_adjunct(words, start, stop)
    start = _after_and(words, start, stop)
    return (start, stop) if speaks(words, start, stop) else None


def skip_left(words: Words, end: int) -> int:
    """The end of what stands before `end`, without adverbs, auxiliaries and time phrases."""
    while end > 0:
        low = words.low[end - 1]
        if low == ")" and "(" in words.text[max(0, end - 6) : end]:  # "Ivo Marek (Greens)"
            end -= words.text[:end][::-1].index("(") + 1
            continue
        if (low in BETWEEN and not words.name[end - 1]) or (is_adverb(low) and low not in STOP and not words.name[end - 1]):
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


def after_adjunct(words: Words, start: int, stop: int) -> int:
    """Behind a time or place phrase that opens the clause: "In Oru [the mayor]", "On Friday night [Marek]"."""
    if start >= stop or words.low[start] not in PREPOSITIONS:
        while start < stop and words.low[start] in {
            "and",
            "or",
            "so",
            "yet",
            "then",
            "meanwhile",
            "yesterday",
            "today",
            "earlier",
            "later",
        }:
            start += 1
        return start
    inner = start + 1
    while inner < stop and words.low[inner] in TEMPORAL | {"a", "the", "of"}:
        inner += 1
    if inner < stop and words.low[inner - 1] in TEMPORAL:
        return inner
    for index in range(start + 2, stop):
        opens = words.low[index] in DETERMINERS or (words.low[index] in ROLES and not words.low[index - 1].endswith("'s"))
        if (
            opens
            and words.low[index - 1] not in {"of", "for", "and", "-"}
            and words.low[index - 1] not in DETERMINERS | PREPOSITIONS
        ):
            return index
    return stop


def _after_and(words: Words, start: int, stop: int) -> int:
    """Behind an "and" whose left side is no name or body: "signed it and [Marek]", but "[Marek and Oru]"."""
    for index in range(stop - 1, start, -1):
        if words.low[index] == "and":
            left = words.low[index - 1]
            kin = (
                words.name[index - 1]
                or left in ROLES
                or left in BODIES
                or left in {"state", "federal", "local", "military", "foreign"}
            )
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
    if low == "of" and index + 1 < len(words) and words.low[index + 1].endswith("ing"):  # accused by Oru "of recruiting"
        return True
    if before in DEMONYMS:
        return may_be_verb(low) and not low.endswith("s")
    if index > start and words.name[index - 1] and not words.name[index] and words.text[index] not in _INSIDE:
        joined = (
            low in {"of", "for", "and"} or low in ROLES or low in BODIES or low in _PARTICLES or words.text[index - 1].isupper()
        )
        demonym = before not in ROLES and any(low_ in ROLES or low_ in BODIES for low_ in words.low[index : index + 4])
        return not (joined or demonym)
    return low == "and" and not (
        index + 1 < len(words) and (words.name[index + 1] or words.low[index + 1] in ROLES | BODIES | DETERMINERS)
    )


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
        words.name[first - 1]
        or words.text[first - 1] == "-"
        or (words.low[first - 1] in _PARTICLES and first < end and words.low[first - 1] not in {"of", "the", "and", "for"})
    ):
        first -= 1
    while first < end and not words.name[first]:
        first += 1
    return first, end


def subject_of(words: Words) -> tuple[int, int] | None:
    """The noun phrase that is the subject of the sentence's main verb, a time or place phrase in front passed over.

    "On Friday [Oru, Lind and Bran] formally notified"; "By 90 votes to 3 [the assembly] approved".
    """
    start = 0
    while start < len(words) and words.is_punctuation(start):
        start += 1
    if start < len(words) and words.low[start] in PREPOSITIONS:
        comma = next((i + 1 for i in range(start, min(start + 14, len(words))) if words.text[i] == ","), 0)
        start = comma or after_adjunct(words, start, min(start + 14, len(words)))
    end = start
    while end < len(words) and not _ends_subject(words, start, end):
        end += 1
    end = skip_left(words, end)
    while end > start and words.low[end - 1] in PREPOSITIONS | {"and", ","}:
        end -= 1
    return (start, end) if end > start and speaks(words, start, end) else None


def _ends_subject(words: Words, start: int, at: int) -> bool:
    low = words.low[at]
    if words.text[at] == "," and at > start and at + 1 < len(words):
        return not (words.name[at - 1] and words.name[at + 1] and words.low[at + 2 : at + 3] in (["and"], [","]))
    if words.is_punctuation(at) or words.is_verb(at) or low in SUBORDINATORS or low in RELATIVES:
        return True
    if at == start or words.name[at]:
        return False
    if words.shouted and low in HEADLINE_VERBS and not low.endswith(("s", "ed")) and not _plural(words, start, at):
        return False  # "Oru Trade Chief Plans": a verb would end in s
    if words.low[at - 1] in DEMONYMS:  # "three Polish soldiers have"
        return may_be_verb(low) and not low.endswith("s")
    if (
        words.name[at - 1]
        and low not in {"of", "for", "and", "'s", "’s", "'", "’", "-"}
        and low not in ROLES
        and low not in BODIES
    ):
        return True
    if low in AMBIGUOUS and any(word in BODIES or word in ROLES for word in words.low[at + 1 : at + 3]):  # "an appeals court"
        return False
    if words.low[at - 1] in BODIES | ROLES and low not in BODIES | ROLES and (low.endswith("ed") or low in IRREGULAR_VERBS):
        return True  # "the British government sanctioned"
    verb = low in ACTS or low in CUES
    return (
        verb
        and not (low in AMBIGUOUS and words.low[at - 1] in DETERMINERS | {"'s", "’s"})
        and words.low[at - 1] not in {"the", "a"}
    )


def _plural(words: Words, start: int, end: int) -> bool:
    return words.low[end - 1].endswith("s") or "and" in words.low[start:end]


def may_be_verb(low: str) -> bool:
    """Whether the word may be a past or present form of a verb, by its ending or as an irregular verb."""
    return low.endswith(("ed", "s")) or low in IRREGULAR_VERBS


def head_of(words: Words, start: int, end: int) -> int:
    """Where the head of the noun phrase ends: before its first preposition ("[the minister] of Oru")."""
    return next((index for index in range(start + 1, end) if words.low[index] in PREPOSITIONS | {"of", "for"}), end)
