"""A publisher whose feeds a test writes, and the whole daemon in processes of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import psutil
from aiohttp import web
from ruamel.yaml import YAML

PATIENCE = 120.0
"""Seconds that a condition has to come true on a busy machine."""

TOPIC = {
    "title": "North Korean soldiers in Russia",
    "description": "How many North Korean soldiers are in Russia, and who admits it.",
    "keywords": ["troops", "soldiers"],
    "actors": {"North Korea": ["Pyongyang", "North Korean"], "Russia": ["Moscow", "Kremlin"], "South Korea": ["Seoul"]},
}


@dataclass
class Item:
    """One entry of a test feed."""

    title: str
    summary: str = ""
    content: str = ""
    guid: str = ""
    minutes: float = 0

    def xml(self) -> str:
        moment = datetime.now(UTC) - timedelta(hours=6) + timedelta(minutes=self.minutes)
        guid = self.guid or self.title
        return (
            f"<item><title>{escape(self.title)}</title><guid isPermaLink='false'>{escape(guid)}</guid>"
            f"<link>https://publisher.example/{abs(hash(guid))}</link><description>{escape(self.summary)}</description>"
            f"<pubDate>{format_datetime(moment)}</pubDate></item>"
        )


class Publisher:
    """Serves what `feeds` holds at the time of the request: a list of items, or a function of the request."""

    def __init__(self) -> None:
        self.feeds: dict[str, list[Item] | Callable[[web.Request], web.Response]] = {}
        self.requests: list[str] = []
        self.base = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.requests.append(name)
        feed = self.feeds.get(name)
        if feed is None:
            raise web.HTTPNotFound
        if callable(feed):
            return feed(request)
        items = "".join(item.xml() for item in feed)
        body = f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"
        return web.Response(text=body, content_type="application/rss+xml")


@contextmanager
def publishing() -> Iterator[Publisher]:
    """A publisher on a free port of loopback."""
    publisher = Publisher()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    application = web.Application()
    application.router.add_get("/{name}", publisher.answer)
    runner = web.AppRunner(application)

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    publisher.base = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield publisher
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@dataclass
class Daemon:
    """`monitor run` on a configuration of its own."""

    folder: Path
    config: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def write(self) -> None:
        with (self.folder / "monitor.yaml").open("w") as file:
            YAML().dump(self.config, file)

    def start(self, *arguments: str) -> None:
        self.write()
        command = [sys.executable, "-m", "workers.cli", "run", "--config", str(self.folder / "monitor.yaml"), *arguments]
        output = (self.folder / "output.txt").open("ab")
        self.process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100", **self.environment}
        )

    def itself(self) -> psutil.Process:
        """The daemon's own process."""
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def children(self) -> dict[str, psutil.Process]:
        """The processes of the roles, and the server, by what they are."""
        assert self.process is not None
        found = {}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                line = child.cmdline()
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
            if "worker" in line:
                found[line[line.index("worker") + 1]] = child
            elif line and "server" in line[0]:
                found["server"] = child
        return found

    def alerts(self) -> list[dict[str, Any]]:
        path = self.folder / "data" / "live" / "alerts.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def told(self) -> str:
        """The last alerts, in short."""
        return "\n".join(f"{alert['kind']}: {alert['sentence']}" for alert in self.alerts()[-10:])

    def output(self) -> str:
        return (self.folder / "output.txt").read_text()

    def wait_for(self, what: Callable[[], bool], *, why: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not what():
            assert self.process is None or self.process.poll() is None, f"the daemon ended:\n{self.output()[-3000:]}"
            assert time.monotonic() < deadline, f"{why} did not come true; output:\n{self.output()[-3000:]}\n{self.told()}"
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)


def configuration(publisher: Publisher, *feeds: str, **more: Any) -> dict[str, Any]:
    """A small configuration on the publisher's feeds, polled every second, told to a file."""
    return {
        "data_dir": "data",
        "topics": {"troop-deployment": TOPIC},
        "feeds": {name: {"url": f"{publisher.base}/{name}", "interval": "1s"} for name in feeds},
        "http": {"allow_hosts": ["127.0.0.1"], "host_gap": 0},
        "channels": {"file": {"type": "file", "path": "alerts.jsonl"}},
        "subscriptions": {"everything": {"channels": ["file"]}},
        "warm_up": {"lasts": 0},
        **more,
    }
