"""Backups as files: a header, the store's pieces, an end; JSON Lines, gzipped.

The end says how many pieces there were, so that a file that was cut off is not taken for a whole one.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from monitor.errors import PermanentError, SchemaMismatch
from workers.adapters.redis.copying import Piece

FORMAT = 1
"""The version of the file's form."""
SECRETS: Mapping[str, tuple[str, ...]] = {
    "email": ("password",),
    "webhook": ("secret", "url"),
    "ntfy": ("token",),
    "slack": ("url",),
    "discord": ("url",),
    "telegram": ("token",),
    "apprise": ("url",),
}
"""By the channel's type, the settings that hold a secret or may."""

_encoder = msgspec.json.Encoder()


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself."""

    backup: int
    schema: int
    program: str
    taken: datetime


class _End(msgspec.Struct, frozen=True, kw_only=True):
    end: int


def write_backup(path: Path, header: Header, pieces: Iterable[Piece]) -> int:
    """Writes a backup, readable by its owner alone, whole or not at all; how many pieces. Raises PermanentError."""
    partial = path.with_name(f".{path.name}.part")
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as raw:
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6) as file:
                file.write(_encoder.encode(header) + b"\n")
                for piece in pieces:
                    file.write(_encoder.encode(piece) + b"\n")
                    count += 1
                file.write(_encoder.encode(_End(end=count)) + b"\n")
            raw.flush()
            os.fsync(raw.fileno())
        partial.replace(path)
    except OSError as error:
        raise PermanentError(f"the backup {path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return count


def read_header(path: Path) -> Header:
    """What the backup says of itself, once all of the file was looked at. Raises PermanentError, SchemaMismatch."""
    lines = _lines(path)
    try:
        header = msgspec.json.decode(next(lines, b""), type=Header)
    except msgspec.MsgspecError as error:
        raise PermanentError(f"{path} is no backup of the monitor: its first line holds no header") from error
    if header.backup > FORMAT:
        raise SchemaMismatch(f"{path} was written by a newer monitor ({header.program}): install that, then restore")
    count, last = -1, b""
    for count, last in enumerate(lines):  # noqa: B007  the last line and its number are what counts
        pass
    try:
        whole = msgspec.json.decode(last, type=_End).end == count
    except msgspec.MsgspecError:
        whole = False
    if not whole:
        raise PermanentError(f"the backup {path} is cut off after {count + 1} pieces; nothing was restored")
    return header


def read_pieces(path: Path) -> Iterator[Piece]:
    """The pieces of a backup. Raises PermanentError."""
    lines = _lines(path)
    next(lines, b"")
    for line in lines:
        if line.startswith(b'{"end"'):
            return
        try:
            yield msgspec.json.decode(line, type=Piece)
        except msgspec.MsgspecError as error:
            raise PermanentError(f"the backup {path} holds a line that cannot be read: {error}") from error


def without_secrets(config: str) -> tuple[str, list[str]]:
    """A stored configuration without the secrets that are written out in it, and the names of those settings.

    In their place stands a reference to a variable of the environment.
    """
    data: dict[str, Any] = msgspec.json.decode(config)
    found = []
    for name, channel in data.get("channels", {}).items():
        for setting in SECRETS.get(channel.get("type", ""), ()):
            if _is_secret(channel.get(setting)):
                channel[setting] = _reference(name, setting)
                found.append(f"channels.{name}.{setting}")
    for setting in ("redis_url", "heartbeat_url"):
        value = data.get(setting)
        if _is_secret(value) and (setting == "heartbeat_url" or urlsplit(value).password):
            data[setting] = _reference(setting)
            found.append(setting)
    return msgspec.json.encode(data).decode(), found


def _is_secret(value: object) -> bool:
    return isinstance(value, str) and "${" not in value


def _reference(*names: str) -> str:
    return "${" + "_".join(names).upper().replace("-", "_") + "}"


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with gzip.open(path, "rb") as file:
            yield from file
    except FileNotFoundError as error:
        raise PermanentError(f"there is no file {path}") from error
    except (OSError, EOFError) as error:
        raise PermanentError(f"the backup {path} cannot be read: {error}") from error
