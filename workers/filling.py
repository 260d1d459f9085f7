"""A configuration comes into force: topics that are new or ask for other things are first filled from the past.

    configuration -- compared with the one in force --> topics -- known, kept entries | match --> silent units --> in force

The units are appended under the number of the new configuration while the old one still is in force: what is polled under the new
one gets its number after them, and so is judged beside all that was known. Nothing of what fills a topic is told. All of it may
be done twice: a topic knows the work that it has had.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from monitor import ports
from monitor.errors import PermanentError
from monitor.records import Entry
from monitor.records.ids import EntryId, FeedId, RevisionId, Snapshot, TopicSlug, digest, entry_id, revision_id
from monitor.records.warm import WarmUp
from monitor.settings import Config, Topic
from monitor.text.clean import document_of
from monitor.text.language import is_readable, language_of
from monitor.topics.match import Matcher

log = logging.getLogger(__name__)

KNOWN = FeedId("known")
"""The feed that the sentences of `known` are said to come from."""
TRIES = 5
"""Times that a configuration is prepared while others put theirs in force."""
BATCH = 100
"""Silent entries that are judged together."""
MOST = 5_000
"""Entries that fill a topic at most: the latest. They wait in memory for analysis, which reads some tens of them a second."""
OVERLAP = timedelta(minutes=2)
"""A poll that began under the old configuration may have ended so long after the kept entries were read."""


class KeptEntry(msgspec.Struct, frozen=True):
    """A kept line, as far as a topic is filled from it."""

    entry: EntryId
    revision: RevisionId
    feed: FeedId
    outlet: str
    published: datetime
    seen: datetime
    url: str
    title: str = ""
    summary: str = ""
    content: str = ""
    publisher: str | None = None
    language: str | None = None
    guid: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What is needed from the world. kept: the lines of the kept entries since a time, or all of them, in order."""

    configurations: ports.Configurations
    units: ports.Units
    warm_ups: ports.WarmUps
    kept: Callable[[datetime | None], Iterator[bytes]]
    clock: ports.Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What came of it: the number in force before and now, how many kept entries were looked at, how many entries filled which
    topic, and the number of its last."""

    before: Snapshot
    now: Snapshot
    looked: int = 0
    filled: Mapping[TopicSlug, int] = field(default_factory=dict)
    last: Mapping[TopicSlug, int] = field(default_factory=dict)


def put_in_force(config: Config, world: Ports) -> InForce:
    """Fills what is to be filled, then puts the configuration in force."""
    for _ in range(TRIES):
        before = world.configurations.current()
        old = world.configurations.load(before) if before else None
        changed = dict(_changed(config, old))
        if not changed:
            return InForce(before=before, now=world.configurations.store(config))
        snapshot = world.configurations.stage(config)
        began = world.clock()
        filling = _Filling(config, snapshot, changed, world)
        filling.fill(since=None)
        filling.warm_up()
        if world.configurations.enact(before, snapshot):
            enacted = world.clock()
            filling.fill(since=began - OVERLAP, until=enacted)
            last = {slug: world.warm_ups.progress(slug)[0] for slug, count in filling.filled.items() if count}
            return InForce(before=before, now=snapshot, looked=filling.looked, filled=filling.filled, last=last)
        log.info("another configuration came into force meanwhile; this one is prepared again")
    raise PermanentError("the configuration in force is changed by others all the time; try again")


def _changed(config: Config, old: Config | None) -> Iterator[tuple[TopicSlug, Topic | None]]:
    """The topics that are to be filled, each with what it was before; None for one that is new."""
    for slug, topic in config.topics.items():
        names = (slug, *topic.formerly)
        was = next((old.topics[name] for name in names if name in old.topics), None) if old else None
        if was is None or _asks(topic) != _asks(was) or set(topic.known) - set(was.known):
            yield TopicSlug(slug), was


def _asks(topic: Topic) -> tuple[object, ...]:
    """What of a topic decides what is read of an entry."""
    return topic.keywords, topic.query, topic.actors, topic.exclude, topic.other_languages, _means(topic)


def _means(topic: Topic) -> tuple[object, ...]:
    """What of a topic decides which entries are relevant; nothing where all that its words find is."""
    if topic.match == "keywords" and not topic.relevance:
        return ()
    return topic.match, topic.relevance, topic.title, topic.description, topic.examples


class _Filling:
    """The filling of the topics that changed."""

    def __init__(
        self, config: Config, snapshot: Snapshot, changed: Mapping[TopicSlug, Topic | None], world: Ports, *, most: int = MOST
    ) -> None:
        self._most = most
        self._config = config
        self._snapshot = snapshot
        self._changed = changed
        self._world = world
        self._new = Matcher({slug: config.topics[slug] for slug in changed})
        self._old = Matcher({slug: was for slug, was in changed.items() if was is not None})
        self._foreign = any(config.topics[slug].other_languages == "tell" for slug in changed)
        # those of which another part of what their words find may be relevant now
        self._otherwise = {
            slug for slug, was in changed.items() if was is not None and _means(config.topics[slug]) != _means(was)
        }
        self._first: datetime | None = None
        self.looked = 0
        self.filled = dict.fromkeys(changed, 0)
        self._found = dict.fromkeys(changed, 0)  # what an attempt that died has appended included
        for slug, was in changed.items():
            sentences = [sentence for sentence in config.topics[slug].known if was is None or sentence not in was.known]
            self._append(slug, [_known(sentence, world.clock()) for sentence in sentences])

    def fill(self, *, since: datetime | None, until: datetime | None = None) -> None:
        """Appends the kept entries that a topic matches and has not read so: the latest, in order."""
        waiting: dict[TopicSlug, deque[tuple[bool, Entry]]] = {slug: deque(maxlen=self._most) for slug in self._changed}
        for raw in self._world.kept(since):
            entry = kept_entry(raw)
            if until is not None and entry.seen >= until:
                continue
            self._first = self._first or entry.seen
            self.looked += 1
            document = document_of(entry)
            found = self._new.match(document)
            if not found and not self._foreign:
                continue  # to tell its language costs more than all else
            entry = replace(entry, language=language_of(document.text, entry.language))
            readable = is_readable(entry.language)
            if not readable:
                found = self._new.match(document, readable=False)
            before = self._old.match(document, readable=readable)
            for slug, mentions in found.items():
                if not mentions or (before.get(slug) == mentions and slug not in self._otherwise):
                    continue
                waiting[slug].append((slug in before, entry))
        for slug, entries in waiting.items():
            for again, run in groupby(entries, key=lambda pair: pair[0]):
                chosen = [entry for _, entry in run]
                for start in range(0, len(chosen), BATCH):
                    self._append(slug, chosen[start : start + BATCH], again=again)

    def warm_up(self) -> None:
        """Begins the warm-up of the new topics."""
        now, lasts = self._world.clock(), timedelta(seconds=self._config.warm_up.lasts)
        for slug, was in self._changed.items():
            until = (self._first or now) + lasts
            if was is None and (until > now or self._found[slug]):
                self._world.warm_ups.put(WarmUp(topic=slug, since=now, until=until, filled=self.filled[slug]))

    def _append(self, slug: TopicSlug, entries: list[Entry], *, again: bool = False) -> None:
        if entries:
            self._found[slug] += len(entries)
            why = f"fill-{digest(repr(_asks(self._config.topics[slug])))}" if again else ""
            self.filled[slug] += self._world.units.append(slug, "fill", self._snapshot, entries, again=why)


def _known(sentence: str, now: datetime) -> Entry:
    """A sentence that the user takes as known, as an entry."""
    return Entry(
        id=entry_id(KNOWN, guid=None, link=None, title="", text=sentence),
        revision=revision_id("", "", sentence),
        feed=KNOWN,
        outlet="the configuration",
        publisher=None,
        url="",
        title="",
        summary="",
        content=sentence,
        published=now,
        seen=now,
        silent=True,
    )


def kept_entry(raw: bytes) -> Entry:
    """The entry of a kept line, silent."""
    line = msgspec.json.decode(raw, type=KeptEntry)
    return Entry(
        id=line.entry,
        revision=line.revision,
        feed=line.feed,
        outlet=line.outlet,
        publisher=line.publisher,
        url=line.url,
        title=line.title,
        summary=line.summary,
        content=line.content,
        published=line.published,
        seen=line.seen,
        language=line.language,
        guid=line.guid,
        agency=line.agency,
        silent=True,
    )


def account(done: InForce) -> Iterator[str]:
    """What filled which topic, a line each; and where there was no past to fill them from."""
    if done.filled and not done.looked:
        yield f"No entries are kept here to fill {', '.join(done.filled)} from: what is said again may be told once."
    for slug, count in done.filled.items():
        if count:
            entries = "1 entry is" if count == 1 else f"{count:,} entries are"
            yield f"{slug} is filled from what was kept: {entries} read without being told."


def warming_until(config: Config, warm_ups: ports.WarmUps, now: datetime) -> datetime | None:
    """When the last warm-up of the configuration's topics ends; None where none of them warms up."""
    lasting = (warm_ups.load(TopicSlug(slug)) for slug in config.topics)
    return max((one.until for one in lasting if one is not None and one.until > now), default=None)
