"""What judges tell of streams that they have not seen: the scorer's figures, and how far their confidence can be trusted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.score import pool, score
from monitor.ledger.judge import Judge, JudgeData
from monitor.records import ALERT_KINDS
from training.streams import Stream
from workers.replay import decided
from workers.replayed import lines_of


@dataclass(frozen=True, slots=True)
class Told:
    """What a judge told of a stream: lines of `monitor replay`, with `wrong` as the scorer sees it (None: passed over), and
    whether the entry gave no more than title and summary."""

    stream: Stream
    lines: list[dict[str, Any]]
    headlines: list[bool]
    wrong: list[bool | None]


def told(stream: Stream, data: JudgeData) -> Told:
    """What a judge tells of a stream at the widest sensitivity."""
    topics = {slug: topic.model_copy(update={"sensitivity": "wide"}) for slug, topic in stream.config.topics.items()}
    config = stream.config.model_copy(update={"topics": topics})
    said = (line for batch, changes in decided(stream.batches, config, Judge(data)) for line in lines_of(batch, changes, config))
    lines: list[dict[str, Any]] = [line for line in said if line["kind"] in ALERT_KINDS]  # what is taken back is not scored
    verdicts = [verdict for verdict, _, _ in scored(stream, lines)[1]]
    right = {"on_time": False, "late": False, "repeat": True, "noise": True}
    return Told(
        stream, lines, [not stream.lines[line["entry"]].content for line in lines], [right.get(verdict) for verdict in verdicts]
    )


def scored(stream: Stream, lines: list[dict[str, Any]]) -> tuple[dict[str, Any], list[tuple[str, Any, Any]], list[Any]]:
    """The scorer's answer. It reads a folder: the stream is written to one as it is here, with or without content."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / stream.name
        path.mkdir()
        entries = (msgspec.json.encode(line) for line in stream.lines.values())
        (path / "entries.jsonl").write_bytes(b"\n".join(entries))
        for name, developments in (("gold", stream.gold), ("optional", stream.optional)):
            (path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, developments)), encoding="utf-8")
        return score(path, lines)


def pooled(told: Sequence[Told], at_once: float) -> dict[str, Any]:
    """The scorer's pooled figures for what is told from a confidence on."""
    results = [scored(one.stream, [line for line in one.lines if line["confidence"] >= at_once])[0] for one in told]
    return dict(pool(results))


def calibrated(data: JudgeData, told: Sequence[Told]) -> JudgeData:
    """The judge with the calibration that fits what judges without one told of streams that they had not seen."""
    samples: dict[str, list[tuple[float, int]]] = {"articles": [], "headlines": [], "ruled": []}
    for one in told:
        for line, headlines, wrong in zip(one.lines, one.headlines, one.wrong, strict=True):
            if wrong is not None:
                form = "ruled" if line["confidence"] > 1 else "headlines" if headlines else "articles"
                samples[form].append((line["confidence"], int(not wrong)))
    ruled = [right for _, right in samples["ruled"]]
    return replace(
        data,
        articles=_fitted(samples["articles"]),
        headlines=_fitted(samples["headlines"]),
        ruled=round((sum(ruled) + 1) / (len(ruled) + 2), 2),
    )


def _fitted(samples: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """Slope and shift of Platt's logistic curve."""
    worth = np.clip([value for value, _ in samples], 0.01, 0.99)
    model = LogisticRegression(C=100.0).fit(np.log(worth / (1 - worth))[:, None], [right for _, right in samples])
    return round(float(model.coef_[0, 0]), 3), round(float(model.intercept_[0]), 3)
