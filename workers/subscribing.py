"""`monitor feeds add`, `import` and `export`: feeds into the configuration as people have them, and out of it.

address -- fetch --> a feed, or a page -- named, usual places --> feeds -- add --> configuration file --> in force where one runs
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError
from rich.console import Console
from rich.text import Text

from monitor.alerts.lines import one_line
from monitor.errors import FeedUnreadable, FetchFailed, MonitorError, PermanentError, StoreUnavailable
from monitor.feeds.discover import Candidate, named, usual
from monitor.feeds.opml import read_opml, slug_of, write_opml
from monitor.feeds.parse import parse
from monitor.feeds.values import bare
from monitor.ports import Fetched, Fetcher
from monitor.settings import Config
from monitor.settings.base import check_feed_address
from monitor.text.clean import plain
from workers.adapters.clock import utc_now
from workers.adapters.configuration import data_directory, read_configuration
from workers.adapters.configuration.adding import add_feeds

ENOUGH = 5
"""Feeds of one site that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that was fetched and read: its address, what it calls itself, and how many entries it lists."""

    url: str
    title: str | None
    entries: int


def add(config_path: Path, url: str, console: Console, *, slug: str | None = None, every: bool = False) -> int:
    """Finds the feed at the address, or of the site, and adds it to the configuration. every: all that the site names."""
    from workers.adapters.http import GuardedClient

    config = read_configuration(config_path)

    async def look() -> list[Found]:
        async with GuardedClient(config.http, utc_now) as fetcher:
            return await discover(url if "://" in url else f"https://{url}", fetcher)

    found = asyncio.run(look())
    chosen = found if every else found[:1]
    feeds = [(one.title, one.url) for one in chosen]
    for one in found[len(chosen) :]:
        console.print(Text(f"also there: {one_line(one.title or '')} {one.url}", style="dim"), soft_wrap=True)
    return _add_all(config_path, config, feeds, console, slug=slug)


def import_opml(config_path: Path, opml: Path, console: Console) -> int:
    """Adds the feeds of a list that are not subscribed yet; an address that is none is left out, and said so."""
    config = read_configuration(config_path)
    try:
        outlines = read_opml(opml.read_bytes())
    except OSError as error:
        raise PermanentError(f"{opml} cannot be read: {error.strerror}") from error
    except FeedUnreadable as error:
        raise PermanentError(f"{opml}: {error}") from error
    feeds = []
    for outline in outlines:
        try:
            feeds.append((outline.title, check_feed_address(outline.url)))
        except PydanticCustomError as error:
            words = f"left out {one_line(outline.title or outline.slug)}: {one_line(error.message())}"
            console.print(Text(words, style="yellow"), soft_wrap=True)
    return _add_all(config_path, config, feeds, console)


def export_opml(config_path: Path, output: Path | None, console: Console) -> int:
    """Writes the feeds of the configuration as a list that any feed reader takes. output: None for standard output."""
    config = read_configuration(config_path)
    data = write_opml(((feed.title or slug, feed.url) for slug, feed in config.feeds.items()), title="Feeds of the news monitor")
    if output is None:
        console.file.write(data.decode())
    else:
        output.write_bytes(data)
        console.print(Text(f"{len(config.feeds)} feeds are written to {output}."))
    return 0


async def discover(url: str, fetcher: Fetcher) -> list[Found]:
    """The feeds at an address, the likeliest first: the address itself, what its page names, or what is where feeds usually are.

    Raises MonitorError, in plain words, where there is none.
    """
    places: tuple[Candidate, ...] = ()
    try:
        page = await fetcher.get(url)
    except FetchFailed as error:
        trouble: MonitorError = error
    else:
        try:
            return [_read(page, page.moved or url)]
        except FeedUnreadable as error:
            trouble = error
            places = named(page.body, {"content-location": page.url, **page.headers})
    if found := await _feeds_at(places, fetcher):
        return found
    if found := (await _feeds_at(usual(url), fetcher))[:1]:
        return found
    raise PermanentError(f"no feed was found at {url}: {trouble}; if you know the feed's own address, give that one")


async def _feeds_at(places: Iterable[Candidate], fetcher: Fetcher) -> list[Found]:
    found: dict[str, Found] = {}
    for place in places:
        try:
            fetched = await fetcher.get(place.url)
            feed = _read(fetched, fetched.moved or place.url)
        except (FetchFailed, PermanentError):
            continue  # a guess that was wrong
        found.setdefault(feed.url, feed)
        if len(found) == ENOUGH:
            break
    return list(found.values())


def _read(fetched: Fetched, url: str) -> Found:
    feed = parse(fetched.body, {"content-location": fetched.url, **fetched.headers})
    return Found(url=url, title=plain(feed.title or "") or None, entries=len(feed.entries))


def _add_all(
    config_path: Path, config: Config, feeds: Sequence[tuple[str | None, str]], console: Console, *, slug: str | None = None
) -> int:
    known = {bare(feed.url): name for name, feed in config.feeds.items()}
    new: dict[str, Mapping[str, str]] = {}
    for title, url in feeds:
        if name := known.get(bare(url)):
            console.print(Text(f"{name} is {url} already.", style="dim"), soft_wrap=True)
            continue
        name = _free(slug or slug_of(title or url), config.feeds.keys() | new.keys())
        known[bare(url)] = name
        new[name] = {"url": url} | ({"title": one_line(title)} if title else {})
    if not new:
        console.print("Nothing was added.")
        return 0
    config = add_feeds(config_path, new)
    for name, settings in new.items():
        console.print(Text.assemble(("added ", "green"), (name, "bold"), f"  {settings['url']}"), soft_wrap=True)
    _put_in_force(config_path, config, console)
    return 0


def _put_in_force(config_path: Path, config: Config, console: Console) -> None:
    """Where a monitor runs on the configuration, it takes the feeds up at once."""
    from workers.adapters.embedded import attach
    from workers.reloading import reload

    if config.demo:
        console.print("The demo is on: your feeds are polled once you set `demo: false`.")
    elif config.redis_url or attach(data_directory(config, config_path, config.demo)):
        try:
            reload(config_path, demo=None, redis_url=None)
        except StoreUnavailable as error:
            console.print(Text(f"They are polled from the next `monitor run` or `monitor reload` on: {error}"), soft_wrap=True)
    else:
        console.print("They are polled from the next `monitor run` on.")


def _free(slug: str, taken: Iterable[str]) -> str:
    names = set(taken)
    number, candidate = 1, slug
    while candidate in names:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
