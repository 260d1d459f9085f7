"""Fits the first judgement of a claim (`monitor.extract.worth`) on the annotated streams and prints its weights.

usage: python -m training.worth [STREAMS_DIR]

A claim counts as worth telling where a development is first carried by its entry and the claim holds the development's text.
Prints the average precision on streams that the weights have not seen, then the weights for `worth.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from bench.claims import Bench, best_claim, read_jsonl
from monitor.extract import claims as extraction
from monitor.extract.worth import Setting, features

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "streams"


def gather(streams: Path) -> tuple[list[dict[str, float]], list[bool], list[str]]:
    """The features of every claim of every stream, whether it was worth telling, and its stream."""
    seen: list[dict[str, float]] = []

    def remember(setting: Setting) -> dict[str, float]:
        seen.append(features(setting))
        return seen[-1]

    extraction.features = remember  # type: ignore[attr-defined]  # looks over the shoulder of extraction
    bench = Bench(None, None)
    labels: list[bool] = []
    groups: list[str] = []
    for folder in sorted(path.parent for path in streams.glob("*/gold.jsonl")):
        found = bench.read(folder)
        good = set()
        for development in read_jsonl(folder / "gold.jsonl"):
            first = development["carriers"][0]["entry"]
            for carrier in development["carriers"]:
                claim = best_claim(found.get((first, development["topic"]), ()), carrier["evidence"])
                if carrier["entry"] == first and claim is not None:
                    good.add((claim.topic, claim.evidence.key))
        every = [claim for claims in found.values() for claim in claims]
        labels += [(claim.topic, claim.evidence.key) in good for claim in every]
        groups += [folder.name] * len(every)
    return seen, labels, groups


def main() -> None:
    rows, labels, groups = gather(Path(sys.argv[1]) if len(sys.argv) > 1 else SEEDS)
    names = list(rows[0])
    matrix = np.array([[row[name] for name in names] for row in rows])
    model = LogisticRegression(C=1.0, max_iter=2000)
    unseen = cross_val_predict(model, matrix, labels, groups=groups, cv=GroupKFold(7), method="predict_proba")[:, 1]
    print(f"# {len(rows)} claims, {sum(labels)} worth telling; average precision {average_precision_score(labels, unseen):.3f}")
    model.fit(matrix, labels)
    print(f"_BIAS = {model.intercept_[0]:.2f}")
    print("_WEIGHTS = {")
    for name, weight in zip(names, model.coef_[0], strict=True):
        print(f'    "{name}": {weight:.2f},')
    print("}")


if __name__ == "__main__":
    main()
