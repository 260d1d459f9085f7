"""Static word vectors, to tell how near two texts are in meaning: "servicemen" lies beside "soldiers".

20,000 common words with 64 figures each, one byte a figure, most frequent first: distilled from all-MiniLM-L6-v2 by
`python -m training.relevance --words`. A word that is not among them says nothing here; names are compared as words elsewhere.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

WIDTH = 64
_COMMON = 100.0
"""The rank in frequency at which a word weighs half of what a rare one does."""
_WORD = re.compile(r"[^\W\d_]+")


class Words:
    """The vectors by word. packed: the words, one a line, a zero byte, and the figures row by row."""

    def __init__(self, packed: bytes) -> None:
        listed, _, figures = gzip.decompress(packed).partition(b"\0")
        self._row = {word: row for row, word in enumerate(listed.decode("utf-8").split("\n"))}
        table = np.frombuffer(figures, dtype=np.int8).reshape(len(self._row), WIDTH).astype(np.float32)
        weights = np.arange(len(table), dtype=np.float32)
        self._weighted = table * (weights / (weights + _COMMON))[:, None]

    def vector(self, text: str) -> Vector:
        """The mean of the text's words, rare ones weighing more, of length 1; nought where it knows none of them."""
        rows = [row for word in _WORD.findall(text) if (row := self._row.get(word.casefold())) is not None]
        return _unit(self._weighted[rows].sum(axis=0)) if rows else np.zeros(WIDTH, dtype=np.float32)

    def vectors(self, texts: Iterable[str]) -> Vector:
        """One row for each text."""
        rows = [self.vector(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), WIDTH)

    def rank(self, word: str) -> int:
        """How many words are more frequent."""
        return self._row.get(word.casefold(), len(self._row))

    def __len__(self) -> int:
        return len(self._row)


def _unit(vector: Vector) -> Vector:
    length = float(np.sqrt(vector @ vector))
    return vector / np.float32(length) if length else vector


@cache
def shipped_words() -> Words:
    """Those that ship with the monitor."""
    return Words(files("monitor.topics.relevance").joinpath("words.gz").read_bytes())
