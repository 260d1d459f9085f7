"""The whole store as lines, and back: what `monitor backup` and `monitor restore` copy.

The store is copied while it is written. What one script writes lies under one tag, and is read in one step; between the tags,
the order of copying is that of the flow. So what moves on meanwhile is found twice, and recognised, and never not at all: an
entry in its topic before its feed knows it, an event before the outboxes that it went to.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from redis import Redis

from monitor.errors import StoreUnavailable
from workers.adapters.redis import keys, ledgers, scripts
from workers.adapters.redis.client import store_errors
from workers.adapters.redis.subscriptions import RedisSubscriptions

Text = str | tuple[str]
"""A value: as it stands, or where it is no text, base64 in a tuple of one."""

FLOW = ("{poll}", "{f:", "{t:", "{s:")
"""The tags in the order of the flow; all else (what is due, which topics there are, the configurations) only grows, or heals."""
LINE = 2_000
"""Values that one line holds at most."""
AWAY = 30.0
"""Seconds that the roles have to finish what they have in hand."""

_PASSING = re.compile(r":lease(:|$)|^m:\{poll\}:queue|^m:closed$")
"""Keys that are not copied: leases, polls that are under way (their feeds come due again), and that the store is closed."""
_TOPIC = frozenset(
    {*ledgers.COMMITTED, "sequence", "units", "units:trouble", "epoch:subscribe", "warm", "corrections", "models"}
    - {"lease:decide"}
)
_SUBSCRIPTION = frozenset({"told", "held", "counts", "dead"})


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One key or a part of one. kind: as Redis calls it; values: flat, by twos for a hash (name, value) and a sorted set (member,
    score), by threes for a stream (id, field, value); for a string, the one."""

    key: str
    kind: str
    values: tuple[Text, ...]


def pieces(redis: Redis) -> Iterator[Piece]:
    """All that is to be kept. Raises StoreUnavailable."""
    with store_errors():
        for tag in (*FLOW, ""):
            for names in _tagged(redis, tag):
                found: Any = scripts.call(redis, "read_keys", names)
                for name, (kind, value) in zip(names, found, strict=True):
                    yield from _cut(name, kind.decode(), value)


def write(redis: Redis, found: Iterable[Piece]) -> int:
    """Writes pieces into the store, beside what is there; how many. Raises StoreUnavailable."""
    count = 0
    with store_errors():
        pipe = redis.pipeline(transaction=False)
        for piece in found:
            _put(pipe, piece)
            count += 1
            if count % 50 == 0:
                pipe.execute()
        pipe.execute()
    return count


def empty(redis: Redis) -> None:
    """Deletes all that is the monitor's, but that the store is closed. Raises StoreUnavailable."""
    with store_errors():
        for name in _names(redis, keys.PREFIX):
            if name != keys.CLOSED:
                redis.unlink(name)


def holds_anything(redis: Redis) -> bool:
    """Whether anything was ever read, decided or told here. Raises StoreUnavailable."""
    with store_errors():
        return any(name.startswith((f"{keys.PREFIX}{{t:", f"{keys.PREFIX}{{s:")) for name in _names(redis, keys.PREFIX))


def close(redis: Redis, *, patience: float = AWAY) -> None:
    """Closes the store to all roles, and waits until they have finished what they have in hand.

    Raises StoreUnavailable where they do not; then it is open again.
    """
    with store_errors():
        redis.set(keys.CLOSED, "1")
        deadline = time.monotonic() + patience
        while held := [name for name in _names(redis, keys.PREFIX) if ":lease" in name]:
            if time.monotonic() > deadline:
                redis.delete(keys.CLOSED)
                raise StoreUnavailable(f"a part of the monitor does not stop ({held[0]}); stop the monitor, and try again")
            time.sleep(0.2)


def open_again(redis: Redis) -> None:
    """Opens a store that was closed. Raises StoreUnavailable."""
    with store_errors():
        redis.delete(keys.CLOSED)


def _names(redis: Redis, prefix: str) -> list[str]:
    pattern = re.sub(r"([\[\]*?\\])", r"\\\1", prefix) + "*"
    return sorted({name.decode() for name in redis.scan_iter(match=pattern, count=1_000)})


def _tagged(redis: Redis, tag: str) -> Iterator[list[str]]:
    """The keys of each tag of a kind; of topics and subscriptions those too that are not there now and may be in a moment."""
    by_tag: dict[str, set[str]] = {}
    for name in _names(redis, f"{keys.PREFIX}{tag}"):
        if not _PASSING.search(name) and (tag or not name.startswith(tuple(f"{keys.PREFIX}{one}" for one in FLOW))):
            by_tag.setdefault(name[: name.index("}") + 1] if "}" in name else name, set()).add(name)
    for stem, names in sorted(by_tag.items()):
        if tag == "{t:":
            names |= {f"{stem}:{part}" for part in _TOPIC}
        if tag == "{s:":
            names |= {f"{stem}:{part}" for part in _SUBSCRIPTION}
            channels = [one.channel for one in RedisSubscriptions(redis).outboxes() if f"{{s:{one.subscription}}}" in stem]
            names |= {f"{stem}:out:{channel}:{part}" for channel in channels for part in ("messages", "state")}
        yield sorted(names)


def _cut(key: str, kind: str, value: Any) -> Iterator[Piece]:
    if kind == "none":
        return
    if kind == "string":
        yield Piece(key=key, kind=kind, values=(_text(value),))
        return
    flat = value if kind != "stream" else [part for id_, fields in value for part in _by_threes(id_, fields)]
    step = {"hash": 2, "zset": 2, "stream": 3}.get(kind, 1)
    most = LINE // step * step
    ends = [*range(most, len(flat), most), len(flat)]
    begin = 0
    for last in ends:
        end = last
        while kind == "stream" and end < len(flat) and flat[end] == flat[end - 3]:
            end -= 3  # an entry of a stream stays together
        if values := tuple(_text(one) for one in flat[begin:end]):
            yield Piece(key=key, kind=kind, values=values)
        begin = end


def _by_threes(id_: bytes, fields: Sequence[bytes]) -> Iterator[bytes]:
    for name, value in zip(fields[::2], fields[1::2], strict=True):
        yield from (id_, name, value)


def _put(pipe: Any, piece: Piece) -> None:
    values = [_bytes(one) for one in piece.values]
    match piece.kind:
        case "string":
            pipe.set(piece.key, values[0])
        case "list":
            pipe.rpush(piece.key, *values)
        case "set":
            pipe.sadd(piece.key, *values)
        case "hash":
            pipe.hset(piece.key, mapping=dict(zip(values[::2], values[1::2], strict=True)))
        case "zset":
            pipe.zadd(piece.key, {member: float(score) for member, score in zip(values[::2], values[1::2], strict=True)})
        case "stream":
            for id_, fields in stream_entries(piece).items():
                pipe.xadd(piece.key, {_bytes(name): _bytes(value) for name, value in fields.items()}, id=id_)


def stream_entries(piece: Piece) -> Mapping[str, dict[Text, Text]]:
    """The entries of a piece of a stream, by id."""
    found: dict[str, dict[Text, Text]] = {}
    for id_, name, value in zip(piece.values[::3], piece.values[1::3], piece.values[2::3], strict=True):
        found.setdefault(str(id_), {})[name] = value
    return found


def _text(value: bytes) -> Text:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return (base64.b64encode(value).decode(),)


def _bytes(value: Text) -> bytes:
    return value.encode() if isinstance(value, str) else base64.b64decode(value[0])
