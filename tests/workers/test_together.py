"""Messages of several outboxes that are written to one file in one go."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor.records import Message
from tests.alerts import a_message
from workers.adapters.channels.together import Together

MANY = [a_message(name=f"d{n}") for n in range(20)]


def test_what_waits_while_another_writes_is_written_at_once_and_each_message_once() -> None:
    written: list[list[str]] = []
    first, more = threading.Event(), threading.Event()

    def write(messages: Sequence[Message]) -> None:
        written.append([message.key for message in messages])
        first.set()
        assert more.wait(5)

    together = Together(write)
    with ThreadPoolExecutor(max_workers=len(MANY)) as pool:
        done = [pool.submit(together.put, MANY[0])]
        assert first.wait(5)
        done += [pool.submit(together.put, message) for message in MANY[1:]]
        while len(together._waiting) < len(MANY):
            time.sleep(0.001)
        more.set()
        for each in done:
            each.result(5)
    assert len(written) == 2
    assert sorted(key for keys in written for key in keys) == sorted(message.key for message in MANY)


def test_where_writing_fails_each_learns_it_and_tries_for_itself_again() -> None:
    attempts = 0

    def write(messages: Sequence[Message]) -> None:
        nonlocal attempts
        attempts += 1
        if attempts <= 2:
            raise OSError(28, "No space left on device")

    together = Together(write)
    for message in MANY[:2]:
        with pytest.raises(OSError, match="No space"):
            together.put(message)
    together.put(MANY[0])
    assert attempts == 3
