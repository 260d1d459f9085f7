"""Which entries go to which topics: matched by their words, and numbered in each topic's sequence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from monitor import ports
from monitor.records import Document, Entry
from monitor.records.held import Stage, Stop
from monitor.records.ids import Snapshot, TopicSlug
from monitor.records.warm import WarmUp
from monitor.settings import Config
from monitor.text.clean import plain, unmapped_document
from monitor.text.language import is_readable, language_of, prepare
from monitor.text.sentences import sentence_spans
from monitor.topics.match import Matcher, Stopped

LONGEST_SENTENCE = 400
"""Characters of a sentence that is noted."""
SILENT_BATCH = 100
"""Silent entries that are judged together: what a feed held when it was added can be thousands."""


class Sorted(NamedTuple):
    """How many entries matched any topic, and how many are in a language that is not read."""

    matched: int
    unread: int


class Sorter:
    """Gives each topic the entries that match it."""

    def __init__(self, units: ports.Units, warm_ups: ports.WarmUps, stops: ports.Stops) -> None:
        prepare()  # polls are taken in by several threads
        self._units = units
        self._warm_ups = warm_ups
        self._stops = stops
        self._matcher: tuple[Snapshot, Matcher] = (Snapshot(0), Matcher({}))

    def sort(
        self,
        entries: Sequence[Entry],
        config: Config,
        snapshot: Snapshot,
        batch: str,
        *,
        first: bool = False,
        plain: Callable[[str], str] = plain,
    ) -> Sorted:
        """Appends to each topic what matches it, in order, the silent ones first, each entry with the language of its text.

        What is told is judged beside what is known silently, and not the other way round. first: they are what a feed held when
        it was read for the first time, which belongs to the warm-up of a topic however long that poll had to be waited for.
        plain: markup to clean text, where something remembers what was cleaned.
        """
        matcher = self._matcher_of(config, snapshot)
        by_topic: defaultdict[TopicSlug, list[Entry]] = defaultdict(list)
        matched = unread = 0
        for one in entries:
            document = unmapped_document(one, plain)
            entry = replace(one, language=language_of(document.text, one.language))
            readable = is_readable(entry.language)
            unread += not readable
            stopped: list[Stopped] = []
            topics = [slug for slug, mentions in matcher.match(document, readable=readable, stopped=stopped).items() if mentions]
            if stopped and not entry.silent:
                self._note(entry, document, stopped)
            if entry.revised and readable:  # a revision may take back what it does not even name any more
                topics += [slug for slug in self._slugs(config) if slug not in topics and self._units.has_read(slug, entry.id)]
            matched += bool(topics)
            for slug in topics:
                by_topic[slug].append(entry)
        for slug, matching in by_topic.items():
            warm_up = self._warm_ups.load(slug)
            its_entries = [_silenced(entry, warm_up, first=first) for entry in matching]
            silent = [entry for entry in its_entries if entry.silent]
            for start in range(0, len(silent), SILENT_BATCH):
                self._units.append(slug, batch, snapshot, silent[start : start + SILENT_BATCH])
            if told := [entry for entry in its_entries if not entry.silent]:
                self._units.append(slug, batch, snapshot, told)
        return Sorted(matched, unread)

    @staticmethod
    def _slugs(config: Config) -> list[TopicSlug]:
        return [TopicSlug(slug) for slug in config.topics]

    def _note(self, entry: Entry, document: Document, stopped: Sequence[Stopped]) -> None:
        """Notes the mentions that do not count, one a sentence, for those who ask what was held back."""
        spans = sentence_spans(document.text)
        by_topic: defaultdict[TopicSlug, dict[str, Stop]] = defaultdict(dict)
        for mention, phrase in stopped:
            start, end = next((span for span in spans if span[0] <= mention.start < span[1]), (mention.start, mention.end))
            sentence = " ".join(document.text[start:end].split())
            stop = Stop(
                topic=mention.topic,
                stage=Stage.EXCLUSION if phrase is not None else Stage.LANGUAGE,
                entry=entry.id,
                revision=entry.revision,
                outlet=entry.outlet,
                url=entry.url,
                sentence=sentence[:LONGEST_SENTENCE],
                by=mention.by,
                why=phrase if phrase is not None else entry.language or "",
            )
            # of an entry in another language the first sentence stands for all
            by_topic[mention.topic].setdefault(sentence if phrase is not None else "", stop)
        for slug, stops in by_topic.items():
            self._stops.note(slug, list(stops.values()), entry.seen)

    def matches(self, entry: Entry, config: Config, snapshot: Snapshot, *, plain: Callable[[str], str] = plain) -> bool:
        """Whether the entry matches any topic, as far as the feed gives it."""
        document = unmapped_document(entry, plain)
        readable = is_readable(language_of(document.text, entry.language))
        return any(self._matcher_of(config, snapshot).match(document, readable=readable).values())

    def _matcher_of(self, config: Config, snapshot: Snapshot) -> Matcher:
        known, matcher = self._matcher
        if known != snapshot:
            matcher = Matcher({TopicSlug(slug): topic for slug, topic in config.topics.items()})
            self._matcher = (snapshot, matcher)
        return matcher


def _silenced(entry: Entry, warm_up: WarmUp | None, *, first: bool) -> Entry:
    """The entry as a topic gets it: silent while the topic warms up."""
    warms_up = warm_up is not None and (first or entry.seen < warm_up.until)
    return replace(entry, silent=True, late=None) if warms_up else entry
