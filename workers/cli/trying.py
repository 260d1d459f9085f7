"""`monitor extract`, `replay`: try topics on texts and on the past."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from workers.cli.app import app
from workers.cli.options import CONFIG, ConfigOption, DemoOption, KeptOption, finish


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


@app.command(
    epilog="Examples:\n\n  monitor replay --last 14d\n\n  monitor replay --last 14d --warm-up 7d --topic treaty\n\n"
    "  monitor replay past.jsonl --config topics.yaml\n\n  monitor replay past.jsonl -o told.jsonl"
)
def replay(
    entries: Annotated[
        Path | None,
        typer.Argument(help="Entries, one JSON object a line (.gz, too): id, feed, outlet, published, url, title, ..."),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--last", help="What this monitor read in this time (14d), told as it would have been.")
    ] = None,
    warm_up: Annotated[
        str | None, typer.Option("--warm-up", help="What came in this time before (with a file: at its start) is known silently.")
    ] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", "-t", help="Only this topic; may be repeated.")] = None,
    config: ConfigOption = CONFIG,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write; by default to standard output.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Add why each is new and what was known before.")] = False,
    all_verdicts: Annotated[
        bool, typer.Option("--all-verdicts", help="Also what would be held back: corroborations, repeats, background.")
    ] = False,
    corrections: Annotated[
        Path | None, typer.Option("--corrections", help="Decide as these corrections have it (`monitor corrections --export`).")
    ] = None,
    demo: DemoOption = None,
    data_dir: KeptOption = None,
) -> None:
    """Try topics on the past: which alerts these entries would have given. Delivers nothing and starts with an empty ledger.

    With --last it reads the entries that the monitor kept, shows the alerts for people (-o: as JSON Lines), and ends with what
    each keyword found and how many alerts a day a stricter or wider setting would have given.
    """

    def body() -> None:
        from workers.exported import read_corrections
        from workers.lasting import seconds_of
        from workers.past import try_last

        before = seconds_of("--warm-up", warm_up) if warm_up else 0.0
        heeded = read_corrections(corrections) if corrections else []
        if last is not None:
            if entries is not None:
                raise typer.BadParameter("give a file or --last, not both")
            told = partial(try_last, output=output, explain=explain, all_verdicts=all_verdicts, corrections=heeded)
            told(config, seconds_of("--last", last), before, topics=topic or [], demo=demo, data_dir=data_dir)
            return
        if entries is None:
            raise typer.BadParameter("give a file of entries, or --last 14d for what this monitor kept")
        from workers import replay as past
        from workers.adapters.configuration import read_configuration

        chosen = past.only(read_configuration(config), topic or [])
        past.replay(
            entries, chosen, output=output, explain=explain, all_verdicts=all_verdicts, warm_up=before, corrections=heeded
        )

    finish(body)
