"""Finding texts that may be nearly the same as an earlier one: MinHash over runs of three words, in bands.

    document -- mark_of --> keys + text; an earlier text that shares a key may be nearly the same (`monitor.text.changes` tells)

Own code of a few lines: the kept libraries bring an index of their own and scipy with it, while the index here is a hash in Redis
that the poll's commit reads and writes in sequence order, so that what is found never depends on how many workers run.
Two texts that share half of their runs find each other 99 times in a hundred, a third of them 84 times, a tenth 15 times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from monitor.records import Document, Field, Like
from monitor.records.ids import EntryId
from monitor.text.changes import BODY, words_in

BANDS = 16
ROWS = 2
RUN = 3
"""Words of a run."""
MOST = 3
"""Earlier texts that are looked at closely."""
_PRIME = np.uint64((1 << 31) - 1)


def _constants(name: str) -> NDArray[np.uint64]:
    """Fixed numbers from 1 below the prime: the same in every process and on every machine."""
    raw = (blake2b(f"{name}{index}".encode(), digest_size=4).digest() for index in range(BANDS * ROWS))
    return np.array([1 + int.from_bytes(one, "big") % (int(_PRIME) - 1) for one in raw], dtype=np.uint64)


_FACTORS, _SHIFTS = _constants("factor"), _constants("shift")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """By what a text is found, its entry first, and the text itself: clean, title first. No keys: nothing is looked for."""

    keys: tuple[str, ...]
    text: str


def mark_of(document: Document, *, readable: bool = True) -> Mark:
    """The mark of a document. A later revision of its entry finds it by the entry's id, however much has changed.

    readable: whether its language is read; what is not read is not compared here.
    """
    if not readable:
        return Mark(keys=(), text="")
    segments = [segment for segment in document.segments if segment.field is not Field.TITLE]
    body = [word for segment in segments for word in words_in(document.text[segment.start : segment.end])]
    words = body if len(body) >= BODY else words_in(document.text)
    return Mark(keys=(entry_key(document.entry), *_bands(words)), text=document.text)


def entry_key(entry: EntryId) -> str:
    """The key by which a later revision of an entry finds it."""
    return f"e{entry}"


class Nearby:
    """Marks by number, as the store keeps them: what a replay remembers."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._texts: dict[int, str] = {}

    def has(self, entry: EntryId) -> bool:
        """Whether a revision of the entry was taken in."""
        return entry_key(entry) in self._keys

    def add(self, number: int, mark: Mark) -> tuple[Like, ...]:
        """Takes a mark in; the earlier texts that may be nearly the same, likeliest first."""
        shared = Counter(self._keys[key] for key in mark.keys if key in self._keys)
        if not mark.keys:
            return ()
        found = likeliest(shared)
        revised = self._keys.get(mark.keys[0])
        self._keys.update(dict.fromkeys(mark.keys, number))
        self._texts[number] = mark.text
        return tuple(Like(number=one, text=self._texts[one], same_entry=one == revised) for one in found)


def likeliest(shared: Counter[int]) -> list[int]:
    """The numbers that share most keys, the latest of equals. `append_units.lua` does the same."""
    return sorted(shared, key=lambda number: (-shared[number], -number))[:MOST]


def _bands(words: Sequence[str]) -> Iterator[str]:
    """The keys of the bands: a number, and eight digits of what its rows come to."""
    runs = {" ".join(words[start : start + RUN]) for start in range(max(len(words) - RUN + 1, 1))}
    hashes = np.array(sorted({crc32(run.encode()) & 0x7FFFFFFF for run in runs}), dtype=np.uint64)
    least = ((hashes[:, None] * _FACTORS + _SHIFTS) % _PRIME).min(axis=0).reshape(BANDS, ROWS)
    for band, rows in enumerate(least.astype(np.uint32)):
        yield f"{band:x}{crc32(rows.tobytes()):08x}"
