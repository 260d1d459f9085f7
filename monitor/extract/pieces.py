"""Words as the shipped encoder reads them: the word pieces of an uncased BERT vocabulary, and how each word is written.

The encoder's vocabulary knows no capitals, which is why headlines in capitals do not confuse it; what capitals tell about
names goes in beside the pieces, as one of sixteen spellings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

PAD, UNKNOWN, FIRST, LAST = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
SPELLINGS = 16  # rows of the encoder's table of spellings; 0 belongs to the marks that are no words
LONGEST = 60  # characters of a word that are cut into pieces; what is longer is no word and reads as unknown
_UNSPACED = 7  # added where no blank stands before the word: "n't", "%", the second half of "F-16"


class Pieces:
    """Cuts words into pieces, greedily from the left, as BERT does."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.vocabulary = vocabulary
        self.pad, self.first, self.last = vocabulary[PAD], vocabulary[FIRST], vocabulary[LAST]
        self._unknown = vocabulary[UNKNOWN]
        self.of = lru_cache(maxsize=50_000)(self._of)

    def _of(self, word: str) -> tuple[int, ...]:
        """The numbers of the word's pieces, at least one."""
        if len(word) > LONGEST:
            return (self._unknown,)
        return tuple(number for run in _runs(_plain(word)) for number in self._cut(run)) or (self._unknown,)

    def _cut(self, run: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(run):
            mark = "##" if start else ""
            end = next((end for end in range(len(run), start, -1) if mark + run[start:end] in self.vocabulary), None)
            if end is None:
                return [self._unknown]
            found.append(self.vocabulary[mark + run[start:end]])
            start = end
        return found


def _plain(word: str) -> str:
    """Lower case without accents and control characters; typographic quotes stay."""
    parted = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in parted if unicodedata.category(c) not in {"Mn", "Cc", "Cf"} and c != "\ufffd")


def _runs(text: str) -> list[str]:
    """Runs of letters and digits; every other mark stands alone."""
    runs: list[str] = []
    joined = False
    for character in text:
        apart = not character.isalnum()
        if joined and not apart:
            runs[-1] += character
        elif not character.isspace():
            runs.append(character)
        joined = not apart
    return runs


@lru_cache(maxsize=50_000)
def spelling(word: str, spaced: bool) -> int:
    """Which of the spellings 1..14 the word has; spaced: a blank (or the text's beginning) stands before it."""
    letters = [c for c in word if c.isalpha()]
    if not letters:
        kind = 1 if any(c.isdigit() for c in word) else 2
    elif all(c.islower() for c in letters):
        kind = 3
    elif len(letters) == 1:
        kind = 4
    elif all(not c.islower() for c in letters):
        kind = 5
    elif letters[0].isupper() and all(c.islower() for c in letters[1:]):
        kind = 6
    else:
        kind = 7
    return kind if spaced else kind + _UNSPACED
