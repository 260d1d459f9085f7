"""Lua scripts, each in a file of its own under `lua/` with its KEYS and ARGV documented on top."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from redis import Redis
from redis.exceptions import NoScriptError

LUA = Path(__file__).parent / "lua"

Value = str | bytes | int | float


@cache
def source(name: str) -> str:
    """The text of `lua/<name>.lua`."""
    return (LUA / f"{name}.lua").read_text(encoding="utf-8")


@cache
def sha(name: str) -> str:
    """What EVALSHA calls the script (Redis names a script by the SHA-1 of its text)."""
    from hashlib import sha1

    return sha1(source(name).encode(), usedforsecurity=False).hexdigest()


class Script(NamedTuple):
    """A script of this folder with its keys and arguments."""

    name: str
    keys: Sequence[str]
    arguments: Sequence[Value]


def call_all(redis: Redis, calls: Sequence[Script]) -> list[Any]:
    """Runs them in their order in one round trip; an error that the server answers stands in place of the answer.

    The texts go first, so that a server that has been started anew knows them all: no call may fail for that and a later one not.
    """
    with redis.pipeline(transaction=False) as pipe:
        names = sorted({one.name for one in calls})
        for name in names:
            pipe.script_load(source(name))
        for one in calls:
            pipe.evalsha(sha(one.name), len(one.keys), *one.keys, *one.arguments)
        return list(pipe.execute(raise_on_error=False))[len(names) :]


def call(redis: Redis, name: str, keys: Sequence[str], arguments: Sequence[Value] = ()) -> Any:
    """Runs the script by its hash; sends its text once to a server that does not know it yet."""
    try:
        return redis.evalsha(sha(name), len(keys), *keys, *arguments)
    except NoScriptError:
        return redis.eval(source(name), len(keys), *keys, *arguments)


Call = tuple[Sequence[str], Sequence[Value]]
"""The keys and arguments of one call."""


def call_each(redis: Redis, name: str, calls: Sequence[Call]) -> list[Any]:
    """What the script answers to each of the calls, all sent at once. Raises the first error, after the others were done."""
    if len(calls) <= 1:
        return [call(redis, name, keys, arguments) for keys, arguments in calls]
    pipe = redis.pipeline(transaction=False)
    for keys, arguments in calls:
        pipe.evalsha(sha(name), len(keys), *keys, *arguments)
    answers: list[Any] = pipe.execute(raise_on_error=False)
    for n, answer in enumerate(answers):
        if isinstance(answer, NoScriptError):  # it did nothing
            answers[n] = call(redis, name, *calls[n])
        elif isinstance(answer, Exception):
            raise answer
    return answers
