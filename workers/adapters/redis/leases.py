"""Leases with epochs: one holder at a time, and commits that a former holder's epoch cannot pass."""

from __future__ import annotations

from redis import Redis

from workers.adapters.redis import scripts

LEASE = 10.0
"""Seconds that a lease holds without being renewed."""


class Leases:
    """The leases of one owner. owner must be unique among all running processes."""

    def __init__(self, redis: Redis, owner: str, *, seconds: float = LEASE) -> None:
        self._redis = redis
        self.owner = owner
        self._milliseconds = int(seconds * 1000)

    def acquire(self, lease: str, epoch: str) -> int:
        """Takes or renews; the epoch, or 0 where another holds it."""
        return int(scripts.call(self._redis, "lease", [lease, epoch], [self.owner, self._milliseconds]))

    def release(self, lease: str) -> None:
        """Gives it back, if it is held."""
        scripts.call(self._redis, "release_lease", [lease], [self.owner])
