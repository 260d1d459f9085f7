"""How well figures are read: precision, recall and F1 of value, value with qualifier, and unit, on the project's own test set.

usage: python -m bench.quantities [--part tuning] [--errors] [--model PIPELINE]

bench/data/quantities.jsonl holds news-like sentences, each with the quantities that a careful reader finds in it (low and high as
docs/vocabulary.md defines them; unit "*" where several will do). Its halves: "tuning" may be looked at while rules are written,
"held out" was written before them and its sentences are only scored. A value counts as right within 0.1 % of both bounds; an open
bound must be open. Figures are matched by value and nearness, each once.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from spacy.language import Language

from monitor.extract.pipeline import load_pipeline
from monitor.extract.quantities import quantities
from monitor.records import Quantity

DATA = Path(__file__).parent / "data" / "quantities.jsonl"
Expected = dict[str, object]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--part", choices=("tuning", "held out"))
    options.add_argument("--errors", action="store_true", help="list what was missed and what was read wrongly")
    options.add_argument("--model", help="a spaCy pipeline instead of the delivered one")
    chosen = options.parse_args()
    nlp = load_pipeline(chosen.model)
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    for part in [chosen.part] if chosen.part else ["tuning", "held out"]:
        mine = [row for row in rows if row["part"] == part]
        read = [quantities(nlp(row["text"])) for row in mine]
        print(f"{part}: {len(mine)} sentences, {sum(len(row['expected']) for row in mine)} quantities")
        for measure in ("value", "value and qualifier", "value and unit"):
            scores = [_score(row["expected"], found, measure) for row, found in zip(mine, read, strict=True)]
            print(f"  {measure:20}", _summary(scores))
        if chosen.errors:
            for row, found in zip(mine, read, strict=True):
                _print_errors(row, found)
    docs = [nlp(row["text"]) for row in rows]
    started = time.process_time()
    for doc in docs:
        quantities(doc)
    print(f"{sum(map(len, docs)) / (time.process_time() - started):,.0f} tokens a second of processor time")


def f1(nlp: Language, part: str) -> dict[str, float]:
    """F1 by measure on a half of the test set."""
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    mine = [(row["expected"], quantities(nlp(row["text"]))) for row in rows if row["part"] == part]
    found: dict[str, float] = {}
    for measure in ("value", "value and qualifier", "value and unit"):
        right, read, wanted = (sum(column) for column in zip(*(_score(*pair, measure) for pair in mine), strict=True))
        found[measure] = 2 * right / max(read + wanted, 1)
    return found


def _score(expected: Sequence[Expected], found: Sequence[Quantity], measure: str) -> tuple[int, int, int]:
    """Right, found, expected."""
    return len(list(_pairs(expected, found, measure))), len(found), len(expected)


def _pairs(expected: Sequence[Expected], found: Sequence[Quantity], measure: str) -> Iterator[tuple[Expected, Quantity]]:
    free = list(found)
    for gold in expected:
        fits = [one for one in free if _right(gold, one, measure)]
        if fits:
            best = min(fits, key=lambda one: abs(one.start - int(str(gold["start"]))))
            free.remove(best)
            yield gold, best


def _right(gold: Expected, one: Quantity, measure: str) -> bool:
    if measure == "value":  # the stated figure, whichever side it bounds
        stated = [bound for bound in (gold["low"], gold["high"]) if bound is not None]
        read = [bound for bound in (one.low, one.high) if bound is not None]
        return _close(stated[0], read[0]) and _close(stated[-1], read[-1])
    if not (_close(gold["low"], one.low) and _close(gold["high"], one.high)):
        return False
    return gold["unit"] in {"*", one.unit} if measure == "value and unit" else gold["qualifier"] == one.qualifier


def _close(gold: object, read: float | None) -> bool:
    if gold is None or read is None:
        return gold is read
    return abs(float(str(gold)) - read) <= abs(read) / 1000


def _summary(scores: Sequence[tuple[int, int, int]]) -> str:
    right, found, expected = (sum(column) for column in zip(*scores, strict=True))
    precision, recall = right / max(found, 1), right / max(expected, 1)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}"


def _print_errors(row: dict[str, object], found: Sequence[Quantity]) -> None:
    expected: Sequence[Expected] = row["expected"]  # type: ignore[assignment] # json gives no types
    for measure in ("value", "value and qualifier", "value and unit"):
        pairs = list(_pairs(expected, found, measure))
        if len(pairs) == len(expected) == len(found):
            continue
        print(f"{row['id']} {measure}: {row['text']}")
        print("    wanted", [(g["low"], g["high"], g["qualifier"], g["unit"]) for g in expected])
        print("    read  ", [(q.low, q.high, str(q.qualifier), q.unit, q.surface) for q in found])
        return


if __name__ == "__main__":
    main()
