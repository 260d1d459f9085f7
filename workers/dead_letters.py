"""`monitor dead-letters`: what was set aside, why, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from redis import Redis
from rich.console import Console
from rich.text import Text

from monitor.alerts.bulletin import bulletin
from monitor.alerts.lines import one_line
from monitor.errors import PermanentError
from workers.adapters.redis.breakers import RedisBreakers
from workers.adapters.redis.dead_letters import Letter, RedisDeadLetters
from workers.adapters.templates import read_templates
from workers.channels import told
from workers.store import opened

SHORT = 8
"""Digits of a message's key that are enough to name it."""


def command(body: Callable[[Redis, Console], int], config_path: Path, *, demo: bool | None, redis_url: str | None) -> int:
    """Runs one of the bodies below on the store of the configuration."""
    with opened(config_path, demo=demo, redis_url=redis_url) as redis:
        return body(redis, Console(highlight=False))


def list_all(redis: Redis, console: Console, *, now: datetime) -> int:
    """One line for each dead letter: name, what it is, why. Then the channels that fail, whose messages are none yet."""
    letters = RedisDeadLetters(redis).all()
    for letter in letters:
        console.print(_line(letter), soft_wrap=True)
    for name, breaker in sorted(RedisBreakers(redis).all().items()):
        text = Text.assemble("channel ", (name, "bold"), f" {told(breaker, now)[0]}; what waits for it is kept and tried again")
        console.print(text, soft_wrap=True)
    if not letters:
        console.print("No dead letters: everything was read, judged and delivered, or is still being tried.")
    return 0


def show(redis: Redis, console: Console, name: str) -> int:
    """All that is known of one."""
    letter = find(redis, name)
    console.print(_line(letter), soft_wrap=True)
    console.print()
    console.print(Text(_details(letter)), soft_wrap=True)
    return 0


def retry(redis: Redis, console: Console, names: list[str], *, now: datetime) -> int:
    """Puts the named ones, or all with `all`, back to work. 1 where one of them could not be."""
    store, failed = RedisDeadLetters(redis), 0
    for letter in _named(redis, names):
        if store.retry(letter, now=now):
            console.print(Text(f"{_short(letter)} is tried again."))
        else:
            failed = 1
            why = "its batch is decided without it; drop it" if letter.unit else "it is no dead letter any more"
            console.print(Text(f"{_short(letter)} cannot be tried again: {why}."))
    return failed


def drop(redis: Redis, console: Console, names: list[str]) -> int:
    """Deletes the named ones, or all with `all`, for good."""
    store = RedisDeadLetters(redis)
    for letter in _named(redis, names):
        store.drop(letter)
        console.print(Text(f"{_short(letter)} is dropped."))
    return 0


def find(redis: Redis, name: str) -> Letter:
    """The dead letter of that name, or whose key begins so. Raises PermanentError where there is none, or more than one."""
    letters = RedisDeadLetters(redis).all()
    found = [letter for letter in letters if letter.name == name or (letter.message and letter.name.startswith(name))]
    if len(found) == 1:
        return found[0]
    what = "no dead letter is called" if not found else f"{len(found)} dead letters are called"
    raise PermanentError(f"{what} {name}; `monitor dead-letters list` names them all")


def _named(redis: Redis, names: list[str]) -> list[Letter]:
    if names == ["all"]:
        return list(RedisDeadLetters(redis).all())
    return [find(redis, name) for name in names]


def _short(letter: Letter) -> str:
    return letter.name[:SHORT] if letter.message else letter.name


def _line(letter: Letter) -> Text:
    if letter.message:
        message = letter.message.message
        what = f"{message.subscription} to {message.channel}: {bulletin(message).title}"
        when = f"{letter.message.at:%Y-%m-%d %H:%M}"
    else:
        carrier = _carrier(letter)
        what, when = (f"entry “{one_line(carrier[0])}” of {one_line(carrier[1])}", carrier[2]) if carrier else ("", "")
    return Text.assemble((_short(letter), "bold"), "  ", (when, "dim"), "  ", what, "  ", (one_line(letter.error), "red"))


def _carrier(letter: Letter) -> tuple[str, str, str] | None:
    """Title, outlet and day of the entry that a unit is about."""
    dead = letter.unit
    source = (dead.unit.entry if dead.unit else dead.answer.carrier if dead.answer else None) if dead else None
    return (source.title, source.outlet, f"{source.seen:%Y-%m-%d %H:%M}") if source else None


def _details(letter: Letter) -> str:
    if letter.message:
        message = letter.message.message
        facts = f"Attempts: {letter.message.attempts}, told {message.told:%Y-%m-%d %H:%M} UTC, key {message.key}"
        return f"{facts}\n\n{read_templates().write('text', bulletin(message))}"
    if letter.unit and letter.unit.unit:
        entry = letter.unit.unit.entry
        return "\n".join(one_line(text) for text in (entry.url, entry.title, entry.summary, entry.content) if text)
    if letter.unit and letter.unit.answer:
        carrier, claims = letter.unit.answer.carrier, letter.unit.answer.claims
        return "\n".join(one_line(text) for text in (carrier.url, carrier.title, *(claim.sentence for claim in claims)))
    return ""
