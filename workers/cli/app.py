"""The command `monitor` itself; the modules beside this one add their commands to it."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="monitor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watches news feeds and alerts only when a new claim, a new or changed number, or a change of position shows up.",
    epilog="Start with: [bold]monitor run --demo[/bold]",
    rich_markup_mode="rich",
)
