"""The full text of entries of which a feed gives only a teaser: their pages, fetched politely and only where a topic matches.

    matching teasers -- robots.txt? --> page -- article --> the entry with its text

Whatever goes wrong, the entry goes on as the feed gave it. Pages go through the same guarded client as feeds, under the same
limits and gaps between requests to a host; robots.txt is asked once a day for each host (RFC 9309).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from monitor.errors import FeedGone, FetchFailed, MonitorError
from monitor.feeds.teaser import is_teaser
from monitor.ports import Clock, Fetcher
from monitor.records import Entry
from monitor.text.clean import plain
from monitor.text.page import article_of

log = logging.getLogger(__name__)

AGENT = "news-monitor"
"""By what robots.txt knows us: the product's name, whatever else the User-Agent says."""
MOST = 50
"""Pages that are fetched for one poll; further entries stay teasers."""
ROBOTS_KEPT = timedelta(days=1)
"""For so long a robots.txt holds (RFC 9309, 2.4)."""
HOSTS = 10_000
"""Hosts whose robots.txt is remembered."""
ROBOTS_BYTES = 500 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, 2.5)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The entries, in their order. error: the latest of what went wrong, in plain words; read: how many have their full text."""

    entries: tuple[Entry, ...]
    read: int = 0
    error: str | None = None


class FullText:
    """Fills entries with the text of their pages. executor: the threads that take articles out of them."""

    def __init__(self, clock: Clock, executor: Executor) -> None:
        self._clock = clock
        self._executor = executor
        self._robots: dict[str, tuple[datetime, Protego]] = {}

    async def fill(self, entries: Sequence[Entry], wanted: Sequence[Entry], fetcher: Fetcher) -> Filled:
        """wanted: those that match a topic. Silent ones, and those that bring their own text, are left as they are."""
        teasers = [entry for entry in wanted if not entry.silent and is_teaser(entry, _own_text(entry))]
        if len(teasers) > MOST:
            log.warning("feed %s: %d entries would need their pages; %d are fetched", teasers[0].feed, len(teasers), MOST)
        found = await asyncio.gather(*(self._filled(entry, fetcher) for entry in teasers[:MOST]))
        full = {entry.revision: entry for entry in found if isinstance(entry, Entry)}
        errors = [told for told in found if isinstance(told, str)]
        return Filled(
            tuple(full.get(entry.revision, entry) for entry in entries), read=len(full), error=errors[-1] if errors else None
        )

    async def _filled(self, entry: Entry, fetcher: Fetcher) -> Entry | str:
        """The entry with its page's article, or why not, in plain words."""
        try:
            if not await self._is_allowed(entry.url, fetcher):
                return f"the robots.txt of {urlsplit(entry.url).hostname} asks us to leave its pages alone"
            page = await fetcher.get(entry.url)
        except MonitorError as error:
            return str(error).replace("this feed", "this page")
        kind = page.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        if kind not in {"text/html", "application/xhtml+xml"}:
            return f"{urlsplit(entry.url).hostname} gives {kind or 'something'} where an HTML page was expected"
        text = await asyncio.get_running_loop().run_in_executor(self._executor, article_of, page.body, page.url, entry.title)
        if text is None or len(plain(text)) <= len(_own_text(entry)):
            return f"no longer text than the feed's own was found at {entry.url}"
        return replace(entry, content=text)

    async def _is_allowed(self, url: str, fetcher: Fetcher) -> bool:
        """What the host's robots.txt says: one that is missing allows all, one that cannot be had nothing (RFC 9309, 2.3.1)."""
        parts = urlsplit(url)
        host, now = f"{parts.scheme}://{parts.netloc}", self._clock()
        known = self._robots.get(host)
        if known is None or known[0] <= now:
            try:
                answer = await fetcher.get(f"{host}/robots.txt")
                rules = answer.body[:ROBOTS_BYTES].decode("utf-8", "replace")
            except FeedGone:
                rules = ""
            except FetchFailed as error:
                if error.status is None or error.status >= 500:
                    raise
                rules = ""
            if len(self._robots) >= HOSTS:
                self._robots.clear()
            known = self._robots[host] = (now + ROBOTS_KEPT, Protego.parse(rules))
        return bool(known[1].can_fetch(url, AGENT))


def _own_text(entry: Entry) -> str:
    """The text that the feed gives: many put all of it into the summary."""
    return max(plain(entry.content), plain(entry.summary), key=len)
