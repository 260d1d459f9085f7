"""Which topics a document concerns, and where: an Aho-Corasick automaton over the folded text.

Nothing is parsed here, so that what concerns no topic is thrown out at the speed of a string search. Keywords make a document
match; actors add mentions to a document that matches and alone do not. Mentions in a sentence that holds an excluded phrase are
dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import ahocorasick

from monitor.records import Document, Mention
from monitor.records.ids import TopicSlug
from monitor.settings import Topic
from monitor.text.inflect import forms_of_phrase
from monitor.text.sentences import sentence_spans

_AS_SPACE = "-‐‑‒–—\n\t\r\u00a0\u2009\u202f"
_APOSTROPHES = "’‘ʼ`´"


@dataclass(frozen=True, slots=True)
class _Term:
    """One thing looked for. capitals: offsets in the pattern at which the text must hold a capital letter."""

    topic: TopicSlug
    by: str
    capitals: tuple[int, ...]


class _Finder:
    """An automaton over patterns, each with the terms that it stands for."""

    def __init__(self, terms: Iterable[tuple[str, _Term]]) -> None:
        found: dict[str, list[_Term]] = defaultdict(list)
        for pattern, term in terms:
            if term not in found[pattern]:
                found[pattern].append(term)
        self._automaton = ahocorasick.Automaton()
        for pattern, listed in found.items():
            self._automaton.add_word(pattern, (len(pattern), tuple(listed)))
        self._empty = not found
        if found:
            self._automaton.make_automaton()

    def find(self, text: str, folded: str) -> Iterator[tuple[int, int, _Term]]:
        """Every whole-word occurrence, as start, end and term."""
        if self._empty:
            return
        length = len(folded)
        for last, (size, terms) in self._automaton.iter(folded):
            start, end = last - size + 1, last + 1
            if (start and folded[start - 1].isalnum()) or (end < length and folded[end].isalnum()):
                continue
            for term in terms:
                if all(text[start + offset].isupper() for offset in term.capitals):
                    yield start, end, term


class Matcher:
    """Matches documents against topics; built once for a configuration."""

    def __init__(self, topics: Mapping[TopicSlug, Topic]) -> None:
        self._keywords = _Finder(
            pair
            for slug, topic in topics.items()
            for keyword in topic.keywords
            for wording in (keyword, *_under_other_names(keyword, topic))
            for pair in _patterns(slug, wording, by=keyword)
        )
        self._actors = {
            slug: _Finder(
                pair
                for name, aliases in topic.actors.items()
                for alias in (name, *aliases)
                for pair in _patterns(slug, alias, by=f"actor:{name}", name=True)
            )
            for slug, topic in topics.items()
        }
        self._excluded = {
            slug: _Finder(pair for phrase in topic.exclude for pair in _patterns(slug, phrase, by=phrase))
            for slug, topic in topics.items()
        }

    def match(self, document: Document) -> Mapping[TopicSlug, tuple[Mention, ...]]:
        """The mentions of every topic that the document concerns, by topic, in the order of the text; longest first of equals."""
        text = document.text
        folded = fold(text)
        spans: dict[TopicSlug, list[Mention]] = defaultdict(list)
        for start, end, term in self._keywords.find(text, folded):
            spans[term.topic].append(Mention(topic=term.topic, start=start, end=end, by=term.by))
        matched: dict[TopicSlug, tuple[Mention, ...]] = {}
        for slug, mentions in spans.items():
            barred = self._barred(slug, text, folded)
            kept = [mention for mention in mentions if not _inside(mention, barred)]
            if kept:
                actors = (Mention(topic=slug, start=s, end=e, by=t.by) for s, e, t in self._actors[slug].find(text, folded))
                kept += [mention for mention in actors if not _inside(mention, barred)]
                matched[slug] = tuple(sorted(_longest(kept), key=lambda m: (m.start, -m.end, m.by)))
        return matched

    def _barred(self, slug: TopicSlug, text: str, folded: str) -> list[tuple[int, int]]:
        excluded = [start for start, _, _ in self._excluded[slug].find(text, folded)]
        if not excluded:
            return []
        return [span for span in sentence_spans(text) if any(span[0] <= start < span[1] for start in excluded)]


def fold(text: str) -> str:
    """The text as it is matched, character for character: case-folded, hyphens and breaks as spaces, one kind of apostrophe."""
    folded = text.casefold()
    if len(folded) != len(text):  # a few letters fold into two ("ß"); those keep their lower case, or themselves
        folded = "".join(_fold_one(letter) for letter in text)
    for sign in _AS_SPACE:
        folded = folded.replace(sign, " ")
    if not folded.isascii():
        for sign in _APOSTROPHES:
            folded = folded.replace(sign, "'")
    return folded


def _fold_one(letter: str) -> str:
    return next((form for form in (letter.casefold(), letter.lower()) if len(form) == 1), letter)


def _patterns(slug: TopicSlug, phrase: str, *, by: str, name: bool = False) -> Iterator[tuple[str, _Term]]:
    """What to look for, for one keyword, alias or excluded phrase, in every form.

    A word in capitals ("US", "WHO") must stand in capitals in the text, and an alias that is one capitalised word ("May") must
    be capitalised there: else the pronoun and the verb would match.
    """
    plain = phrase.split()
    spaced = " ".join(fold(phrase).split())
    if not spaced:
        return
    acronyms = [index for index, word in enumerate(plain) if len(word) > 1 and word.isupper() and word.isalpha()]
    forms = {spaced} | ({spaced.replace("'", "")} if "'" in spaced else set())
    if not name:
        forms |= forms_of_phrase(spaced)
    for form in sorted(forms):
        capitals: tuple[int, ...] = ()
        words = form.split(" ")
        if len(words) == len(plain):
            starts = [sum(len(word) + 1 for word in words[:index]) for index in range(len(words))]
            capitals = tuple(start + offset for index in acronyms for start in [starts[index]] for offset in (0, 1))
            if name and len(plain) == 1 and phrase[:1].isupper():
                capitals = tuple(sorted({0, *capitals}))
        yield form, _Term(slug, by, capitals)


def _under_other_names(keyword: str, topic: Topic) -> Iterator[str]:
    """The keyword with an actor's acronym written out, and the other way: "UN sanctions", "United Nations sanctions"."""
    for name, aliases in topic.actors.items():
        long = [alias for alias in (name, *aliases) if " " in alias]
        short = [alias for alias in (name, *aliases) if alias.isupper() and alias.isalpha()]
        for old, new in ((o, n) for olds, news in ((short, long), (long, short)) for o in olds for n in news):
            if f" {old} " in f" {keyword} ":
                yield f" {keyword} ".replace(f" {old} ", f" {new} ").strip()


def _inside(mention: Mention, spans: list[tuple[int, int]]) -> bool:
    return any(start <= mention.start < end for start, end in spans)


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Without keyword mentions that lie inside a longer keyword mention, and likewise for actors."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end, m.by)):
        actor = mention.by.startswith("actor:")
        if not any(k.start <= mention.start and mention.end <= k.end and k.by.startswith("actor:") == actor for k in kept[-8:]):
            kept.append(mention)
    return kept
