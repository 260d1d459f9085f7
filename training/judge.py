"""Trains the judge that ships with the monitor, on the annotated streams, and says how good it is on streams left out.

    python -m training.judge            trains, writes monitor/ledger/judge/judge.json, prints the figures
    python -m training.judge --dry-run  prints the figures only

Four models of boosted trees. "Same": pairs of a claim and what was said before, alike where they carry the same development.
"Belongs": pairs of figures, alike where they are of one chain of changed numbers. "Worth": claims beside all that was said
before, positive where a development is due; "counts": of those that give a figure, whether the figure is what is due.
Cross-validation leaves out one stream at a time, for all models; each is trained on likelihoods of the others that come from
models which have not seen the stream at hand.
The same streams, program and library versions give the same bytes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from bench.score import pool, score
from monitor.ledger.assess import compare
from monitor.ledger.index import Index
from monitor.ledger.judge import Judge, JudgeData, Model, ModelData, Node
from monitor.ledger.likeness import pair_signs
from monitor.ledger.series import figure_of, figure_signs, shelf_mark
from monitor.ledger.wordings import counted, wording_of
from monitor.records import Figure
from monitor.records.codec import encode
from monitor.records.ids import PropositionId, TopicSlug
from training.streams import STREAMS, Carried, Stream, load, names
from workers.replay import decided, lines_of

OUTPUT = Path(__file__).parents[1] / "monitor" / "ledger" / "judge" / "judge.json"
TOLERANCE = 0.05
THRESHOLDS = {"alert": 0.5, "file": 0.5, "belong": 0.3, "hold": 0.2}
"""Set where F1 over left-out streams is best; `main` prints what others would give."""
EMPTY = ModelData(signs=(), bias=-20.0, trees=())

SAME = {"max_iter": 120, "learning_rate": 0.06, "max_leaf_nodes": 10, "min_samples_leaf": 40, "l2_regularization": 5.0}
BELONGS = {"max_iter": 80, "learning_rate": 0.06, "max_leaf_nodes": 8, "min_samples_leaf": 30, "l2_regularization": 5.0}
WORTH = {
    "max_iter": 150,
    "learning_rate": 0.06,
    "max_leaf_nodes": 6,
    "min_samples_leaf": 50,
    "l2_regularization": 5.0,
    "max_features": 0.3,
}
MEMBERS = 4
"""Models of "worth" that are averaged, each of other features at each split: one alone moves F1 by a point by chance."""

COUNTS = {"max_iter": 60, "learning_rate": 0.06, "max_leaf_nodes": 8, "min_samples_leaf": 20, "l2_regularization": 5.0}

T = TypeVar("T")
Rows = list[dict[str, float]]


def fit(rows: Rows, labels: Sequence[int], settings: Mapping[str, float], *, members: int = 1) -> ModelData:
    """Boosted trees on the rows. members: models that are averaged, before the logistic function."""
    signs = tuple(rows[0])
    table = np.array([[row[sign] for sign in signs] for row in rows])
    bias, trees = 0.0, []
    for seed in range(members):
        model = HistGradientBoostingClassifier(early_stopping=False, random_state=seed, **settings)
        model.fit(table, np.array(labels))
        bias += float(model._baseline_prediction.ravel()[0]) / members
        trees += [_tree(predictor[0].nodes, 1 / members) for predictor in model._predictors]
    return ModelData(signs=signs, bias=round(bias, 6), trees=tuple(trees))


def _tree(nodes: np.ndarray, share: float) -> tuple[Node, ...]:
    out: list[Node] = []
    for number, node in enumerate(nodes):
        if node["is_leaf"]:
            out.append((0, 0.0, number, number, round(float(node["value"]) * share, 5)))
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
                    if (own.developments or other.developments) and stream.judges(wording.key, item.wording.key):
                        rows.append(pair_signs(wording, item.wording, index, TOLERANCE))
                        labels.append(int(bool(own.developments & other.developments)))
                if (batch.topic, wording.key) not in said:
                    said[batch.topic, wording.key] = own
                    index.add_wording(wording, PropositionId(wording.key))
    return rows, labels


def figure_pairs(stream: Stream, same: ModelData) -> tuple[Rows, list[int]]:
    """Pairs of figures of a stream that may count the same, and whether they are of one series in the annotations.

    Pairs of two figures that no development speaks of are left out: nobody has judged them.
    """
    if stream.judged is not None:
        return [], []  # corrections do not say which series a figure is of
    judge = Judge(JudgeData(same=same, belongs=EMPTY, worth=EMPTY, counts=EMPTY, **THRESHOLDS))
    rows: Rows = []
    labels: list[int] = []
    indexes: dict[TopicSlug, Index] = {}
    given: dict[tuple[TopicSlug, str], list[tuple[Figure, frozenset[str]]]] = defaultdict(list)
    for batch in stream.batches:
        index = indexes.setdefault(batch.topic, Index())
        for answer in batch.answers:
            for claim in answer.claims:
                wording = wording_of(claim, answer)
                near = compare(wording, index.candidates(wording.terms), index, TOLERANCE, judge)
                likely = {one.item.wording.key: one.likelihood for one in near}
                for quantity in counted(claim):
                    figure = figure_of(claim, quantity, answer.carrier)
                    series = stream.series_of(batch, answer.number, claim, quantity)
                    earlier = given[batch.topic, shelf_mark(quantity.unit)]
                    for old, known in earlier:
                        if series or known:
                            rows.append(figure_signs(figure, old, index, likely))
                            labels.append(int(bool(series & known)))
                    earlier.append((figure, series))
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
    """The claims of a stream: signs, whether a development is due, whether the claim teaches anything (not where only a
    borderline one is due, which is neither right nor wrong), and whether a figure is what is due (None where nothing is)."""

    rows: Rows
    labels: list[int]
    teaches: list[bool]
    figures: list[int | None]


def examples(stream: Stream, same: ModelData, belongs: ModelData) -> Examples:
    """What "worth" learns from a stream: its claims beside all that was said before, as the program itself reads them."""
    recorder = Recorder()
    judge = Judge(JudgeData(same=same, belongs=belongs, worth=EMPTY, counts=EMPTY, **THRESHOLDS))
    judge.worth = recorder
    labels, teaches, figures = [], [], []
    for batch, _ in decided(stream.batches, stream.config, judge):
        for answer in batch.answers:
            for claim in answer.claims:
                carried = stream.of(batch, answer.number, claim)
                kinds = {stream.gold[int(name)]["kind"] for name in carried.due}
                labels.append(int(bool(kinds)))
                teaches.append((bool(kinds) or not carried.borderline) and stream.teaches(claim))
                figures.append(int(kinds <= {"new_number", "number_changed"}) if kinds and claim.quantities else None)
    return Examples(recorder.rows, labels, teaches, figures)


def fit_pairs(gathered: Sequence[tuple[Rows, list[int]]], settings: Mapping[str, float]) -> ModelData:
    """A model of pairs on those of some streams."""
    return fit([row for rows, _ in gathered for row in rows], [label for _, labels in gathered for label in labels], settings)


def fit_worth(gathered: Sequence[Examples]) -> ModelData:
    """The model of "worth" on some streams' claims."""
    rows = [row for one in gathered for row, teaches in zip(one.rows, one.teaches, strict=True) if teaches]
    labels = [label for one in gathered for label, teaches in zip(one.labels, one.teaches, strict=True) if teaches]
    return fit(rows, labels, WORTH, members=MEMBERS)


def fit_counts(gathered: Sequence[Examples]) -> ModelData:
    """The model of "counts" on some streams' claims."""
    pairs = [(row, figure) for one in gathered for row, figure in zip(one.rows, one.figures, strict=True) if figure is not None]
    return fit([row for row, _ in pairs], [figure for _, figure in pairs], COUNTS)


def joined(one: tuple[Rows, list[int]], other: tuple[Rows, list[int]]) -> tuple[Rows, list[int]]:
    """Both sets of pairs."""
    return one[0] + other[0], one[1] + other[1]


def together(gathered: Sequence[Examples]) -> Examples:
    """All examples as one."""
    return Examples(
        [row for one in gathered for row in one.rows],
        [label for one in gathered for label in one.labels],
        [teaches for one in gathered for teaches in one.teaches],
        [figure for one in gathered for figure in one.figures],
    )


def others(items: Sequence[T], left_out: int) -> list[T]:
    """All items but one."""
    return [item for number, item in enumerate(items) if number != left_out]


def train(
    streams: Sequence[Stream], progress: Callable[[str], None], own: Sequence[Stream] = ()
) -> tuple[JudgeData, dict[str, JudgeData]]:
    """The judge trained on all streams, and for each stream the one that has not seen it. own: corrections, which all learn from.

    Each stream is learned from three times: as it is, as a feed would bring it that gives titles and summaries only, and so with
    titles that capitalise every word.
    """
    variants = [
        (stream, load(stream.path, headlines=True), load(stream.path, headlines=True, capitals=True))
        for stream in (*streams, *own)
    ]
    gathered = [joined(pairs(whole), pairs(heads)) for whole, heads, _ in variants]
    same = [fit_pairs(others(gathered, number), SAME) for number in range(len(variants))]
    progress("same")
    figures = [joined(*(figure_pairs(one, model) for one in trio[:2])) for trio, model in zip(variants, same, strict=True)]
    belongs = [fit_pairs(others(figures, number), BELONGS) for number in range(len(variants))]
    progress("belongs")
    rows = [together([examples(one, same[n], belongs[n]) for one in trio]) for n, trio in enumerate(variants)]
    left_out = {}
    for number, stream in enumerate(streams):
        progress(f"worth without {stream.name}")
        left_out[stream.name] = JudgeData(
            same=same[number],
            belongs=belongs[number],
            worth=fit_worth(others(rows, number)),
            counts=fit_counts(others(rows, number)),
            **THRESHOLDS,
        )
    whole = JudgeData(
        same=fit_pairs(gathered, SAME),
        belongs=fit_pairs(figures, BELONGS),
        worth=fit_worth(rows),
        counts=fit_counts(rows),
        **THRESHOLDS,
    )
    return whole, left_out


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
    parser.add_argument(
        "--corrections", type=Path, action="append", default=[], help="a folder of `monitor corrections --export`"
    )
    parser.add_argument("--left-out", type=Path, help="a folder to write each stream's judge to that has not seen it")
    options = parser.parse_args()
    streams = [load(STREAMS / name) for name in names()]
    judge, left_out = train(streams, print, [load(folder) for folder in options.corrections])
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
