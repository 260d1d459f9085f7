"""What an entry is like beside a topic, as named numbers: what the relevance model weighs.

Title and summary are the head, read line by line and together; of the content only its beginning and what stands around the
topic's words. Likeness in meaning is that of static word vectors; names and numbers are compared as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from monitor.records import Document, Field
from monitor.settings import Topic
from monitor.text.paraphrases import widened
from monitor.text.places import states_in
from monitor.text.terms import STOP, stem, terms_of
from monitor.text.words import words
from monitor.topics.ask import patterns_of
from monitor.topics.find import Finder, fold, patterns
from monitor.topics.query import parse, terms
from monitor.topics.relevance.vectors import Vector, Words

_NOT_TRACKED: Final = re.compile(r"\bnot tracked\s*:", re.IGNORECASE)
_PART: Final = re.compile(r"[:;,.()]|\b(?:and|or|but|which|whether|who)\b")
_WORD: Final = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_NAME: Final = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:['’.][^\W_]+)*")
_FIGURE: Final = re.compile(r"\d")
_ACTOR: Final = "actor:"
BEGINNING: Final = 400
"""Characters of the content that are read as its beginning."""
AROUND: Final = 120
"""Characters of the content before and behind a word of the topic that are read with it."""
_PLACES: Final = 3

OPINION: Final = words(
    """
    opinion editorial column columnist op-ed essay commentary letters letter analysis explainer explained podcast briefing quiz
    newsletter review
    """
)
"""Labels of forms that are no reports."""
LEISURE: Final = words(
    """
    film films movie movies cinema actor actress director documentary thriller drama series novel novels book books author poem
    poet museum exhibition theater theatre opera ballet concert album song songs singer band music festival painting artist
    artists fashion designer recipe recipes chef restaurant restaurants cook game games gamers toy toys football soccer rugby
    cricket tennis coach striker goal goals goalkeeper league cup match championship olympic olympics marathon sprinter team
    teams fans tourist tourists travel hotel beach wedding cat cats dog dogs zoo garden gardens comedy comedian television
    episode streaming stage choir sculptor photographer photographs archaeologists fossils dinosaur
    """
)
"""Words of the arts, of sport and of leisure."""
PAST: Final = words(
    """
    anniversary history historian historians century centuries memoir veterans veteran remembered museum archive decades ago
    1914 1939 1941 1944 1945
    """
)
"""Words of looking back."""
TELLING: Final = words(
    """
    say says said tell tells told announce announces announced confirm confirms confirmed deny denies denied warn warns warned
    claim claims claimed report reports reported according statement spokesman spokeswoman minister ministry officials official
    vow vows vowed pledge pledges pledged reject rejects rejected refuse refuses refused agree agrees agreed approve approves
    approved sign signs signed order orders ordered accuse accuses accused urge urges urged threaten threatens threatened
    """
)
"""Words by which somebody says or decides something."""
TALK: Final = words("you your yours we our us my me how why what meet inside")
"""Words of features, in which somebody is addressed or explains."""


@dataclass(frozen=True, slots=True)
class Sense:
    """A topic, made ready to be compared with.

    closed: its title, description or keywords name states, so that others are strangers to it; one that names none ("any state
    that sends troops") is open to all.
    """

    finder: Finder[str]
    excluded: Finder[str]
    title: Vector
    tracked: Vector
    parts: Vector
    untracked: Vector
    stems: frozenset[str]
    wide: frozenset[str]
    untracked_stems: frozenset[str]
    names: frozenset[str]
    states: frozenset[str]
    closed: bool
    alert: Vector
    silent: Vector


def sense_of(topic: Topic, vectors: Words) -> Sense:
    """The topic's words, wishes and examples."""
    cut = _NOT_TRACKED.split(topic.description, maxsplit=1)
    tracked, untracked = cut[0], cut[1] if len(cut) > 1 else ""
    sought = [(pattern, keyword) for keyword in topic.keywords for pattern in patterns(keyword)]
    if topic.query:
        sought += [(pattern, term.written) for term in terms(parse(topic.query)) for pattern in patterns_of(term)]
    named = [
        (pattern, _ACTOR + name)
        for name, aliases in topic.actors.items()
        for alias in (name, *aliases)
        for pattern in patterns(alias, name=True)
    ]
    listed = ", ".join(topic.keywords)
    named_actors = [word for name, aliases in topic.actors.items() for word in (name, *aliases)]
    actors = " ".join(named_actors)
    stems = terms_of(f"{topic.title}. {tracked}. {listed}")
    examples = topic.examples
    return Sense(
        finder=Finder([*sought, *named]),
        excluded=Finder((pattern, phrase) for phrase in topic.exclude for pattern in patterns(phrase)),
        title=vectors.vector(topic.title),
        tracked=vectors.vector(f"{topic.title}. {tracked} {listed}"),
        parts=vectors.vectors([topic.title, *_parts(tracked), *topic.keywords]),
        untracked=vectors.vectors(_parts(untracked)),
        stems=stems,
        wide=widened(stems) - stems,
        untracked_stems=terms_of(untracked) - stems,
        names=terms_of(f"{topic.title} {topic.description} {listed} {actors}"),
        closed=bool(_states(f"{topic.title}. {tracked} {listed}")),
        states=_states(f"{topic.title}. {tracked} {listed}. {'. '.join(named_actors)}"),
        alert=vectors.vectors(examples.alert),
        silent=vectors.vectors(examples.silent),
    )


def signs(document: Document, sense: Sense, vectors: Words) -> dict[str, float]:
    """What the document is like beside the topic."""
    title, summary, content = (_field(document, field) for field in (Field.TITLE, Field.SUMMARY, Field.CONTENT))
    head = f"{title}. {summary}"
    in_title, in_summary, in_content = (_Found.of(sense.finder, text) for text in (title, summary, content))
    body = _read_of(content, in_content.places)
    keywords = in_title.keywords | in_summary.keywords
    actors = in_title.actors | in_summary.actors
    values = {
        "keyword": float(bool(keywords or in_content.keywords)),
        "keywords title": float(min(len(in_title.keywords), 3)),
        "keywords summary": float(min(len(in_summary.keywords), 3)),
        "keywords head": float(min(len(keywords), 4)),
        "keywords content": float(min(len(in_content.keywords), 5)),
        "actors title": float(min(len(in_title.actors), 3)),
        "actors summary": float(min(len(in_summary.actors), 3)),
        "actors head": float(min(len(actors), 4)),
        "actors content": float(min(len(in_content.actors), 5)),
        "both in one line": float(any(one.keywords and one.actors for one in (in_title, in_summary))),
        "rarest keyword": max((_rarity(keyword, vectors) for keyword in keywords | in_content.keywords), default=0.0),
        "first place": min([*in_title.places, *(len(title) + place for place in in_summary.places), 400]) / 400,
        "excluded": float(any(True for _ in sense.excluded.find(head, fold(head)))),
        "no content": float(not content),
    }
    values |= _parties(title, summary, body, sense)
    values |= _likeness(title, summary, head, body, sense, vectors)
    values |= _wording(title, summary, body, head, sense, vectors)
    return values


def _parties(title: str, summary: str, body: str, sense: Sense) -> dict[str, float]:
    """Which states are named, by whatever name: those of the topic, and others."""
    in_title, in_summary = _states(title), _states(summary)
    head = in_title | in_summary
    own, others = head & sense.states, head - sense.states
    body_states = _states(body) if body else frozenset()
    if not sense.closed:
        own, others, in_title, body_states = frozenset(), frozenset(), frozenset(), frozenset()
    return {
        "states": float(min(len(head), 4)),
        "own states": float(min(len(own), 3)),
        "own states title": float(min(len(in_title & sense.states), 3)),
        "other states": float(min(len(others), 3)),
        "other states title": float(min(len(in_title - sense.states), 3)),
        "only other states": float(bool(others) and not own),
        "own states share": len(own) / len(head) if head and sense.closed else 0.5,
        "other states content": float(min(len(body_states - sense.states), 4)),
        "own states content": float(min(len(body_states & sense.states), 4)),
    }


def _likeness(title: str, summary: str, head: str, body: str, sense: Sense, vectors: Words) -> dict[str, float]:
    """How near the lines are to what the topic says of itself, in meaning."""
    of_title, of_summary, of_head = (vectors.vector(text) for text in (title, summary, head))
    near, away = _best(sense.parts, of_head), _best(sense.untracked, of_head)
    clauses = vectors.vectors([title, *_parts(summary)])
    nearest = max((_best(sense.parts, clause) for clause in clauses), default=0.0)
    farther = max((_best(sense.untracked, clause) for clause in clauses), default=0.0)
    alert, silent = _best(sense.alert, of_head), _best(sense.silent, of_head)
    return {
        "title like topic": float(of_title @ sense.tracked),
        "summary like topic": float(of_summary @ sense.tracked),
        "head like title": float(of_head @ sense.title),
        "head like topic": float(of_head @ sense.tracked),
        "head like part": near,
        "clause like part": nearest,
        "head like untracked": away,
        "clause like untracked": farther,
        "rather tracked": nearest - farther if len(sense.untracked) else 0.0,
        "content like topic": float(vectors.vector(body) @ sense.tracked) if body else 0.0,
        "title like summary": float(of_title @ of_summary),
        "like alert": alert,
        "like silent": silent,
        "rather alert": alert - silent if len(sense.alert) and len(sense.silent) else 0.0,
    }


def _wording(title: str, summary: str, body: str, head: str, sense: Sense, vectors: Words) -> dict[str, float]:
    """Words in common with the topic, names it does not know, and the form of the text."""
    weights = {one: _rarity(word, vectors) for word in _WORD.findall(head) for one in _stems(word)}
    stems = weights.keys()
    total = sum(weights.values()) or 1.0
    listed = [word.casefold() for word in _WORD.findall(head)]
    said = set(listed)
    strangers, known = _names(summary or body, sense) if sense.closed else (0, 0)
    first = listed[0] if listed else ""
    return {
        "shared": sum(weights[one] for one in stems & sense.stems) / total,
        "shared count": float(min(len(stems & sense.stems), 6)),
        "shared wide": float(min(len(stems & sense.wide), 6)),
        "shared content": float(min(len(terms_of(body) & sense.stems), 10)) if body else 0.0,
        "shared untracked": float(min(len(stems & sense.untracked_stems), 6)),
        "strangers": float(min(strangers, 6)),
        "strangers share": strangers / (strangers + known) if strangers else 0.0,
        "opinion": float(bool(said & OPINION)),
        "opinion first": float(first in OPINION),
        "leisure": float(min(sum(word in LEISURE for word in listed), 3)),
        "leisure content": float(min(sum(word.casefold() in LEISURE for word in _WORD.findall(body)), 4)),
        "past": float(min(len(said & PAST), 2)),
        "telling": float(min(sum(word in TELLING for word in listed), 4)),
        "talk": float(min(sum(word in TALK for word in listed), 3)),
        "question": float("?" in title),
        "colon": float(":" in title),
        "figures": float(min(len(_FIGURE.findall(head)), 6)),
        "quoted": float(any(sign in head for sign in '‘“"')),
        "title words": float(min(len(title.split()), 20)),
        "summary words": float(min(len(summary.split()), 50)),
    }


@dataclass(frozen=True, slots=True)
class _Found:
    keywords: frozenset[str]
    actors: frozenset[str]
    places: Sequence[int]

    @classmethod
    def of(cls, finder: Finder[str], text: str) -> _Found:
        found = [(start, by) for start, _, by in finder.find(text, fold(text))]
        return cls(
            frozenset(by for _, by in found if not by.startswith(_ACTOR)),
            frozenset(by for _, by in found if by.startswith(_ACTOR)),
            [start for start, by in found if not by.startswith(_ACTOR)],
        )


def _states(text: str) -> frozenset[str]:
    return frozenset(states_in([found.group().removesuffix("’s").removesuffix("'s") for found in _NAME.finditer(text)]))


@lru_cache(maxsize=16_384)
def _stems(word: str) -> frozenset[str]:
    return terms_of(word)


def _field(document: Document, field: Field) -> str:
    return next((document.text[one.start : one.end] for one in document.segments if one.field is field), "")


def _read_of(content: str, places: Sequence[int]) -> str:
    """The beginning of the content, and what stands around the first of the topic's words behind it."""
    passages = [content[:BEGINNING]]
    for place in [place for place in places if place >= BEGINNING][:_PLACES]:
        passages.append(content[max(place - AROUND, 0) : place + AROUND])
    return " ".join(passages)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _PART.split(text) if len(part.strip()) > 3]


def _best(rows: Vector, vector: Vector) -> float:
    return float((rows @ vector).max()) if len(rows) else 0.0


def _rarity(word: str, vectors: Words) -> float:
    """From 0 for the most frequent words to 1; of a phrase that of its rarest word."""
    ranks = [vectors.rank(part) for part in word.split()] or [0]
    return min(max(ranks) / 10_000, 1.0)


def _names(text: str, sense: Sense) -> tuple[int, int]:
    """How many capitalised words, sentence starts apart, the topic does not know, and how many it knows."""
    strangers = known = 0
    for found in _WORD.finditer(text):
        word = found.group()
        before = text[: found.start()].rstrip()
        if not word[0].isupper() or not before or before[-1] in '.!?:“"‘' or word.casefold() in STOP:
            continue
        parts: Iterable[str] = re.split("[-–]", word)
        if any(stem(part.casefold().replace("’s", "").replace("'s", "")) in sense.names for part in parts):
            known += 1
        else:
            strangers += 1
    return strangers, known
