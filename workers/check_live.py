"""`monitor check --live`: each feed polled once, and on request a test message through each channel. Nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.text import Text

from monitor import ports
from monitor.alerts.samples import trial
from monitor.errors import MonitorError
from monitor.feeds.parse import parse
from monitor.settings import Channel, Config

AT_ONCE = 20
"""Feeds that are polled at a time."""


async def poll_each(config: Config, fetcher: ports.Fetcher, console: Console) -> int:
    """Polls every feed once and prints how it does; how many failed."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def poll(slug: str) -> bool:
        async with slots:
            try:
                fetched = await fetcher.get(config.feeds[slug].url)
                feed = parse(fetched.body, fetched.headers)
            except MonitorError as error:
                console.print(Text.assemble(("failed ", "bold red"), (slug, "bold"), f"  {error}"), soft_wrap=True)
                return False
        moved = f", which has moved to {fetched.moved}" if fetched.moved else ""
        odd = f", malformed but readable: {feed.bozo}" if feed.bozo else ""
        count = len(feed.entries)
        text = f"  {feed.title or 'without a title'}{moved}: {count} {'entry' if count == 1 else 'entries'}{odd}"
        console.print(Text.assemble(("reads  ", "bold green"), (slug, "bold"), text), soft_wrap=True)
        return True

    read = await asyncio.gather(*(poll(slug) for slug in config.feeds))
    return read.count(False)


async def send_each(
    config: Config, open_channel: Callable[[Channel, Config], ports.Channel], console: Console, now: datetime
) -> int:
    """Sends a test message through every channel and prints what came of it; how many failed."""
    failed = 0
    for name, settings in config.channels.items():
        try:
            await open_channel(settings, config).deliver(trial(name, now), attempt=1)
        except MonitorError as error:
            failed += 1
            console.print(Text.assemble(("failed ", "bold red"), (name, "bold"), f"  {error}"), soft_wrap=True)
        else:
            console.print(Text.assemble(("sent   ", "bold green"), (name, "bold"), "  a test message"), soft_wrap=True)
    return failed
