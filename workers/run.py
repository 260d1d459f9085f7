"""The daemon: `monitor run`.

    configuration -> embedded server -> snapshot -> a process for each group of roles, kept alive -> all stopped in order

With `demo` the story's feeds are served from here and take the place of the configured ones, in a data directory of their own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from monitor.errors import MonitorError, PermanentError, StoreUnavailable
from monitor.settings import Config
from workers import logs
from workers.adapters.clock import utc_now
from workers.adapters.configuration import data_directory, read_configuration
from workers.adapters.embedded import EmbeddedServer
from workers.adapters.kept import FOLDER, read_kept
from workers.adapters.redis.client import check_schema, connect, is_closed
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.units import RedisUnits
from workers.adapters.redis.warm_ups import RedisWarmUps
from workers.adapters.secrets import resolve_secrets
from workers.backup import upgrade
from workers.daemon import told
from workers.delivered import delivered_config, seeds
from workers.demo import DemoServer, DemoStory
from workers.demo.overlay import with_demo_feeds
from workers.filling import Ports as Filling
from workers.filling import account, put_in_force, warming_until
from workers.models import shipped as models
from workers.narrate import Narrator
from workers.reread import announce
from workers.store import owner
from workers.summary import Summaries
from workers.supervise import Supervisor

log = logging.getLogger(__name__)

GROUPS = (("schedule", "poll"), ("analyze",), ("decide",), ("deliver",))
"""The roles of each process: what needs no process of its own shares one."""
TICK = 0.2
"""Seconds between two looks at the processes."""


def run(config_path: Path, *, demo: bool | None, fresh: bool) -> int:
    """The body of `monitor run`. Returns once it was told to stop and all its processes have."""
    installed = bool(demo) and not config_path.exists()
    if installed:  # an installed package outside the repository: its own copy of the file plays the demo
        config_path = delivered_config() / "monitor.yaml"
    file_config = read_configuration(config_path)
    demo = file_config.demo if demo is None else demo
    if fresh and not demo:
        raise PermanentError("--fresh forgets a ledger, and is for the demo alone: run `monitor run --demo --fresh`")
    folder = Path("data/demo").absolute() if installed else data_directory(file_config, config_path, demo)
    with ExitStack() as stack:
        server = None if file_config.redis_url and not demo else EmbeddedServer(folder)
        if server is None:
            url = resolve_secrets(file_config.redis_url or "", os.environ, key="redis_url")
        else:
            # from the main thread, before any other: on Linux the thread that started the server is the one it dies with
            url = server.start(fresh=fresh)
            stack.callback(server.stop)
        if fresh:
            _forget(folder)
        logs.set_up("run", folder / "logs")
        Daemon(config_path, folder, url, server=server, demo=demo).run(stack)
    return 0


class Daemon:
    """One run: what it was started with, and what it keeps alive."""

    def __init__(self, config_path: Path, folder: Path, url: str, *, server: EmbeddedServer | None, demo: bool) -> None:
        self._config_path = config_path
        self._folder = folder
        self._url = url
        self._server = server
        self._demo = demo
        self._base = ""
        self._story = DemoStory.load(seeds() / "demo") if demo else None
        self._started = utc_now()
        self._redis = connect(url)
        self._configurations = RedisConfigurations(self._redis)
        self._warm_ups = RedisWarmUps(self._redis)
        self._filling = Filling(
            configurations=self._configurations,
            units=RedisUnits(self._redis),
            warm_ups=self._warm_ups,
            kept=lambda since: read_kept(folder, since=since),
            clock=utc_now,
        )
        self._console = Console(highlight=False)
        self._stop = threading.Event()
        self._reload = threading.Event()
        self._was_closed = False

    def run(self, stack: ExitStack) -> None:
        """Works until SIGTERM or Ctrl-C."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        signal.signal(signal.SIGHUP, lambda *_: self._reload.set())
        upgrade(self._redis, self._console, folder=self._folder, owner=owner(), now=utc_now())
        check_schema(self._redis)
        if self._story is not None:
            self._started = _story_start(self._folder, self._started)
            self._base = stack.enter_context(_serving(self._story, self._started))
        config = self._in_force(read_configuration(self._config_path))
        announce(self._redis, self._console, config, models(), folder=self._folder, now=utc_now())
        narrator = Narrator(
            Summaries(self._redis),
            self._configurations,
            self._console,
            config,
            since=utc_now(),
            story=self._story_end(),
            warming=lambda now: warming_until(config, self._warm_ups, now),
        )
        self._greet(config)
        supervisor = Supervisor({"+".join(roles): self._command(roles) for roles in GROUPS})
        stack.callback(supervisor.stop)
        reading: threading.Thread | None = None
        while not self._stop.is_set():
            self._revive_server()
            supervisor.tick()
            try:
                if not self._is_open():
                    continue
                if self._reload.is_set() and (reading is None or not reading.is_alive()):
                    self._reload.clear()
                    # by itself: to fill a topic from a long past takes minutes, and the processes must be watched meanwhile
                    reading = threading.Thread(target=self._reread, name="reload", daemon=True)
                    reading.start()
                narrator.tick(utc_now())
            except StoreUnavailable as error:
                log.info("%s", error)
            finally:
                self._stop.wait(TICK)
        self._console.print("[dim]Stopping: what is in hand is finished.[/dim]")

    def _in_force(self, config: Config) -> Config:
        """Puts the configuration in force, with the demo's feeds where the demo plays, and returns it so."""
        if self._story is not None:
            config = with_demo_feeds(config, self._story, self._base)
        done = put_in_force(config, self._filling)
        if done.before:  # what fills a new ledger needs no words: nothing of it was told before
            for line in account(done):
                self._console.print(f"[dim]{escape(line)}[/dim]")
        return config

    def _reread(self) -> None:
        """What SIGHUP does: a good file comes into force, a bad one is told and changes nothing."""
        try:
            config = self._in_force(read_configuration(self._config_path))
        except StoreUnavailable as error:
            log.info("%s; the configuration is reloaded then", error)
            self._reload.set()
        except MonitorError as error:
            log.warning("the configuration was not reloaded, the old one stays in force: %s", error)
        else:
            self._console.print(f"[dim]Configuration {self._configurations.current()} is in force: {told(config)}.[/dim]")

    def _is_open(self) -> bool:
        """Whether the store is open. After it was restored, the configuration file is put in force again."""
        closed = is_closed(self._redis)
        if self._was_closed and not closed:
            self._configurations.forget()
            self._reload.set()
        self._was_closed = closed
        return not closed

    def _revive_server(self) -> None:
        if self._server is None or self._server.alive() or self._stop.is_set():
            return
        log.warning("the embedded server ended unexpectedly and is started again; nothing is lost")
        try:
            self._server.start()
        except MonitorError as error:
            raise PermanentError(f"the embedded server cannot be started again: {error}") from error

    def _command(self, roles: tuple[str, ...]) -> list[str]:
        command = [sys.executable, "-m", "workers.cli", "worker", *roles, "--redis", self._url]
        return [*command, "--data-dir", str(self._folder), "--parent", str(os.getpid())]

    def _story_end(self) -> datetime | None:
        return None if self._story is None else self._story.end(self._started)

    def _greet(self, config: Config) -> None:
        what = "the demo story" if self._demo else "your feeds"
        self._console.print(
            f"[bold]News monitor[/bold] on {what}: {told(config)}. [dim]Data in {self._folder}. Ctrl-C stops.[/dim]"
        )
        if self._base:
            self._console.print(f"[dim]The demo's outlets can be read at {self._base}/[/dim]")
        if until := warming_until(config, self._warm_ups, utc_now()):
            when = f"{until.astimezone():%H:%M}"
            self._console.print(
                f"[bold]Warm-up until {when}[/bold]: what the feeds hold by then becomes known without being told. Then you are "
                "told once where each story stands, and from there on what is new."
            )
        if not config.feeds:
            log.warning("no feeds are configured: add some under `feeds:` or `opml:`, or set `demo: true`")
        if not config.subscriptions:
            log.warning("no subscriptions are configured: nothing will be told; add one under `subscriptions:`")


def _forget(folder: Path) -> None:
    """Removes what a former demo left beside the server's own data."""
    for path in (folder / "story-began", folder / "alerts.jsonl"):
        path.unlink(missing_ok=True)
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    shutil.rmtree(folder / "logs", ignore_errors=True)


def _story_start(folder: Path, now: datetime) -> datetime:
    """When the story began, kept so that a later run goes on where it was."""
    path = folder / "story-began"
    if path.exists():
        return datetime.fromisoformat(path.read_text(encoding="utf-8").strip())
    path.write_text(now.isoformat() + "\n", encoding="utf-8")
    return now


@contextmanager
def _serving(story: DemoStory, started: datetime) -> Iterator[str]:
    """The demo's feeds over HTTP, from a thread of their own; gives the base address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="demo", daemon=True)
    thread.start()
    server = DemoServer()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(story, started, utc_now), loop).result(timeout=10)
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
