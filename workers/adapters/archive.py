"""The archive of ledgers: what goes out of a ledger is on the disk before it goes.

    archive/treaty-2026-11.jsonl

One file a topic and month, in the form that `monitor ledger export` writes and `import` reads. A death between writing and
dropping leaves records in both; they are written again later, and importing twice changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from monitor.records.ids import TopicSlug
from workers.adapters.ledger_lines import head, lines_of
from workers.adapters.redis.retention import RedisRetention

FOLDER = "archive"
"""In the data directory."""


class ArchivingRetention:
    """The port `workers.decide.Retention`."""

    def __init__(self, retention: RedisRetention, data_dir: Path, *, clock: Callable[[], datetime]) -> None:
        self._retention = retention
        self._folder = data_dir / FOLDER
        self._clock = clock

    def tidy(self, topic: TopicSlug, *, age: float, size: int, epoch: int) -> int:
        """See `workers.decide.Retention.tidy`. Raises OSError where the archive cannot be written; then nothing goes."""
        now = self._clock()
        due = self._retention.due(topic, before=now - timedelta(seconds=age), size=size)
        if not due:
            return 0
        if due.numbers:
            self._write(topic, b"".join(lines_of(topic, due.records)), now)
        self._retention.drop(topic, due, epoch=epoch)
        return len(due.numbers) + len(due.again)

    def _write(self, topic: TopicSlug, lines: bytes, now: datetime) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{topic}-{now:%Y-%m}.jsonl"
        with path.open("ab") as file:
            if file.tell() == 0:
                file.write(head(now))
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
