"""The analyze role: units in, answers out.

    units -- read --> Unit -- document_of | match | copied | relevant | extract --> claims -- commit --> answers

Each unit is read under the configuration snapshot that it carries, whatever is in force by now. The only role that loads spaCy.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.ports import Configurations, Received, Relevant, Units, WorkQueue
from monitor.records import Answer, Document, Unit
from monitor.records.ids import EntryId, RevisionId, Snapshot, TopicSlug
from monitor.settings import Config
from monitor.text.clean import document_of, plain
from monitor.text.language import is_readable
from monitor.topics.match import Matcher
from workers.consume import consume
from workers.reading import Extract, answer_of, by_model

if TYPE_CHECKING:
    from spacy.language import Language

    from monitor.extract.paragraphs import Paragraphs

BATCH = 32
"""Units that one worker takes at a time."""
REMEMBERED = 32
"""Entries whose paragraphs are kept once they were read: the units of one entry, one for each of its topics, lie side by side."""

Load = Callable[[str | None], "Language"]


class Analyst:
    """Answers units. Keeps the pipeline and the matchers of the last snapshot, and what was read of the last entries."""

    def __init__(
        self,
        units: Units,
        configurations: Configurations,
        load_pipeline: Load,
        extract: Extract,
        relevant: Relevant = by_model,
    ) -> None:
        self._units = units
        self._extract = extract
        self._relevant = relevant
        self._configurations = configurations
        self._load_pipeline = load_pipeline
        self._pipelines: dict[str | None, Language] = {}
        self._matchers: tuple[Snapshot, Mapping[TopicSlug, Matcher]] = (Snapshot(0), {})
        self._paragraphs: OrderedDict[tuple[EntryId, RevisionId, Snapshot], Paragraphs] = OrderedDict()

    def prepare(self) -> None:
        """Loads the pipeline of the configuration in force, so that the first unit need not wait for it."""
        if current := self._configurations.current():
            self._pipeline(self._configurations.load(current))

    def work(self, received: Received[Unit]) -> None:
        """Answers one unit and commits the answer."""
        unit = received.work
        self._units.commit(received, self.answer(unit, self._configurations.load(unit.snapshot)))

    def set_aside(self, received: Received[Unit], error: str) -> None:
        """Marks the unit's number as unanswerable: the topic goes on, and the unit is kept as a dead letter."""
        self._units.commit(received, received.work.answer(failed=error))

    def answer(self, unit: Unit, config: Config) -> Answer:
        """The unit's claims under its configuration."""
        entry = unit.entry
        document = document_of(entry)
        matched = self._matcher(unit, config).match(document, readable=is_readable(entry.language))
        mentions = matched.get(unit.topic, ())
        paragraphs = self._paragraphs_of(unit, document, config)
        answer = answer_of(unit, document, mentions, config, paragraphs, extract=self._extract, relevant=self._relevant)
        # what is told of a carrier is for people: its title without the markup that offsets of evidence count
        return replace(answer, carrier=replace(answer.carrier, title=plain(answer.carrier.title)))

    def _paragraphs_of(self, unit: Unit, document: Document, config: Config) -> Paragraphs:
        from monitor.extract.paragraphs import Paragraphs

        key = (unit.entry.id, unit.entry.revision, unit.snapshot)
        if key not in self._paragraphs:
            made = Paragraphs(self._pipeline(config), document.text, max_characters=config.nlp.max_characters)
            self._paragraphs[key] = made
            if len(self._paragraphs) > REMEMBERED:
                self._paragraphs.popitem(last=False)
        return self._paragraphs[key]

    def _pipeline(self, config: Config) -> Language:
        name = config.nlp.model
        if name not in self._pipelines:
            self._pipelines = {name: self._load_pipeline(name)}
        return self._pipelines[name]

    def _matcher(self, unit: Unit, config: Config) -> Matcher:
        if self._matchers[0] != unit.snapshot:
            slugs = [TopicSlug(slug) for slug in config.topics]
            self._matchers = (
                unit.snapshot,
                {slug: Matcher({slug: config.topics[slug]}, relevant=self._relevant) for slug in slugs},
            )
        return self._matchers[1][unit.topic]


def run(queue: WorkQueue[Unit], analyst: Analyst, *, stop: threading.Event) -> None:
    """Works off the queue until `stop` is set."""
    analyst.prepare()
    consume(queue, analyst.work, analyst.set_aside, stop=stop, count=BATCH)
