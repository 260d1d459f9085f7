"""What the daemon says once all feeds have been read."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO

from redis import Redis
from rich.console import Console

from monitor.settings import Config
from tests.records import NOON
from workers.adapters.redis.client import check_schema
from workers.adapters.redis.configurations import RedisConfigurations
from workers.narrate import Narrator
from workers.summary import Summaries

CONFIG = Config.from_plain({"topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}}})


def said(redis: Redis, *, until: datetime | None) -> str:
    check_schema(redis)
    configurations = RedisConfigurations(redis)
    configurations.store(CONFIG)
    text = StringIO()
    narrator = Narrator(
        Summaries(redis),
        configurations,
        Console(file=text, width=200),
        CONFIG,
        since=NOON,
        story=None,
        warming=lambda now: until if until and now < until else None,
    )
    for second in range(5):
        narrator.tick(NOON + timedelta(seconds=second))
    return text.getvalue()


def test_what_a_warm_up_reads_is_not_told_as_held_back(redis: Redis) -> None:
    warming, after = said(redis, until=NOON + timedelta(minutes=5)), said(redis, until=None)

    assert "becomes known without being told" in warming and "held back" not in warming
    assert "Nothing new" in after
    assert warming.count("\n") == after.count("\n") == 1  # it is said once
