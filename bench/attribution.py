"""How well sources, cues and contents are found: exact spans, on the project's own test set and on GUM's discourse trees.

usage: python -m bench.attribution [--part tuning] [--errors FORM|all] [--model PIPELINE] [--corpora FOLDER]

bench/data/README.md tells what counts as source, cue and content. A span is right when both its ends are, marks at its edges left
out; each stretch of a divided one counts. Speaker, org and stance are scored on attributions whose cue or content was found.
--errors shows the tuning half only.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spacy.language import Language

from bench import gum
from monitor.extract.pipeline import load_pipeline
from monitor.extract.reading import read
from monitor.records import Attribution, Document, Segment
from monitor.records.ids import EntryId, RevisionId
from monitor.records.spans import Field

DATA = Path(__file__).parent / "data" / "attribution.jsonl"
KINDS = ("source", "cue", "content")
PARTS = ("tuning", "held out")
_EDGES = " \t\n\"'“”‘’«»,.;:!?()[]-–—"
_SMALL = {"the", "of", "and", "s", "a"}
Span = tuple[int, int]


@dataclass(slots=True)
class Tally:
    """Counts of right, found and expected spans by kind, and of attributions whose speaker, org, stance are right."""

    count: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, text: str, expected: Sequence[Mapping[str, Any]], found: Sequence[Attribution]) -> bool:
        """Counts one passage; whether all of it is right."""
        clean = True
        for kind in KINDS:
            gold = {trimmed(text, *span) for one in expected for span in one[kind]}
            read_ = {trimmed(text, *span) for one in found for span in getattr(one, kind)}
            self.count.update({(kind, "right"): len(gold & read_), (kind, "found"): len(read_), (kind, "expected"): len(gold)})
            clean = clean and gold == read_
        for one in expected:
            best = max(found, key=lambda f: _shared(one, f), default=None)
            if best is None or not _shared(one, best):
                clean = False
                continue
            right = {
                "speaker": same_name(best.speaker, one["speaker"]),
                "org": same_name(best.org, one["org"]),
                "stance": best.stance == one["stance"],
            }
            self.count.update({("aligned", ""): 1} | {(key, "right"): int(value) for key, value in right.items()})
            clean = clean and all(right.values())
        return clean

    def f1(self, kind: str) -> float:
        """F1 of exact spans."""
        return 2 * self.count[kind, "right"] / max(self.count[kind, "found"] + self.count[kind, "expected"], 1)

    def share(self, key: str) -> float:
        """How often speaker, org or stance is right, of the attributions found."""
        return self.count[key, "right"] / max(self.count["aligned", ""], 1)

    def line(self) -> str:
        """All figures in a row."""
        spans = [
            f"{kind} P {self.count[kind, 'right'] / max(self.count[kind, 'found'], 1):.3f}"
            f" R {self.count[kind, 'right'] / max(self.count[kind, 'expected'], 1):.3f} F1 {self.f1(kind):.3f}"
            for kind in KINDS
        ]
        return "; ".join(spans + [f"{key} {self.share(key):.3f}" for key in ("speaker", "org", "stance")])


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without marks at its edges; as it is where it holds nothing else (a headline's colon)."""
    part = text[start:end]
    inner = part.strip(_EDGES)
    if not inner:
        return start, end
    begin = start + len(part) - len(part.lstrip(_EDGES))
    return begin, begin + len(inner)


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names share a word, or neither names anybody."""
    if not one or not other:
        return not one and not other
    return bool(_names(one) & _names(other))


def _names(text: str) -> set[str]:
    plain = text.casefold().replace("’", "'").replace("'s", "").replace("u.s.", "united states")
    return set("".join(c if c.isalnum() else " " for c in plain).split()) - _SMALL


def _shared(expected: Mapping[str, Any], found: Attribution) -> int:
    pairs = [(g, f) for kind in ("cue", "content") for g in expected[kind] for f in getattr(found, kind)]
    cues = sum(10_000 for g in expected["cue"] for f in found.cue if g[0] < f[1] and f[0] < g[1])
    return int(cues + sum(max(0, min(g[1], f[1]) - max(g[0], f[0])) for g, f in pairs))


def attributions_of(nlp: Language, text: str) -> tuple[Attribution, ...]:
    """What the monitor reads from a text without topics."""
    segments = (Segment(field=Field.CONTENT, start=0, end=len(text)),)
    document = Document(
        entry=EntryId("e"), revision=RevisionId("r"), published=datetime(2026, 1, 1, tzinfo=UTC), text=text, segments=segments
    )
    return read(nlp(text), document, {}, {}).attributions


def rows(part: str | None = None) -> list[dict[str, Any]]:
    """The test set, or one half of it."""
    read_ = (json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines())
    return [row for row in read_ if part in {None, row["part"]}]


def score(nlp: Language, cases: Iterable[Mapping[str, Any]]) -> tuple[Tally, list[Mapping[str, Any]]]:
    """The figures for these passages, and those not read as annotated."""
    tally, wrong = Tally(), []
    for row in cases:
        if not tally.add(row["text"], row["attributions"], attributions_of(nlp, row["text"])):
            wrong.append(row)
    return tally, wrong


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--part", choices=PARTS)
    options.add_argument("--errors", help="list what was read otherwise, of one form or of all, in the tuning half")
    options.add_argument("--model", help="a spaCy pipeline instead of the delivered one")
    options.add_argument("--corpora", type=Path, help="the folder that holds attribution-gum and ud-gum")
    chosen = options.parse_args()
    nlp = load_pipeline(chosen.model)
    for part in [chosen.part] if chosen.part else PARTS:
        tally, wrong = score(nlp, rows(part))
        print(f"{part}: {tally.line()}")
        if chosen.errors and part == "tuning":
            for row in wrong:
                if chosen.errors in {"all", row["form"]}:
                    _print(row, attributions_of(nlp, row["text"]))
    if chosen.corpora:
        print("GUM news:", score(nlp, gum.passages(chosen.corpora, "news"))[0].line())


def _print(row: Mapping[str, Any], found: Sequence[Attribution]) -> None:
    text = row["text"]
    print(f"{row['id']} {row['form']}: {text}")
    wanted = [
        (*tuple([text[a:b] for a, b in one[kind]] for kind in KINDS), one["speaker"], one["org"], one["stance"])
        for one in row["attributions"]
    ]
    given = [
        (*tuple([text[a:b] for a, b in getattr(one, kind)] for kind in KINDS), one.speaker, one.org, str(one.stance))
        for one in found
    ]
    for label, listed in (("wanted", wanted), ("read  ", given)):
        for one in listed:
            print(f"    {label} {one}")


if __name__ == "__main__":
    main()
