"""`monitor snooze`, `monitor channels` and `monitor dead-letters`: what is sent, held, or set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.app import app
from workers.cli.options import CONFIG, ConfigOption, DemoOption, RedisOption, finish

if TYPE_CHECKING:
    from redis import Redis
    from rich.console import Console


@app.command(
    epilog="Examples:\n\n  monitor snooze desk --for 2d\n\n  monitor snooze treaty --for 8h\n\n  monitor snooze 4910501a --for 1w"
    "\n\n  monitor snooze desk --end\n\n  monitor snooze"
)
def snooze(
    name: Annotated[
        str | None, typer.Argument(help="A subscription, a topic, or the id at the end of a message; none: list.")
    ] = None,
    lasting: Annotated[str, typer.Option("--for", help="How long: 30m, 8h, 2d, 1w, or ever.")] = "1d",
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

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


@app.command(epilog="Examples:\n\n  monitor channels\n\n  monitor channels --retry desk-mail")
def channels(
    retry: Annotated[
        str | None, typer.Option("--retry", help="Try this channel at once, however long it rests.", metavar="CHANNEL")
    ] = None,
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """Each channel: how it does, what it was sent, what waits for it, and in plain words what is wrong."""
    from workers import channels as body
    from workers.adapters.clock import utc_now
    from workers.dead_letters import command

    def work(store: Redis, console: Console) -> int:
        if retry is not None:
            return body.retry(store, console, retry, now=utc_now())
        return body.list_all(store, console, now=utc_now())

    finish(lambda: command(work, config, demo=demo, redis_url=redis))


dead_letters = typer.Typer(no_args_is_help=True, help="What was set aside after errors: see why, try it again, or drop it.")
app.add_typer(dead_letters, name="dead-letters")

LettersArgument = Annotated[list[str], typer.Argument(help="Names as `list` shows them, or `all`.", metavar="NAME...")]


@dead_letters.command("list", epilog="Examples:\n\n  monitor dead-letters list\n\n  monitor dead-letters list --demo")
def dead_letters_list(config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None) -> None:
    """One line for each: its name, what it is, and why it was set aside."""
    from workers import dead_letters as body
    from workers.adapters.clock import utc_now

    def work(store: Redis, console: Console) -> int:
        return body.list_all(store, console, now=utc_now())

    finish(lambda: body.command(work, config, demo=demo, redis_url=redis))


@dead_letters.command("show", epilog="Examples:\n\n  monitor dead-letters show 4910501a\n\n  monitor dead-letters show treaty/17")
def dead_letters_show(
    name: Annotated[str, typer.Argument(help="A name as `list` shows it.")],
    config: ConfigOption = CONFIG,
    demo: DemoOption = None,
    redis: RedisOption = None,
) -> None:
    """All of one: the message as it would be sent, or the entry that could not be read."""
    from workers import dead_letters as body

    finish(lambda: body.command(lambda store, console: body.show(store, console, name), config, demo=demo, redis_url=redis))


@dead_letters.command("retry", epilog="Examples:\n\n  monitor dead-letters retry 4910501a\n\n  monitor dead-letters retry all")
def dead_letters_retry(
    names: LettersArgument, config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None
) -> None:
    """Try again: a message goes to the end of its outbox, an entry is read once more."""
    from workers import dead_letters as body
    from workers.adapters.clock import utc_now

    def work(store: Redis, console: Console) -> int:
        return body.retry(store, console, names, now=utc_now())

    finish(lambda: body.command(work, config, demo=demo, redis_url=redis))


@dead_letters.command("drop", epilog="Examples:\n\n  monitor dead-letters drop treaty/17\n\n  monitor dead-letters drop all")
def dead_letters_drop(
    names: LettersArgument, config: ConfigOption = CONFIG, demo: DemoOption = None, redis: RedisOption = None
) -> None:
    """Delete for good: what was dropped is never sent or read."""
    from workers import dead_letters as body

    finish(lambda: body.command(lambda store, console: body.drop(store, console, names), config, demo=demo, redis_url=redis))
