"""`monitor reload`: an edited configuration comes into force on a running monitor; topics that it changes are filled first."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from redis import Redis
from rich.console import Console
from rich.text import Text

from monitor.records.ids import TopicSlug
from workers.adapters.clock import utc_now
from workers.adapters.configuration import data_directory, read_configuration
from workers.adapters.embedded import server
from workers.adapters.kept import read_kept
from workers.adapters.redis import keys
from workers.adapters.redis.client import check_schema, connect, reaches_store
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.units import RedisUnits
from workers.adapters.redis.warm_ups import RedisWarmUps
from workers.daemon import told
from workers.demo.overlay import with_demo_feeds_of
from workers.filling import InForce, Ports, account, put_in_force, warming_until

LOOK = 0.5
"""Seconds between two looks at how far the ledgers have come."""
STALLED = 30.0
"""Seconds without any progress after which the command waits no longer: no monitor runs, or it has other work first."""


def reload(
    config_path: Path, *, demo: bool | None, redis_url: str | None, data_dir: Path | None = None, wait: bool = True
) -> int:
    """The command's body: puts the file in force as the next snapshot. The demo keeps its own feeds.

    data_dir: where entries are kept; None for that of the configuration file. wait: until what fills changed topics is in their
    ledgers, so that its claims can be counted.
    """
    config = read_configuration(config_path)
    demo = config.demo if demo is None else demo
    folder = data_directory(config, config_path, demo)
    console = Console(highlight=False)
    with ExitStack() as stack:
        redis = connect(redis_url or stack.enter_context(server(config, folder)))
        check_schema(redis)
        configurations = RedisConfigurations(redis)
        before = configurations.current()
        if demo and before:
            config = with_demo_feeds_of(config, configurations.load(before))
        claims = {TopicSlug(slug): _claims(redis, TopicSlug(slug)) for slug in config.topics}
        world = Ports(
            configurations=configurations,
            units=RedisUnits(redis),
            warm_ups=RedisWarmUps(redis),
            kept=lambda since: read_kept(data_dir or folder, since=since),
            clock=utc_now,
        )
        with console.status("looking through what was kept ..."):
            done = put_in_force(config, world)
        if done.now == before:
            console.print(f"Nothing has changed: configuration [bold]{done.now}[/bold] stays in force.")
            return 0
        was = f", after {before}" if before else ""
        console.print(f"Configuration [bold]{done.now}[/bold] is in force{was}: {told(config)}.")
        for line in account(done):
            console.print(Text(line))
        if until := warming_until(config, world.warm_ups, utc_now()):
            console.print(f"Until {until.astimezone():%H:%M} what new topics read becomes known without being told (warm-up).")
        if wait and before:
            _await(redis, done, claims, console)
    return 0


def _await(redis: Redis, done: InForce, before: Mapping[TopicSlug, int], console: Console) -> None:
    """Waits for the ledgers of the filled topics, and tells how many claims they have got."""
    warm_ups = RedisWarmUps(redis)
    for slug, last in done.last.items():
        with console.status(f"reading what was kept for {slug} ..."):
            reached = _reached(lambda slug=slug: warm_ups.progress(slug)[1], last)  # type: ignore[misc]  # bound at once
        if reached:
            console.print(Text(f"{slug} knows {_claims(redis, slug) - before.get(slug, 0):,} claims from them."))
        else:
            console.print(
                Text(f"{slug}: they are being read still, or will be once `monitor run` works; nothing new is told before.")
            )


def _reached(progress: Callable[[], int], last: int) -> bool:
    """Whether the progress came as far; False where it moves no more."""
    decided, moved = progress(), time.monotonic()
    while decided < last:
        time.sleep(LOOK)
        now = progress()
        if now != decided:
            decided, moved = now, time.monotonic()
        elif time.monotonic() - moved > STALLED:
            return False
    return True


@reaches_store
def _claims(redis: Redis, topic: TopicSlug) -> int:
    """The claims that the topic's ledger has judged so far."""
    found: Any = redis.hgetall(keys.topic(topic, "counts"))  # bytes, whatever the client's types say
    return sum(int(count) for name, count in found.items() if name.startswith(b"verdict:"))
