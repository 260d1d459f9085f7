"""Waiting in an event loop for whatever comes first."""

from __future__ import annotations

import asyncio


async def sleep(stop: asyncio.Event, seconds: float) -> None:
    """Waits, but no longer than until `stop` is set."""
    await first(stop, within=seconds)


async def first(*events: asyncio.Event, within: float) -> None:
    """Waits for the first of the events, at most `within` seconds."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
