"""What tests of the deliver role share: a store with a configuration, and channels that arrive, break and hang."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any

from redis import Redis

from monitor import ports
from monitor.records import Development, Message, VerdictKind
from monitor.records.codec import encode
from monitor.records.ids import SubscriptionName
from monitor.settings import Channel, Config
from monitor.settings.delivery import FileChannel
from tests.alerts import dev
from tests.records import NOON, TOPIC, a_carrier, a_development, an_event
from workers.adapters.channels import Opener
from workers.adapters.redis import keys
from workers.adapters.redis.breakers import RedisBreakers
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.dead_letters import RedisDeadLetters
from workers.adapters.redis.events import RedisEvents
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.outboxes import RedisOutboxes
from workers.adapters.redis.snoozes import RedisSnoozes
from workers.adapters.redis.subscriptions import RedisSubscriptions
from workers.deliver import Deliverer, Ports

DESK = SubscriptionName("desk")


@dataclass
class Recorder:
    """A channel that keeps what arrives; or raises; or hangs while `hold` is not set."""

    error: Exception | None = None
    hold: asyncio.Event | None = None
    arrived: list[Message] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)

    async def deliver(self, message: Message, *, attempt: int) -> None:
        self.attempts.append(attempt)
        if self.hold:
            await self.hold.wait()
        if self.error:
            raise self.error
        self.arrived.append(message)


class Scene:
    """One store, one configuration, and what is needed to run a deliverer on them."""

    def __init__(self, redis: Redis, data_dir: Path) -> None:
        self.redis = redis
        self.recorders: dict[str, Recorder] = {}
        self.now = NOON
        self.topics = [TOPIC]
        self.configurations = RedisConfigurations(redis)
        self.people = RedisSubscriptions(redis)
        self.dead = RedisDeadLetters(redis)
        self._open = Opener(data_dir=data_dir, environment={}, terminal=StringIO(), clock=lambda: self.now).open
        redis.sadd(keys.TOPICS, TOPIC)

    def configure(self, channels: dict[str, dict[str, Any]], subscriptions: dict[str, dict[str, Any]], **more: Any) -> None:
        topics = {TOPIC: {"title": "Troops", "keywords": ["troops"]}, "treaty": {"title": "Treaty", "keywords": ["treaty"]}}
        plain = {"topics": topics, "channels": channels, "subscriptions": subscriptions, **more}
        self.configurations.store(Config.from_plain(plain))

    def happen(self, *developments: Development) -> None:
        for development in developments:
            cause = development.kind if development.version == 1 else VerdictKind.CORROBORATION
            now = replace(development, snapshot=self.configurations.current())
            self.redis.xadd(keys.topic(TOPIC, "events"), {"event": encode(an_event(now, cause=cause))})

    def open(self, settings: Channel) -> ports.Channel:
        """A recorder for a file channel that is named after one, else the true channel."""
        if isinstance(settings, FileChannel) and settings.path in self.recorders:
            return self.recorders[settings.path]
        return self._open(settings, self.configurations.load(self.configurations.current()))

    def deliverer(self, owner: str = "one", **more: Any) -> Deliverer:
        leases = Leases(self.redis, owner)
        world = Ports(
            topics=lambda: self.topics,
            events=RedisEvents(self.redis, leases),
            outboxes=RedisOutboxes(self.redis),
            configurations=self.configurations,
            open_channel=lambda settings, _: self.open(settings),
            breakers=RedisBreakers(self.redis),
            snoozes=RedisSnoozes(self.redis).all,
            clock=lambda: self.now,
            jitter=lambda: 0.0,
        )
        return Deliverer(world, idle=0.01, **more)

    @asynccontextmanager
    async def running(self, **more: Any) -> Any:
        stop = asyncio.Event()
        task = asyncio.create_task(self.deliverer(**more).run(stop))
        try:
            yield task
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)

    def waiting(self) -> int:
        return sum(self.people.waiting().values())


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for happens in a server
            await asyncio.sleep(0.005)


def a_new(name: str, **more: Any) -> Development:
    """A development of an entry of its own."""
    return replace(a_development(name=dev(name), **more), carrier=a_carrier(name=name))


FILE = {"type": "file", "path": "alerts.jsonl"}
