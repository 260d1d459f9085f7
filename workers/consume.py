"""How a role works off its queue: read -> heartbeat -> work (load, call the core, commit) -> set aside what cannot be done.

What a role brings is its work and its way of setting a message aside; everything about errors and deaths stands here.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from monitor.errors import PermanentError, StoreUnavailable
from monitor.ports import Received, WorkQueue
from workers.meanwhile import meanwhile

T = TypeVar("T")

log = logging.getLogger(__name__)

HEARTBEAT_EVERY = 1.0
"""Seconds between two heartbeats: a fifth of what makes others take a consumer for dead."""
STORE_PAUSE = 1.0
"""Seconds to wait when Redis is away, on top of what its client waits."""


def consume(
    queue: WorkQueue[T],
    work: Callable[[Received[T]], object],
    set_aside: Callable[[Received[T], str], object],
    *,
    stop: threading.Event,
    count: int,
    wait: float = 1.0,
) -> None:
    """Works until `stop` is set, then finishes what is in hand.

    work must commit by itself and raise for what it cannot do: a PermanentError sets the message aside at once, any other
    error counts against it. StoreUnavailable counts against nobody: the message is worked on again once Redis is back, by this
    worker, since leaving it pending would look like a death.
    """
    while not stop.is_set():
        try:
            received = queue.read(count=count, wait=wait)
            if not received:
                continue
            with meanwhile(partial(queue.heartbeat, received), every=HEARTBEAT_EVERY, name="heartbeat"):
                for item in received:
                    _until_stored(stop, queue, item, work, set_aside)
        except StoreUnavailable as error:
            log.warning("%s", error)
            stop.wait(STORE_PAUSE)
    queue.close()


def _until_stored(
    stop: threading.Event,
    queue: WorkQueue[T],
    item: Received[T],
    work: Callable[[Received[T]], object],
    set_aside: Callable[[Received[T], str], object],
) -> None:
    while True:
        try:
            return _work_one(queue, item, work, set_aside)
        except StoreUnavailable as error:
            log.warning("%s", error)
            if stop.wait(STORE_PAUSE):
                return None


def _work_one(
    queue: WorkQueue[T], item: Received[T], work: Callable[[Received[T]], object], set_aside: Callable[[Received[T], str], object]
) -> None:
    if queue.condemned(item):
        error = "it ended its worker three times while it was worked on alone"
        log.error("message %s of %s is set aside: %s", item.id, item.queue, error)
        set_aside(item, error)
        return
    try:
        work(item)
    except StoreUnavailable:
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        if queue.fail(item, text, permanent=isinstance(error, PermanentError)):
            log.exception("message %s of %s is set aside: %s", item.id, item.queue, text)
            set_aside(item, text)
        else:
            log.warning("message %s of %s failed and is tried again: %s", item.id, item.queue, text, exc_info=error)
