"""What tests of the poll role have in common: a poller with the real store around it, and the feeds that it reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from redis import Redis

from monitor.records import Unit
from monitor.records.feeds import FeedState
from monitor.records.ids import FeedId
from monitor.settings import Config
from tests.workers.conftest import Server
from workers.adapters.http import GuardedClient
from workers.adapters.kept import KeptEntries
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.feeds import RedisFeedStates, RedisPushes
from workers.adapters.redis.polls import RedisPollEnds, RedisSchedule, poll_queue
from workers.adapters.redis.stops import RedisStops
from workers.adapters.redis.units import RedisUnits, unit_queue
from workers.adapters.redis.warm_ups import RedisWarmUps
from workers.intake import Ports
from workers.poll import Poller

TOPICS = {
    "troops": {"title": "Troops", "keywords": ["soldiers"]},
    "treaty": {"title": "Treaty", "keywords": ["treaty"]},
}


def item(title: str, guid: str = "", day: int = 1, text: str = "") -> str:
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>{guid or title}</guid><link>https://h.example/{guid}</link>"
        f"<description>{text}</description><pubDate>{day:02} Mar 2026 09:00:00 GMT</pubDate></item>"
    )


def feed(*items: str, title: str = "The Herald") -> bytes:
    return f"<rss version='2.0'><channel><title>{title}</title>{''.join(items)}</channel></rss>".encode()


class Story:
    """A poller with the real store around it, and a clock that is set by hand."""

    def __init__(self, redis: Redis, server: Server, folder: Path) -> None:
        self.redis = redis
        self.server = server
        self.folder = folder
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.settings: dict[str, Any] = {}
        self.ports = Ports(
            queue=poll_queue(redis, "poller"),
            schedule=RedisSchedule(redis),
            feeds=RedisFeedStates(redis),
            ends=RedisPollEnds(redis),
            units=RedisUnits(redis),
            warm_ups=RedisWarmUps(redis),
            stops=RedisStops(redis),
            kept=KeptEntries(folder, "poller"),
            pushes=RedisPushes(redis),
            configurations=RedisConfigurations(redis),
            open_fetcher=lambda http: GuardedClient(http, lambda: self.now),
            clock=lambda: self.now,
            jitter=lambda: 0.0,
        )

    def configure(self, feeds: dict[str, dict[str, Any]], **more: Any) -> None:
        http = {"allow_hosts": ["127.0.0.1"], "total_timeout": 0.5, "host_gap": 0}
        plain = {"topics": TOPICS, "feeds": feeds, "http": http, "schedule": {"jitter": 0.0}} | more
        self.ports.configurations.store(Config.from_plain(plain))
        self.ports.schedule.plan({FeedId(slug): self.now for slug in feeds})

    def release(self) -> int:
        return self.ports.schedule.release_due(self.now, interval=900, limit=100)

    async def poll(self, world: Ports | None = None, *, expected: Callable[[], bool] | None = None) -> None:
        """Polls what is due until nothing is left of it (or what is expected has come about)."""
        self.release()
        stop = asyncio.Event()
        role = asyncio.create_task(Poller(world or self.ports).run(stop))
        done = expected or (lambda: not self.redis.xlen("m:{poll}:queue"))
        for _ in range(400):
            if role.done() or done():
                break
            await asyncio.sleep(0.01)
        stop.set()
        await role
        assert done(), "the polls did not end"

    def state(self, slug: str = "herald") -> FeedState:
        return self.ports.feeds.load(FeedId(slug))

    def units(self) -> list[Unit]:
        return [received.work for received in unit_queue(self.redis, "analyst").read(count=100, wait=0.001)]

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def numbers(units: list[Unit]) -> list[tuple[str, int, int, int, str]]:
    return sorted((unit.topic, unit.number, unit.first, unit.last, unit.entry.title) for unit in units)
