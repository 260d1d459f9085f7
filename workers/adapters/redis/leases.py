"""Leases with epochs: one holder at a time, and commits that a former holder's epoch cannot pass."""

from __future__ import annotations

from redis import Redis

from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store

LEASE = 10.0
"""Seconds that a lease holds without being renewed."""
LEAD = 4.0
"""Seconds after which another scheduler takes over from one that has died: a few of its ticks."""


class Leases:
    """The leases of one owner. owner must be unique among all running processes."""

    def __init__(self, redis: Redis, owner: str, *, seconds: float = LEASE) -> None:
        self._redis = redis
        self.owner = owner
        self._milliseconds = int(seconds * 1000)

    def acquire(self, lease: str, epoch: str) -> int:
        """Takes or renews; the epoch, or 0 where another holds it."""
        return int(scripts.call(self._redis, "lease", [lease, epoch], [self.owner, self._milliseconds]))

    def seize(self, lease: str, epoch: str) -> int:
        """Takes it whoever holds it, for what a person asks for; the epoch. What the former holder has in hand is done again."""
        return int(scripts.call(self._redis, "seize_lease", [lease, epoch], [self.owner, self._milliseconds]))

    def release(self, lease: str) -> None:
        """Gives it back, if it is held."""
        scripts.call(self._redis, "release_lease", [lease], [self.owner])


class RedisLeadership:
    """The port `Leadership`. Its epoch fences nothing: what a leader does is safe to be done twice."""

    def __init__(self, redis: Redis, owner: str, *, lease: str, epoch: str, seconds: float = LEAD) -> None:
        self._leases = Leases(redis, owner, seconds=seconds)
        self._lease, self._epoch = lease, epoch

    @reaches_store
    def lead(self) -> bool:
        """See `monitor.ports.Leadership.lead`."""
        return self._leases.acquire(self._lease, self._epoch) > 0

    @reaches_store
    def step_down(self) -> None:
        """See `monitor.ports.Leadership.step_down`."""
        self._leases.release(self._lease)


def schedule_leadership(redis: Redis, owner: str, *, seconds: float = LEAD) -> RedisLeadership:
    """Which scheduler releases polls."""
    return RedisLeadership(redis, owner, lease=keys.POLL_LEASE, epoch=keys.POLL_EPOCH, seconds=seconds)


def health_leadership(redis: Redis, owner: str) -> RedisLeadership:
    """Which process looks at the monitor's health."""
    return RedisLeadership(redis, owner, lease=keys.HEALTH_LEASE, epoch=keys.HEALTH_EPOCH, seconds=LEASE)
