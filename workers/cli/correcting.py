"""`monitor feedback`, `corrections`, `ledger merge` and `split`: what people set right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.app import app
from workers.cli.ledger import ledger
from workers.cli.options import CONFIG, ConfigOption, DemoOption, RedisOption, finish

if TYPE_CHECKING:
    from redis import Redis
    from rich.console import Console

    from workers.feedback import Person

WhyOption = Annotated[str, typer.Option("--why", "-m", help="Why, in your words: kept with the correction.")]


@app.command(
    epilog="Examples:\n\n  monitor feedback 4910501a --noise\n\n  monitor feedback 4910501a --repeat-of 77c3a0de"
    "\n\n  monitor feedback 4910501a --good\n\n  monitor feedback https://news.example/treaty --missed 'Ten ships left.'"
)
def feedback(
    name: Annotated[
        str,
        typer.Argument(
            help="The id at the end of a message; with --missed: an entry's id or address.", metavar="DEVELOPMENT|ENTRY"
        ),
    ],
    repeat_of: Annotated[str | None, typer.Option("--repeat-of", help="It repeats this one: the two are one claim.")] = None,
    noise: Annotated[bool, typer.Option("--noise", help="It was worth nothing; nor is what says the same.")] = False,
    good: Annotated[bool, typer.Option("--good", help="It was right: kept for training.")] = False,
    missed: Annotated[str | None, typer.Option("--missed", help="The sentence of the entry that should have been told.")] = None,
    why: WhyOption = "",
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Tell the monitor where it was wrong, or right. It takes effect at once and can be taken back (`monitor corrections`)."""
    from monitor.records.corrections import CorrectionKind
    from workers import feedback as body
    from workers.dead_letters import command

    chosen = [flag for flag, given in (("repeat", repeat_of), ("noise", noise), ("good", good), ("missed", missed)) if given]
    if len(chosen) != 1:
        raise typer.BadParameter("give one of --repeat-of ID, --noise, --good and --missed SENTENCE")

    def work(store: Redis, console: Console) -> int:
        if missed is not None:
            kept = body.kept_evidence(_folder(config, demo=demo, redis=redis), name, missed)
            return body.missed(store, console, name, missed, _person(why), kept)
        return body.judge(store, console, name, CorrectionKind(chosen[0]), _person(why), other=repeat_of)

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


@ledger.command("merge", epilog="Examples:\n\n  monitor ledger merge 4910501a 77c3a0de")
def ledger_merge(
    one: Annotated[str, typer.Argument(help="The claim, or its development, that is kept.", metavar="ID")],
    other: Annotated[str, typer.Argument(help="The one that is filed with it.", metavar="ID")],
    why: WhyOption = "",
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Make one claim of two that say the same. Tells nothing."""
    from workers import feedback as body
    from workers.dead_letters import command

    finish(lambda: command(lambda s, c: body.merge(s, c, one, other, _person(why)), config, demo=demo, redis_url=redis))


@ledger.command("split", epilog="Examples:\n\n  monitor ledger split 4910501a https://news.example/2024/10/24/treaty")
def ledger_split(
    name: Annotated[str, typer.Argument(help="The claim, or its development.", metavar="ID")],
    entry: Annotated[str, typer.Argument(help="The id or address of the entry that says something else.", metavar="ENTRY")],
    why: WhyOption = "",
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Make two claims of one: what the entry says becomes a claim of its own. Tells nothing."""
    from workers import feedback as body
    from workers.dead_letters import command

    finish(lambda: command(lambda s, c: body.split(s, c, name, entry, _person(why)), config, demo=demo, redis_url=redis))


@app.command(
    epilog="Examples:\n\n  monitor corrections\n\n  monitor corrections --undo 3f0a91bc\n\n  monitor corrections --export ours"
    "\n\n  monitor replay past.jsonl --corrections ours/corrections.jsonl"
)
def corrections(
    undo: Annotated[str | None, typer.Option("--undo", help="Take this one back.", metavar="ID")] = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Write them as an annotated stream, for replays and training.", metavar="FOLDER"),
    ] = None,
    complete: Annotated[
        bool, typer.Option("--complete", help="With --export: what nobody corrected was right, told or held back.")
    ] = False,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """List what people set right: who, when and why; take one back, or export them all."""
    from workers import feedback as body
    from workers.adapters.clock import utc_now
    from workers.dead_letters import command
    from workers.exported import export as write

    def work(store: Redis, console: Console) -> int:
        if undo is not None:
            return body.undo(store, console, undo, now=utc_now())
        if export is not None:
            return write(store, console, export, _folder(config, demo=demo, redis=redis), complete=complete)
        return body.list_all(store, console)

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


def _person(why: str) -> Person:
    import getpass

    from workers.adapters.clock import utc_now
    from workers.feedback import Person

    return Person(name=getpass.getuser(), now=utc_now(), why=why.strip())


def _folder(config: Path, *, demo: bool | None, redis: str | None) -> Path | None:
    """Where entries are kept; None where that is another machine's business."""
    from workers.store import data_folder

    return data_folder(config, demo=demo) if redis is None or config.exists() else None
