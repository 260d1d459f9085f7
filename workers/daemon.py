"""Where everything is wired: which adapters serve which role, in one process.

monitor worker ROLE...  -->  work  -->  a thread for each role, until SIGTERM, Ctrl-C or the parent's death
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from redis import Redis

from monitor.errors import StoreUnavailable
from monitor.ports import Outboxes
from monitor.records.ids import Snapshot, TopicSlug
from monitor.settings import Config
from workers import logs
from workers.adapters.clock import utc_now
from workers.adapters.redis import keys
from workers.adapters.redis.client import be_impatient, check_schema, connect, is_closed, store_errors
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.leases import Leases

log = logging.getLogger(__name__)

PRESENT = 10_000
"""Milliseconds after which a process that says nothing counts as gone."""
PARENT_EVERY = 0.5
"""Seconds between two looks whether the daemon that started this process still lives."""


class World:
    """The adapters of one process, made when a role asks for them. data_dir is where its files go."""

    def __init__(self, redis: Redis, data_dir: Path) -> None:
        self.redis = redis
        self.data_dir = data_dir
        self.configurations = RedisConfigurations(redis)
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self.leases = Leases(redis, self.name)


Role = Callable[[World, threading.Event], None]
Running = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""What works until its event is set."""


def schedule(world: World, stop: threading.Event) -> None:
    """Queues polls of feeds that are due."""
    from workers.adapters.redis.leases import schedule_leadership
    from workers.adapters.redis.polls import RedisSchedule
    from workers.adapters.redis.units import RedisUnits
    from workers.schedule import run

    leadership = schedule_leadership(world.redis, world.name)
    run(RedisSchedule(world.redis), leadership, RedisUnits(world.redis), world.configurations, clock=utc_now, stop=stop)


def poll(world: World, stop: threading.Event) -> None:
    """Fetches feeds and queues what is new in them."""
    from functools import partial

    from workers.adapters.http import GuardedClient
    from workers.adapters.kept import KeptEntries
    from workers.adapters.redis.feeds import RedisFeedStates, RedisPushes
    from workers.adapters.redis.polls import RedisPollEnds, RedisSchedule, poll_queue
    from workers.adapters.redis.stops import RedisStops
    from workers.adapters.redis.units import RedisUnits
    from workers.adapters.redis.warm_ups import RedisWarmUps
    from workers.intake import Ports
    from workers.poll import run

    ports = Ports(
        queue=poll_queue(world.redis, world.name),
        schedule=RedisSchedule(world.redis),
        feeds=RedisFeedStates(world.redis),
        ends=RedisPollEnds(world.redis),
        units=RedisUnits(world.redis),
        warm_ups=RedisWarmUps(world.redis),
        stops=RedisStops(world.redis),
        kept=KeptEntries(world.data_dir, world.name),
        pushes=RedisPushes(world.redis),
        configurations=world.configurations,
        open_fetcher=partial(GuardedClient, clock=utc_now),
        clock=utc_now,
        jitter=random.random,
    )
    _until(stop, lambda asked: run(ports, stop=asked))


def analyze(world: World, stop: threading.Event) -> None:
    """Reads claims from what was queued. The only role that loads spaCy."""
    from monitor.extract.claims import extract
    from monitor.extract.pipeline import load_pipeline
    from workers.adapters.redis.units import RedisUnits, unit_queue
    from workers.analyze import Analyst, run

    analyst = Analyst(RedisUnits(world.redis), world.configurations, load_pipeline, extract)
    run(unit_queue(world.redis, world.name), analyst, stop=stop)


def decide(world: World, stop: threading.Event) -> None:
    """Judges what is new."""
    from monitor.ledger.decide import decide as judge
    from workers.adapters.archive import ArchivingRetention
    from workers.adapters.kept import read_kept
    from workers.adapters.redis.corrections import Lease, RedisCorrections
    from workers.adapters.redis.decisions import RedisDecisions
    from workers.adapters.redis.rereadings import RedisRereadings
    from workers.adapters.redis.retention import RedisRetention
    from workers.decide import Decider, run
    from workers.models import shipped
    from workers.reread import Rereading

    decisions, corrections = RedisDecisions(world.redis, world.leases), RedisCorrections(world.redis)
    retention = ArchivingRetention(RedisRetention(world.redis, world.name), world.data_dir, clock=utc_now)

    def correct(topic: TopicSlug, epoch: int) -> bool:
        return corrections.work(topic, Lease(world.name, epoch), utc_now())

    rereading = Rereading(
        RedisRereadings(world.redis, world.name), world.configurations, shipped(), lambda: read_kept(world.data_dir)
    )
    decider = Decider(decisions, world.configurations, judge, retention, correct=correct, reread=rereading.step)
    run(decider, decisions, stop=stop)


def deliver(world: World, stop: threading.Event) -> None:
    """Tells subscribers; and beside it, whether the monitor itself does well."""
    from workers.adapters.redis.outboxes import RedisOutboxes

    outboxes = RedisOutboxes(world.redis)
    running = (_deliverer(world, outboxes), *_watchers(world, outboxes))

    async def all_of_it(asked: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            for run in running:
                group.create_task(run(asked))

    _until(stop, all_of_it)


def _deliverer(world: World, outboxes: Outboxes) -> Running:
    """What brings alerts to channels."""
    from functools import partial

    from workers.adapters.channels import Opener
    from workers.adapters.redis.breakers import RedisBreakers
    from workers.adapters.redis.events import RedisEvents
    from workers.adapters.redis.snoozes import RedisSnoozes
    from workers.adapters.redis.units import known_topics
    from workers.deliver import Deliverer, Ports
    from workers.held import HeldBack

    channels = Opener(data_dir=world.data_dir, environment=os.environ, terminal=sys.stdout, clock=utc_now)
    ports = Ports(
        topics=partial(known_topics, world.redis),
        events=RedisEvents(world.redis, world.leases),
        outboxes=outboxes,
        configurations=world.configurations,
        open_channel=channels.open,
        breakers=RedisBreakers(world.redis),
        snoozes=RedisSnoozes(world.redis).all,
        clock=utc_now,
        jitter=random.random,
        held=HeldBack(world.redis).in_words,
    )

    async def run(asked: asyncio.Event) -> None:
        try:
            await Deliverer(ports).run(asked)
        finally:
            await channels.close()

    return run


def _watchers(world: World, outboxes: Outboxes) -> tuple[Running, ...]:
    """What watches over the monitor itself: health, the heartbeat, where each story stands after a warm-up."""
    from workers.adapters.beat import caller
    from workers.adapters.redis.breakers import ChannelsCheck
    from workers.adapters.redis.decisions import RedisDecisions
    from workers.adapters.redis.health import FeedsCheck, MutesCheck, RedisAilments
    from workers.adapters.redis.leases import health_leadership
    from workers.adapters.redis.warm_ups import RedisWarmUps
    from workers.adapters.redis.watching import RedisMovement, RedisWatching, TopicsCheck
    from workers.health import Ports as HealthPorts
    from workers.health import Watch
    from workers.heartbeat import Heartbeat, Movements
    from workers.heartbeat import Ports as HeartbeatPorts
    from workers.standing import Ports as StandingPorts
    from workers.standing import Standings
    from workers.summary import Summaries

    leadership, movements = health_leadership(world.redis, world.name), Movements(RedisMovement(world.redis))
    health = HealthPorts(
        checks=(
            FeedsCheck(world.redis),
            ChannelsCheck(world.redis),
            MutesCheck(world.redis),
            TopicsCheck(world.redis),
            movements.check,
        ),
        ailments=RedisAilments(world.redis),
        watching=RedisWatching(world.redis),
        outboxes=outboxes,
        configurations=world.configurations,
        leadership=leadership,
        clock=utc_now,
    )
    beat = HeartbeatPorts(
        movements=movements,
        call=caller(os.environ, clock=utc_now),
        configurations=world.configurations,
        leadership=leadership,
        clock=utc_now,
    )
    standing = StandingPorts(
        warm_ups=RedisWarmUps(world.redis),
        ledger=RedisDecisions(world.redis, world.leases).load,
        polled_since=Summaries(world.redis).polled_since,
        outboxes=outboxes,
        configurations=world.configurations,
        clock=utc_now,
    )
    return Watch(health).run, Heartbeat(beat).run, Standings(standing).run


ROLES: Mapping[str, Role] = {"schedule": schedule, "poll": poll, "analyze": analyze, "decide": decide, "deliver": deliver}


def work(roles: Sequence[str], config_path: Path, *, redis_url: str | None, data_dir: Path | None, parent: int | None) -> int:
    """The body of `monitor worker`: runs the roles until it is told to stop; 1 where one of them ended by an error.

    parent: the process whose death ends this one too.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as stack:
        if redis_url is None or data_dir is None:
            redis_url, data_dir = _from_file(stack, config_path, redis_url, data_dir)
        logs.set_up("-".join(roles), data_dir / "logs")
        redis = connect(redis_url)
        _await_configuration(redis, stop)
        world = World(redis, data_dir)
        failed: list[str] = []
        threads = [threading.Thread(target=_guard, args=(role, world, stop, failed), name=role) for role in roles]
        _say_present(redis, world.name)
        for thread in threads:
            thread.start()
        while not stop.wait(PARENT_EVERY):
            if parent is not None and os.getppid() != parent:
                log.warning("the daemon is gone; this process finishes what it has in hand")
                stop.set()
                be_impatient(redis)  # an embedded server went with it
                break
            _say_present(redis, world.name)
            if _closed(redis):
                log.warning("the store is being restored or upgraded; this process finishes what it has in hand")
                stop.set()
        for thread in threads:
            while thread.is_alive():
                _say_present(redis, world.name)
                thread.join(PARENT_EVERY)
        _say_present(redis, world.name, present=False)
    return 1 if failed else 0


def check_live(config_path: Path, *, send: bool) -> int:
    """The body of `monitor check --live`: polls each feed once, on request sends a test message through each channel.

    1 where one of them fails.
    """
    from rich.console import Console

    from workers.adapters.channels import Opener
    from workers.adapters.configuration import data_directory, read_configuration
    from workers.adapters.http import GuardedClient
    from workers.check_live import poll_each, send_each

    config = read_configuration(config_path)
    folder = data_directory(config, config_path, config.demo)
    console = Console(highlight=False)
    channels = Opener(data_dir=folder, environment=os.environ, terminal=sys.stdout, clock=utc_now)

    async def work() -> int:
        async with GuardedClient(config.http, utc_now) as client:
            failed = await poll_each(config, client, console)
        if send:
            failed += await send_each(config, channels.open, console, utc_now())
            await channels.close()
        return failed

    return 1 if asyncio.run(work()) else 0


def told(config: Config) -> str:
    """What a configuration holds, in half a line."""
    counts = {"topic": len(config.topics), "feed": len(config.feeds), "subscription": len(config.subscriptions)}
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())


def _from_file(stack: ExitStack, config_path: Path, redis_url: str | None, data_dir: Path | None) -> tuple[str, Path]:
    from workers.adapters.configuration import data_directory, read_configuration
    from workers.adapters.embedded import server

    config = read_configuration(config_path)
    folder = data_dir or data_directory(config, config_path, config.demo)
    return redis_url or stack.enter_context(server(config, folder)), folder


def _await_configuration(redis: Redis, stop: threading.Event) -> Snapshot:
    """Waits for the store, and for a configuration to be in force: with roles apart, `monitor reload` may come later."""
    configurations = RedisConfigurations(redis)
    told_so = False
    while not stop.is_set():
        try:
            check_schema(redis)
            if current := configurations.current():
                return current
        except StoreUnavailable as error:
            log.warning("%s", error)
        else:
            if not told_so:
                log.warning("no configuration is in force yet; put one there with `monitor reload` or `monitor run`")
                told_so = True
        stop.wait(1.0)
    return Snapshot(0)


def _say_present(redis: Redis, name: str, *, present: bool = True) -> None:
    """Lets whoever closes the store see that this process works with it, until it has ended."""
    try:
        with store_errors():
            if present:
                redis.set(keys.process(name), "1", px=PRESENT)
            else:
                redis.delete(keys.process(name))
    except StoreUnavailable as error:
        log.debug("%s", error)  # it ends by itself, and the roles tell what the store does


def _closed(redis: Redis) -> bool:
    try:
        return is_closed(redis)
    except StoreUnavailable:
        return False  # the roles themselves wait for the store


def _guard(name: str, world: World, stop: threading.Event, failed: list[str]) -> None:
    """Runs a role in its thread; an error that ends it ends the whole process, which its supervisor starts anew."""
    if stop.is_set():
        return
    try:
        ROLES[name](world, stop)
    except Exception:  # the thread's last word: it is logged whole and ends the process with a code
        log.exception("the role %s ended by an error", name)
        failed.append(name)
    finally:
        stop.set()


def _until(stop: threading.Event, role: Running) -> None:
    """Runs an asynchronous role in this thread until the thread-side event is set."""

    async def main() -> None:
        asked = asyncio.Event()

        async def watch() -> None:
            while not stop.is_set():  # noqa: ASYNC110  a thread's event cannot be awaited
                await asyncio.sleep(0.1)
            asked.set()

        watcher = asyncio.create_task(watch())
        try:
            await role(asked)
        finally:
            watcher.cancel()

    asyncio.run(main())
