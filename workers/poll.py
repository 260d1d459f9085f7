"""The poll role: feeds that are due, fetched at the same time, and what is new in them queued for analysis.

    polls -- read --> PollTask -- fetch | parse | resolve | match --> units, feed state -- finish --> next poll

The order of the commits is what makes it safe to die between any two of them: first the units of each topic (a second time they
add nothing: the topic knows the work), then the feed's state, then the end of the poll. A poll that was cut short is done again
from the start. Fetching is asynchronous; everything else is done in threads, so that the loop and its heartbeats live.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b

from monitor import ports
from monitor.errors import FeedGone, FetchFailed, MonitorError, PermanentError, StoreUnavailable, TemporaryError
from monitor.feeds.identity import Outlet, keyed, resolve
from monitor.feeds.next_poll import next_poll
from monitor.feeds.parse import parse
from monitor.ports import Fetched, Fetcher, PollTask, Received
from monitor.records import Entry
from monitor.records.feeds import FeedState
from monitor.records.ids import Snapshot, TopicSlug
from monitor.settings import Config, FeedSettings, HttpSettings
from monitor.text.clean import document_of, plain
from monitor.topics.match import Matcher

log = logging.getLogger(__name__)

HEARTBEAT_EVERY = 1.0
"""Seconds between two heartbeats: a fifth of what makes others take a consumer for dead."""
WAIT = 0.5
"""Seconds to wait for polls when there are none; no longer, so that a stop is heard."""
GRACE = 5.0
"""Seconds that polls have to end when the role is asked to stop; others are done again by whoever comes next."""
STORE_PAUSE = 1.0
"""Seconds before the store is tried again."""
HOPELESS = 3600.0
"""Seconds after which a feed is looked at again whose own memory cannot be read."""
THREADS = 32
"""Threads for names that are looked up and calls to the store; a few slow name servers must not hold up everything."""
PARSERS = 2
"""Threads that parse: parsing holds the interpreter, more would only take memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the role needs from the world. jitter gives random numbers from 0 up to 1."""

    queue: ports.WorkQueue[PollTask]
    schedule: ports.Schedule
    feeds: ports.FeedStates
    units: ports.Units
    configurations: ports.Configurations
    open_fetcher: Callable[[HttpSettings], AbstractAsyncContextManager[Fetcher]]
    clock: ports.Clock
    jitter: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One poll under way: its task, the configuration it is done under, and the feed's state before it."""

    received: Received[PollTask]
    snapshot: Snapshot
    config: Config
    settings: FeedSettings
    state: FeedState


class Intake:
    """What is done with a poll besides fetching. Each method ends the poll, but `begin`; all may raise StoreUnavailable."""

    def __init__(self, world: Ports) -> None:
        self._world = world
        self._matcher: tuple[Snapshot, Matcher] = (Snapshot(0), Matcher({}))

    def begin(self, received: Received[PollTask]) -> Poll | None:
        """The poll as it is to be done; None where there is nothing to fetch, and the poll has ended."""
        world = self._world
        snapshot = world.configurations.current()
        config = world.configurations.load(snapshot)
        feed = received.work.feed
        settings = config.feeds.get(feed)
        if settings is None:
            world.schedule.finish(received, world.clock())  # taken out of the configuration; the schedule drops it
            return None
        state = world.feeds.load(feed)
        if state.url != settings.url:  # what the old address said does not hold for the new one
            state = replace(state, url=settings.url, etag=None, last_modified=None, body=None, failures=0, error=None, gone=False)
        poll = Poll(received=received, snapshot=snapshot, config=config, settings=settings, state=state)
        if state.gone:
            self._finish(poll, state, interval=config.schedule.ceiling)
            return None
        return poll

    def take(self, poll: Poll, fetched: Fetched) -> None:
        """Takes in an answer: nothing of one that has not changed, the new and revised entries of one that has."""
        state = replace(
            poll.state,
            etag=fetched.headers.get("etag", poll.state.etag if fetched.status == 304 else None),
            last_modified=fetched.headers.get("last-modified", poll.state.last_modified if fetched.status == 304 else None),
        )
        body = blake2b(fetched.body, digest_size=16).hexdigest()
        remember: Mapping[str, str] = {}
        if fetched.status != 304 and body != poll.state.body:
            try:
                state, remember = self._absorb(poll, replace(state, body=body), fetched)
            except MonitorError as error:
                if isinstance(error, StoreUnavailable):
                    raise
                self.fail(poll, error)
                return
        now = self._world.clock()
        state = replace(state, last_success=now, failures=0, error=None)
        self._finish(poll, state, remember=remember, headers=fetched.headers)

    def fail(self, poll: Poll, error: MonitorError) -> None:
        """Records in the feed's state, in plain words, why it could not be read; it is asked again later and later."""
        told = str(error)
        state = replace(poll.state, failures=poll.state.failures + 1, error=told, gone=isinstance(error, FeedGone))
        if told != poll.state.error:
            log.warning("feed %s: %s", state.feed, told)
        wait = error.retry_after if isinstance(error, TemporaryError) else None
        self._finish(poll, state, retry_after=wait, interval=poll.config.schedule.ceiling if state.gone else None)

    def set_aside(self, received: Received[PollTask], error: str) -> None:
        """Ends a poll that raises or kills its worker; the feed is asked again at its next time."""
        try:
            if poll := self.begin(received):
                self.fail(poll, PermanentError(f"reading this feed failed in a way that it should not: {error}"))
        except PermanentError:  # nor can what is known of it be read, so that there is no place to say it
            log.exception("feed %s is left alone for an hour: what is known of it cannot be read", received.work.feed)
            self._world.schedule.finish(received, self._world.clock() + timedelta(seconds=HOPELESS))

    def _absorb(self, poll: Poll, state: FeedState, fetched: Fetched) -> tuple[FeedState, Mapping[str, str]]:
        """Appends what is new to the topics it matches; the state that follows, and what to remember. Raises FeedUnreadable."""
        feed = state.feed
        parsed = parse(fetched.body, {"content-location": fetched.url, **fetched.headers})
        title = plain(parsed.title or "") or state.title
        outlet = Outlet(
            feed=feed,
            outlet=poll.settings.title or title or feed,
            publisher=poll.settings.publisher,
            url=parsed.link or poll.settings.url,
            language=poll.settings.language or parsed.language,
        )
        entries = keyed(parsed.entries)
        known = self._world.feeds.known(feed, [key for entry in entries for key in entry.keys])
        found = resolve(entries, known, outlet=outlet, seen=self._world.clock(), plain=plain)
        matched = self._append(poll, found.entries)
        log.info("feed %s: %d new, %d revised, %d of them matched", feed, found.new, found.revised, matched)
        state = replace(
            state,
            title=title,
            bozo=parsed.bozo,
            ttl=parsed.ttl,
            entries=state.entries + found.new,
            revisions=state.revisions + found.revised,
            matched=state.matched + matched,
        )
        return state, found.remember

    def _append(self, poll: Poll, entries: tuple[Entry, ...]) -> int:
        """Gives each topic what matches it, in order; how many entries matched any."""
        matcher = self._matcher_of(poll)
        by_topic: defaultdict[TopicSlug, list[Entry]] = defaultdict(list)
        matched = 0
        for entry in entries:
            topics = [slug for slug, mentions in matcher.match(document_of(entry)).items() if mentions]
            matched += bool(topics)
            for slug in topics:
                by_topic[slug].append(entry)
        for slug, its_entries in by_topic.items():
            self._world.units.append(slug, poll.received.work.batch, poll.snapshot, its_entries)
        return matched

    def _matcher_of(self, poll: Poll) -> Matcher:
        snapshot, matcher = self._matcher
        if snapshot != poll.snapshot:
            matcher = Matcher({TopicSlug(slug): topic for slug, topic in poll.config.topics.items()})
            self._matcher = (poll.snapshot, matcher)
        return matcher

    def _finish(
        self,
        poll: Poll,
        state: FeedState,
        *,
        remember: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        interval: float | None = None,
    ) -> None:
        """Commits the state, then ends the poll; interval: where it is not the feed's own."""
        world, schedule = self._world, poll.config.schedule
        now = world.clock()
        due = next_poll(
            now,
            interval=interval or poll.settings.interval or schedule.interval,
            ceiling=schedule.ceiling,
            headers=headers,
            ttl=state.ttl,
            failures=state.failures,
            retry_after=retry_after,
            spread=schedule.jitter,
            dice=world.jitter(),
        )
        if not world.feeds.commit(replace(state, last_poll=now, next_poll=due, polls=state.polls + 1), remember or {}):
            log.info("feed %s: another worker has polled it meanwhile", state.feed)
        world.schedule.finish(poll.received, due)


class _Fetchers:
    """The HTTP client of the settings in force. One of former settings stays open until the end, for what it still fetches."""

    def __init__(
        self, open_fetcher: Callable[[HttpSettings], AbstractAsyncContextManager[Fetcher]], stack: AsyncExitStack
    ) -> None:
        self._open = open_fetcher
        self._stack = stack
        self._current: tuple[HttpSettings, Fetcher] | None = None
        self._lock = asyncio.Lock()

    async def get(self, settings: HttpSettings) -> Fetcher:
        async with self._lock:
            if self._current is None or self._current[0] != settings:
                self._current = (settings, await self._stack.enter_async_context(self._open(settings)))
            return self._current[1]


class Poller:
    """One process's poll role."""

    def __init__(self, world: Ports, *, grace: float = GRACE) -> None:
        self._world = world
        self._grace = grace
        self._intake = Intake(world)
        self._parsers = ThreadPoolExecutor(PARSERS, thread_name_prefix="parse")
        self._heart = ThreadPoolExecutor(1, thread_name_prefix="heartbeat")
        self._under_way: dict[asyncio.Task[None], Received[PollTask]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Polls until `stop` is set, then ends what is under way."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="poll"))
        async with AsyncExitStack() as stack:
            fetchers = _Fetchers(self._world.open_fetcher, stack)
            beating = asyncio.create_task(self._beat())
            try:
                while not stop.is_set():
                    await self._step(fetchers, stop)
                await self._end()
            finally:
                beating.cancel()
                self._parsers.shutdown(wait=False)
                self._heart.shutdown(wait=False)
        try:
            await asyncio.to_thread(self._world.queue.close)
        except StoreUnavailable as error:
            log.warning("%s", error)

    async def _step(self, fetchers: _Fetchers, stop: asyncio.Event) -> None:
        """Starts polls as far as there is room; waits for room, or a little while for polls."""
        for task in [task for task in self._under_way if task.done()]:
            del self._under_way[task]
            task.result()  # what a poll does not know how to handle ends the role
        try:
            room = await self._room()
            received = await asyncio.to_thread(self._world.queue.read, count=room, wait=WAIT) if room > 0 else ()
        except StoreUnavailable as error:
            log.warning("%s", error)
            await asyncio.sleep(STORE_PAUSE)
            return
        for item in received:
            self._under_way[asyncio.create_task(self._until_stored(item, fetchers, stop))] = item
        if room <= 0:
            await asyncio.wait(self._under_way, timeout=WAIT, return_when=asyncio.FIRST_COMPLETED)

    async def _room(self) -> int:
        def concurrency() -> int:
            configurations = self._world.configurations
            return configurations.load(configurations.current()).http.concurrency

        return await asyncio.to_thread(concurrency) - len(self._under_way)

    async def _until_stored(self, item: Received[PollTask], fetchers: _Fetchers, stop: asyncio.Event) -> None:
        """Does the poll; once more from the start where the store went away, which counts against nobody."""
        while True:
            try:
                return await self._guarded(item, fetchers)
            except StoreUnavailable as error:
                log.warning("%s", error)
                if stop.is_set():
                    return None
                await asyncio.sleep(STORE_PAUSE)

    async def _guarded(self, item: Received[PollTask], fetchers: _Fetchers) -> None:
        queue = self._world.queue
        if queue.condemned(item):
            await asyncio.to_thread(self._intake.set_aside, item, "it ended its worker time and again")
            return
        try:
            await self._poll(item, fetchers)
        except StoreUnavailable:
            raise
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            log.exception("feed %s: %s", item.work.feed, text)
            if await asyncio.to_thread(queue.fail, item, text, permanent=isinstance(error, PermanentError)):
                await asyncio.to_thread(self._intake.set_aside, item, text)

    async def _poll(self, item: Received[PollTask], fetchers: _Fetchers) -> None:
        poll = await asyncio.to_thread(self._intake.begin, item)
        if poll is None:
            return
        fetcher = await fetchers.get(poll.config.http)
        try:
            fetched = await fetcher.get(poll.settings.url, etag=poll.state.etag, last_modified=poll.state.last_modified)
        except (FetchFailed, PermanentError) as error:
            await asyncio.to_thread(self._intake.fail, poll, error)
            return
        await asyncio.get_running_loop().run_in_executor(self._parsers, self._intake.take, poll, fetched)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_EVERY)
            if items := list(self._under_way.values()):
                try:
                    await asyncio.get_running_loop().run_in_executor(self._heart, self._world.queue.heartbeat, items)
                except StoreUnavailable as error:
                    log.warning("no heartbeat: %s", error)

    async def _end(self) -> None:
        """Lets what is under way end, within the grace; a poll that is cut off is done again by whoever comes next."""
        if not self._under_way:
            return
        done, late = await asyncio.wait(self._under_way, timeout=self._grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)  # all they can raise is that they were cancelled
        for task in done:
            task.result()


async def run(world: Ports, *, stop: asyncio.Event) -> None:
    """Polls until `stop` is set."""
    await Poller(world).run(stop)
