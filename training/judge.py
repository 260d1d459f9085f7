"""Trains the judge that ships with the monitor, on the annotated streams, and says how good it is on streams left out.

    python -m training.judge            trains, writes monitor/ledger/judge/judge.json, prints the figures
    python -m training.judge --dry-run  prints the figures only

Six models: boosted trees, but for "turns", which is linear, and "counts", which is half and half. "Same": pairs of a claim and
what was said before, alike where they carry the same development. "Belongs": pairs of figures, alike where they are of one
chain of changed numbers. "Worth": claims beside all that was said before, positive where a development is due; "counts": of
those that give a figure, whether the figure is what is due. "Turns": claims where a development is due, beside what their party
said before, positive where that is the position that changes. "Kin": pairs of lines of one entry, whether the second brings
nothing that the first does not.
Cross-validation leaves out a fifth of the streams at a time, for all models; each is trained on likelihoods of the others that
come from models which have not seen the stream at hand.
The same streams, program and library versions give the same bytes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from monitor.ledger.assess import compare
from monitor.ledger.index import Index
from monitor.ledger.judge import Judge, JudgeData, Model, ModelData, Node
from monitor.ledger.likeness import pair_signs
from monitor.ledger.series import figure_of, figure_signs, shelf_mark
from monitor.ledger.wordings import counted, wording_of
from monitor.records import Figure
from monitor.records.codec import encode
from monitor.records.ids import PropositionId, TopicSlug
from training.kin import Gatherer
from training.left_out import calibrated, pooled, told
from training.linear import averaged, fit_linear
from training.streams import STREAMS, Carried, Stream, load, names
from workers.replay import decided

OUTPUT = Path(__file__).parents[1] / "monitor" / "ledger" / "judge" / "judge.json"
TOLERANCE = 0.05
THRESHOLDS = {"file": 0.5, "belong": 0.2, "hold": 0.2, "turn": 0.4}
"""Set where F1 over left-out streams is best."""
UNCALIBRATED: dict[str, Any] = {"articles": (1.0, 0.0), "headlines": (1.0, 0.0), "ruled": 2.0}
"""Confidence is worth itself, and 2 where a rule decides."""
EMPTY = ModelData(signs=(), bias=-20.0, trees=())

SAME = {"max_iter": 120, "learning_rate": 0.06, "max_leaf_nodes": 10, "min_samples_leaf": 40, "l2_regularization": 5.0}
BELONGS = {"max_iter": 80, "learning_rate": 0.06, "max_leaf_nodes": 8, "min_samples_leaf": 30, "l2_regularization": 5.0}
WORTH = {
    "max_iter": 250,
    "learning_rate": 0.06,
    "max_leaf_nodes": 16,
    "min_samples_leaf": 50,
    "l2_regularization": 5.0,
    "max_features": 0.3,
}
PARTS = 5
"""Parts in which streams are left out. One by one takes six times as long."""
THINNED = 3
"""Of pairs of claims that are not alike, one in so many is learned from, with so much weight: they are twenty to one."""
MEMBERS = 3
"""Models of "worth" that are averaged, each of other features at each split: one alone moves F1 by a point by chance."""

COUNTS = {
    "max_iter": 80,
    "learning_rate": 0.06,
    "max_leaf_nodes": 6,
    "min_samples_leaf": 20,
    "l2_regularization": 5.0,
    "max_features": 0.3,
}
COUNTS_LINEAR, TURNS = 0.01, 0.02
"""How strong the weights of the linear models may grow. On streams left out "counts" is right for 0.82 of claims with a figure,
0.78 with trees alone; the average precision of "turns" is 0.42, and 0.37 with trees."""
KIN = {"max_iter": 80, "learning_rate": 0.06, "max_leaf_nodes": 8, "min_samples_leaf": 20, "l2_regularization": 5.0}
FIGURES = frozenset({"new_number", "number_changed"})

T = TypeVar("T")
Rows = list[dict[str, float]]


def blank(**models: ModelData) -> JudgeData:
    """A judge with those models, and others that find nothing likely."""
    empty = dict.fromkeys(("same", "belongs", "worth", "counts", "turns", "kin"), EMPTY)
    return JudgeData(**{**empty, **models}, **UNCALIBRATED, **THRESHOLDS)


def fit(rows: Rows, labels: Sequence[int], settings: Mapping[str, float], *, members: int = 1, unlike: float = 1.0) -> ModelData:
    """Boosted trees on the rows. members: models that are averaged, before the logistic function; unlike: the weight of those
    whose label is 0."""
    signs = tuple(rows[0])
    table = np.array([[row[sign] for sign in signs] for row in rows])
    bias, trees = 0.0, []
    for seed in range(members):
        model = HistGradientBoostingClassifier(early_stopping=False, random_state=seed, **settings)
        model.fit(table, np.array(labels), sample_weight=np.where(np.array(labels) == 0, unlike, 1.0))
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
    """Pairs of claims of a stream, each with what was said before and in its batch, and whether both carry one development.

    Of those that do not, every third.
    """
    rows: Rows = []
    labels: list[int] = []
    indexes: dict[TopicSlug, Index] = {}
    said: dict[tuple[TopicSlug, str], Carried] = {}
    unlike = 0
    for batch in stream.batches:
        index = indexes.setdefault(batch.topic, Index())
        for answer in batch.answers:
            for claim in answer.claims:
                wording = wording_of(claim, answer)
                own = stream.of(batch, answer.number, claim)
                for item in index.candidates(wording.terms):
                    other = said[batch.topic, item.wording.key]
                    alike = bool(own.developments & other.developments)
                    unlike += not alike
                    taken = alike or unlike % THINNED == 0
                    if taken and (own.developments or other.developments) and stream.judges(wording.key, item.wording.key):
                        rows.append(pair_signs(wording, item.wording, index, TOLERANCE))
                        labels.append(int(alike))
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
    judge = Judge(blank(same=same))
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
    borderline one is due, which is neither right nor wrong), whether it gives figures, and the kinds of what is due."""

    rows: Rows
    labels: list[int]
    teaches: list[bool]
    counted: list[bool]
    kinds: list[frozenset[str]]


def gather(stream: Stream, same: ModelData, belongs: ModelData) -> Gatherer:
    """The pairs that "kin" and "turns" learn from a stream."""
    gatherer = Gatherer(stream, Judge(blank(same=same, belongs=belongs)))
    gatherer.run()
    return gatherer


def examples(stream: Stream, same: ModelData, belongs: ModelData) -> Examples:
    """What "worth" learns from a stream: its claims beside all that was said before, as the program itself reads them."""
    recorder = Recorder()
    judge = Judge(blank(same=same, belongs=belongs))
    judge.worth = recorder
    labels, teaches, figures, due = [], [], [], []
    for batch, _ in decided(stream.batches, stream.config, judge):
        for answer in batch.answers:
            for claim in answer.claims:
                carried = stream.of(batch, answer.number, claim)
                kinds = frozenset(stream.gold[int(name)]["kind"] for name in carried.due)
                labels.append(int(bool(kinds)))
                teaches.append((bool(kinds) or not carried.borderline) and stream.teaches(claim))
                figures.append(bool(claim.quantities))
                due.append(kinds)
    return Examples(recorder.rows, labels, teaches, figures, due)


def fit_pairs(gathered: Sequence[tuple[Rows, list[int]]], settings: Mapping[str, float], *, unlike: float = 1.0) -> ModelData:
    """A model of pairs on those of some streams."""
    rows, labels = joined(gathered)
    return fit(rows, labels, settings, unlike=unlike)


def fit_worth(gathered: Sequence[Examples]) -> ModelData:
    """The model of "worth" on some streams' claims."""
    rows = [row for one in gathered for row, teaches in zip(one.rows, one.teaches, strict=True) if teaches]
    labels = [label for one in gathered for label, teaches in zip(one.labels, one.teaches, strict=True) if teaches]
    return fit(rows, labels, WORTH, members=MEMBERS)


def fit_counts(gathered: Sequence[Examples]) -> ModelData:
    """The model of "counts" on some streams' claims: those that give a figure and that a development is due at."""
    pairs = [
        (row, int(kinds <= FIGURES))
        for one in gathered
        for row, counted, kinds in zip(one.rows, one.counted, one.kinds, strict=True)
        if counted and kinds
    ]
    rows, labels = [row for row, _ in pairs], [label for _, label in pairs]
    return averaged(fit(rows, labels, COUNTS), fit_linear(rows, labels, COUNTS_LINEAR))


def fit_turns(gathered: Sequence[tuple[Rows, list[int]]]) -> ModelData:
    """The model of "turns" on pairs of some streams."""
    return fit_linear(*joined(gathered), TURNS)


def joined(gathered: Sequence[tuple[Rows, list[int]]]) -> tuple[Rows, list[int]]:
    """All pairs as one."""
    return [row for rows, _ in gathered for row in rows], [label for _, labels in gathered for label in labels]


def together(gathered: Sequence[Examples]) -> Examples:
    """All examples as one."""
    return Examples(
        [row for one in gathered for row in one.rows],
        [label for one in gathered for label in one.labels],
        [teaches for one in gathered for teaches in one.teaches],
        [counted for one in gathered for counted in one.counted],
        [kinds for one in gathered for kinds in one.kinds],
    )


def _forms(stream: Stream) -> list[Stream]:
    if not any(line.content for line in stream.lines.values()):
        return [stream]
    return [stream, load(stream.path, headlines=True)]


def others(items: Sequence[T], part: int, parts: int) -> list[T]:
    """All items but those of a part."""
    return [item for number, item in enumerate(items) if number % parts != part]


def train(
    streams: Sequence[Stream], progress: Callable[[str], None], parts: int = PARTS, own: Sequence[Stream] = ()
) -> tuple[JudgeData, dict[str, JudgeData]]:
    """The judge trained on all streams, and for each stream one that has not seen it.

    parts: streams are left out in so many parts: every fifth one, from each start. own: corrections.

    Each stream with texts is learned from twice: as it is, and as a feed would bring it that gives titles and summaries only.
    """
    variants = [_forms(stream) for stream in (*streams, *own)]
    gathered = [joined([pairs(one) for one in forms]) for forms in variants]
    parts = min(parts, len(streams))
    same_without = [fit_pairs(others(gathered, part, parts), SAME, unlike=THINNED) for part in range(parts)]
    same = [same_without[number % parts] for number in range(len(variants))]
    progress("same")
    figures = [joined([figure_pairs(one, model) for one in forms]) for forms, model in zip(variants, same, strict=True)]
    belongs_without = [fit_pairs(others(figures, part, parts), BELONGS) for part in range(parts)]
    belongs = [belongs_without[number % parts] for number in range(len(variants))]
    progress("belongs")
    decided_once = [[gather(one, same[n], belongs[n]) for one in forms] for n, forms in enumerate(variants)]
    kin = [joined([one.kin for one in forms]) for forms in decided_once]
    turns = [joined([one.turns for one in forms]) for forms in decided_once]
    progress("kin and turns")
    rows = [together([examples(one, same[n], belongs[n]) for one in forms]) for n, forms in enumerate(variants)]
    without = []
    for part in range(parts):
        progress(f"worth, part {part + 1} of {parts}")
        taught = others(rows, part, parts)
        models = {"worth": fit_worth(taught), "counts": fit_counts(taught)}
        models |= {"kin": fit_pairs(others(kin, part, parts), KIN), "turns": fit_turns(others(turns, part, parts))}
        models |= {"same": same_without[part], "belongs": belongs_without[part]}
        without.append(blank(**models))
    left_out = {stream.name: without[number % parts] for number, stream in enumerate(streams)}
    whole = blank(
        same=fit_pairs(gathered, SAME, unlike=THINNED),
        belongs=fit_pairs(figures, BELONGS),
        worth=fit_worth(rows),
        counts=fit_counts(rows),
        turns=fit_turns(turns),
        kin=fit_pairs(kin, KIN),
    )
    progress("confidence")
    unseen = [told(one, left_out[one.name]) for forms in variants[: len(streams)] for one in forms]
    return calibrated(whole, unseen), {name: calibrated(data, unseen) for name, data in left_out.items()}


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
    judge, left_out = train(streams, print, own=[load(folder) for folder in options.corrections])
    unseen = [told(stream, left_out[stream.name]) for stream in streams]
    for at_once in (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8):
        print(f"left out, told from {at_once} on:", pooled(unseen, at_once))
    if options.left_out:
        options.left_out.mkdir(parents=True, exist_ok=True)
        for name, data in left_out.items():
            (options.left_out / f"{name}.json").write_bytes(encode(data))
    if not options.dry_run:
        OUTPUT.write_bytes(encode(judge))
        print(f"written: {OUTPUT} ({OUTPUT.stat().st_size:,} bytes)")


if __name__ == "__main__":
    main()
