"""The commands `monitor ledger export` and `import`: ledgers as JSON Lines, from one store to another.

What moves is all that is known of the topics: propositions, series and developments, what became of each entry, which entries
were had, and what subscriptions were told of it, so that nothing is told twice. Sequences do not move: the numbers of the store
that imports go on as they are.
"""

from __future__ import annotations

import gzip
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from redis import Redis
from rich.console import Console

from monitor.errors import EntriesUnreadable, LeaseLost
from monitor.records import Account
from monitor.records.codec import decode, encode
from monitor.records.ids import SubscriptionName, TopicSlug
from workers.adapters.ledger_lines import Line, Told, head, line_of, lines_of, read_lines
from workers.adapters.redis import keys
from workers.adapters.redis.client import store_errors
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.refile import CHUNK, Records, Refiling, read_all
from workers.adapters.redis.rereadings import RedisRereadings
from workers.adapters.redis.units import known_topics

LEASE = 60.0
"""Seconds that an import may take for one step."""


def export(redis: Redis, console: Console, path: Path, topics: Sequence[str], *, now: datetime) -> int:
    """Writes the ledgers of these topics, or of all, to the file; compressed where its name ends in .gz. 1: an unknown topic."""
    with store_errors():
        there = known_topics(redis)
        if unknown := sorted(set(topics) - set(there)):
            console.print(f"No ledger of {', '.join(unknown)}; there are: {', '.join(there) or 'none'}.")
            return 1
        chosen = [topic for topic in there if not topics or topic in topics]
        counts: Counter[str] = Counter()
        developments: set[str] = set()
        with _written(path) as file:
            file.write(head(now))
            for topic in chosen:
                if reading := RedisRereadings(redis, "").read_by(topic).reading:
                    file.write(line_of(Line(topic=topic, reading=reading)))
                for records in read_all(redis, topic):
                    file.writelines(lines_of(topic, records))
                    counts.update(propositions=len(records.propositions), series=len(records.series))
                    counts["developments"] += len(records.developments)
                    developments |= {one.id for one in records.developments}
                file.writelines(line_of(line) for line in _beside(redis, topic))
            file.writelines(line_of(Line(told=told)) for told in _told(redis, developments))
    console.print(f"{path}: {_summary(counts)} of {len(chosen)} topic{'' if len(chosen) == 1 else 's'}.")
    return 0


def load(redis: Redis, console: Console, path: Path) -> int:
    """Files what the file holds into the store, which may be a running monitor's. Done twice, it changes nothing.

    Raises EntriesUnreadable, naming the line; what stood before it is filed by then.
    """
    counts: Counter[str] = Counter()
    importer = _Importer(redis, counts)
    with store_errors(), _read(path) as file:
        try:
            for line in read_lines(file, str(path)):
                importer.take(line)
            importer.flush()
        finally:
            importer.release()
    there = f"; {counts['there']:,} were there already" if counts["there"] else ""
    console.print(f"{path}: {_summary(counts)} filed{there}.")
    return 0


def _summary(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[name]:,} {name}" for name in ("propositions", "series", "developments"))


@contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """The file, there once it is whole."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as raw:
            if path.suffix == ".gz":
                with gzip.open(raw, "wb") as packed:
                    yield packed  # type: ignore[misc]  # GzipFile is an IO[bytes] in all that is used here
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        partial.replace(path)
    except OSError as error:
        raise EntriesUnreadable(f"{path}: cannot be written: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _read(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as raw:
            if path.suffix == ".gz":
                with gzip.open(raw, "rb") as packed:
                    yield packed  # type: ignore[misc]  # as above
            else:
                yield raw
    except (OSError, EOFError) as error:
        raise EntriesUnreadable(f"{path}: cannot be read: {error}") from error


def _beside(redis: Redis, topic: TopicSlug) -> Iterator[Line]:
    """What stands beside a topic's records."""
    for _, data in redis.hscan_iter(keys.topic(topic, "accounts"), count=CHUNK):
        yield Line(topic=topic, account=decode(data, Account))
    works: Any = redis.zrange(keys.topic(topic, "works"), 0, -1)
    for work in works:
        yield Line(topic=topic, work=work.decode())
    found: Any = redis.hgetall(keys.topic(topic, "counts"))
    yield Line(topic=topic, counts={name.decode(): int(value) for name, value in found.items()})


def _told(redis: Redis, developments: set[str]) -> Iterator[Told]:
    """What any subscription was told of the developments."""
    pattern = keys.subscription(SubscriptionName("*"), "told").replace("{", "[{]")
    for key in redis.scan_iter(match=pattern, count=CHUNK):
        name = key.decode().split("{s:", 1)[1].split("}", 1)[0]
        for telling, value in redis.hscan_iter(key, count=CHUNK):
            if telling.decode().split(":")[0] in developments:
                yield Told(subscription=name, telling=telling.decode(), value=value.decode())


class _Importer:
    """Files lines as they come, those of one topic together."""

    def __init__(self, redis: Redis, counts: Counter[str]) -> None:
        self._redis = redis
        self._counts = counts
        self._rereadings = RedisRereadings(redis, "")
        self._leases = Leases(redis, f"import-{os.getpid()}", seconds=LEASE)
        self._lines: list[Line] = []
        self._refiling: dict[TopicSlug, Refiling] = {}
        self._readings: dict[TopicSlug, str] = {}

    def take(self, line: Line) -> None:
        """The next line."""
        if line.told is not None:
            told = keys.subscription(SubscriptionName(line.told.subscription), "told")
            self._redis.hsetnx(told, line.told.telling, line.told.value)
            return
        if line.reading is not None and line.topic is not None:
            self._readings[line.topic] = line.reading
            self._rereadings.filing(line.topic, line.reading)
            return
        if self._lines and (line.topic != self._lines[0].topic or len(self._lines) >= CHUNK):
            self.flush()
        self._lines.append(line)

    def flush(self) -> None:
        """Files what was taken."""
        lines, self._lines = self._lines, []
        topic = lines[0].topic if lines else None
        if topic is None:
            return
        records = Records(
            propositions=[line.proposition for line in lines if line.proposition],
            series=[line.series for line in lines if line.series],
            developments=[line.development for line in lines if line.development],
        )
        fresh = self._file(topic, records)
        if fresh.propositions or fresh.series:
            self._rereadings.filed(topic, self._readings.get(topic, ""))
        given = {"propositions": records.propositions, "series": records.series, "developments": records.developments}
        filed = {"propositions": fresh.propositions, "series": fresh.series, "developments": fresh.developments}
        for name, some in given.items():
            self._counts[name] += len(filed[name])
            self._counts["there"] += len(some) - len(filed[name])
        self._put_beside(topic, lines)

    def release(self) -> None:
        """Gives the topics back to their decider."""
        for topic in self._refiling:
            self._leases.release(keys.topic(topic, "lease:decide"))

    def _file(self, topic: TopicSlug, records: Records) -> Records:
        refiling = self._refiling.get(topic)
        if refiling is not None:
            try:
                return refiling.file(records)
            except LeaseLost:
                pass  # a step took longer than the lease lasts: what is there is passed over the second time
        epoch = self._leases.seize(keys.topic(topic, "lease:decide"), keys.topic(topic, "epoch:decide"))
        self._redis.sadd(keys.TOPICS, topic)
        self._refiling[topic] = Refiling(self._redis, topic, owner=self._leases.owner, epoch=epoch)
        return self._refiling[topic].file(records)

    def _put_beside(self, topic: TopicSlug, lines: Sequence[Line]) -> None:
        pipe = self._redis.pipeline(transaction=True)
        for line in lines:
            if line.account is not None:  # under a name that this store's own numbers cannot take
                pipe.hsetnx(keys.topic(topic, "accounts"), f"{topic}/{line.account.number}", encode(line.account))
            if line.work is not None:  # forgotten once this store has given as many numbers as are kept
                pipe.zadd(keys.topic(topic, "works"), {line.work: 0}, nx=True)
            for name, count in (line.counts or {}).items():
                pipe.hsetnx(keys.topic(topic, "counts"), name, str(count))
        pipe.execute()
