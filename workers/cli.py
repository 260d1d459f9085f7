"""The command `monitor`. Command bodies are imported when they run, so that `--help` answers at once."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from redis import Redis
    from rich.console import Console

app = typer.Typer(
    name="monitor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Watches news feeds and alerts only when a new claim, a new or changed number, or a change of position shows up.",
    epilog="Start with: [bold]monitor run --demo[/bold]",
    rich_markup_mode="rich",
)

CONFIG = Path("config/monitor.yaml")

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The configuration file.", envvar="MONITOR_CONFIG", show_default=True)
]
RedisOption = Annotated[
    str | None,
    typer.Option("--redis", help="Redis to use instead of the configuration's (redis://, unix://).", envvar="MONITOR_REDIS"),
]
DemoOption = Annotated[
    bool | None, typer.Option("--demo/--no-demo", help="The demo story instead of your feeds; overrides `demo:`.")
]


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

    _exit(lambda: body(config, demo=demo, fresh=fresh))


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

    _exit(lambda: body([str(role) for role in roles], config, redis_url=redis, data_dir=data_dir, parent=parent))


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

    _exit(work)


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

    _exit(work)


@app.command(epilog="Examples:\n\n  monitor reload\n\n  monitor reload --config my.yaml --redis redis://redis:6379/0")
def reload(config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None) -> None:
    """Put an edited configuration in force on a running monitor; a bad one is refused and the old one stays."""
    from workers.daemon import reload as body

    _exit(lambda: body(config, demo=demo, redis_url=redis))


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

    _exit(body)


@app.command(
    epilog="Examples:\n\n  monitor snooze desk --for 2d\n\n  monitor snooze treaty --for 8h\n\n  monitor snooze 4910501a --for 1w"
    "\n\n  monitor snooze desk --end\n\n  monitor snooze"
)
def snooze(
    name: Annotated[
        str | None, typer.Argument(help="A subscription, a topic, or the id at the end of a message; none: list.")
    ] = None,
    lasting: Annotated[str, typer.Option("--for", help="How long: 30m, 8h, 2d, 1w.")] = "1d",
    end: Annotated[bool, typer.Option("--end", help="End the silence now.")] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Silence a subscription, a topic or a story for a time; what comes meanwhile is kept and told in one summary."""
    from workers import snooze as body
    from workers.adapters.clock import utc_now
    from workers.dead_letters import command

    def work(store: Redis, console: Console) -> int:
        if name is None:
            return body.list_all(store, console, now=utc_now())
        return body.snooze(store, console, name, 0.0 if end else body.seconds_of(lasting), now=utc_now())

    _exit(lambda: command(work, config, demo=demo, redis_url=redis))


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

    _exit(lambda: command(work, config, demo=demo, redis_url=redis))


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

    _exit(lambda: body.add(config, url, Console(highlight=False), slug=name, every=every))


@feeds.command("import", epilog="Example:\n\n  monitor feeds import subscriptions.opml")
def feeds_import(
    opml: Annotated[Path, typer.Argument(help="A list of feeds in OPML, as every feed reader exports it.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Add the feeds of an OPML list to the configuration file; those that are there already stay as they are."""
    from rich.console import Console

    from workers import subscribing as body

    _exit(lambda: body.import_opml(config, opml, Console(highlight=False)))


@feeds.command("export", epilog="Examples:\n\n  monitor feeds export > feeds.opml\n\n  monitor feeds export -o feeds.opml")
def feeds_export(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write; by default to standard output.")] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Write the feeds of the configuration as an OPML list."""
    from rich.console import Console

    from workers import subscribing as body

    _exit(lambda: body.export_opml(config, output, Console(highlight=False)))


@app.command(
    epilog="Examples:\n\n  monitor ingest archive.jsonl --silent\n\n  my-collector | monitor ingest - --feed my-collector"
)
def ingest(
    file: Annotated[Path, typer.Argument(help="JSON Lines, one entry a line; - for standard input.")],
    feed: Annotated[str, typer.Option("--feed", help="The feed of lines that name none.")] = "ingest",
    silent: Annotated[bool, typer.Option("--silent", help="What they bring becomes known without being told.")] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Take entries from elsewhere into the same stream as those of feeds; what came before does not come again."""
    from workers.ingest import ingest as body

    _exit(lambda: body(file, config, demo=demo, redis_url=redis, feed=feed, silent=silent, standard_input=sys.stdin.buffer))


dead_letters = typer.Typer(no_args_is_help=True, help="What was set aside after errors: see why, try it again, or drop it.")
app.add_typer(dead_letters, name="dead-letters")

LettersArgument = Annotated[list[str], typer.Argument(help="Names as `list` shows them, or `all`.", metavar="NAME...")]


@dead_letters.command("list", epilog="Examples:\n\n  monitor dead-letters list\n\n  monitor dead-letters list --demo")
def dead_letters_list(config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None) -> None:
    """One line for each: its name, what it is, and why it was set aside."""
    from workers import dead_letters as body

    _exit(lambda: body.command(body.list_all, config, demo=demo, redis_url=redis))


@dead_letters.command("show", epilog="Examples:\n\n  monitor dead-letters show 4910501a\n\n  monitor dead-letters show treaty/17")
def dead_letters_show(
    name: Annotated[str, typer.Argument(help="A name as `list` shows it.")],
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """All of one: the message as it would be sent, or the entry that could not be read."""
    from workers import dead_letters as body

    _exit(lambda: body.command(lambda store, console: body.show(store, console, name), config, demo=demo, redis_url=redis))


@dead_letters.command("retry", epilog="Examples:\n\n  monitor dead-letters retry 4910501a\n\n  monitor dead-letters retry all")
def dead_letters_retry(
    names: LettersArgument, config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None
) -> None:
    """Try again: a message goes to the end of its outbox, an entry is read once more."""
    from workers import dead_letters as body
    from workers.adapters.clock import utc_now

    def work(store: Redis, console: Console) -> int:
        return body.retry(store, console, names, now=utc_now())

    _exit(lambda: body.command(work, config, demo=demo, redis_url=redis))


@dead_letters.command("drop", epilog="Examples:\n\n  monitor dead-letters drop treaty/17\n\n  monitor dead-letters drop all")
def dead_letters_drop(
    names: LettersArgument, config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None
) -> None:
    """Delete for good: what was dropped is never sent or read."""
    from workers import dead_letters as body

    _exit(lambda: body.command(lambda store, console: body.drop(store, console, names), config, demo=demo, redis_url=redis))


def _exit(body: object) -> NoReturn:
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


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
