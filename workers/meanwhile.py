"""Doing something again and again while a block works, such as keeping what it holds from being given to others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.errors import StoreUnavailable

log = logging.getLogger(__name__)


@contextmanager
def meanwhile(call: Callable[[], object], *, every: float, name: str) -> Iterator[None]:
    """Makes the call every so many seconds, in a thread of that name, until the block ends. A store that is away is told, and
    asked again the next time."""
    ended = threading.Event()

    def again() -> None:
        while not ended.wait(every):
            try:
                call()
            except StoreUnavailable as error:
                log.warning("no %s: %s", name, error)

    thread = threading.Thread(target=again, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
