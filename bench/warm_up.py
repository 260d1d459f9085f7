"""What a warm-up is worth: the second half of each annotated stream, with the first half read silently and without it.

    python -m bench.warm_up                      the streams in seeds/streams
    python -m bench.warm_up --streams FOLDER     streams of the same form elsewhere

Scored (`bench/score.py`) against the developments whose first carrier is in the second half. "old" are alerts that tell
developments of the first half, in whole or in part: what floods a first morning. The judge is the one that ships, which has
learned from these streams.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import track
from rich.table import Table
from ruamel.yaml import YAML

from bench.score import pool, score
from monitor.extract.pipeline import load_pipeline
from monitor.settings import Config
from training.streams import STREAMS, names
from workers.replay import Line, analysed, decided, read_lines
from workers.replayed import lines_of

Alert = dict[str, Any]
Figures = dict[str, Any]


def told(lines: Sequence[Line], config: Config, nlp: Any) -> list[Alert]:
    """The alerts that the lines give."""
    return [
        dict(line)
        for batch, changes in decided(analysed(lines, config, nlp), config)
        for line in lines_of(batch, changes, config)
    ]


def scored(stream: Path, late: set[str], alerts: Sequence[Alert], *, old: bool) -> Figures:
    """The scorer's figures for the entries `late`, against developments that begin among them; old: against the others."""
    rows = [json.loads(line) for line in (stream / "gold.jsonl").read_text(encoding="utf-8").splitlines() if line]
    kept = []
    for row in rows:
        carriers = [carrier for carrier in row["carriers"] if carrier["entry"] in late]
        if carriers and (row["carriers"][0]["entry"] not in late) == old:
            kept.append(row | {"carriers": carriers})
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        (made / "entries.jsonl").write_bytes((stream / "entries.jsonl").read_bytes())
        (made / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
        if (stream / "optional.jsonl").exists() and not old:
            (made / "optional.jsonl").write_bytes((stream / "optional.jsonl").read_bytes())
        return dict(score(made, list(alerts))[0])


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=Path, default=STREAMS, help="a folder of annotated streams")
    options = parser.parse_args()
    nlp = load_pipeline(None)
    figures: dict[str, list[Figures]] = {"cold": [], "warm": []}
    for name in track(names(options.streams), console=Console(stderr=True)):
        stream = options.streams / name
        config = Config.from_plain(YAML(typ="safe").load((stream / "topics.yaml").read_text(encoding="utf-8")))
        lines = read_lines(stream / "entries.jsonl")
        half = len(lines) // 2
        late = {line.id for line in lines[half:]}
        silent = [msgspec.structs.replace(line, silent=True) for line in lines[:half]]
        for kind, chosen in (("cold", lines[half:]), ("warm", [*silent, *lines[half:]])):
            alerts = told(chosen, config, nlp)
            found = scored(stream, late, alerts, old=False)
            before = scored(stream, late, alerts, old=True)
            found["old"] = before["on_time"] + before["late"] + before["repeat"]
            figures[kind].append(found)
    table = Table(title=f"The second half of {len(figures['cold'])} streams")
    for column in ("", "alerts", "P", "R", "F1", "old", "developments"):
        table.add_column(column, justify="right")
    for kind, words in (("cold", "without warm-up"), ("warm", "first half as warm-up")):
        pooled = pool(figures[kind])
        cells = [f"{pooled[key]:.2f}" for key in ("precision", "recall", "f1")]
        old = sum(one["old"] for one in figures[kind])
        table.add_row(words, str(pooled["alerts"]), *cells, str(old), str(pooled["developments"]))
    Console().print(table)


if __name__ == "__main__":
    main()
