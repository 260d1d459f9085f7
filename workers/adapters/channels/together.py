"""Messages of several outboxes that go to one file: whoever's turn it is writes all that wait, so that the disk is asked once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from monitor.records import Message


class Together:
    """The messages that wait for one file. write: puts messages there for good, in their order; it is called by one thread at a
    time, and again with the same ones where it raised."""

    def __init__(self, write: Callable[[Sequence[Message]], None]) -> None:
        self._write = write
        self._turn = threading.Lock()
        self._waiting: dict[str, Message] = {}

    def put(self, message: Message) -> None:
        """Returns once the message was written, by this thread or another. Raises what writing raises, each caller its own."""
        key = message.idempotency_key
        self._waiting[key] = message
        with self._turn:
            if key not in self._waiting:
                return  # whoever had the turn before wrote it
            taken = list(self._waiting.values())
            try:
                self._write(taken)
            except BaseException:
                self._waiting.pop(key, None)  # the others try for themselves
                raise
            for done in taken:
                self._waiting.pop(done.idempotency_key, None)
