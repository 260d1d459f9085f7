"""The connection: one client for each process, with errors as the monitor's own and the schema checked once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from redis import Redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError, TimeoutError
from redis.retry import Retry

from monitor.errors import SchemaMismatch, StoreUnavailable
from workers.adapters.redis import keys


def connect(url: str) -> Redis:
    """A client for a Redis or Valkey server (`redis://`, `rediss://`, `unix://`).

    Calls are tried again for some seconds while the server is away or loading: every script is idempotent or fenced, so that a
    call whose answer was lost may be made twice.
    """
    return Redis.from_url(
        url,
        decode_responses=False,
        socket_timeout=30,
        socket_connect_timeout=5,
        retry=Retry(ExponentialWithJitterBackoff(cap=2.0, base=0.05), 8),
        retry_on_error=[ConnectionError, TimeoutError, BusyLoadingError],
        protocol=2,
    )


def be_impatient(redis: Redis) -> None:
    """From now on no call is tried again: for a process that ends, and whose server may be gone for good."""
    redis.set_retry(Retry(NoBackoff(), 0))


@contextmanager
def store_errors() -> Iterator[None]:
    """Turns what the client raises into StoreUnavailable, with what to do."""
    try:
        yield
    except (ConnectionError, TimeoutError, BusyLoadingError) as error:
        raise StoreUnavailable(f"Redis does not answer ({error}); the monitor tries again until it does") from error
    except RedisError as error:
        raise StoreUnavailable(f"Redis refused a command: {error}") from error


P = ParamSpec("P")
R = TypeVar("R")


def reaches_store(method: Callable[P, R]) -> Callable[P, R]:
    """For methods of the ports: what the client raises becomes StoreUnavailable."""

    @functools.wraps(method)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with store_errors():
            return method(*args, **kwargs)

    return wrapped


def check_schema(redis: Redis) -> None:
    """Writes this program's schema version into an empty store.

    Raises SchemaMismatch for a store of another version, StoreUnavailable for one that is closed.
    """
    if is_closed(redis):
        raise StoreUnavailable(
            "the store is closed while it is restored or upgraded; where that was cut off, do it again: "
            "`monitor restore FILE --replace`, or `monitor upgrade`"
        )
    found = schema_of(redis)
    if found > keys.SCHEMA_VERSION:
        raise SchemaMismatch(
            f"the data in Redis have schema {found}, and this program reads {keys.SCHEMA_VERSION}: they were written by a newer "
            "monitor; install that again"
        )
    if found < keys.SCHEMA_VERSION:
        raise SchemaMismatch(
            f"the data in Redis have schema {found}, and this program reads {keys.SCHEMA_VERSION}: `monitor run` or "
            "`monitor upgrade` writes a backup and upgrades them"
        )


def schema_of(redis: Redis) -> int:
    """The schema version of what the store holds; an empty store is given this program's."""
    with store_errors():
        redis.set(keys.SCHEMA, keys.SCHEMA_VERSION, nx=True)
        return int(redis.get(keys.SCHEMA) or 0)


def is_closed(redis: Redis) -> bool:
    """Whether the store is closed to all roles."""
    with store_errors():
        return bool(redis.exists(keys.CLOSED))
