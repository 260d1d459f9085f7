"""`monitor check`: what a configuration comes to, or every problem in it with the line it stands in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.alerts.bulletin import bulletin
from monitor.alerts.samples import samples
from monitor.alerts.templates import FAMILIES
from monitor.errors import ConfigurationError, Problem, SecretMissing, ServerNotStarted, TemplateUnusable
from monitor.settings import Config
from monitor.settings.base import duration_text
from monitor.settings.delivery import AtomChannel, FileChannel
from monitor.settings.subscriptions import Subscription
from workers.adapters.clock import utc_now
from workers.adapters.configuration import data_directory, read_configuration
from workers.adapters.embedded import attach
from workers.adapters.secrets import resolve
from workers.adapters.server_files import ServerFiles, installed_servers
from workers.adapters.templates import read_templates
from workers.examples import how_many, keyword_notes, tried, unused_known

_SHOWN = 6
"""Names in a cell; of more than that only the number is told."""


def check(config_path: Path, console: Console | None = None) -> int:
    """Prints a table of the configuration, or its problems; starts nothing, makes nothing. Returns the exit code."""
    console = console or Console()
    try:
        config = read_configuration(config_path)
    except ConfigurationError as error:
        print_problems(error, console)
        return 1
    if (unusable := _unusable_template(config, data_directory(config, config_path, config.demo))) is not None:
        console.print(Text.assemble(("delivery.templates", "cyan"), "  ", (unusable, "red")), soft_wrap=True)
        console.print(Text("  Mend it, or take the file away: the monitor's own template is used then.", "green"))
        return 1
    console.print(_table(config, config_path))
    for note in notes(config, os.environ):
        console.print(Text.assemble(("note: ", "yellow"), note))
    folder = data_directory(config, config_path, config.demo)
    for note in (*unused_known(config), *keyword_notes(config, folder)):
        console.print(Text.assemble(("note: ", "yellow"), note))
    wrong = list(tried(config, utc_now())) if how_many(config) else []
    for one in wrong:
        console.print(Text.assemble((one.key, "cyan"), f"  “{one.sentence}”"))
        console.print(Text.assemble("  ", (one.why, "red")))
    if wrong:
        told = f"{len(wrong)} of {_counted(how_many(config), 'example')} judged otherwise than the topic says"
        console.print(Text.assemble((f"{config_path}: {told}.", "bold red")))
        return 1
    if how_many(config):
        console.print(Text(f"{_counted(how_many(config), 'example')}: each is judged as the topic says.", "green"))
    console.print(Text.assemble((f"{config_path} is in order.", "bold green")))
    return 0


def _unusable_template(config: Config, folder: Path) -> str | None:
    """What is wrong with the user's own templates, each of which is tried on a message of each form; None where nothing is."""
    if config.delivery.templates is None:
        return None
    own = folder / Path(config.delivery.templates).expanduser()
    try:
        templates = read_templates(own)
        for family in FAMILIES:
            for message in samples(utc_now()):
                templates.write(family, bulletin(message))
    except TemplateUnusable as error:
        return f"{error} (in {own})"
    return None


def print_problems(error: ConfigurationError, console: Console) -> None:
    """Every problem with its line and a caret under its place."""
    for problem in error.problems:
        place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
        console.print(Text.assemble((place, "bold"), "  ", (problem.key, "cyan")), soft_wrap=True)
        for line in _excerpt(problem):
            console.print(Text(line, "dim"), soft_wrap=True)
        console.print(Text.assemble("  ", (problem.message, "red")), soft_wrap=True)
        if problem.fix:
            console.print(Text.assemble("  ", (problem.fix, "green")), soft_wrap=True)
        console.print()
    console.print(Text(f"{_counted(len(error.problems), 'problem')}; nothing was changed or started.", "bold red"))


def notes(config: Config, environment: Mapping[str, str]) -> Iterator[str]:
    """What is allowed and yet may not be meant."""
    if not config.subscriptions:
        yield "there are no subscriptions: developments go into the ledger, and nobody is told"
    if not config.feeds and not config.demo:
        yield "there are no feeds: nothing will be read"
    told = {topic for s in config.subscriptions.values() for topic in (config.topics if s.topics == "all" else s.topics)}
    for topic in config.topics:
        if config.subscriptions and topic not in told:
            yield f"nobody subscribes to the topic {topic}"
    used = {channel for subscription in config.subscriptions.values() for channel in subscription.channels}
    for channel in config.channels:
        if channel not in used:
            yield f"no subscription uses the channel {channel}"
    if config.feeds and not config.demo and not config.http.contact:
        yield "http.contact is not set: publishers cannot write to you before they block the monitor"
    for key, text in _secrets(config):
        try:
            resolve(text, environment)
        except SecretMissing as error:
            yield f"{key}: {error}"


def _secrets(config: Config) -> Iterator[tuple[str, str]]:
    """Every setting that may refer to a secret."""
    yield "redis_url", config.redis_url or ""
    for name, channel in config.channels.items():
        for setting, value in channel:
            if isinstance(value, str):
                yield f"channels.{name}.{setting}", value


def _excerpt(problem: Problem) -> list[str]:
    """The line in the file, and a caret under the column; nothing for a problem of the file as a whole."""
    if not problem.line:
        return []
    lines = Path(problem.file).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    if problem.line > len(lines):  # the end of the file, where something is still open
        return []
    line = lines[problem.line - 1].replace("\t", "→")  # a tab is often the mistake, and has no width of its own
    margin = f"{problem.line:>5} | "
    before = " " * cell_len(line[: problem.column - 1])  # many scripts take two columns a character on a screen
    return [margin + line, " " * (len(margin) - 2) + "| " + before + "^"]


def _table(config: Config, config_path: Path) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, topic in config.topics.items():
        actors = f", {_counted(len(topic.actors), 'actor')}" if topic.actors else ""
        looked_for = [_counted(len(topic.keywords), "keyword")] * bool(topic.keywords) + ["a query"] * bool(topic.query)
        table.add_row("topic", name, Text(f"{topic.title} ({' and '.join(looked_for)}{actors})"))
    table.add_row("feeds", "", Text(_feeds(config)))
    for name, channel in config.channels.items():
        path = f" {channel.path}" if isinstance(channel, FileChannel | AtomChannel) else ""
        table.add_row("channel", name, Text(f"{channel.type}{path}"))
    for name, subscription in config.subscriptions.items():
        table.add_row("subscription", name, Text(_told(subscription)))
    folder = data_directory(config, config_path, config.demo)
    table.add_row("data", "", Text(str(folder) if folder.exists() else f"{folder} (will be made)"))
    table.add_row("server", "", Text(_server(config, folder)))
    return table


def _feeds(config: Config) -> str:
    names = ", ".join(config.feeds) if len(config.feeds) <= _SHOWN else f"{len(config.feeds)} feeds"
    if config.demo:
        return "the demo's own" + (f"; {names} with demo: false" if config.feeds else "")
    if not config.feeds:
        return "none"
    return f"{names}, every {duration_text(config.schedule.interval)} unless they ask for another pace"


def _told(subscription: Subscription) -> str:
    topics = "all topics" if subscription.topics == "all" else ", ".join(subscription.topics)
    kinds = "" if len(subscription.kinds) == len(Subscription(channels=("any",)).kinds) else f" ({', '.join(subscription.kinds)})"
    origins = f", from {subscription.min_origins} origins on" if subscription.min_origins > 1 else ""
    confidence = f", from confidence {subscription.min_confidence:g} on" if subscription.min_confidence else ""
    return f"{topics}{kinds} to {', '.join(subscription.channels)}{origins}{confidence}{_when(subscription)}"


def _when(subscription: Subscription) -> str:
    """What holds its messages, with the clock that this goes by."""
    quiet, limit = subscription.quiet_hours, subscription.rate_limit
    found = [f"digest {subscription.digest}"] if subscription.digest else []
    found += [f"quiet {quiet.start} to {quiet.end}"] if quiet else []
    found += [f"at most {_counted(limit.messages, 'message')} in {duration_text(limit.per)}"] if limit else []
    zone = f" ({subscription.time_zone})" if subscription.digest or quiet else ""
    return f", {', '.join(found)}{zone}" if found else ""


def _server(config: Config, folder: Path) -> str:
    if config.redis_url:
        return f"your own, {_without_password(config.redis_url)}"
    try:
        server = ServerFiles(folder).choose(installed_servers())
    except ServerNotStarted as error:
        return f"none: {error}"
    return f"{server}, embedded" + (", running now" if attach(folder) else "")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _without_password(url: str) -> str:
    scheme, found, rest = url.partition("://")
    return f"{scheme}://{rest.rsplit('@', 1)[-1]}" if found else url
