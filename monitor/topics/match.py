"""Which topics a document concerns, and where: an Aho-Corasick automaton over the folded text.

Nothing is parsed here, so that what concerns no topic is thrown out at the speed of a string search: the automaton holds all
keywords, and of each query the terms of which one must occur. Keywords and queries make a document match; actors add mentions
to a document that matches and alone do not. Mentions in a sentence that holds an excluded phrase are dropped. What nothing
finds may match a topic that asks to be matched by its meaning (`monitor.topics.relevance`): its headline is then the mention.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from monitor.records import Document, Mention
from monitor.records.ids import TopicSlug
from monitor.settings import Topic
from monitor.text.sentences import sentence_spans
from monitor.topics.ask import Asked, patterns_of
from monitor.topics.find import Finder, Pattern, fold, patterns
from monitor.topics.query import Query, gate, parse

Relevant = Callable[[Document, Topic], float]
ENOUGH = 0.5
"""How relevant a document must be where the topic says no number."""
MEANING = "meaning"
"""What a mention is found by that no word found."""


class Stopped(NamedTuple):
    """A mention that does not count. phrase: the excluded one in its sentence; None where the language is not read."""

    mention: Mention
    phrase: str | None = None


class Matcher:
    """Matches documents against topics; built once for a configuration. Raises QueryUnreadable for a query that is none.

    relevant: how much a document is about a topic, by its meaning; None for the model that ships.
    """

    def __init__(self, topics: Mapping[TopicSlug, Topic], *, relevant: Relevant | None = None) -> None:
        self._meant = {slug: topic for slug, topic in topics.items() if topic.match == "meaning"}
        self._relevant = relevant or (_shipped() if self._meant else None)
        queries = {slug: parse(topic.query) for slug, topic in topics.items() if topic.query}
        self._foreign = frozenset(slug for slug, topic in topics.items() if topic.other_languages == "tell")
        self._candidates = Finder([*_keywords(topics), *_gates(queries)])
        self._queries = {slug: Asked(query) for slug, query in queries.items()}
        self._actors = {
            slug: Finder(
                (pattern, f"actor:{name}")
                for name, aliases in topic.actors.items()
                for alias in (name, *aliases)
                for pattern in patterns(alias, name=True)
            )
            for slug, topic in topics.items()
        }
        self._excluded = {
            slug: Finder((pattern, phrase) for phrase in topic.exclude for pattern in patterns(phrase))
            for slug, topic in topics.items()
        }

    def match(
        self, document: Document, *, readable: bool = True, stopped: list[Stopped] | None = None
    ) -> Mapping[TopicSlug, tuple[Mention, ...]]:
        """The mentions of every topic that the document concerns, by topic, in the order of the text; longest first of equals.

        readable: whether the pipeline reads the document's language. One that it does not read concerns the topics that want to
        be told of such, and them by a plain match: any keyword or alias. stopped: gets the keywords and queries that were found
        and do not count: in a sentence that holds an excluded phrase, or since the language is not read.
        """
        if not readable:
            return self._plain(document, stopped)
        text = document.text
        folded = fold(text)
        spans: dict[TopicSlug, list[Mention]] = defaultdict(list)
        asked: set[TopicSlug] = set()
        for start, end, (slug, keyword) in self._candidates.find(text, folded):
            if keyword is None:
                asked.add(slug)
            else:
                spans[slug].append(Mention(topic=slug, start=start, end=end, by=keyword))
        for slug in asked:
            places = self._queries[slug].places(document, folded)
            spans[slug] += [Mention(topic=slug, start=start, end=end, by=by) for start, end, by in places]
        for slug, topic in self._meant.items():
            if not spans.get(slug) and (headline := self._meaning(document, slug, topic)):
                spans[slug].append(headline)
        matched: dict[TopicSlug, tuple[Mention, ...]] = {}
        for slug, mentions in spans.items():
            barred = self._barred(slug, text, folded)
            kept = [mention for mention in mentions if not _inside(mention, barred)]
            if stopped is not None and len(kept) < len(mentions):
                stopped += [
                    Stopped(mention, barred[span])
                    for mention in mentions
                    for span in barred
                    if span[0] <= mention.start < span[1]
                ]
            if kept:
                actors = (Mention(topic=slug, start=s, end=e, by=by) for s, e, by in self._actors[slug].find(text, folded))
                kept += [mention for mention in actors if not _inside(mention, barred)]
                matched[slug] = tuple(sorted(_longest(kept), key=lambda m: (m.start, -m.end, m.by)))
        return matched

    def _meaning(self, document: Document, slug: TopicSlug, topic: Topic) -> Mention | None:
        if self._relevant is None or not document.segments or self._relevant(document, topic) < (topic.relevance or ENOUGH):
            return None
        return Mention(topic=slug, start=document.segments[0].start, end=document.segments[0].end, by=MEANING)

    def _plain(self, document: Document, stopped: list[Stopped] | None) -> Mapping[TopicSlug, tuple[Mention, ...]]:
        if not self._foreign and stopped is None:
            return {}
        text = document.text
        folded = fold(text)
        found: dict[TopicSlug, list[Mention]] = defaultdict(list)
        for start, end, (slug, keyword) in self._candidates.find(text, folded):
            if keyword is not None and slug in self._foreign:
                found[slug].append(Mention(topic=slug, start=start, end=end, by=keyword))
            elif keyword is not None and stopped is not None:
                stopped.append(Stopped(Mention(topic=slug, start=start, end=end, by=keyword)))
        for slug in self._foreign:
            for start, end, by in self._actors[slug].find(text, folded):
                found[slug].append(Mention(topic=slug, start=start, end=end, by=by))
        return {
            slug: tuple(sorted(_longest(mentions), key=lambda m: (m.start, -m.end, m.by))) for slug, mentions in found.items()
        }

    def _barred(self, slug: TopicSlug, text: str, folded: str) -> dict[tuple[int, int], str]:
        """The sentences that hold an excluded phrase, each with the first one in it."""
        excluded = [(start, phrase) for start, _, phrase in self._excluded[slug].find(text, folded)]
        if not excluded:
            return {}
        found = {}
        for span in sentence_spans(text):
            if (phrase := next((phrase for start, phrase in excluded if span[0] <= start < span[1]), None)) is not None:
                found[span] = phrase
        return found


_Label = tuple[TopicSlug, str | None]
"""A topic, and the keyword that was found; None for a term without which its query does not match."""


def _keywords(topics: Mapping[TopicSlug, Topic]) -> Iterator[tuple[Pattern, _Label]]:
    for slug, topic in topics.items():
        for keyword in topic.keywords:
            for wording in (keyword, *_under_other_names(keyword, topic)):
                for pattern in patterns(wording):
                    yield pattern, (slug, keyword)


def _gates(queries: Mapping[TopicSlug, Query]) -> Iterator[tuple[Pattern, _Label]]:
    for slug, query in queries.items():
        for term in gate(query) or ():
            for pattern in patterns_of(term):
                yield pattern, (slug, None)


def _under_other_names(keyword: str, topic: Topic) -> Iterator[str]:
    """The keyword with an actor's acronym written out, and the other way: "UN sanctions", "United Nations sanctions"."""
    for name, aliases in topic.actors.items():
        long = [alias for alias in (name, *aliases) if " " in alias]
        short = [alias for alias in (name, *aliases) if alias.isupper() and alias.isalpha()]
        for old, new in ((o, n) for olds, news in ((short, long), (long, short)) for o in olds for n in news):
            if f" {old} " in f" {keyword} ":
                yield f" {keyword} ".replace(f" {old} ", f" {new} ").strip()


def _shipped() -> Relevant:
    from monitor.topics.relevance import shipped  # numpy and a megabyte of word vectors, for those alone who ask for them

    return shipped()


def _inside(mention: Mention, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= mention.start < end for start, end in spans)


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Without keyword mentions that lie inside a longer keyword mention, and likewise for actors."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end, m.by)):
        actor = mention.by.startswith("actor:")
        if not any(k.start <= mention.start and mention.end <= k.end and k.by.startswith("actor:") == actor for k in kept[-8:]):
            kept.append(mention)
    return kept
