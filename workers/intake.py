"""What is done with a fetched feed: entries recognised, matched and numbered, the feed's memory kept, its next poll timed.

    answer -- parse | identify --> new and revised entries -- pages | keep | match --> units of topics --> state --> next poll

All of it may be done twice: the topics know the work they have had, and a state is only written by who knew the one before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b

from monitor import ports
from monitor.errors import FeedGone, MonitorError, PermanentError, StoreUnavailable, TemporaryError
from monitor.feeds.habit import next_pace, remembered
from monitor.feeds.identity import Outlet, Resolution, keyed, resolve
from monitor.feeds.late import late_by, with_gap
from monitor.feeds.moves import has_held, moved
from monitor.feeds.next_poll import next_poll
from monitor.feeds.parse import parse
from monitor.feeds.websub import hub_of
from monitor.ports import Fetched, Fetcher, PollEnd, PollTask, Received
from monitor.records import Entry
from monitor.records.feeds import FeedState, Push
from monitor.records.ids import Snapshot
from monitor.settings import Config, FeedSettings, HttpSettings
from monitor.text.clean import Plain, plain
from workers.full_text import Filled
from workers.sorting import Sorter

log = logging.getLogger(__name__)

HOPELESS = 3600.0
"""Seconds after which a feed is looked at again whose own memory cannot be read."""
FEW = 3
"""Entries of a document from which on it means something that none of them is known."""
FAILURES_AWAY = 3
"""Polls that failed in a row at an address that a feed has moved to, after which the configured one is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the poll role needs from the world. jitter gives random numbers from 0 up to 1."""

    queue: ports.WorkQueue[PollTask]
    schedule: ports.Schedule
    feeds: ports.FeedStates
    ends: ports.PollEnds
    units: ports.Units
    warm_ups: ports.WarmUps
    stops: ports.Stops
    kept: ports.Keeper
    pushes: ports.Pushes
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

    @property
    def address(self) -> str:
        """Where the feed is asked for: the configured address, or the one that it has moved to for good."""
        return self.state.address or self.settings.url

    @property
    def pace(self) -> float:
        """Seconds between polls that ask for nothing else: as configured for this feed, else as its habit has it."""
        schedule = self.config.schedule
        if self.settings.interval:
            return self.settings.interval
        return min(max(self.state.pace or schedule.interval, schedule.shortest), schedule.longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a poll brings, before it is taken in: the feed's state so far, the answer, the entries that are new or revised.

    hub: the feed's hub and the address by which it knows the feed; known where the document was read. clean: what has been
    cleaned of the entries' texts. wanted: the entries whose full text is wanted, where it is to be had.
    """

    state: FeedState
    fetched: Fetched
    found: Resolution
    hub: tuple[str, str] | None = None
    clean: Plain = field(default_factory=Plain)
    wanted: Sequence[Entry] = ()


_NOTHING = Resolution(entries=(), remember={}, new=0, revised=0)


class Intake:
    """What is done with a poll besides fetching. A poll has ended once the PollEnd that it leads to is committed
    (`monitor.ports.PollEnds`). All methods may raise StoreUnavailable."""

    def __init__(self, world: Ports) -> None:
        self._world = world
        self._sorter = Sorter(world.units, world.warm_ups, world.stops)

    def begin_all(self, received: Sequence[Received[PollTask]]) -> list[Poll | PollEnd | None]:
        """For each poll that was received, in order, what `begin` gives; None for those that are to be begun one by one, since
        something of one of them cannot be read, or the store went away: they have been received and must be held by somebody."""
        world = self._world
        try:
            snapshot = world.configurations.current()
            config = world.configurations.load(snapshot)
            states = world.feeds.load_all([one.work.feed for one in received])
        except (PermanentError, StoreUnavailable) as error:
            log.warning("polls are begun one by one: %s", error)
            return [None] * len(received)
        return [self._begun(one, snapshot, config, state) for one, state in zip(received, states, strict=True)]

    def begin(self, received: Received[PollTask]) -> Poll | PollEnd:
        """The poll as it is to be done; its end where there is nothing to fetch. Raises SchemaMismatch."""
        configurations = self._world.configurations
        snapshot = configurations.current()
        return self._begun(received, snapshot, configurations.load(snapshot), self._world.feeds.load(received.work.feed))

    def _begun(self, received: Received[PollTask], snapshot: Snapshot, config: Config, state: FeedState) -> Poll | PollEnd:
        settings = config.feeds.get(received.work.feed)
        if settings is None:  # taken out of the configuration; the schedule drops it
            return PollEnd(received=received, due=self._world.clock())
        if state.url != settings.url:
            state = _at_another_address(state, settings.url)
        poll = Poll(received=received, snapshot=snapshot, config=config, settings=settings, state=state)
        return self._end(poll, state, interval=config.schedule.ceiling) if state.gone else poll

    def unchanged(self, poll: Poll, fetched: Fetched) -> PollEnd | None:
        """The end of a poll that found nothing changed, where nothing has to be asked of the store for it."""
        if fetched.status != 304 or poll.config.websub.callback:
            return None
        return self.take(poll, Taken(state=_validated(poll.state, fetched), fetched=fetched, found=_NOTHING))

    def read(self, poll: Poll, fetched: Fetched) -> Taken | PollEnd:
        """What an answer brings: nothing where it has not changed, else its new and revised entries; the end where it cannot be
        read."""
        state = _validated(poll.state, fetched)
        body = blake2b(fetched.body, digest_size=16).hexdigest()
        if fetched.status == 304 or body == poll.state.body:
            push = self._push(poll)
            return Taken(state=state, fetched=fetched, found=_NOTHING, hub=(push.hub, push.topic) if push else None)
        try:
            taken = self._resolved(poll, replace(state, body=body), fetched)
            return replace(taken, wanted=self._wanted(poll, taken))
        except MonitorError as error:
            if isinstance(error, StoreUnavailable):
                raise
            return self.fail(poll, error)

    def _wanted(self, poll: Poll, taken: Taken) -> Sequence[Entry]:
        if (poll.settings.full_text or poll.config.full_text) == "never":
            return ()
        clean = taken.clean.__getitem__
        return [entry for entry in taken.found.entries if self._sorter.matches(entry, poll.config, poll.snapshot, plain=clean)]

    def filled(self, taken: Taken, filled: Filled) -> Taken:
        """What the poll brings, with the full texts that were found."""
        state = replace(taken.state, pages=taken.state.pages + filled.read, page_error=filled.error)
        return replace(taken, state=state, found=replace(taken.found, entries=filled.entries))

    def take(self, poll: Poll, taken: Taken) -> PollEnd:
        """Takes in what was read: keeps the entries, and appends them to the topics that they match."""
        state, fetched, found = taken.state, taken.fetched, taken.found
        try:
            state = self._absorb(poll, taken) if found.entries else state
        except MonitorError as error:
            if isinstance(error, StoreUnavailable):
                raise
            return self.fail(poll, error)
        now = self._world.clock()
        before = poll.state
        gaps = with_gap(before.gaps, before.last_success, now, due=before.next_poll, failures=before.failures)
        state = _moved(
            replace(state, last_success=now, failures=0, failing_since=None, error=None, gaps=gaps, silent_before=None),
            fetched.moved,
            now,
        )
        state = _with_habit(poll, state, now)
        interval = replace(poll, state=state).pace
        if taken.hub and (push := self._push(poll)) and push.until and push.until > now:
            interval = max(interval, poll.config.websub.poll_every)
        return self._end(poll, state, remember=found.remember, headers=fetched.headers, interval=interval)

    def fail(self, poll: Poll, error: MonitorError) -> PollEnd:
        """Records in the feed's state, in plain words, why it could not be read; it is asked again later and later."""
        told = str(error)
        state = replace(poll.state, failures=poll.state.failures + 1, error=told, gone=isinstance(error, FeedGone))
        state = replace(state, failing_since=state.failing_since or self._world.clock())
        if told != poll.state.error:
            log.warning("feed %s: %s", state.feed, told)
        if state.address and (state.gone or state.failures >= FAILURES_AWAY):
            log.warning("feed %s: it had moved to %s; its configured address is tried again", state.feed, state.address)
            state = replace(state, address=None, moved=None, etag=None, last_modified=None, gone=False)
        wait = error.retry_after if isinstance(error, TemporaryError) else None
        return self._end(poll, state, retry_after=wait, interval=poll.config.schedule.ceiling if state.gone else poll.pace)

    def set_aside(self, received: Received[PollTask], error: str) -> PollEnd:
        """Ends a poll that raises or kills its worker; the feed is asked again at its next time."""
        try:
            poll = self.begin(received)
        except PermanentError:  # nor can what is known of it be read, so that there is no place to say it
            log.exception("feed %s is left alone for an hour: what is known of it cannot be read", received.work.feed)
            return PollEnd(received=received, due=self._world.clock() + timedelta(seconds=HOPELESS))
        if isinstance(poll, PollEnd):
            return poll
        return self.fail(poll, PermanentError(f"reading this feed failed in a way that it should not: {error}"))

    def _push(self, poll: Poll) -> Push | None:
        """The feed's subscription at its hub, where hubs are used."""
        return self._world.pushes.load(poll.state.feed) if poll.config.websub.callback else None

    def _resolved(self, poll: Poll, state: FeedState, fetched: Fetched) -> Taken:
        """Which entries of the document are new or revised. Raises FeedUnreadable."""
        feed, now = state.feed, self._world.clock()
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
        known: Mapping[str, str] = {}
        if state.polls:  # what is known of entries is written with the state, and never without
            known = self._world.feeds.known(feed, [key for entry in entries for key in entry.keys])
        clean = Plain()
        warm_up = now - timedelta(seconds=poll.config.warm_up.age) if state.last_success is None else None
        silent_before = max((one for one in (warm_up, state.silent_before) if one is not None), default=None)
        found = resolve(
            entries,
            known,
            outlet=outlet,
            seen=now,
            plain=clean.__getitem__,
            silent_before=silent_before,
            late=partial(late_by, looked=state.last_success, gaps=state.gaps, after=poll.config.late_after),
        )
        if state.last_success and state.entries and not known and len(entries) >= FEW:
            log.warning(
                "feed %s: no entry is left of those known %s ago; some may have been missed", feed, now - state.last_success
            )
            state = replace(state, rolled_over=now, pace=poll.config.schedule.shortest)
        state = replace(
            state,
            title=title,
            bozo=parsed.bozo,
            ttl=parsed.ttl,
            skip_hours=parsed.skip_hours,
            skip_days=parsed.skip_days,
        )
        hub = hub_of(parsed, fetched.headers, fetched.url)
        return Taken(state=state, fetched=fetched, found=found, hub=hub, clean=clean)

    def _absorb(self, poll: Poll, taken: Taken) -> FeedState:
        """Keeps the entries and appends them to the topics that they match; the state that follows."""
        world, config, state, found = self._world, poll.config, taken.state, taken.found
        world.kept.keep(found.entries, age=config.keep_entries, size=config.keep_entries_size, now=world.clock())
        first = state.last_success is None
        batch, clean = poll.received.work.batch, taken.clean.__getitem__
        matched, unread = self._sorter.sort(found.entries, config, poll.snapshot, batch, first=first, plain=clean)
        log.info("feed %s: %d new, %d revised, %d of them matched", state.feed, found.new, found.revised, matched)
        return replace(
            state,
            entries=state.entries + found.new,
            revisions=state.revisions + found.revised,
            matched=state.matched + matched,
            unread=state.unread + unread,
        )

    def _end(
        self,
        poll: Poll,
        state: FeedState,
        *,
        interval: float,
        remember: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> PollEnd:
        """The end of the poll, in this state."""
        world, schedule = self._world, poll.config.schedule
        now = world.clock()
        due = next_poll(
            now,
            interval=interval,
            ceiling=schedule.ceiling,
            headers=headers,
            ttl=state.ttl,
            failures=state.failures,
            retry_after=retry_after,
            skip_hours=state.skip_hours,
            skip_days=state.skip_days,
            spread=schedule.jitter,
            dice=world.jitter(),
        )
        state = replace(state, last_poll=now, next_poll=due, polls=state.polls + 1)
        return PollEnd(received=poll.received, due=due, state=state, remember=remember or {})


def _validated(state: FeedState, fetched: Fetched) -> FeedState:
    """The state with what the answer is to be known by at the next poll; a 304 need not repeat it."""
    same = fetched.status == 304
    return replace(
        state,
        etag=fetched.headers.get("etag", state.etag if same else None),
        last_modified=fetched.headers.get("last-modified", state.last_modified if same else None),
    )


def _at_another_address(state: FeedState, url: str) -> FeedState:
    """The state of a feed whose configured address has changed: what the old one said does not hold for the new one."""
    kept = FeedState(feed=state.feed, url=url, title=state.title, polls=state.polls, entries=state.entries)
    return replace(kept, revisions=state.revisions, matched=state.matched, unread=state.unread, last_poll=state.last_poll)


def _moved(state: FeedState, to: str | None, now: datetime) -> FeedState:
    """The state after a successful poll that permanent redirects led elsewhere, or none did."""
    move = moved(state.moved, to, now)
    if move is None or not has_held(move, now):
        return replace(state, moved=move)
    log.warning("feed %s has moved to %s, and is asked for there from now on; put it into the configuration", state.feed, move.to)
    return replace(state, address=move.to, moved=None)


def _with_habit(poll: Poll, state: FeedState, now: datetime) -> FeedState:
    """The state with how often the feed brings something; what a first poll finds was not brought since anything."""
    if poll.state.last_success is None:
        return replace(state, since=now, pace=None, recent=0.0, brought=now)
    new = state.entries - poll.state.entries
    state = replace(state, brought=now if new else state.brought)
    schedule = poll.config.schedule
    pace = replace(poll, state=state).pace if poll.settings.interval is None else None
    if pace is not None:
        pace = next_pace(pace, brought=new > 0, floor=schedule.shortest, quiet=schedule.longest)
    return replace(state, pace=pace, recent=remembered(state.recent, before=poll.state.last_success, now=now, new=new))
