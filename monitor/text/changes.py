"""What a text says that an earlier one does not: sentence by sentence, cosmetic changes apart.

Cosmetic are case, punctuation, articles, numerals for words, endings of one stem, and a slip of letters in a word that is none
("offcials"). All else is a change: another figure, another name, a "not", any further word. When in doubt it is a change, which
costs the reading of one sentence; what is wrongly taken for cosmetic is never read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from monitor.records import Document, Field, Like, Revision
from monitor.text.numerals import numbered
from monitor.text.paraphrases import paraphrases
from monitor.text.sentences import sentence_spans
from monitor.text.terms import stem

SHARE = 0.6
"""The share of a text's words that an earlier text must hold, sentence by sentence, for the text to be a copy of it."""
BODY = 40
"""Words of summary and content from which on another headline alone is no change of a copy under another address."""
SWAP, SLIP, NAME = 4, 5, 7
"""Letters that a word must have for one wrong letter to be a slip: fewer where two letters have changed places, more where
neither form is a common word, since it may be another name."""
NOWHERE: Mapping[str, int] = {}
LONGEST = 300
"""Words of a sentence that are aligned one by one: more is a list or junk, and takes time that grows with the square."""
ALIKE = 70
"""How alike two sentences must be, in percent, for one to be looked at as a change of the other."""
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*(?:-[^\W_]+)*")
_ARTICLES = frozenset({"a", "an", "the"})
_CUT = re.compile(r"\s*(?:\[?(?:\.{3}|…)\]?)\s*$")
_NUMBER_WORDS = frozenset(
    ["hundred", "hundreds", "thousand", "thousands", "million", "millions", "billion", "billions", "dozen", "dozens"]
)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A text beside the earlier one that it repeats most of.

    number: of the earlier one; fresh: the spans of the text that say something else; missing: the sentences of the earlier one
    that it does not repeat.
    """

    number: int
    fresh: tuple[Span, ...]
    missing: tuple[str, ...]


def copied(document: Document, likes: Sequence[Like]) -> Changed | None:
    """What changed from the earlier text that the document repeats most of; None where it repeats too little of any.

    likes: the likeliest first; the first of equals is taken. A revision is one that has an entry in common (`Like.same_entry`).
    """
    best: tuple[float, Changed] | None = None
    for like in likes:
        share, changed = _compared(document, like)
        if share >= SHARE and (best is None or share > best[0]):
            best = share, changed
    return best[1] if best else None


def left_out(document: Document, likes: Sequence[Like]) -> Revision | None:
    """What a revision leaves out of the one before; None for a first revision, or where the one before is not kept."""
    like = next((one for one in likes if one.same_entry), None)
    if like is None:
        return None
    earlier, used = _Sentences(like.text), set()
    for start, end in sentence_spans(document.text):
        text = document.text[start:end]
        if (words := words_in(text)) and (place := earlier.find(words, cut=bool(_CUT.search(text)))) is not None:
            used.add(place)
    missing = tuple(text for place, text in enumerate(earlier.texts) if place not in used)
    # a text that is another one altogether takes back nothing by what it lacks, and one that is cut lacks only its end
    stands = _compared(document, like)[0] >= SHARE
    removed = tuple(text for place, text in enumerate(earlier.texts[: max(used, default=0)]) if place not in used)
    return Revision(number=like.number, missing=missing, removed=removed if stands else ())


def words_in(text: str) -> list[str]:
    """The words as they are compared: case-folded, without punctuation and articles, numbers in one form."""
    plain = text.casefold().replace("’", "'").removesuffix("'s")
    return [word for word in numbered(_WORD.findall(plain)) if word not in _ARTICLES]


def is_cosmetic(new: Sequence[str], old: Sequence[str], used: Mapping[str, int] = NOWHERE) -> bool:
    """Whether two sentences, as words, say the same but for slips and endings.

    used: how often the earlier text uses each word: a form that it writes once, beside another that it writes too, was a slip.
    """
    if new == old:
        return True
    if max(len(new), len(old)) > LONGEST:
        return False
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if tag != "replace" or j - i != m - k:
            return False
        if not all(_is_slip(before, after, used) for before, after in zip(old[i:j], new[k:m], strict=True)):
            return False
    return True


def _is_slip(one: str, other: str, used: Mapping[str, int]) -> bool:
    """Whether two words are one, but for its ending or a letter."""
    if any(digit.isdigit() for digit in one + other) or {one, other} & _NUMBER_WORDS or one[0] != other[0]:
        return False
    if stem(one) == stem(other):
        return True
    swapped = sorted(one) == sorted(other)
    mended = used.get(one, 0) == 1 and used.get(other, 0) > 0
    known = [bool(paraphrases(stem(word))) for word in (one, other)]
    shortest = SWAP if swapped or mended else SLIP if any(known) else NAME
    return not all(known) and min(len(one), len(other)) >= shortest and OSA.distance(one, other) <= 1


def _compared(document: Document, like: Like) -> tuple[float, Changed]:
    """The share of the document's words that the earlier text holds, and what changed; 0 as soon as it is too small."""
    earlier = _Sentences(like.text)
    found = ((span, words_in(document.text[slice(*span)])) for span in sentence_spans(document.text))
    sentences = [(span, words) for span, words in found if words]
    body = sum(len(words) for span, words in sentences if document.segment_at(span[0]).field is not Field.TITLE)
    held, total, lost, used = 0, 0, 0, set()
    fresh: list[Span] = []
    for span, words in sentences:
        place = earlier.find(words, cut=bool(_CUT.search(document.text[slice(*span)])))
        is_title = document.segment_at(span[0]).field is Field.TITLE
        if place is None and is_title and body >= BODY and not like.same_entry and _figures(words) <= earlier.figures:
            continue  # another headline, and nothing else
        total += len(words)
        if place is None:
            fresh.append(span)
            nearly = earlier.nearly(words)
            held += nearly
            lost += len(words) - nearly
        else:
            used.add(place)
            held += len(words)
        if lost > (1.0 - SHARE) * (body + len(sentences[0][1])):
            return 0.0, Changed(number=like.number, fresh=(), missing=())
    missing = tuple(text for place, text in enumerate(earlier.texts) if place not in used)
    return held / total if total else 0.0, Changed(number=like.number, fresh=tuple(fresh), missing=missing)


class _Sentences:
    """The sentences of an earlier text."""

    def __init__(self, text: str) -> None:
        found = [(text[start:end], words_in(text[start:end])) for start, end in sentence_spans(text)]
        self.texts = [one for one, words in found if words]
        self._words = [words for _, words in found if words]
        self._joined = [" ".join(words) for words in self._words]
        self._places = {tuple(words): place for place, words in reversed(list(enumerate(self._words)))}
        self._used = Counter(word for words in self._words for word in words)
        self.figures = {word for words in self._words for word in _figures(words)}

    def find(self, words: list[str], *, cut: bool) -> int | None:
        """The place of the sentence that says the same. cut: the words end in an ellipsis, and may go on there."""
        place = self._places.get(tuple(words))
        if place is not None:
            return place
        if cut and len(words) >= 4:
            return next((at for at, old in enumerate(self._words) if old[: len(words) - 1] == words[:-1]), None)
        if len(words) > LONGEST:
            return None
        near = process.extract(" ".join(words), self._joined, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2)
        return next((at for _, _, at in near if is_cosmetic(words, self._words[at], self._used)), None)

    def nearly(self, words: list[str]) -> int:
        """How many words of a sentence that changed the sentence most like it holds."""
        if len(words) > LONGEST:
            return 0
        near = process.extractOne(" ".join(words), self._joined, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if near is None or len(self._words[near[2]]) > LONGEST:
            return 0
        blocks = SequenceMatcher(None, self._words[near[2]], words, autojunk=False).get_matching_blocks()
        return sum(block.size for block in blocks)


def _figures(words: Sequence[str]) -> set[str]:
    return {word for word in words if word[0].isdigit()}
