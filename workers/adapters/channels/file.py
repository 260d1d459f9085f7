"""A file of JSON Lines: one alert a line, in the form of docs/schemas/alert.schema.json.

Idempotent: a line is written once for each key. Before it writes, the channel reads what the file has gained since it last
looked (at first: the file's tail), so that neither a crash between writing and committing nor another process that writes to the
same file makes a second line. A line counts only once it is on the disk (fsync).
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from monitor.alerts.receipt import receipt
from monitor.errors import DeliveryFailed
from monitor.records import Message
from workers.adapters.channels.together import Together
from workers.adapters.threads import call_within

TAIL = 4 * 2**20
"""Bytes at the end of the file that are searched for keys at first: some two thousand alerts. Only alerts that were in flight
when a process died can be asked for, and those are the newest."""
TIME_LIMIT = 30.0
"""Seconds after which a disk that does not answer counts as a failed attempt."""

_OWN = b'{"key":"'
_KEY = re.compile(rb'^\{"key":"([^"]+)"', re.MULTILINE)
# JSON leaves these as they are, but many programs that split text into lines take them for line ends.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


class JsonLines:
    """One file, which is made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._read_to = 0
        self._keys: set[str] = set()
        self._together = Together(self._append)

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Appends the alert, unless it is there. Raises DeliveryFailed where the file cannot be written."""
        del attempt  # every attempt looks first
        try:
            await call_within(TIME_LIMIT, lambda: self._together.put(message), name=f"file {self._path.name}")
        except OSError as error:  # TimeoutError is one too
            why = error.strerror or f"no answer from the disk within {TIME_LIMIT:.0f} s"
            raise DeliveryFailed(f"cannot write to {self._path}: {why}") from error

    def _append(self, messages: Sequence[Message]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._path.exists()
        with self._path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # other outboxes and processes may write to the same file
            self._mend(file)
            self._learn(file)
            new = {alert.key: alert for message in messages for alert in message.alerts if alert.key not in self._keys}
            data = b"".join(line(alert) for alert in new.values())
            file.write(data)
            os.fsync(file.fileno())
            self._read_to += len(data)
            self._keys.update(new)
        if is_new:
            _sync_folder(self._path.parent)

    def _mend(self, file: BinaryIO) -> None:
        """Takes away the start of one of our lines that a crash left behind; ends any other text that lacks its line end."""
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - TAIL)
        file.seek(max(0, size - 1))
        if size == 0 or file.read(1) == b"\n":
            return
        file.seek(start)
        head, newline, torn = file.read(size - start).rpartition(b"\n")
        if (newline or start == 0) and (torn.startswith(_OWN) or _OWN.startswith(torn)) and not _is_json(torn):
            file.truncate(start + len(head) + len(newline))
        else:
            file.write(b"\n")

    def _learn(self, file: BinaryIO) -> None:
        """Reads the keys that the file has gained since; all of its tail where it is another file than before."""
        status = os.fstat(file.fileno())
        same = self._file == (status.st_dev, status.st_ino) and status.st_size >= self._read_to
        if not same:
            self._file, self._keys, self._read_to = (status.st_dev, status.st_ino), set(), max(0, status.st_size - TAIL)
        if status.st_size > self._read_to:
            file.seek(self._read_to)
            gained = file.read(status.st_size - self._read_to)
            self._keys.update(key.decode() for key in _KEY.findall(gained))
            self._read_to = status.st_size


def line(message: Message) -> bytes:
    """The alert as one line, its key first."""
    text = json.dumps(receipt(message), ensure_ascii=False, separators=(",", ":"))
    return text.translate(_LINE_ENDS).encode("utf-8", "backslashreplace") + b"\n"


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
