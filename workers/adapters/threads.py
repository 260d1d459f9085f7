"""Blocking calls that nobody can interrupt, each with a time limit, in threads that never keep the process from ending."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def call_within(seconds: float, function: Callable[[], T], *, name: str) -> T:
    """What the function returns or raises. Raises TimeoutError after `seconds`; its thread is then left to itself.

    A daemon thread of its own for each call, not `asyncio.to_thread`: a call that hangs must neither fill the pool that
    everything else uses, nor hold up the interpreter's end.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # None only where T is
        else:
            future.set_exception(error)

    def work() -> None:
        try:
            outcome: tuple[T | None, BaseException | None] = (function(), None)
        except BaseException as error:  # noqa: BLE001  # carried over to the caller, whatever it is
            outcome = (None, error)
        if not loop.is_closed():  # a call that outlived its caller has nobody left to tell
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=work, name=name, daemon=True).start()
    return await asyncio.wait_for(future, seconds)
