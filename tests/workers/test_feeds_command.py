"""`monitor feeds list`: what people see of their feeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from redis import Redis
from rich.console import Console

from monitor.records.feeds import FeedState
from monitor.records.ids import FeedId
from monitor.settings import Config
from workers import feeds
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.feeds import RedisFeedStates

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def redis(real_redis: Redis) -> Redis:
    slugs = ["herald", "broken", "closed", "rough", "fresh"]
    plain = {
        "topics": {"troops": {"title": "Troops", "keywords": ["soldiers"]}},
        "feeds": {slug: {"url": f"https://{slug}.example/rss"} for slug in slugs},
    }
    RedisConfigurations(real_redis).store(Config.from_plain(plain))
    states = RedisFeedStates(real_redis)
    read = {"polls": 1, "last_poll": NOON, "last_success": NOON - timedelta(minutes=3), "next_poll": NOON + timedelta(hours=5)}
    for state in (
        FeedState(feed=FeedId("herald"), entries=30, matched=4, **read),  # type: ignore[arg-type]  # kept short
        FeedState(
            feed=FeedId("broken"), polls=1, failures=3, error="broken.example has a problem of its own (500)", next_poll=NOON
        ),
        FeedState(
            feed=FeedId("closed"), polls=1, failures=1, gone=True, error="closed.example says that this feed is gone (410)"
        ),
        FeedState(feed=FeedId("rough"), bozo="malformed:\x1b[31m unclosed token", **read),  # type: ignore[arg-type]  # kept short
    ):
        assert states.commit(state, {})
    return real_redis


def said(redis: Redis, *, failing: bool = False) -> str:
    out = StringIO()
    assert feeds.list_all(redis, Console(file=out, width=200), now=NOON, failing=failing) == 0
    return out.getvalue()


def test_each_feed_tells_how_it_does(redis: Redis) -> None:
    lines = said(redis).splitlines()

    assert "well     herald  30 entries, 0 revisions, 4 matched, read 3 min ago, next poll in 5 h" in lines
    assert "failing  broken  0 entries, 0 revisions, 0 matched, never read, next poll is due" in lines
    assert "         failed 3 times in a row: broken.example has a problem of its own (500)" in lines
    assert "         https://herald.example/rss" in lines
    assert any(line.startswith("gone     closed") for line in lines)
    assert any(line.startswith("waiting  fresh  not polled yet") for line in lines)


def test_its_weekly_count_its_move_and_a_roll_over_are_told(redis: Redis) -> None:
    state = FeedState(
        feed=FeedId("herald"),
        polls=2,
        entries=130,
        last_success=NOON,
        since=NOON - timedelta(days=7),
        recent=88.5,
        address="https://new.example/rss",
        rolled_over=NOON - timedelta(hours=4),
    )
    assert RedisFeedStates(redis).commit(state, {})

    lines = said(redis).splitlines()

    assert "well     herald  130 entries, 0 revisions, 0 matched, 100 a week, read 0 s ago" in lines
    assert any("https://new.example/rss" in line for line in lines)
    assert any("4 h ago none of its known entries was left" in line for line in lines)


def test_only_what_is_wrong_is_shown_on_request_and_no_control_character(redis: Redis) -> None:
    text = said(redis, failing=True)

    assert "herald" not in text
    assert "fresh" not in text
    assert "damaged  rough" in text
    assert "\x1b" not in text


def test_without_a_configuration_it_says_what_to_do(real_redis: Redis) -> None:
    assert "monitor run" in said(real_redis)
