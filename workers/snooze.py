"""`monitor snooze`: silence for a time. What comes meanwhile is kept and told in one summary when the silence ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import PydanticCustomError
from redis import Redis
from rich.console import Console
from rich.text import Text

from monitor.alerts.lines import moment, one_line
from monitor.errors import PermanentError
from monitor.records import Development, Snooze
from monitor.records.codec import decode
from monitor.records.ids import TopicSlug
from monitor.settings import Config
from monitor.settings.base import duration_text, parse_duration
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.snoozes import FOR_EVER, RedisSnoozes
from workers.adapters.redis.units import known_topics

SHORTEST = 4
"""Digits of an id that are enough to look for it."""


def snooze(redis: Redis, console: Console, name: str, seconds: float, *, now: datetime) -> int:
    """Silences a subscription, a topic or a story for so many seconds from now on; 0 ends a silence."""
    config = RedisConfigurations(redis)
    target, told = _target(redis, config.load(config.current()), name)
    snoozes = RedisSnoozes(redis)
    before = next((one for one in snoozes.all() if one.target == target and one.until > now), None)
    if not seconds and before is None:
        console.print(Text(f"{told} is not snoozed."))
        return 1
    until = FOR_EVER if seconds == math.inf else now + timedelta(seconds=seconds)
    snoozes.put(Snooze(target=target, since=before.since if before else now, until=until), now=now)
    if seconds:
        summary = "what comes meanwhile is kept and told in one summary then"
        lasting = _until(until) if until == FOR_EVER else f"for {duration_text(seconds)}, {_until(until)}"
        console.print(Text(f"{told} is snoozed {lasting}: {summary}."))
    else:
        console.print(Text(f"{told} is snoozed no more; what was kept is told now."))
    return 0


def seconds_of(lasting: str) -> float:
    """Seconds of a duration as a person writes it, infinite for `ever`. Raises PermanentError with what to write."""
    if lasting == "ever":
        return math.inf
    try:
        found = parse_duration(lasting)
    except PydanticCustomError as error:
        raise PermanentError(f"--for {error.message()}; {(error.context or {}).get('fix')}") from error
    if not isinstance(found, float) or found <= 0:
        raise PermanentError(f"--for {lasting} is no time; write one such as 8h or 2d, or --end to end a silence")
    return found


def _until(until: datetime) -> str:
    return "until it is ended" if until == FOR_EVER else f"until {moment(until)}"


def list_all(redis: Redis, console: Console, *, now: datetime) -> int:
    """One line for each snooze that lasts."""
    lasting = [one for one in RedisSnoozes(redis).all() if one.until > now]
    for one in lasting:
        kind, _, name = one.target.partition(":")
        console.print(Text.assemble((f"{kind} {name}", "bold"), f"  {_until(one.until)}, since {moment(one.since)}"))
    if not lasting:
        console.print("Nothing is snoozed.")
    return 0


def _target(redis: Redis, config: Config, name: str) -> tuple[str, str]:
    """What the name refers to, and how people call it. Raises PermanentError where it is nothing, or more than one thing."""
    found = []
    if name in config.subscriptions:
        found.append((f"subscription:{name}", f"subscription {name}"))
    if name in config.topics:
        found.append((f"topic:{name}", f"topic {name}"))
    if not found and len(name) >= SHORTEST:
        found = list(dict(_stories(redis, name)).items())
    if len(found) == 1:
        return found[0]
    if not found:
        fix = "name a subscription, a topic, or the id at the end of a message"
        raise PermanentError(f"nothing is called {name}: {fix}")
    raise PermanentError(f"{name} may be {' or '.join(told for _, told in found)}: give more of the id, or rename one of them")


def _stories(redis: Redis, name: str) -> Iterator[tuple[str, str]]:
    """The stories of developments, series and propositions whose id begins so."""
    for topic in known_topics(redis):
        for development in _developments(redis, topic):
            story = development.series or development.proposition
            ids = (development.id, development.series or "", development.proposition)
            if any(one.startswith(name) for one in ids):
                yield f"story:{story}", f"the story “{one_line(development.claim.proposition)}”"


def _developments(redis: Redis, topic: TopicSlug) -> Iterator[Development]:
    found: Any = redis.hvals(keys.topic(topic, "developments"))
    yield from (decode(data, Development) for data in found)
