"""`monitor feeds` and `monitor ingest`: where entries come from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.app import app
from workers.cli.options import CONFIG, ConfigOption, DemoOption, RedisOption, finish

if TYPE_CHECKING:
    from redis import Redis
    from rich.console import Console

feeds = typer.Typer(no_args_is_help=True, help="The subscribed feeds and how they do.")
app.add_typer(feeds, name="feeds")


@feeds.command("list", epilog="Examples:\n\n  monitor feeds list\n\n  monitor feeds list --failing")
def feeds_list(
    failing: Annotated[bool, typer.Option("--failing", help="Only feeds with which something is wrong.")] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Each feed: how it does, what it brought, when it is polled next, and in plain words what is wrong."""
    from workers import feeds as body
    from workers.adapters.clock import utc_now
    from workers.dead_letters import command

    def work(store: Redis, console: Console) -> int:
        return body.list_all(store, console, now=utc_now(), failing=failing)

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


@feeds.command("add", epilog="Examples:\n\n  monitor feeds add https://news.example/\n\n  monitor feeds add news.example --all")
def feeds_add(
    url: Annotated[str, typer.Argument(help="A feed's address, or that of a site: its feeds are looked for.")],
    name: Annotated[str | None, typer.Option("--name", help="What to call it; by default after its title.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All feeds that the site names, not only the first.")] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Find a feed and add it to the configuration file; a monitor that runs takes it up at once."""
    from rich.console import Console

    from workers import subscribing as body

    finish(lambda: body.add(config, url, Console(highlight=False), slug=name, every=every))


@feeds.command("import", epilog="Example:\n\n  monitor feeds import subscriptions.opml")
def feeds_import(
    opml: Annotated[Path, typer.Argument(help="A list of feeds in OPML, as every feed reader exports it.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Add the feeds of an OPML list to the configuration file; those that are there already stay as they are."""
    from rich.console import Console

    from workers import subscribing as body

    finish(lambda: body.import_opml(config, opml, Console(highlight=False)))


@feeds.command("export", epilog="Examples:\n\n  monitor feeds export > feeds.opml\n\n  monitor feeds export -o feeds.opml")
def feeds_export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write; by default to standard output.")] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Write the feeds of the configuration as an OPML list."""
    from rich.console import Console

    from workers import subscribing as body

    finish(lambda: body.export_opml(config, output, Console(highlight=False)))


@app.command(
    epilog="Examples:\n\n  monitor ingest archive.jsonl --silent\n\n  my-collector | monitor ingest - --feed my-collector"
)
def ingest(
    file: Annotated[Path, typer.Argument(help="JSON Lines, one entry a line (.gz, too); - for standard input.")],
    feed: Annotated[str, typer.Option("--feed", help="The feed of lines that name none.")] = "ingest",
    silent: Annotated[bool, typer.Option("--silent", help="What they bring becomes known without being told.")] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Where they are kept for replays; by default as the configuration says.")
    ] = None,
) -> None:
    """Take entries from elsewhere into the same stream as those of feeds; what came before does not come again."""
    from workers.ingest import ingest as body

    def work() -> int:
        source = sys.stdin.buffer
        return body(file, config, demo=demo, redis_url=redis, feed=feed, silent=silent, standard_input=source, data_dir=data_dir)

    finish(work)
