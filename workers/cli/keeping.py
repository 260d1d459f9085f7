"""`monitor backup`, `restore` and `upgrade`: all that is kept, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.cli.app import app
from workers.cli.options import CONFIG, ConfigOption, DemoOption, RedisOption, finish

FileArgument = Annotated[Path, typer.Argument(help="The file, such as monitor.jsonl.gz.", metavar="FILE")]


@app.command(
    epilog="Examples:\n\n  monitor backup monitor.jsonl.gz\n\n  monitor backup backups/$(date +%F).jsonl.gz"
    "\n\n  monitor backup moving.jsonl.gz --with-entries"
)
def backup(
    path: FileArgument,
    with_entries: Annotated[
        bool,
        typer.Option("--with-entries", help="The entries that were kept for replays and new topics, too; they may be large."),
    ] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Write all that the monitor keeps into one file, while it runs: configuration, ledger, entries known, what was told.

    Secrets are never in it: they stay references, and one that is written out in the configuration is left out.
    """
    from rich.console import Console

    from workers.adapters.clock import utc_now
    from workers.backup import backup as body
    from workers.store import data_folder, opened

    def work() -> int:
        entries = data_folder(config, demo=demo) if with_entries else None
        with opened(config, demo=demo, redis_url=redis) as store:
            return body(store, Console(highlight=False), path, now=utc_now(), entries=entries)

    finish(work)


@app.command(
    epilog="Examples:\n\n  monitor restore monitor.jsonl.gz\n\n  monitor restore monitor.jsonl.gz --resume"
    "\n\n  monitor restore monitor.jsonl.gz --replace"
)
def restore(
    path: FileArgument,
    resume: Annotated[
        bool, typer.Option("--resume", help="The monitor did not run since the backup: go on as it stood, waiting alerts too.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="In the place of the data that are there.")] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Put a backup in the place of all that is kept, also while the monitor runs; nothing that came before now is told again."""
    from rich.console import Console

    from workers.adapters.clock import utc_now
    from workers.backup import restore as body
    from workers.store import data_folder, opened, owner

    def work() -> int:
        folder = data_folder(config, demo=demo) if redis is None or config.exists() else None
        with opened(config, demo=demo, redis_url=redis, any_state=True) as store:
            console = Console(highlight=False)
            return body(store, console, path, folder=folder, owner=owner(), resume=resume, replace_it=replace, now=utc_now())

    finish(work)


@app.command(epilog="Examples:\n\n  monitor upgrade\n\n  monitor upgrade --redis redis://redis:6379/0")
def upgrade(config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None) -> None:
    """Bring data of a former version up to this program's; a backup comes first. `monitor run` does it by itself."""
    from rich.console import Console

    from workers.adapters.clock import utc_now
    from workers.backup import upgrade as body
    from workers.store import data_folder, opened, owner

    def work() -> int:
        folder = data_folder(config, demo=demo)
        with opened(config, demo=demo, redis_url=redis, any_state=True) as store:
            console = Console(highlight=False)
            if body(store, console, folder=folder, owner=owner(), now=utc_now()) == 0:
                console.print("The data are of this version: there is nothing to do.")
            return 0

    finish(work)
