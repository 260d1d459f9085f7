"""`monitor run`, `worker`, `check`, `reload`: the daemon and its configuration."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from workers.cli.app import app
from workers.cli.options import CONFIG, ConfigOption, DemoOption, KeptOption, RedisOption, finish


class Role(StrEnum):
    """What a worker process does. One process may have several roles."""

    SCHEDULE = "schedule"
    POLL = "poll"
    ANALYZE = "analyze"
    DECIDE = "decide"
    DELIVER = "deliver"


@app.command(epilog="Examples:\n\n  monitor run\n\n  monitor run --demo --fresh\n\n  monitor run --config my.yaml")
def run(
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Demo only: forget it and play the story from the start.")] = False,
) -> None:
    """Run the daemon: all roles, an embedded Redis unless you have your own, alerts as they come. Ctrl-C stops it."""
    from workers.run import run as body

    finish(lambda: body(config, demo=demo, fresh=fresh))


@app.command(epilog="Examples:\n\n  monitor worker analyze\n\n  monitor worker schedule poll --redis redis://redis:6379/0")
def worker(
    roles: Annotated[list[Role], typer.Argument(help="The roles of this process.")],
    config: ConfigOption = CONFIG,
    redis: RedisOption = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Where files and logs go; by default as the configuration says.")
    ] = None,
    parent: Annotated[int | None, typer.Option(hidden=True, help="End with this process.")] = None,
) -> None:
    """Run one or more roles in this process, on the configuration in force in Redis (put there by `run` or `reload`)."""
    from workers.daemon import work as body

    finish(lambda: body([str(role) for role in roles], config, redis_url=redis, data_dir=data_dir, parent=parent))


@app.command(epilog="Examples:\n\n  monitor check\n\n  monitor check --config my.yaml\n\n  monitor check --live --send")
def check(
    config: ConfigOption = CONFIG,
    live: Annotated[bool, typer.Option("--live", help="Also poll each feed once; nothing is stored.")] = False,
    send: Annotated[bool, typer.Option("--send", help="With --live: also send a test message through each channel.")] = False,
) -> None:
    """Validate a configuration without starting anything; every problem is named with file, line and what to do."""
    from workers.check import check as body

    def work() -> int:
        code = body(config)
        if code or not (live or send):
            return code
        from workers.daemon import check_live

        return check_live(config, send=send)

    finish(work)


@app.command(epilog="Examples:\n\n  monitor reload\n\n  monitor reload --config my.yaml --redis redis://redis:6379/0")
def reload(
    config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None, data_dir: KeptOption = None
) -> None:
    """Put an edited configuration in force on a running monitor; a bad one is refused and the old one stays.

    Topics that are new, or ask for other things than before, are first filled from the kept entries, so that they tell nothing
    old.
    """
    from workers.reloading import reload as body

    finish(lambda: body(config, demo=demo, redis_url=redis, data_dir=data_dir))
