"""The port `Keeper` on files: every entry that was taken in, as compressed JSON Lines, and how they are read again.

    kept/20261126T074500000000Z-host-4711.jsonl.gz

Each process writes a file of its own, so that several pollers need no lock between them. What one poll brings is one gzip member,
appended by one write: gzip files may be joined, so that the file is whole after each of them and any tool reads it. A process
that is killed while it writes leaves a torn member at the end of a file that nobody writes to again; its poll had not been
committed and is done again, and readers pass over what stands there twice. A power cut may cost the members of the last seconds.

Alerts come before the archive: where the disk is full the entries are not kept, which is logged and noted in `gaps.jsonl`, and
polling goes on. Below `RESERVE` free bytes the oldest files make room first, since the store needs the disk, too.
"""

from __future__ import annotations

import errno
import gzip
import heapq
import logging
import os
import re
import shutil
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from monitor.records import Entry

log = logging.getLogger(__name__)

FOLDER = "kept"
"""In the data directory."""
SUFFIX = ".jsonl.gz"
GAPS = "gaps.jsonl"
LARGEST = 4 * 2**20
"""Bytes of a file after which the next one is begun; also the step in which the oldest are removed."""
LONGEST = timedelta(days=1)
"""For so long one file is written to, so that age can be told file by file."""
TIDY_EVERY = timedelta(minutes=10)
RESERVE = 256 * 2**20
"""Free bytes of the disk that the archive leaves to others."""
LATE = timedelta(minutes=1)
"""By so much an entry may have been seen before the file that holds it was begun."""

_NAME = re.compile(rf"(\d{{8}}T\d{{12}})Z-[^/]+{re.escape(SUFFIX)}")
_STAMP = "%Y%m%dT%H%M%S%f"
_encoder = msgspec.json.Encoder()


class Head(msgspec.Struct, frozen=True):
    """What readers need of a line to bring lines into order and to leave out those that come twice."""

    id: str
    seen: datetime


def line_of(entry: Entry) -> bytes:
    """The entry as one line in the form that `monitor replay` reads; `id` names the revision, `entry` and `revision` are ours."""
    line = {
        "id": f"{entry.id}:{entry.revision}",
        "feed": entry.feed,
        "outlet": entry.outlet,
        "publisher": entry.publisher,
        "published": entry.published,
        "seen": entry.seen,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content": entry.content,
        "language": entry.language,
        "guid": entry.guid,
        "agency": entry.agency,
        "entry": entry.id,
        "revision": entry.revision,
        "silent": entry.silent,
    }
    return _encoder.encode({name: value for name, value in line.items() if value not in (None, False)}) + b"\n"


class KeptEntries:
    """Writes one process's files. Safe to call from several threads."""

    def __init__(self, data_dir: Path, name: str, *, free: Callable[[Path], int] | None = None) -> None:
        self._folder = data_dir / FOLDER
        self._name = name
        self._free = free or (lambda folder: shutil.disk_usage(folder).free)
        self._lock = threading.Lock()
        self._current: _Open | None = None
        self._tidied: datetime | None = None
        self._lost = 0
        self._lost_since: datetime | None = None

    def keep(self, entries: Sequence[Entry], *, age: float, size: int, now: datetime) -> None:
        """See `monitor.ports.Keeper.keep`."""
        if not entries or not age:
            return
        member = gzip.compress(b"".join(map(line_of, entries)), compresslevel=6, mtime=0)
        with self._lock:
            try:
                if self._tidied is None or now - self._tidied >= TIDY_EVERY or not self._has_room(len(member), now):
                    self._tidy(age=age, size=size, now=now)
                self._append(member, now)
            except OSError as error:
                self._lose(len(entries), error, now)
            else:
                self._recovered(now)

    def _has_room(self, more: int, now: datetime) -> bool:
        """Whether the file in hand takes the member; another one is begun in a tidied folder."""
        file = self._current
        return file is not None and file.size + more <= LARGEST and now - file.begun < LONGEST and file.exists()

    def _append(self, member: bytes, now: datetime) -> None:
        file = self._current
        if file is None or not self._has_room(len(member), now):
            self._close()
            self._folder.mkdir(parents=True, exist_ok=True)
            file = _Open.begin(self._folder / f"{now.astimezone(UTC):{_STAMP}}Z-{self._name}{SUFFIX}", now)
            self._current = file
        try:
            file.append(member)
        except OSError:
            self._close()
            raise

    def _close(self) -> None:
        if self._current is not None:
            os.close(self._current.descriptor)
            self._current = None

    def _tidy(self, *, age: float, size: int, now: datetime) -> None:
        """Removes the files that are too old, then the oldest, as far as size and disk demand. Raises OSError where that is not
        enough for the disk."""
        self._tidied = now
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True)
        found = [(path, path.stat()) for path in files(self._folder)]
        total = sum(stat.st_size for _, stat in found)
        free = self._free(self._folder)
        for path, stat in found:
            too_old = stat.st_mtime < now.timestamp() - age
            if not too_old and total + LARGEST <= size and free >= RESERVE:
                break
            path.unlink(missing_ok=True)  # another poller may be tidying, too
            total, free = total - stat.st_size, free + stat.st_size
        if free < RESERVE:
            raise OSError(errno.ENOSPC, f"less than {RESERVE // 2**20} MB are free")

    def _lose(self, count: int, error: OSError, now: datetime) -> None:
        if self._lost_since is None:
            log.error("entries are not kept for replay (%s); polling goes on. Free some disk below %s", error, self._folder)
            self._lost_since = now
        self._lost += count
        self._tidied = None

    def _recovered(self, now: datetime) -> None:
        if self._lost_since is None:
            return
        log.warning("entries are kept again; %d since %s were not", self._lost, self._lost_since)
        gap = {"since": self._lost_since, "until": now, "entries": self._lost}
        with (self._folder / GAPS).open("ab") as file:
            file.write(_encoder.encode(gap) + b"\n")
        self._lost, self._lost_since = 0, None


@dataclass(slots=True)
class _Open:
    """A file that is written to."""

    descriptor: int
    begun: datetime
    size: int = 0

    @classmethod
    def begin(cls, path: Path, now: datetime) -> _Open:
        return cls(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640), now)

    def exists(self) -> bool:
        """Whether the file still has its name: another poller may have tidied it away."""
        return os.fstat(self.descriptor).st_nlink > 0

    def append(self, member: bytes) -> None:
        """Writes all of it, or nothing: what was written before an error is cut off again."""
        rest = memoryview(member)
        try:
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]
        except OSError:
            os.ftruncate(self.descriptor, self.size)
            raise
        self.size += len(member)


def files(folder: Path) -> list[Path]:
    """The kept files, the one begun first first."""
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if _NAME.fullmatch(path.name))


def read_kept(data_dir: Path, *, since: datetime | None = None) -> Iterator[bytes]:
    """The lines of all processes' files in the order in which their entries were seen, each revision once.

    since: only what was seen from then on. Files are opened as they are needed and read while others write to them.
    """
    waiting = files(data_dir / FOLDER)
    waiting.reverse()
    heap: list[tuple[datetime, int, Head, bytes, Iterator[tuple[Head, bytes]]]] = []
    told: set[str] = set()
    opened = 0
    while heap or waiting:
        while waiting and (not heap or _begun(waiting[-1]) - LATE <= heap[0][0]):
            path = waiting.pop()
            lines = iter(()) if since and _is_before(path, since) else file_lines(path)
            if (first := next(lines, None)) is not None:
                opened += 1
                heapq.heappush(heap, (first[0].seen, opened, *first, lines))
        if not heap:
            continue
        _, number, head, raw, lines = heap[0]
        if (following := next(lines, None)) is not None:
            heapq.heapreplace(heap, (following[0].seen, number, *following, lines))
        else:
            heapq.heappop(heap)
        if head.id not in told and (since is None or head.seen >= since):
            told.add(head.id)
            yield raw


def _begun(path: Path) -> datetime:
    return datetime.strptime(path.name.partition("Z")[0], _STAMP).replace(tzinfo=UTC)


def _is_before(path: Path, since: datetime) -> bool:
    try:
        return path.stat().st_mtime < since.timestamp()
    except FileNotFoundError:
        return True  # tidied away meanwhile


def is_name(name: str) -> bool:
    """Whether a file of kept entries may be called so."""
    return _NAME.fullmatch(name) is not None


def file_lines(path: Path) -> Iterator[tuple[Head, bytes]]:
    """The lines of one file, up to a torn member at its end."""
    try:
        with gzip.open(path) as file:
            for raw in file:
                if raw.endswith(b"\n"):
                    yield msgspec.json.decode(raw, type=Head), raw
    except FileNotFoundError:
        return
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        log.debug("%s ends in a torn member: %s", path, error)
    except msgspec.MsgspecError as error:
        log.warning("%s holds a line that is no entry, and is not read beyond it: %s", path, error)
