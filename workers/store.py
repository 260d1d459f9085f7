"""The store, for commands that look at it or mend it: the running monitor's, else one started for the command."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from redis import Redis

from workers.adapters.redis.client import check_schema, connect


@contextmanager
def opened(config_path: Path, *, demo: bool | None, redis_url: str | None, any_state: bool = False) -> Iterator[Redis]:
    """A client for the store of the configuration file, or of redis_url. demo None: as the file says.

    any_state: also where the store is of another schema, or closed.

    Raises ConfigurationError, StoreUnavailable, SchemaMismatch.
    """
    with ExitStack() as stack:
        if redis_url is None:  # with an address, the file is not looked at: it may lie on another machine
            from workers.adapters.configuration import data_directory, read_configuration
            from workers.adapters.embedded import server

            config = read_configuration(config_path)
            folder = data_directory(config, config_path, config.demo if demo is None else demo)
            redis_url = stack.enter_context(server(config, folder))
        redis = connect(redis_url)
        stack.callback(redis.close)
        if not any_state:
            check_schema(redis)
        yield redis


def data_folder(config_path: Path, *, demo: bool | None) -> Path:
    """Where the files of the configuration's monitor lie. demo None: as the file says. Raises ConfigurationError."""
    from workers.adapters.configuration import data_directory, read_configuration

    config = read_configuration(config_path)
    return data_directory(config, config_path, config.demo if demo is None else demo)


def owner() -> str:
    """This process, as leases name it."""
    return f"{socket.gethostname()}-{os.getpid()}"
