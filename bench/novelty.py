"""How well the monitor tells new from known, on annotated streams, beside four plain baselines.

    python -m bench.novelty                      the streams in seeds/streams
    python -m bench.novelty --streams FOLDER     streams of the same form elsewhere
    python -m bench.novelty --leave-one-out      also what judges make of streams that they have not learned from

Figures are the scorer's (`bench/score.py`): P, R and F1 of alerts, evidence of one or two sentences.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.baselines import BASELINES
from bench.score import pool, score
from monitor.ledger.judge import Judge, JudgeData, shipped
from monitor.settings import BOUNDS
from training.streams import STREAMS, Stream, load, names
from workers.replay import decided
from workers.replayed import lines_of

Figures = dict[str, Any]


def replayed(stream: Stream, judge: Judge) -> Figures:
    """The scorer's figures for a stream under a judge."""
    told = [
        line
        for batch, changes in decided(stream.batches, stream.config, judge)
        for line in lines_of(batch, changes, stream.config)
    ]
    return dict(score(stream.path, told)[0])


def left_out_judges(streams: Sequence[Stream], progress: Progress) -> dict[str, JudgeData]:
    """For each stream a judge that has not seen it; trained here, which takes some minutes (needs scikit-learn)."""
    from training.judge import train

    task = progress.add_task("training without each stream", total=2 * len(streams))
    return train(streams, lambda _: progress.advance(task))[1]


def by_sensitivity(streams: Sequence[Stream], judges: dict[str, JudgeData]) -> Table:
    """What each setting tells at once, and with its digest, of streams that the judge has not seen."""
    from training.left_out import pooled, told

    unseen = [told(stream, judges[stream.name]) for stream in streams]
    made = Table(title="By sensitivity, left out")
    for column in ("", "at once from", "P", "R", "F1", "with digest from", "P", "R", "F1"):
        made.add_column(column, justify="right" if column else "left", no_wrap=True)
    for name, bounds in BOUNDS.items():
        cells = []
        for bound in (bounds.at_once, bounds.digest):
            if bound < BOUNDS["wide"].at_once:  # a replay tells nothing of what not even `wide` tells at once
                cells += [f"{bound:.2f}", "", "", ""]
                continue
            figures = pooled(unseen, bound)
            cells += [f"{bound:.2f}", *(f"{figures[key]:.2f}" for key in ("precision", "recall", "f1"))]
        made.add_row(name, *cells)
    return made


def table(title: str, rows: Sequence[tuple[str, Figures, Figures | None]], *, left_out: bool) -> Table:
    """Figures by row; the second ones are those of judges that had not seen the stream."""
    made = Table(title=title)
    made.add_column("", no_wrap=True)
    for column in ("P", "R", "F1", "alerts", "on time", "late", "repeat", "noise", "missed"):
        made.add_column(column, justify="right", no_wrap=True)
    if left_out:
        made.add_column("P R F1 left out", justify="right", no_wrap=True)
    for name, figures, unseen in rows:
        missed = figures["developments"] - figures["found"]
        cells = [f"{figures[key]:.2f}" for key in ("precision", "recall", "f1")]
        cells += [str(figures[key]) for key in ("alerts", "on_time", "late", "repeat", "noise")]
        shown = "" if unseen is None else " ".join(f"{unseen[key]:.2f}" for key in ("precision", "recall", "f1"))
        made.add_row(name, *cells, str(missed), *([shown] if left_out else []))
    return made


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=Path, default=STREAMS, help="a folder of annotated streams")
    parser.add_argument("--leave-one-out", action="store_true", help="train a judge without each stream and show that too")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    options = parser.parse_args()
    console = Console()
    if not console.is_terminal:
        console = Console(width=140)  # a file or a log has no width of its own
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("reading", total=len(names(options.streams)))
        streams = []
        for name in names(options.streams):
            progress.update(task, description=f"reading {name}")
            streams.append(load(options.streams / name))
            progress.advance(task)
        if not streams:
            parser.error(f"no streams (folders with a gold.jsonl) in {options.streams}")
        judges = left_out_judges(streams, progress) if options.leave_one_out else {}
        started = time.perf_counter()
        task = progress.add_task("deciding", total=len(streams))
        fitted, unseen = [], []
        for stream in streams:
            progress.update(task, description=f"deciding {stream.name}")
            fitted.append(replayed(stream, shipped()))
            unseen.append(replayed(stream, Judge(judges[stream.name])) if judges else None)
            progress.advance(task)
        seconds = time.perf_counter() - started
        plain = {
            name: pool([score(stream.path, alert(stream), article)[0] for stream in streams])
            for name, (alert, article) in BASELINES.items()
        }
    pooled, pooled_unseen = pool(fitted), pool([figures for figures in unseen if figures]) if judges else None
    rows = [(stream.name, figures, other) for stream, figures, other in zip(streams, fitted, unseen, strict=True)]
    console.print(table("By stream", rows, left_out=bool(judges)))
    summary: list[tuple[str, Figures, Figures | None]] = [("monitor", pooled, pooled_unseen)]
    summary += [(name, figures, None) for name, figures in plain.items()]
    console.print(table("Pooled", summary, left_out=bool(judges)))
    if judges:
        console.print(by_sensitivity(streams, judges))
    for name, figures in (("fitted", pooled), ("left out", pooled_unseen)):
        if figures:
            parts = [
                f"{key.removesuffix('_accuracy')} {figures[key]:.2f}"
                for key in ("kind_accuracy", "speaker_accuracy", "stance_accuracy")
            ]
            console.print(
                f"of those found, right ({name}): {', '.join(parts)}; words read per development {figures['words_read']:.0f}"
            )
    console.print(f"{sum(len(s.lines) for s in streams)} entries decided in {seconds:.1f} s")
    if options.json:
        data = {"monitor": pooled, "left_out": pooled_unseen, "baselines": plain, "streams": fitted, "streams_left_out": unseen}
        options.json.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
