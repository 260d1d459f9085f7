"""`monitor ingest`: entries as JSON Lines into the same stream as those of feeds, for archives and other collectors.

lines -- read --> entries -- identify, by what is remembered of their feed --> new and revised ones -- match --> units

Each line is an object as `monitor replay` takes it, of which only a text is needed: title, summary or content; feed (slug or
address), guid or id, url, published, outlet, publisher, language. What was ingested before is known and does not come again.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import msgspec

from monitor import ports
from monitor.errors import EntriesUnreadable, PermanentError
from monitor.feeds import values
from monitor.feeds.identity import Outlet, keyed, resolve
from monitor.feeds.late import late_by
from monitor.feeds.opml import slug_of
from monitor.records import ParsedEntry
from monitor.records.ids import FeedId
from monitor.settings import Config
from monitor.text.clean import Plain
from workers.sorting import Sorter

AT_A_TIME = 200
"""Entries of one feed that are taken in by one commit."""
WAIT = 0.5
"""Seconds between two looks whether analysis has caught up."""
LONGEST = 4 * 2**20
"""Bytes of a line."""
MOST_TRIES = 20
"""Times that a commit is tried while the feed is being polled at the same moment."""


class Line(msgspec.Struct, frozen=True):
    """One line. id and guid are the entry's own id in its feed; unknown fields are passed over."""

    feed: str = ""
    outlet: str = ""
    publisher: str | None = None
    guid: str | int | None = None
    id: str | int | None = None
    url: str | None = None
    title: str | None = None
    summary: str | None = None
    content: str | None = None
    published: datetime | None = None
    language: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What ingesting needs from the world. kept: None where it is not known in which folder entries are kept."""

    feeds: ports.FeedStates
    units: ports.Units
    warm_ups: ports.WarmUps
    stops: ports.Stops
    kept: ports.Keeper | None
    configurations: ports.Configurations
    clock: ports.Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of it: lines read, entries that were new or revised, and how many of them matched a topic."""

    lines: int = 0
    new: int = 0
    revised: int = 0
    matched: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            lines=self.lines + other.lines,
            new=self.new + other.new,
            revised=self.revised + other.revised,
            matched=self.matched + other.matched,
        )


def read_lines(source: BinaryIO | gzip.GzipFile, name: str) -> Iterator[Line]:
    """The lines of a file, one at a time. Raises EntriesUnreadable, naming the line; what stood before it has been read."""
    for number, raw in enumerate(iter(lambda: source.readline(LONGEST + 1), b""), start=1):
        if len(raw) > LONGEST:
            raise EntriesUnreadable(f"{name}:{number}: the line is longer than {LONGEST} bytes")
        if not raw.strip():
            continue
        try:
            line = msgspec.json.decode(raw, type=Line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            wanted = "one JSON object a line, with a title, summary or content"
            raise EntriesUnreadable(f"{name}:{number}: {values.short(str(error))}. An entry is {wanted}.") from error
        if not any((text or "").strip() for text in (line.title, line.summary, line.content)):
            raise EntriesUnreadable(f"{name}:{number}: the entry has no text: no title, summary or content.")
        if line.published and line.published.tzinfo is None:
            raise EntriesUnreadable(f"{name}:{number}: `published` names no time zone; write it as 2024-10-24T14:05:00Z.")
        yield line


class Ingester:
    """Takes lines in, feed by feed. silent: they become known without being told."""

    def __init__(
        self, world: Ports, *, feed: str = "ingest", silent: bool = False, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._world = world
        self._feed = feed
        self._silent = silent
        self._pause = pause
        self._sorter = Sorter(world.units, world.warm_ups, world.stops)

    def run(self, lines: Iterable[Line]) -> Taken:
        """Takes all of them in, in order; waits while more is queued for analysis than `schedule.max_backlog`."""
        taken = Taken()
        config = self._config()
        for (feed, *_), run in groupby(lines, key=lambda line: (self._feed_of(line, config), line.outlet, line.publisher)):
            chunk: list[Line] = []
            for line in run:
                chunk.append(line)
                if len(chunk) == AT_A_TIME:
                    taken += self._take(feed, chunk)
                    chunk = []
            if chunk:
                taken += self._take(feed, chunk)
        return taken

    def _config(self) -> Config:
        current = self._world.configurations.current()
        if not current:
            raise PermanentError("no configuration is in force yet; put one there with `monitor run` or `monitor reload`")
        return self._world.configurations.load(current)

    def _feed_of(self, line: Line, config: Config) -> FeedId:
        if not line.feed:
            return FeedId(self._feed)
        link = values.bare(line.feed)
        by_address = (slug for slug, feed in config.feeds.items() if link and values.bare(feed.url) == link)
        return FeedId(line.feed if line.feed in config.feeds else next(by_address, slug_of(line.feed)))

    def _take(self, feed: FeedId, lines: list[Line]) -> Taken:
        world, config, now = self._world, self._config(), self._world.clock()
        while world.units.backlog() > config.schedule.max_backlog:
            self._pause(WAIT)
        settings = config.feeds.get(feed)
        outlet = Outlet(
            feed=feed,
            outlet=(settings and settings.title) or lines[0].outlet or feed,
            publisher=(settings and settings.publisher) or lines[0].publisher,
            url=settings.url if settings else "",
        )
        # the newest first, as feeds list them
        entries = keyed([_parsed(line) for line in reversed(lines)])
        keys = [key for entry in entries for key in entry.keys]
        clean = Plain().__getitem__
        for _ in range(MOST_TRIES):
            state = world.feeds.load(feed)
            silent_before = datetime.max.replace(tzinfo=UTC) if self._silent else None
            known = world.feeds.known(feed, keys)
            late = partial(late_by, looked=now, gaps=state.gaps, after=config.late_after)
            found = resolve(entries, known, outlet=outlet, seen=now, plain=clean, silent_before=silent_before, late=late)
            if world.kept is not None:
                world.kept.keep(found.entries, age=config.keep_entries, size=config.keep_entries_size, now=now)
            done = self._sorter.sort(found.entries, config, world.configurations.current(), f"{feed}@ingest", plain=clean)
            counted = replace(
                state,
                polls=state.polls + 1,
                entries=state.entries + found.new,
                revisions=state.revisions + found.revised,
                matched=state.matched + done.matched,
                unread=state.unread + done.unread,
                last_poll=state.last_poll or now,
            )
            if world.feeds.commit(counted, found.remember):
                return Taken(lines=len(lines), new=found.new, revised=found.revised, matched=done.matched)
        raise PermanentError(f"what is known of the feed {feed} is changed by others all the time; try again")


def _parsed(line: Line) -> ParsedEntry:
    guid = line.guid if line.guid is not None else line.id
    summary, content = values.texts(line.summary or "", line.content or "", whole=True)
    return ParsedEntry(
        guid=values.name("" if guid is None else guid),
        link=values.address(line.url),
        title=(line.title or "")[: values.MOST_NAME],
        summary=summary,
        content=content,
        published=line.published.astimezone(UTC) if line.published else None,
        language=values.language(line.language),
        author=values.name(line.author),
    )


def _opened(file: Path) -> BinaryIO | gzip.GzipFile:
    return gzip.open(file) if file.suffix == ".gz" else file.open("rb")


def ingest(
    file: Path,
    config_path: Path,
    *,
    demo: bool | None,
    redis_url: str | None,
    feed: str,
    silent: bool,
    standard_input: BinaryIO,
    data_dir: Path | None = None,
) -> int:
    """The command's body. file: `-` for standard input; data_dir: None for that of the configuration file."""
    import os
    import socket
    from contextlib import nullcontext

    from rich.console import Console

    from workers.adapters.clock import utc_now
    from workers.adapters.kept import KeptEntries
    from workers.adapters.redis.configurations import RedisConfigurations
    from workers.adapters.redis.feeds import RedisFeedStates
    from workers.adapters.redis.stops import RedisStops
    from workers.adapters.redis.units import RedisUnits
    from workers.adapters.redis.warm_ups import RedisWarmUps
    from workers.store import data_folder, opened

    try:
        source = nullcontext(standard_input) if str(file) == "-" else _opened(file)
    except OSError as error:
        raise EntriesUnreadable(f"{file} cannot be read: {error.strerror}") from error
    console = Console(highlight=False)
    if data_dir is None and (redis_url is None or config_path.is_file()):
        data_dir = data_folder(config_path, demo=demo)
    if data_dir is None:
        console.print("These entries are not kept for `monitor replay --last`: say where with --data-dir DIR.")
    with source as lines, opened(config_path, demo=demo, redis_url=redis_url) as redis:
        world = Ports(
            feeds=RedisFeedStates(redis),
            units=RedisUnits(redis),
            warm_ups=RedisWarmUps(redis),
            stops=RedisStops(redis),
            kept=KeptEntries(data_dir, f"{socket.gethostname()}-{os.getpid()}") if data_dir else None,
            configurations=RedisConfigurations(redis),
            clock=utc_now,
        )
        taken = Ingester(world, feed=feed, silent=silent).run(read_lines(lines, str(file)))
    console.print(
        f"{taken.lines} lines: {taken.new} new entries, {taken.revised} revised, {taken.matched} of them match a topic."
    )
    return 0
