"""Trains the judge that ships with the monitor, on the annotated streams, and says how good it is on streams left out.

    python -m training.judge            trains, writes monitor/ledger/judge/judge.json, prints the figures
    python -m training.judge --dry-run  prints the figures only

Two models of boosted trees. "Same": pairs of a sentence and what was said before, alike where they carry the same development.
"Worth": sentences beside all that was said before, positive where a development is due. Cross-validation leaves out one stream at
a time, for both models; "worth" is trained on rows whose "same" likelihoods come from a model that has not seen their stream.
The same streams, program and library versions give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from bench.score import pool, score
from monitor.ledger.index import Index
from monitor.ledger.judge import Judge, JudgeData, Model, ModelData, Node
from monitor.ledger.likeness import pair_signs
from monitor.ledger.wordings import wording_of
from monitor.records.codec import encode
from monitor.records.ids import PropositionId, TopicSlug
from training.streams import STREAMS, Carried, Stream, load, names
from workers.replay import decided, lines_of

OUTPUT = Path(__file__).parents[1] / "monitor" / "ledger" / "judge" / "judge.json"
TOLERANCE = 0.05
THRESHOLDS = {"alert": 0.5, "file": 0.5, "hold": 0.2}
"""Set where F1 over left-out streams is best; `main` prints what others would give."""
EMPTY = ModelData(signs=(), bias=-20.0, trees=())

SAME = {"max_iter": 120, "learning_rate": 0.06, "max_leaf_nodes": 10, "min_samples_leaf": 40, "l2_regularization": 5.0}
WORTH = {"max_iter": 150, "learning_rate": 0.05, "max_leaf_nodes": 8, "min_samples_leaf": 50, "l2_regularization": 5.0}

T = TypeVar("T")
Rows = list[dict[str, float]]


def fit(rows: Rows, labels: Sequence[int], settings: Mapping[str, float]) -> ModelData:
    """Boosted trees on the rows."""
    signs = tuple(rows[0])
    table = np.array([[row[sign] for sign in signs] for row in rows])
    model = HistGradientBoostingClassifier(early_stopping=False, random_state=0, **settings)
    model.fit(table, np.array(labels))
    bias = float(model._baseline_prediction.ravel()[0])
    trees = [_tree(predictor[0].nodes) for predictor in model._predictors]
    return ModelData(signs=signs, bias=round(bias, 6), trees=tuple(trees))


def _tree(nodes: np.ndarray) -> tuple[Node, ...]:
    out: list[Node] = []
    for number, node in enumerate(nodes):
        if node["is_leaf"]:
            out.append((0, 0.0, number, number, round(float(node["value"]), 5)))
        else:
            threshold = float(f"{float(node['num_threshold']):.7g}")
            out.append((int(node["feature_idx"]), threshold, int(node["left"]), int(node["right"]), 0.0))
    return tuple(out)


def pairs(stream: Stream) -> tuple[Rows, list[int]]:
    """Pairs of claims of a stream, each with what was said before and in its batch, and whether both carry one development."""
    rows: Rows = []
    labels: list[int] = []
    indexes: dict[TopicSlug, Index] = {}
    said: dict[tuple[TopicSlug, str], Carried] = {}
    for batch in stream.batches:
        index = indexes.setdefault(batch.topic, Index())
        for answer in batch.answers:
            for claim in answer.claims:
                wording = wording_of(claim, answer)
                own = stream.of(batch, answer.number, claim)
                for item in index.candidates(wording.terms):
                    other = said[batch.topic, item.wording.key]
                    if own.developments or other.developments:
                        rows.append(pair_signs(wording, item.wording, index, TOLERANCE))
                        labels.append(int(bool(own.developments & other.developments)))
                if (batch.topic, wording.key) not in said:
                    said[batch.topic, wording.key] = own
                    index.add_wording(wording, PropositionId(wording.key))
    return rows, labels


class Recorder(Model):
    """Stands in for "worth" while rows are gathered: it keeps the signs that it is shown and lets nothing be told."""

    def __init__(self) -> None:
        super().__init__(EMPTY)
        self.rows: Rows = []

    def likelihoods(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """Nothing is likely; the rows are kept."""
        self.rows.extend(dict(row) for row in rows)
        return [0.0] * len(rows)


@dataclass(frozen=True, slots=True)
class Examples:
    """The claims of a stream: signs, whether a development is due, and whether the claim counts (not where only a borderline one
    is due, which is neither right nor wrong)."""

    rows: Rows
    labels: list[int]
    counts: list[bool]


def examples(stream: Stream, same: ModelData) -> Examples:
    """What "worth" learns from a stream: its claims beside all that was said before, as the program itself reads them."""
    recorder = Recorder()
    judge = Judge(JudgeData(same=same, worth=EMPTY, **THRESHOLDS))
    judge.worth = recorder
    labels, counts = [], []
    for batch, _ in decided(stream.batches, stream.config, judge):
        for answer in batch.answers:
            for claim in answer.claims:
                carried = stream.of(batch, answer.number, claim)
                labels.append(int(bool(carried.due)))
                counts.append(bool(carried.due) or not carried.borderline)
    return Examples(recorder.rows, labels, counts)


def fit_same(gathered: Sequence[tuple[Rows, list[int]]]) -> ModelData:
    """The model of "same" on some streams' pairs."""
    return fit([row for rows, _ in gathered for row in rows], [label for _, labels in gathered for label in labels], SAME)


def fit_worth(gathered: Sequence[Examples]) -> ModelData:
    """The model of "worth" on some streams' claims."""
    rows = [row for one in gathered for row, counts in zip(one.rows, one.counts, strict=True) if counts]
    labels = [label for one in gathered for label, counts in zip(one.labels, one.counts, strict=True) if counts]
    return fit(rows, labels, WORTH)


def joined(one: tuple[Rows, list[int]], other: tuple[Rows, list[int]]) -> tuple[Rows, list[int]]:
    """Both sets of pairs."""
    return one[0] + other[0], one[1] + other[1]


def together(gathered: Sequence[Examples]) -> Examples:
    """All examples as one."""
    rows = [row for one in gathered for row in one.rows]
    return Examples(
        rows, [label for one in gathered for label in one.labels], [counts for one in gathered for counts in one.counts]
    )


def others(items: Sequence[T], left_out: int) -> list[T]:
    """All items but one."""
    return [item for number, item in enumerate(items) if number != left_out]


def train(streams: Sequence[Stream], progress: Callable[[str], None]) -> tuple[JudgeData, dict[str, JudgeData]]:
    """The judge trained on all streams, and for each stream the one that has not seen it.

    Each stream is learned from three times: as it is, as a feed would bring it that gives titles and summaries only, and so with
    titles that capitalise every word.
    """
    variants = [
        (stream, load(stream.path, headlines=True), load(stream.path, headlines=True, capitals=True)) for stream in streams
    ]
    gathered = [joined(pairs(whole), pairs(heads)) for whole, heads, _ in variants]
    same, rows = [], []
    for number, stream in enumerate(streams):
        progress(f"same without {stream.name}")
        same.append(fit_same(others(gathered, number)))
        rows.append(together([examples(one, same[-1]) for one in variants[number]]))
    left_out = {}
    for number, stream in enumerate(streams):
        progress(f"worth without {stream.name}")
        left_out[stream.name] = JudgeData(same=same[number], worth=fit_worth(others(rows, number)), **THRESHOLDS)
    return JudgeData(same=fit_same(gathered), worth=fit_worth(rows), **THRESHOLDS), left_out


def pooled(streams: Sequence[Stream], judge_of: Callable[[Stream], JudgeData]) -> dict[str, Any]:
    """The scorer's pooled figures for the streams, each under the judge given for it."""
    results = []
    for stream in streams:
        told = [
            line
            for batch, changes in decided(stream.batches, stream.config, Judge(judge_of(stream)))
            for line in lines_of(batch, changes)
        ]
        results.append(score(stream.path, told)[0])
    return dict(pool(results))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="print the figures and write nothing")
    parser.add_argument("--left-out", type=Path, help="a folder to write each stream's judge to that has not seen it")
    options = parser.parse_args()
    streams = [load(STREAMS / name) for name in names()]
    judge, left_out = train(streams, print)
    print("fitted            ", pooled(streams, lambda _: judge))
    for alert in (0.4, 0.45, 0.5, 0.55):
        for hold in (0.1, 0.2):
            figures = pooled(streams, lambda stream, a=alert, h=hold: replace(left_out[stream.name], alert=a, hold=h))
            print(f"left out {alert} {hold}", figures)
    if options.left_out:
        options.left_out.mkdir(parents=True, exist_ok=True)
        for name, data in left_out.items():
            (options.left_out / f"{name}.json").write_bytes(encode(data))
    if not options.dry_run:
        OUTPUT.write_bytes(encode(judge))
        print(f"written: {OUTPUT} ({OUTPUT.stat().st_size:,} bytes)")


if __name__ == "__main__":
    main()
