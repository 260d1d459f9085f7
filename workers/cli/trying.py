"""`monitor extract`, `replay`: try topics on texts and on the past."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.cli.app import app
from workers.cli.options import CONFIG, ConfigOption, finish


@app.command(
    epilog="Examples:\n\n  monitor extract article.txt\n\n  echo 'Some 3,000 troops left, officials said.' | monitor extract\n\n"
    "  monitor extract --config my.yaml --jsonl texts.jsonl > read.jsonl"
)
def extract(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Plain text, or JSON Lines with id, text and perhaps published; none or - for standard input."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Read mentions and claims of this configuration's topics, too.")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON object for each text, by docs/schemas/extract.schema.json.")
    ] = False,
) -> None:
    """Show what is read from a text: figures, and who says what; with a configuration, also what concerns its topics."""
    from workers.adapters.clock import utc_now
    from workers.extract import extract as body

    def work() -> int:
        from workers.adapters.configuration import read_configuration

        return body(files or [], read_configuration(config) if config else None, lines=jsonl, now=utc_now())

    finish(work)


@app.command(epilog="Examples:\n\n  monitor replay past.jsonl --config topics.yaml\n\n  monitor replay past.jsonl -o told.jsonl")
def replay(
    entries: Annotated[
        Path, typer.Argument(help="Entries, one JSON object a line: id, feed, outlet, published, url, title, ...")
    ],
    config: ConfigOption = CONFIG,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write; by default to standard output.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Add why each is new and what was known before.")] = False,
    all_verdicts: Annotated[
        bool, typer.Option("--all-verdicts", help="Also what would be held back: corroborations, repeats, background.")
    ] = False,
) -> None:
    """Try topics on the past: which alerts these entries would have given. Delivers nothing and starts with an empty ledger."""

    def body() -> None:
        from workers.adapters.configuration import read_configuration
        from workers.replay import replay as run_replay

        run_replay(entries, read_configuration(config), output=output, explain=explain, all_verdicts=all_verdicts)

    finish(body)
