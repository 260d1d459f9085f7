"""What the commands share: their common options, and how a command ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

CONFIG = Path("config/monitor.yaml")

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", envvar="MONITOR_CONFIG", show_default=True)
]
RedisOption = Annotated[
    str | None,
    typer.Option("--redis", help="Redis to use instead of the configuration's (redis://, unix://).", envvar="MONITOR_REDIS"),
]
KeptOption = Annotated[
    Path | None, typer.Option("--data-dir", help="Where entries are kept; by default as the configuration says.")
]
DemoOption = Annotated[
    bool | None, typer.Option("--demo/--no-demo", help="The demo story instead of your feeds; overrides `demo:`.")
]


def finish(body: object) -> NoReturn:
    """Runs a command's body; its return value is the exit code, and the monitor's own errors are told without a traceback."""
    from monitor.errors import ConfigurationError, MonitorError

    try:
        code = body()  # type: ignore[operator]  # a callable; kept loose so that bodies may return None
    except ConfigurationError as error:
        from rich.console import Console

        from workers.check import print_problems

        print_problems(error, Console(stderr=True))
        code = 1
    except MonitorError as error:
        from rich.console import Console

        Console(stderr=True).print("[bold red]error:[/bold red] ", end="")
        Console(stderr=True, markup=False, highlight=False, soft_wrap=True).print(str(error))
        code = 1
    sys.exit(code or 0)
