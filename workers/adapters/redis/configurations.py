"""The port `Configurations` on Redis: numbered snapshots, kept as long as work in flight carries them."""

from __future__ import annotations

from collections import OrderedDict

from pydantic import ValidationError
from redis import Redis

from monitor.errors import SchemaMismatch
from monitor.records.ids import Snapshot
from monitor.settings import Config
from workers.adapters.redis import keys, scripts
from workers.adapters.redis.client import reaches_store
from workers.adapters.redis.unused import drop_unused

REMEMBERED = 4
"""Snapshots that one process keeps parsed."""


class RedisConfigurations:
    """Snapshots never change, so that a process parses each once."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._parsed: OrderedDict[Snapshot, Config] = OrderedDict()

    def forget(self) -> None:
        """Forgets what was parsed: another store's snapshots may go by the same numbers."""
        self._parsed.clear()

    @reaches_store
    def current(self) -> Snapshot:
        """The number in force; 0 while there is none."""
        return Snapshot(int(self._redis.get(keys.CONFIG_CURRENT) or 0))

    @reaches_store
    def load(self, snapshot: Snapshot) -> Config:
        """The snapshot of that number. Raises SchemaMismatch where it is not there or not readable."""
        if snapshot in self._parsed:
            return self._parsed[snapshot]
        data = self._redis.hget(keys.CONFIG, str(snapshot))
        if data is None:
            raise SchemaMismatch(f"configuration snapshot {snapshot} is not in Redis; start the daemon with `monitor run` first")
        try:
            config = Config.model_validate_json(data)
        except ValidationError as error:
            raise SchemaMismatch(f"configuration snapshot {snapshot} was written by another version: {error}") from error
        self._parsed[snapshot] = config
        if len(self._parsed) > REMEMBERED:
            self._parsed.popitem(last=False)
        return config

    @reaches_store
    def under(self, snapshot: Snapshot) -> Config:
        """See `monitor.ports.Configurations.under`."""
        if snapshot in self._parsed or self._redis.hexists(keys.CONFIG, str(snapshot)):
            return self.load(snapshot)
        return self.load(max(snapshot, self.current()))  # a number not yet given is no old one: `load` refuses it

    @reaches_store
    def store(self, config: Config) -> Snapshot:
        """Puts the configuration in force; the number in force stays where nothing has changed."""
        number = self._keep(config, in_force=True)
        drop_unused(self._redis)
        return number

    @reaches_store
    def stage(self, config: Config) -> Snapshot:
        """See `monitor.ports.Configurations.stage`."""
        return self._keep(config, in_force=False)

    @reaches_store
    def enact(self, before: Snapshot, snapshot: Snapshot) -> bool:
        """See `monitor.ports.Configurations.enact`."""
        done = bool(scripts.call(self._redis, "enact_configuration", [keys.CONFIG_CURRENT], [before, snapshot]))
        drop_unused(self._redis)
        return done

    def _keep(self, config: Config, *, in_force: bool) -> Snapshot:
        arguments: list[scripts.Value] = [config.model_dump_json(), int(in_force)]
        return Snapshot(int(scripts.call(self._redis, "store_configuration", [keys.CONFIG, keys.CONFIG_CURRENT], arguments)))
