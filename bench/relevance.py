"""What the relevance step keeps, drops and lets in, and what it does to alerts.

    python -m bench.relevance                      the streams in seeds/streams
    python -m bench.relevance --streams FOLDER     streams of the same form elsewhere
    python -m bench.relevance --judges FOLDER      alerts by judges that have not seen the stream (training.judge --left-out)

Streams that the model has learned from are judged by one that has not seen them. An entry counts once for each topic.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.novelty import replayed
from bench.score import pool
from monitor.ledger.judge import Judge, JudgeData
from monitor.ledger.judge import shipped as shipped_judge
from monitor.records.codec import decode
from monitor.settings import Config
from monitor.topics.relevance import Relevance, shipped, shipped_words
from monitor.topics.relevance.model import ModelData, relevance
from training.relevance import Pair, pairs, train
from training.streams import STREAMS, Stream, load, names, read_jsonl

ENOUGH = 0.5
MODES: dict[str, dict[str, object]] = {"off": {}, "on": {"relevance": ENOUGH}, "match: meaning": {"match": "meaning"}}
"""The settings that are tried on every topic."""
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the step makes of a stream.

    Of the entries that match by words: the developments first carried there, how many of them are kept, the entries that carry
    nothing, how many of them are dropped. Of those that no word finds: such developments, how many are let in, entries that carry
    nothing, how many of them are let in. milliseconds: for an entry and a topic.
    """

    name: str
    first: int
    first_kept: int
    none: int
    none_dropped: int
    unmatched: int
    unmatched_in: int
    strangers: int
    strangers_in: int
    milliseconds: float


def models(paths: Sequence[Path]) -> Callable[[str], ModelData]:
    """Which model judges a stream: one that has not seen it."""
    known = names()
    if not {path.name for path in paths} & set(known):
        return lambda _: shipped().data
    whole, left_out = train([pair for name in known for pair in pairs(STREAMS / name)])
    return lambda name: left_out.get(name, whole)


def kept(path: Path, data: ModelData) -> Kept:
    """What the model makes of a stream."""
    started = time.process_time()
    rows = [pair for pair in pairs(path, ("whole",)) if pair.variant == "whole"]
    spent = time.process_time() - started  # of each pair twice: with and without examples
    due: dict[tuple[str, str], int] = {}
    for development in read_jsonl(path / "gold.jsonl"):
        key = development["carriers"][0]["entry"], development["topic"]
        due[key] = due.get(key, 0) + 1

    def count(rows: Iterable[Pair]) -> tuple[int, int]:
        """Developments first carried by these, and how many of them are kept."""
        total = passed = 0
        for row in rows:
            number = due.get((row.entry, row.topic), 0)
            total += number
            passed += number * (relevance(data, row.values) >= ENOUGH)
        return total, passed

    def empty(keyword: bool) -> tuple[int, int]:
        """Entries that carry nothing, and how many of them pass."""
        scores = [relevance(data, row.values) for row in rows if row.label == "none" and bool(row.values["keyword"]) == keyword]
        return len(scores), sum(score >= ENOUGH for score in scores)

    first, first_kept = count(row for row in rows if row.values["keyword"])
    unmatched, unmatched_in = count(row for row in rows if not row.values["keyword"])
    (none, none_in), (strangers, strangers_in) = empty(keyword=True), empty(keyword=False)
    return Kept(
        name=path.name,
        first=first,
        first_kept=first_kept,
        none=none,
        none_dropped=none - none_in,
        unmatched=unmatched,
        unmatched_in=unmatched_in,
        strangers=strangers,
        strangers_in=strangers_in,
        milliseconds=1000 * spent / (2 * max(len(rows), 1)),
    )


def pooled(rows: Sequence[Kept]) -> Kept:
    """All streams together."""
    sums = {name: sum(getattr(row, name) for row in rows) for name in Kept.__slots__ if name not in {"name", "milliseconds"}}
    return Kept(name="pooled", milliseconds=sum(row.milliseconds for row in rows) / len(rows), **sums)


def under(path: Path, mode: str, data: ModelData) -> Stream:
    """The stream as it is analysed under a mode's settings."""

    def settled(config: Config) -> Config:
        topics = {slug: topic.model_copy(update=MODES[mode]) for slug, topic in config.topics.items()}
        return config.model_copy(update={"topics": topics})

    return load(path, settled=settled, relevant=Relevance(data, shipped_words()))


def _kept_table(rows: Sequence[Kept]) -> Table:
    made = Table(title="Relevance (models that have not seen the stream)")
    made.add_column("", no_wrap=True)
    for column in (
        "first carriers kept",
        "entries without gold dropped",
        "unmatched: first let in",
        "without gold let in",
        "ms an entry",
    ):
        made.add_column(column, justify="right")
    for row in rows:
        made.add_row(
            row.name,
            _share(row.first_kept, row.first),
            _share(row.none_dropped, row.none),
            _share(row.unmatched_in, row.unmatched),
            _share(row.strangers_in, row.strangers),
            f"{row.milliseconds:.2f}",
        )
    return made


def _share(part: int, total: int) -> str:
    return f"{part / total:.3f} of {total}" if total else "-"


def _alerts_table(alerts: dict[str, Figures]) -> Table:
    made = Table(title="Alerts with the relevance step")
    made.add_column("", no_wrap=True)
    for column in ("P", "R", "F1", "alerts", "on time", "late", "repeat", "noise"):
        made.add_column(column, justify="right", no_wrap=True)
    for mode, figures in alerts.items():
        cells = [f"{figures[key]:.3f}" for key in ("precision", "recall", "f1")]
        made.add_row(mode, *cells, *(str(figures[key]) for key in ("alerts", "on_time", "late", "repeat", "noise")))
    return made


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=Path, default=STREAMS, help="a folder of annotated streams")
    parser.add_argument("--judges", type=Path, help="a folder of judges; a stream that has none is judged by the one that ships")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    options = parser.parse_args()
    paths = [options.streams / name for name in names(options.streams)]
    if not paths:
        parser.error(f"no streams (folders with a gold.jsonl) in {options.streams}")

    @cache
    def judge_of(name: str) -> Judge:
        file = options.judges / f"{name}.json" if options.judges else None
        return Judge(decode(file.read_bytes(), JudgeData)) if file and file.exists() else shipped_judge()

    console = Console()
    if not console.is_terminal:
        console = Console(width=140)  # a file or a log has no width of its own
    model_of = models(paths)
    rows = [kept(path, model_of(path.name)) for path in paths]
    rows.append(pooled(rows))
    console.print(_kept_table(rows))
    alerts = {
        mode: pool([replayed(under(path, mode, model_of(path.name)), judge_of(path.name)) for path in paths]) for mode in MODES
    }
    console.print(_alerts_table(alerts))
    if options.json:
        plain = [{name: getattr(row, name) for name in Kept.__slots__} for row in rows]
        options.json.write_text(json.dumps({"kept": plain, "alerts": alerts}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
