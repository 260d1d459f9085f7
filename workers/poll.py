"""The poll role: feeds that are due, fetched at the same time, and what is new in them queued for analysis.

    polls -- read --> PollTask -- fetch | parse | resolve | full text | match --> units -- Ends --> feed state, next poll

The order of the commits is what makes it safe to die between any two of them: first the entries are kept (readers pass over what
is kept twice), then the units of each topic (a second time they add nothing: the topic knows the work), then the feed's state,
then the end of the poll. A poll that was cut short is done again from the start (`workers.intake` has the steps). Fetching is
asynchronous; all that takes long or asks the store is done in threads, so that the loop and its heartbeats live. What many polls
ask of the store goes there together: their states when they are read, their ends when they have ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from urllib.parse import urlsplit

from aiohttp import web

from monitor.errors import FetchFailed, PermanentError, StoreUnavailable
from monitor.ports import Fetched, Fetcher, PollEnd, PollEnds, PollTask, Received
from monitor.settings import HttpSettings
from workers.full_text import FullText
from workers.intake import Intake, Poll, Ports, Taken
from workers.websub import Hubs, Receiver

log = logging.getLogger(__name__)

HEARTBEAT_EVERY = 1.0
"""Seconds between two heartbeats: a fifth of what makes others take a consumer for dead."""
WAIT = 0.5
"""Seconds to wait for polls when there are none; no longer, so that a stop is heard."""
GRACE = 5.0
"""Seconds that polls have to end when the role is asked to stop; others are done again by whoever comes next."""
STORE_PAUSE = 1.0
"""Seconds before the store is tried again."""
THREADS = 32
"""Threads for names that are looked up and calls to the store; a few slow name servers must not hold up everything."""
WAITING = 8
"""Polls that are in hand for each request that may be under way: most of them wait for their turn at a host that many feeds are
at, and must not keep others from theirs."""
MOST_ENDS = 200
"""Polls that are ended in one call; more would hold up the store."""
PARSERS = 2
"""Threads that parse: parsing holds the interpreter, more would only take memory."""


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


class _Ends:
    """Ends polls: those that come while others are being committed are committed together after them."""

    def __init__(self, ends: PollEnds) -> None:
        self._ends = ends
        self._waiting: list[tuple[PollEnd, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None

    async def end(self, end: PollEnd) -> None:
        """Returns when the poll has ended. Raises StoreUnavailable."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((end, done))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit())
        await done

    async def _commit(self) -> None:
        while batch := self._waiting[:MOST_ENDS]:
            del self._waiting[:MOST_ENDS]
            answers: Sequence[bool | Exception]
            try:
                answers = await asyncio.to_thread(self._ends.end, [end for end, _ in batch])
            except Exception as error:  # noqa: BLE001  each poll raises it, and is dealt with as for any other error
                answers = [error] * len(batch)
            for (end, done), answer in zip(batch, answers, strict=True):
                if done.cancelled():
                    continue
                if isinstance(answer, Exception):
                    done.set_exception(answer)
                    continue
                if not answer:
                    log.info("feed %s: another worker has polled it meanwhile", end.received.work.feed)
                done.set_result(None)
        self._committing = None


class Poller:
    """One process's poll role."""

    def __init__(self, world: Ports, *, grace: float = GRACE) -> None:
        self._world = world
        self._grace = grace
        self._intake = Intake(world)
        self._parsers = ThreadPoolExecutor(PARSERS, thread_name_prefix="parse")
        self._full_text = FullText(world.clock, self._parsers)
        self._hubs = Hubs(pushes=world.pushes, clock=world.clock)
        self._ends = _Ends(world.ends)
        self._heart = ThreadPoolExecutor(1, thread_name_prefix="heartbeat")
        self._under_way: dict[asyncio.Task[None], Received[PollTask]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Polls until `stop` is set, then ends what is under way."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="poll"))
        async with AsyncExitStack() as stack:
            await self._listen(stack)
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

    async def _listen(self, stack: AsyncExitStack) -> None:
        """Listens for hubs, where the configuration that is in force at the start says so."""
        configurations = self._world.configurations
        settings = (await asyncio.to_thread(lambda: configurations.load(configurations.current()))).websub
        if settings.callback is None:
            return
        receiver = Receiver(self._world.pushes, self._world.schedule, self._world.clock)
        runner = web.AppRunner(receiver.application(urlsplit(settings.callback).path), access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        host, port = settings.address
        try:
            await web.TCPSite(runner, host, port, reuse_port=True).start()
        except OSError as error:
            raise PermanentError(f"websub.listen: {host}:{port} cannot be used: {error.strerror or error}") from error
        log.info("hubs are listened for at %s:%d", host, port)

    async def _step(self, fetchers: _Fetchers, stop: asyncio.Event) -> None:
        """Starts polls as far as there is room; waits for room, or a little while for polls."""
        for task in [task for task in self._under_way if task.done()]:
            del self._under_way[task]
            task.result()  # what a poll does not know how to handle ends the role
        try:
            room = await self._room()
            received = await asyncio.to_thread(self._receive, room) if room > 0 else ()
        except StoreUnavailable as error:
            log.warning("%s", error)
            await asyncio.sleep(STORE_PAUSE)
            return
        for item, begun in received:
            self._under_way[asyncio.create_task(self._until_stored(item, begun, fetchers, stop))] = item
        if room <= 0:
            await asyncio.wait(self._under_way, timeout=WAIT, return_when=asyncio.FIRST_COMPLETED)

    def _receive(self, room: int) -> list[tuple[Received[PollTask], Poll | PollEnd | None]]:
        """Polls that are due, as they are to be done; None for those of which that is to be asked for each."""
        received = self._world.queue.read(count=room, wait=WAIT)
        return list(zip(received, self._intake.begin_all(received) if received else (), strict=True))

    async def _room(self) -> int:
        def most() -> int:
            configurations = self._world.configurations
            return WAITING * configurations.load(configurations.current()).http.concurrency

        return await asyncio.to_thread(most) - len(self._under_way)

    async def _until_stored(
        self, item: Received[PollTask], begun: Poll | PollEnd | None, fetchers: _Fetchers, stop: asyncio.Event
    ) -> None:
        """Does the poll; once more from the start where the store went away, which counts against nobody."""
        while True:
            try:
                return await self._guarded(item, begun, fetchers)
            except StoreUnavailable as error:
                log.warning("%s", error)
                begun = None
                if stop.is_set():
                    return None
                await asyncio.sleep(STORE_PAUSE)

    async def _guarded(self, item: Received[PollTask], begun: Poll | PollEnd | None, fetchers: _Fetchers) -> None:
        queue = self._world.queue
        if queue.condemned(item):
            words = "it ended its worker time and again"
            await self._ends.end(await asyncio.to_thread(self._intake.set_aside, item, words))
            return
        try:
            poll = begun if begun is not None else await asyncio.to_thread(self._intake.begin, item)
            await (self._ends.end(poll) if isinstance(poll, PollEnd) else self._poll(poll, fetchers))
        except StoreUnavailable:
            raise
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            log.exception("feed %s: %s", item.work.feed, text)
            if await asyncio.to_thread(queue.fail, item, text, permanent=isinstance(error, PermanentError)):
                await self._ends.end(await asyncio.to_thread(self._intake.set_aside, item, text))

    async def _poll(self, poll: Poll, fetchers: _Fetchers) -> None:
        fetcher = await fetchers.get(poll.config.http)
        try:
            fetched = await fetcher.get(poll.address, etag=poll.state.etag, last_modified=poll.state.last_modified)
        except (FetchFailed, PermanentError) as error:
            await self._ends.end(self._intake.fail(poll, error))
            return
        if (end := self._intake.unchanged(poll, fetched)) is not None:
            await self._ends.end(end)
            return
        loop = asyncio.get_running_loop()
        taken, end = await loop.run_in_executor(self._parsers, self._read, poll, fetched)
        if taken is not None and end is None:
            taken = self._intake.filled(taken, await self._full_text.fill(taken.found.entries, taken.wanted, fetcher))
            end = await loop.run_in_executor(self._parsers, self._intake.take, poll, taken)
        if end is not None:
            await self._ends.end(end)
        if taken is not None and taken.hub is not None:
            await self._hubs.tend(poll.state.feed, *taken.hub, poll.config.websub, fetcher)

    def _read(self, poll: Poll, fetched: Fetched) -> tuple[Taken | None, PollEnd | None]:
        """What the answer brings, and the poll's end; no end yet where full texts are wanted first."""
        taken = self._intake.read(poll, fetched)
        if isinstance(taken, PollEnd):
            return None, taken
        return taken, None if taken.wanted else self._intake.take(poll, taken)

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
