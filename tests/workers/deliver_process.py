"""A deliver process that tests kill: `python -m tests.workers.deliver_process REDIS_URL DATA_DIR NAME [LEASE]`."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

from tests.records import TOPIC
from workers.adapters.channels import Opener
from workers.adapters.clock import utc_now
from workers.adapters.redis.breakers import RedisBreakers
from workers.adapters.redis.client import connect
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.events import RedisEvents
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.outboxes import RedisOutboxes
from workers.adapters.redis.snoozes import RedisSnoozes
from workers.deliver import Deliverer, Ports

LEASE = "0.5"
"""Seconds."""


def main(url: str, data_dir: str, name: str, seconds: str = LEASE) -> None:
    """Delivers until it is killed."""
    lease = float(seconds)
    redis = connect(url)
    world = Ports(
        topics=lambda: [TOPIC],
        events=RedisEvents(redis, Leases(redis, name, seconds=lease)),
        outboxes=RedisOutboxes(redis, lease=lease),
        configurations=RedisConfigurations(redis),
        open_channel=Opener(data_dir=Path(data_dir), environment=os.environ, terminal=sys.stdout, clock=utc_now).open,
        breakers=RedisBreakers(redis),
        snoozes=RedisSnoozes(redis).all,
        clock=utc_now,
        jitter=random.random,
    )
    asyncio.run(Deliverer(world, renew=lease / 4).run(asyncio.Event()))


if __name__ == "__main__":
    main(*sys.argv[1:])
