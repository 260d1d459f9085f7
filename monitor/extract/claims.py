"""From a document to the claims of a topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from monitor.extract.attribution import attributions
from monitor.extract.clauses import Clause, clauses
from monitor.extract.paragraphs import Paragraphs
from monitor.extract.quantities import quantities
from monitor.extract.times import is_background, place_of, time_of
from monitor.extract.wording import proposition_of
from monitor.extract.worth import Setting, features, worth
from monitor.records import Attribution, Claim, Document, Field, Mention, Quantity, Stance
from monitor.records.ids import TopicSlug
from monitor.settings import LedgerSettings, Topic
from monitor.text.datelines import dateline
from monitor.text.places import states_in
from monitor.text.terms import terms_of

_ACTOR = "actor:"


@dataclass(slots=True)
class _Reading:
    """One clause of the document with all that is read from it."""

    clause: Clause
    text: str
    field: Field
    position: int
    keywords: tuple[str, ...]
    actors: frozenset[str]
    figures: tuple[Quantity, ...]
    said: Attribution | None
    headed: bool = False
    followed: bool = False

    @property
    def start(self) -> int:
        """Where the clause begins in the document."""
        return self.clause.span.start_char

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.clause.span.end_char

    @property
    def topical(self) -> bool:
        """Whether the clause is about the topic by its own words, or by what stands around it.

        Title and summary are read together. In the content an actor counts where somebody speaks, a figure stands, or the entry
        is about the topic; a figure alone where somebody speaks or the clause before is about the topic.
        """
        if self.keywords:
            return True
        if self.field is not Field.CONTENT:
            return self.headed or bool(self.actors)
        speaks = self.said is not None
        if self.actors:
            return speaks or self.headed or self.followed
        return bool(self.figures) and self.headed and (speaks or self.followed)


def extract(
    paragraphs: Paragraphs,
    document: Document,
    mentions: tuple[Mention, ...],
    slug: TopicSlug,
    topic: Topic,
    *,
    background_age: float = LedgerSettings().background_age,
    within: Sequence[tuple[int, int]] | None = None,
) -> tuple[Claim, ...]:
    """The claims of the document about the topic, in the order of the text: at most one a clause.

    paragraphs: those of the document's text; mentions: what the matcher found for this topic. background_age: seconds before
    publication from which a date is past history, where the topic says no `since`. within: the spans of the document's text from
    which claims are wanted, None for all of it. The same document, mentions and spans give the same claims, whatever was read
    before.
    """
    doc = paragraphs.doc(document, mentions, within)
    return claims_in(doc, document, mentions, slug, topic, background_age=background_age, within=within)


def claims_in(
    doc: Doc,
    document: Document,
    mentions: tuple[Mention, ...],
    slug: TopicSlug,
    topic: Topic,
    *,
    background_age: float = LedgerSettings().background_age,
    within: Sequence[tuple[int, int]] | None = None,
) -> tuple[Claim, ...]:
    """As `extract`, from the document's text as the pipeline has read it."""
    readings = _read(document, mentions, topic, doc)
    if within is not None:
        readings = [one for one in readings if any(one.start < end and start < one.end for start, end in within)]
    return tuple(_claim(document, one, slug, topic, background_age) for one in readings if one.topical)


def _read(document: Document, mentions: Sequence[Mention], topic: Topic, doc: Doc) -> list[_Reading]:
    figures = quantities(doc)
    readings: list[_Reading] = []
    units = clauses(doc)
    for clause, said in zip(units, attributions(doc, topic.actors, units), strict=True):
        start, end = clause.span.start_char, clause.span.end_char
        field = document.segment_at(start).field
        inside = [m for m in mentions if start <= m.start < end]
        before = readings[-1] if readings and readings[-1].field is field else None
        readings.append(
            _Reading(
                clause=clause,
                text=document.text[start:end],
                field=field,
                position=before.position + 1 if before else 0,
                keywords=tuple(sorted({m.by for m in inside if not m.by.startswith(_ACTOR)})),
                actors=frozenset(m.by.removeprefix(_ACTOR) for m in inside if m.by.startswith(_ACTOR)),
                figures=tuple(q for q in figures if start <= q.start and q.end <= end),
                said=said,
                followed=bool(before and before.keywords),
            )
        )
    headed = any(one.keywords for one in readings if one.field is not Field.CONTENT)
    for one in readings:
        one.headed = headed
    return readings


def _claim(document: Document, one: _Reading, slug: TopicSlug, topic: Topic, background_age: float) -> Claim:
    said = one.said
    body = one.text[dateline(one.text) :]
    names = {name.casefold(): name for name, aliases in topic.actors.items() for name_ in (name, *aliases) if name_}
    states = {names.get(state.casefold(), state) for state in states_in(re.findall(r"[\w.’'-]+", body))}
    background = is_background(one.text, document.published, since=topic.since, age=background_age)
    time = time_of(one.text, document.published)
    setting = Setting(
        field=one.field,
        position=one.position,
        headed=one.headed,
        followed=one.followed,
        keywords=len(one.keywords),
        actors=len(one.actors),
        quantities=len(one.figures),
        words=len(one.text.split()),
        source=bool(said and said.source),
        carried=bool(said and not said.cue and not said.source),
        background=background,
        dated=time is not None,
    )
    return Claim(
        topic=slug,
        evidence=document.evidence(one.clause.span.start_char, one.clause.span.end_char),
        sentence=one.text,
        proposition=proposition_of(document, one.clause.span.doc, one.field, said, body, one.end - len(body)),
        terms=terms_of(body),
        actors=one.actors | states,
        mentions=one.keywords,
        speaker=said.speaker if said else None,
        org=said.org if said else None,
        stance=said.stance if said else Stance.ASSERTS,
        quantities=one.figures,
        place=place_of(one.text),
        time=time,
        background=background,
        worth=worth(features(setting)),
        brief=all(segment.field is not Field.CONTENT for segment in document.segments),
    )
