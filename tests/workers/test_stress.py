"""Delivery under stress, at a size that the suite can bear."""

from __future__ import annotations

from pathlib import Path

from redis import Redis

from tests.workers import stress

SIZE = {"developments": 25, "subscriptions": 12}


def test_failing_channels_and_killed_deliverers_lose_nothing_and_keep_order_and_keys(
    real_redis: Redis, server_url: str, tmp_path: Path
) -> None:
    seen = stress.run(real_redis, server_url, tmp_path, **SIZE, kills=4, patience=90)
    counts = stress.check(real_redis, *seen, tmp_path, **SIZE)
    assert counts["failed"] > 0
    assert counts["hook"] > 0, "hanging up after a message was taken must have led to a second one, with the same key"
