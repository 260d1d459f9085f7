"""Where log lines go: all of them to a file of each role, warnings in one line each to the terminal."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

FILE_BYTES = 5_000_000
FILES = 3


class _OneLine(logging.Formatter):
    """The message without its traceback, which stands in the file."""

    def format(self, record: logging.LogRecord) -> str:
        text = " ".join(record.getMessage().split())
        return f"{record.levelname.lower()}: {text}"


def set_up(role: str, folder: Path | None) -> None:
    """Logs under this role's name; folder None: to the terminal alone."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.handlers.clear()
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setLevel(logging.WARNING)
    terminal.setFormatter(_OneLine())
    root.addHandler(terminal)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        # each role has a file of its own: two processes cannot rotate one file
        lines = logging.handlers.RotatingFileHandler(
            folder / f"{role}.log", maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8"
        )
        lines.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(lines)
    for noisy in ("apprise", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # while Redis is away a tick takes longer than a second, and a warning for each that is skipped says nothing more
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
