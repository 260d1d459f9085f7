"""Derives the stems that stand for one another from PPDB's single-word pairs.

    python -m training.paraphrases --pairs ../shared/corpora/lexical/ppdb-lexical-pairs.tsv.gz

Needed beside the package: `pip install wordfreq` (it says which words are common). The same file gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
from collections import defaultdict
from pathlib import Path

from monitor.text.terms import STOP, stem

OUTPUT = Path(__file__).parents[1] / "monitor" / "text" / "paraphrases.txt.gz"
COMMON = 2.5
"""Zipf frequency (log10 per thousand million words) from which a word is common enough to be kept."""


def main() -> None:
    """The command."""
    from wordfreq import zipf_frequency

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="tab-separated pairs of words, gzipped")
    options = parser.parse_args()
    following: dict[str, set[str]] = defaultdict(set)
    with gzip.open(options.pairs, "rt", encoding="utf-8") as lines:
        for line in lines:
            words = line.rstrip("\n").split("\t")[:2]
            if all(
                word.isascii() and word.isalpha() and word not in STOP and zipf_frequency(word, "en") >= COMMON for word in words
            ):
                one, other = sorted(stem(word) for word in words)
                if one != other and min(len(one), len(other)) > 2:
                    following[one].add(other)
    text = "\n".join(f"{one} {' '.join(sorted(others))}" for one, others in sorted(following.items()))
    OUTPUT.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))
    print(f"written: {OUTPUT} ({sum(map(len, following.values())):,} pairs, {OUTPUT.stat().st_size:,} bytes)")


if __name__ == "__main__":
    main()
