"""Stems that often stand for one another: "troop" and "soldier", "halt" and "suspend", "lorri" and "truck".

From the single-word pairs of PPDB 1.0 (Ganitkevitch, Van Durme and Callison-Burch, CC BY 3.0), cut to common words by
`training/paraphrases.py`. They were found by machine and are a weak sign: never equate two stems because of them.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from functools import cache
from importlib.resources import files

NONE: frozenset[str] = frozenset()


def paraphrases(stem: str) -> frozenset[str]:
    """The stems that may stand for this one, itself not among them."""
    return _table().get(stem, NONE)


def widened(stems: frozenset[str]) -> frozenset[str]:
    """The stems with all that may stand for one of them."""
    return stems.union(*(paraphrases(stem) for stem in stems))


@cache
def _table() -> dict[str, frozenset[str]]:
    """Both ways; each line of the file is a stem and those that follow it in the alphabet."""
    table: dict[str, set[str]] = defaultdict(set)
    packed = files("monitor.text").joinpath("paraphrases.txt.gz").read_bytes()
    for line in gzip.decompress(packed).decode("ascii").splitlines():
        first, *others = line.split(" ")
        for other in others:
            table[first].add(other)
            table[other].add(first)
    return {stem: frozenset(others) for stem, others in table.items()}
