"""Kept entries in backups: the lines of each file as pieces of the kind "kept", and back into files of the same names.

    kept/20261126T0745...jsonl.gz -- lines --> Piece(key=its name, kind="kept", values=lines) --> kept/20261126T0745...jsonl.gz

A program that knows nothing of this kind passes it over.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from monitor.errors import PermanentError
from workers.adapters.kept import FOLDER, Head, file_lines, files, is_name
from workers.adapters.redis.copying import Piece

KIND = "kept"
LINE = 200
"""Entries that one piece holds at most."""


def kept_pieces(data_dir: Path) -> Iterator[Piece]:
    """The kept entries of a data directory, also while they are written: what came since a file was opened may be missing."""
    for path in files(data_dir / FOLDER):
        lines: list[str] = []
        for _, raw in file_lines(path):
            lines.append(raw.decode())
            if len(lines) == LINE:
                yield Piece(key=path.name, kind=KIND, values=tuple(lines))
                lines = []
        if lines:
            yield Piece(key=path.name, kind=KIND, values=tuple(lines))


class KeptRestore:
    """Puts the kept entries of a backup back as files, and hands its other pieces on. data_dir None: they are left out."""

    def __init__(self, data_dir: Path | None) -> None:
        self._folder = data_dir / FOLDER if data_dir is not None else None
        self.found = self.put_back = 0
        self._seen = 0.0

    def rest(self, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """The other pieces. A file is there once it is whole; one that is there stays. Raises PermanentError."""
        name, file = "", None
        try:
            for piece in pieces:
                if piece.kind != KIND:
                    yield piece
                    continue
                self.found += len(piece.values)
                if piece.key != name:
                    self._close(name, file)
                    name, file = piece.key, self._open(piece.key)
                if file is not None:
                    self._write(file, [str(value) for value in piece.values])
            self._close(name, file)
        except OSError as error:
            raise PermanentError(f"the kept entries cannot be put back into {self._folder}: {error.strerror or error}") from error

    def _open(self, name: str) -> IO[bytes] | None:
        if not is_name(name):
            raise PermanentError(f"the backup holds kept entries under a name that is none: {name!r}")
        if self._folder is None or (self._folder / name).exists():
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        return (self._folder / f".{name}.part").open("wb")

    def _write(self, file: IO[bytes], lines: list[str]) -> None:
        file.write(gzip.compress("".join(lines).encode(), mtime=0))
        self.put_back += len(lines)
        self._seen = msgspec.json.decode(lines[-1], type=Head).seen.timestamp()

    def _close(self, name: str, file: IO[bytes] | None) -> None:
        if file is None or self._folder is None:
            return
        file.close()
        partial = self._folder / f".{name}.part"
        os.utime(partial, (self._seen, self._seen))  # by its time a file is told to be too old to be kept
        partial.replace(self._folder / name)
