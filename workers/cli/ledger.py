"""`monitor ledger` and `monitor explain`: what is known, and why something was told, or was not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from workers.cli.app import app
from workers.cli.options import CONFIG, ConfigOption, DemoOption, RedisOption, finish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis
    from rich.console import Console


class ShowsByDefault(TyperGroup):
    """A group whose command `show` need not be named: `monitor ledger treaty` is `monitor ledger show treaty`.

    A topic that is called like one of the commands is shown by `monitor ledger show NAME`.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts `show` in front of what is no command of the group."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["show", *args]
        return list(super().parse_args(ctx, args))


@app.command(
    epilog="Examples:\n\n  monitor explain 4910501a\n\n  monitor explain https://news.example/2024/10/24/treaty\n\n"
    "  monitor explain 4910501a --json"
)
def explain(
    name: Annotated[
        str, typer.Argument(help="The id at the end of a message, or the id or address of an entry.", metavar="ENTRY|DEVELOPMENT")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Why something was told: the receipt of a development; or why an entry gave no alert, stage by stage."""
    from workers.adapters.configuration import data_directory, read_configuration
    from workers.adapters.kept import read_kept
    from workers.dead_letters import command
    from workers.explain import explain as body

    def kept() -> Iterator[bytes]:
        if redis is None:  # with an address, the file is not looked at: it may lie on another machine
            settings = read_configuration(config)
            yield from read_kept(data_directory(settings, config, settings.demo if demo is None else demo))

    def work(store: Redis, console: Console) -> int:
        return body(store, console, name, kept=kept, as_json=as_json)

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


@app.command(
    epilog="Examples:\n\n  monitor held\n\n  monitor held --topic treaty --since 7d\n\n  monitor held --sample 20 --since 7d"
)
def held(
    topic: Annotated[list[str] | None, typer.Option("--topic", "-t", help="Only this topic; may be repeated.")] = None,
    since: Annotated[str, typer.Option("--since", help="How far back: 6h, 24h, 7d.")] = "24h",
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Draw so many at random: an estimate of what is missed.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="How many of the nearest; 0 for all.")] = 20,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """What matched and was not told, nearest to being told first: what stopped it, and which setting would let it through."""
    from workers.adapters.clock import utc_now
    from workers.dead_letters import command
    from workers.held import held as body
    from workers.lasting import seconds_of

    def work(store: Redis, console: Console) -> int:
        back = seconds_of("--since", since)
        return body(store, console, topics=topic or [], since=back, sample=sample, limit=limit, now=utc_now())

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


ledger = typer.Typer(
    cls=ShowsByDefault,
    help="What is known: `monitor ledger TOPIC` shows claims, figures and positions.",
    epilog="Examples:\n\n  monitor ledger\n\n  monitor ledger treaty\n\n  monitor ledger treaty --json\n\n"
    "  monitor ledger export known.jsonl.gz",
)
app.add_typer(ledger, name="ledger")


@ledger.command(
    "show",
    epilog="Examples:\n\n  monitor ledger\n\n  monitor ledger treaty\n\n  monitor ledger treaty --all --limit 0\n\n"
    "  monitor ledger treaty --json",
)
def ledger_show(
    topic: Annotated[str | None, typer.Argument(help="A topic; none: one line for each.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="How many of each part; 0 for all.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="Also what was filed without being told.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The whole ledger as JSON, for programs.")] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """What is known of a topic, most recent first: figures with a plot, where each party stands, and claims with their voices."""
    from workers.dead_letters import command
    from workers.ledger_shown import show as body

    def work(store: Redis, console: Console) -> int:
        return body(store, console, topic, limit=limit, everything=everything, as_json=as_json)

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


@ledger.command(
    "export",
    epilog="Examples:\n\n  monitor ledger export known.jsonl.gz\n\n  monitor ledger export treaty.jsonl --topic treaty",
)
def ledger_export(
    file: Annotated[Path, typer.Argument(help="Where to write, as JSON Lines; compressed where the name ends in .gz.")],
    topic: Annotated[list[str] | None, typer.Option("--topic", "-t", help="Only this topic; may be given again.")] = None,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Write all that is known to a file, to move it to another monitor or to keep it. The monitor may run meanwhile."""
    from workers.adapters.clock import utc_now
    from workers.dead_letters import command
    from workers.ledger_moves import export as body

    def work(store: Redis, console: Console) -> int:
        return body(store, console, file, topic or [], now=utc_now())

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


@ledger.command(
    "import",
    epilog="Examples:\n\n  monitor ledger import known.jsonl.gz\n\n  monitor ledger import data/archive/treaty-2026-11.jsonl",
)
def ledger_import(
    file: Annotated[Path, typer.Argument(help="A file that `export` wrote, or one of the archive.", exists=True, dir_okay=False)],
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """File what was exported or archived: nothing of it is told anew. What is there already stays as it is."""
    from workers.dead_letters import command
    from workers.ledger_moves import load as body

    def work(store: Redis, console: Console) -> int:
        return body(store, console, file)

    finish(lambda: command(work, config, demo=demo, redis_url=redis))
