"""Stored evidence is read again where another model reads now: silently, and before anything of the topic is decided.

    models noted beside the ledger -- others than ours --> kept entries, sentences -- read --> records that come out otherwise

A decider does it under its lease, some records at a time, and goes on where a dead one stopped; done twice it changes nothing.
What is made anew of a record stands in `monitor.ledger.reread`. A changed judge changes nothing that is stored: what was told or
held back was, and each development and account keeps the version of the judge that it comes from.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from redis import Redis
from rich.console import Console
from rich.text import Text

from monitor.ledger.reread import Again, reread
from monitor.ports import Configurations
from monitor.records import Answer, Claim, Document, Entry, Evidence, Field, Mention
from monitor.records.ids import EntryId, FeedId, RevisionId, TopicSlug
from monitor.settings import Config
from monitor.text.clean import document_of
from monitor.text.language import is_readable, language_of
from monitor.text.terms import terms_of
from monitor.topics.match import Matcher
from workers.adapters.redis import keys
from workers.adapters.redis.refile import Records
from workers.adapters.redis.rereadings import ReadBy, RedisRereadings
from workers.adapters.redis.units import known_topics
from workers.backup import take
from workers.models import Models
from workers.reading import Extract, claims_of
from workers.remembered import Latest

if TYPE_CHECKING:
    from spacy.language import Language

log = logging.getLogger(__name__)

CHUNK = 25
"""Records that are read again in one step: some seconds, in which the lease is renewed and other topics wait."""
REMEMBERED = 1_000
"""Entries of which the claims are remembered while a topic is read again: those of one entry lie side by side."""
MOST_DEATHS = 5
"""Deaths of deciders after which the records that they had in hand stay as they were read."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Name = tuple[EntryId, RevisionId]


@dataclass(slots=True)
class _Work:
    """A topic that is being read again. target: the model, numbers: the records that are left, changed: how many came out
    otherwise."""

    epoch: int
    target: str
    numbers: list[int]
    reader: Reader
    all: int = 0
    changed: int = 0


class Rereading:
    """Reads the ledgers again of those topics whose lease the caller holds. kept: the lines of all kept entries."""

    def __init__(
        self, store: RedisRereadings, configurations: Configurations, models: Models, kept: Callable[[], Iterator[bytes]]
    ) -> None:
        self._store = store
        self._configurations = configurations
        self._models = models
        self._kept = kept
        self._under_way: dict[TopicSlug, _Work] = {}
        self._pipelines: dict[str | None, Language] = {}

    def step(self, topic: TopicSlug, epoch: int) -> bool:
        """Reads some of the topic's records again, where another model read them; whether it did. Until it does not, nothing of
        the topic is to be decided. Raises LeaseLost."""
        current = self._configurations.current()
        config = self._configurations.load(current) if current else None
        if config is None or topic not in config.topics:
            return False
        found, target = self._store.read_by(topic), self._models.reading(config.nlp.model)
        if found.judge != (judge := self._models.judge()):
            if found.judge:
                log.info("topic %s was judged by %s, and is judged by %s from now on", topic, found.judge, judge)
            self._store.judged_by(topic, judge)
        if found.reading == target:
            return False
        work = self._under_way.get(topic)
        if work is None or work.target != target:
            work = self._under_way[topic] = self._begun(topic, epoch, target, found, config)
        elif work.epoch != epoch:  # the lease was another's in between, or ran out while other topics were read
            work.epoch, work.numbers = epoch, self._left(topic, target, found)
        if work.numbers:
            self._read_some(topic, work)
        else:
            self._finish(topic, work)
        return True

    def _begun(self, topic: TopicSlug, epoch: int, target: str, found: ReadBy, config: Config) -> _Work:
        numbers = self._left(topic, target, found)
        texts: dict[Name, bytes] = {}
        sentences: dict[str, str] = {}
        if numbers or found.reading:
            log.info("%d records of topic %s are read again by %s", len(numbers), topic, target)
            sentences = self._store.sentences(topic)
            wanted = {*self._store.entries(topic), *(key.split(":")[0] for key in sentences)}
            wanted |= {answer.carrier.entry for answer in self._store.answers(topic)}
            for raw in self._kept():
                name = msgspec.json.decode(raw, type=_Name)
                if name.entry in wanted:
                    texts[name.entry, name.revision] = raw
        reader = Reader(topic, config, self._load, self._models.extract, texts, sentences)
        return _Work(epoch=epoch, target=target, numbers=numbers, reader=reader, all=len(numbers))

    def _left(self, topic: TopicSlug, target: str, found: ReadBy) -> list[int]:
        return self._store.numbers(topic, found.done if found.under_way == target else 0)

    def _load(self, name: str | None) -> Language:
        """The pipeline, loaded once for all topics that are being read again."""
        if name not in self._pipelines:
            self._pipelines[name] = self._models.load(name)
        return self._pipelines[name]

    def _read_some(self, topic: TopicSlug, work: _Work) -> None:
        some = work.numbers[:CHUNK]
        records, numbers = self._store.records(topic, some)
        if self._store.begin(topic, work.target, some[0]) >= MOST_DEATHS:
            log.error(
                "records %d to %d of topic %s stay as they were read: %d died of them", some[0], some[-1], topic, MOST_DEATHS
            )
            records = Records()
        for one in records.propositions:
            work.reader.sentences[one.claim.evidence.key] = one.claim.sentence
        found = reread(records.propositions, records.series, work.reader)
        self._store.commit(topic, found, numbers, done=some[-1], epoch=work.epoch)
        work.changed += len(found)
        work.numbers = work.numbers[CHUNK:]

    def _finish(self, topic: TopicSlug, work: _Work) -> None:
        """What waits to be decided and what corrections keep is read again, too; then it is noted that all was."""
        for answer in self._store.answers(topic):
            if (again := work.reader.answer(answer)) != answer:
                self._store.put_answer(again)
        self._store.read_corrections(topic, work.reader)
        self._store.finish(topic, work.target)
        del self._under_way[topic]
        if not self._under_way:
            self._pipelines.clear()
        if work.all:
            log.info("topic %s was read again: %d of %d records came out otherwise", topic, work.changed, work.all)


class _Name(msgspec.Struct, frozen=True):
    """A kept line, as far as it is looked for."""

    entry: EntryId
    revision: RevisionId


@dataclass(slots=True)
class Reader:
    """Reads what stands at some evidence of a topic: in its entry where that is kept, else in its sentence alone.

    texts: the kept lines of the topic's entries; sentences: what is known of others, by evidence key.
    """

    slug: TopicSlug
    config: Config
    load: Callable[[str | None], Language]
    extract: Extract
    texts: Mapping[Name, bytes]
    sentences: dict[str, str]
    _claims: Latest[Name, tuple[tuple[Claim, ...], Document]] = field(default_factory=lambda: Latest(REMEMBERED))
    _matcher: Matcher | None = None

    def __call__(self, key: str) -> Again | None:
        """What is read there now."""
        try:
            entry, revision, where, span = key.split(":")
            start, end = map(int, span.split("-"))
            name = EntryId(entry), RevisionId(revision)
            if name in self.texts:
                return self._in_entry(name, Field(where), start, end)
            return self._alone(name, Field(where), self.sentences[key]) if key in self.sentences else None
        except Exception:  # one text that no model can read must not keep a topic from being decided
            log.exception("what stands at %s cannot be read again and stays as it was read", key)
            return None

    def answer(self, answer: Answer) -> Answer:
        """An answer that waits, as it is read now."""
        name = answer.carrier.entry, answer.carrier.revision
        if not answer.claims or any(one.unread for one in answer.claims):
            return answer
        if answer.copy is None and name in self.texts:
            return replace(answer, claims=self._claims_of(name)[0])
        again = [(one, self(one.evidence.key)) for one in answer.claims]
        claims = [found.claim if found is not None and not found.alone else one for one, found in again]
        return replace(answer, claims=tuple(claims))

    def _in_entry(self, name: Name, where: Field, start: int, end: int) -> Again | None:
        """The claim of exactly this span; else the one that shares most with it, brought to the span."""
        claims, document = self._claims_of(name)
        shared = {one.evidence.key: _shared(one.evidence, where, start, end) for one in claims}
        best = max(claims, key=lambda one: shared[one.evidence.key], default=None)
        if best is None or not shared[best.evidence.key] or best.unread is not None:
            return None
        if (best.evidence.start, best.evidence.end) == (start, end):
            return Again(claim=best)
        if 2 * shared[best.evidence.key] < min(end - start, best.evidence.end - best.evidence.start):
            return None
        span = _span(document, where, start, end)
        if span is None:
            return None
        text = document.text[slice(*span)]
        figures = {(one.start, one.end): one for claim in claims for one in claim.quantities}
        inside = tuple(one for place, one in sorted(figures.items()) if span[0] <= place[0] and place[1] <= span[1])
        evidence = replace(best.evidence, start=start, end=end, text=text)
        return Again(
            claim=replace(best, evidence=evidence, sentence=text, proposition=text, terms=terms_of(text), quantities=inside)
        )

    def _alone(self, name: Name, where: Field, sentence: str) -> Again | None:
        """What the sentence says, whatever stood around it."""
        entry = _entry(name, where, sentence)
        document = document_of(entry)
        if not document.text:
            return None
        mention = Mention(topic=self.slug, start=0, end=1, by="")
        claims = self._read(entry, document, (mention,))
        if not claims:
            return None
        longest = max(claims, key=lambda one: len(one.sentence))
        figures = tuple(one for claim in claims for one in claim.quantities)
        terms = longest.terms.union(*(claim.terms for claim in claims))
        return Again(claim=replace(longest, sentence=sentence, terms=terms, quantities=figures), alone=True)

    def _claims_of(self, name: Name) -> tuple[tuple[Claim, ...], Document]:
        known = self._claims.get(name)
        if known is None:
            from workers.filling import kept_entry

            entry = kept_entry(self.texts[name])
            document = document_of(entry)
            entry = replace(entry, language=entry.language or language_of(document.text, None))
            if self._matcher is None:
                self._matcher = Matcher({self.slug: self.config.topics[self.slug]})
            mentions = self._matcher.match(document, readable=is_readable(entry.language)).get(self.slug, ())
            known = self._read(entry, document, mentions), document
            self._claims.put(name, known)
        return known

    def _read(self, entry: Entry, document: Document, mentions: tuple[Mention, ...]) -> tuple[Claim, ...]:
        from monitor.extract.paragraphs import Paragraphs

        paragraphs = Paragraphs(self.load(self.config.nlp.model), document.text, max_characters=self.config.nlp.max_characters)
        return claims_of(entry, document, mentions, self.slug, self.config, paragraphs, extract=self.extract)


def _shared(evidence: Evidence, where: Field, start: int, end: int) -> int:
    """How many characters a claim shares with a span of the entry."""
    return max(0, min(evidence.end, end) - max(evidence.start, start)) if evidence.field is where else 0


def _span(document: Document, where: Field, start: int, end: int) -> tuple[int, int] | None:
    """A span of a field as delivered, in the document's text."""
    for segment in document.segments:
        if segment.field is where:
            places = range(segment.start, segment.end)
            inside = [at for at in places if start <= segment.raw(at) < end]
            if inside:
                return inside[0], inside[-1] + 1
    return None


def _entry(name: Name, where: Field, sentence: str) -> Entry:
    """An entry that says no more than this sentence."""
    return Entry(
        id=name[0],
        revision=name[1],
        feed=FeedId(""),
        outlet="",
        publisher=None,
        url="",
        title=sentence if where is Field.TITLE else "",
        summary=sentence if where is Field.SUMMARY else "",
        content=sentence if where is Field.CONTENT else "",
        published=LONG_AGO,
        seen=LONG_AGO,
        language="en",
        silent=True,
    )


def announce(redis: Redis, console: Console, config: Config, models: Models, *, folder: Path, now: datetime) -> None:
    """Says in a line that another model reads, or judges, than the one that the data come from, and backs them up before the
    deciders read them again."""
    store = RedisRereadings(redis, "")
    topics = [topic for topic in known_topics(redis) if topic in config.topics and redis.exists(keys.topic(topic, "places"))]
    found = {topic: store.read_by(topic) for topic in topics}
    target, judge = models.reading(config.nlp.model), models.judge()
    if stale := [topic for topic, by in found.items() if by.reading != target]:
        path = folder / "backups" / f"before-reading-{now:%Y%m%d-%H%M%S}.jsonl.gz"
        goes_on = all(found[topic].under_way == target for topic in stale)
        if not goes_on:
            take(redis, path, now=now)
        claims = sum(int(redis.hlen(keys.topic(topic, "propositions"))) for topic in stale)
        former = ", ".join(sorted({found[topic].reading or "one that was not noted" for topic in stale}))
        text = (
            f"The model that reads has changed (from {former} to {target}): {claims:,} claims of {', '.join(stale)} are read "
            "again before anything is decided, and nothing of it is told."
        )
        console.print(Text(text if goes_on else f"{text} What stood there is backed up in {path}."), soft_wrap=True)
    if any(by.judge not in ("", judge) for by in found.values()):
        console.print(
            Text(
                "The judge has changed: what was told or held back stands, and what comes from now on is judged by the new one."
            ),
            soft_wrap=True,
        )
