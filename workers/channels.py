"""`monitor channels`: how each channel does, and another try for one that was mended."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from redis import Redis
from rich.console import Console
from rich.text import Text

from monitor.alerts.lines import one_line
from monitor.errors import PermanentError
from monitor.records import CLOSED, Breaker
from monitor.records.ids import ChannelName, SubscriptionName
from monitor.settings import Config
from workers.adapters.redis.breakers import RedisBreakers
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.subscriptions import RedisSubscriptions

_STYLES = {"well": "green", "unused": "dim", "failing": "red", "resting": "red"}


def list_all(redis: Redis, console: Console, *, now: datetime) -> int:
    """How each channel of the configuration in force does, and what is wrong."""
    config = _in_force(redis)
    if not config.channels:
        console.print("No channels are configured: add some under `channels:`.")
    breakers, counts, waiting = RedisBreakers(redis).all(), _counts(redis, config), _waiting(redis)
    for slug, settings in config.channels.items():
        name = ChannelName(slug)
        breaker = breakers.get(name, CLOSED)
        condition = _condition(breaker, counts[f"sent:{name}"], now)
        parts = [settings.type, f"{counts[f'sent:{name}']} sent", f"{waiting[name]} waiting"]
        if dead := counts[f"dead:{name}"]:
            parts.append(f"{dead} dead letter{'' if dead == 1 else 's'}")
        console.print(
            Text.assemble((f"{condition:8}", _STYLES[condition]), f" {name}  ", (", ".join(parts), "dim")), soft_wrap=True
        )
        if breaker != CLOSED:
            for line in told(breaker, now):
                console.print(Text(f"         {line}"), soft_wrap=True)
            console.print(Text(f"         to try it now: monitor channels --retry {name}", style="dim"), soft_wrap=True)
    return 0


def retry(redis: Redis, console: Console, name: str, *, now: datetime) -> int:
    """Has what waits for the channel tried at once, however long it was to rest. Raises PermanentError for an unknown name."""
    config = _in_force(redis)
    if name not in config.channels:
        known = ", ".join(config.channels) or "none"
        raise PermanentError(f"the configuration in force has no channel {name}; it has: {known}")
    waiting = _waiting(redis)[ChannelName(name)]
    RedisBreakers(redis).try_now(ChannelName(name), now=now)
    what = "nothing waits for it" if not waiting else f"{waiting} alert{' waits' if waiting == 1 else 's wait'} for it"
    console.print(Text(f"{name} is tried at once; {what}."))
    return 0


def told(breaker: Breaker, now: datetime) -> list[str]:
    """What is wrong with a channel that fails, in plain words."""
    times = "once" if breaker.failures == 1 else f"{breaker.failures} times in a row"
    since = f" since {breaker.since:%d %b %H:%M} UTC" if breaker.since and breaker.failures > 1 else ""
    lines = [f"failed {times}{since}: {one_line(breaker.error or '')}"]
    if breaker.until and breaker.until > now:
        lines.append(f"nothing is sent before {breaker.until:%d %b %H:%M:%S} UTC; then one message tries it for all")
    return lines


def _condition(breaker: Breaker, sent: int, now: datetime) -> str:
    if breaker.until and breaker.until > now:
        return "resting"
    if breaker.failures:
        return "failing"
    return "well" if sent else "unused"


def _in_force(redis: Redis) -> Config:
    configurations = RedisConfigurations(redis)
    current = configurations.current()
    if not current:
        raise PermanentError("no configuration is in force yet: start with `monitor run`")
    return configurations.load(current)


def _counts(redis: Redis, config: Config) -> Counter[str]:
    counts: Counter[str] = Counter()
    for slug in config.subscriptions:
        counts.update(RedisSubscriptions(redis).counts(SubscriptionName(slug)))
    return counts


def _waiting(redis: Redis) -> Counter[ChannelName]:
    waiting: Counter[ChannelName] = Counter()
    for outbox, count in RedisSubscriptions(redis).waiting().items():
        waiting[outbox.channel] += count
    return waiting
