"""From a document to the claims of a topic."""

from __future__ import annotations

import re

from spacy.language import Language

from monitor.extract.attribution import attributions
from monitor.extract.quantities import quantities
from monitor.extract.worth import features, worth
from monitor.records import Claim, Document, Field, Mention, Stance
from monitor.records.ids import TopicSlug
from monitor.settings import Topic
from monitor.text.terms import terms_of

_BACKGROUND = re.compile(
    r"\b(?:last (?:year|month)"
    r"|(?:a|two|three|four|five|several|some) (?:years|months|decades) ago|in (?:19|20)\d\d|since (?:19|20)\d\d"
    r"|previously|earlier this year)\b",
    re.IGNORECASE,
)


def extract(document: Document, mentions: tuple[Mention, ...], slug: TopicSlug, topic: Topic, nlp: Language) -> tuple[Claim, ...]:
    """The claims of the document about the topic, in the order of the text: at most one a sentence.

    mentions: what the matcher found for this topic. A sentence is topical where a keyword stands in it, in title and summary
    where any does (they are read together), and where an actor stands in it.
    """
    doc = nlp(document.text)
    figures = quantities(doc)
    claims: list[Claim] = []
    position, field = 0, None
    for sent, said in zip(doc.sents, attributions(doc, topic.actors), strict=True):
        text = sent.text.strip()
        if not text:
            continue
        start = sent.start_char + len(sent.text) - len(sent.text.lstrip())
        end = start + len(text)
        evidence = document.evidence(start, end)
        position = position + 1 if evidence.field == field else 0
        field = evidence.field
        inside = [m for m in mentions if start <= m.start < end]
        actors = {m.by.removeprefix("actor:") for m in inside if m.by.startswith("actor:")}
        keywords = sorted({m.by for m in inside} - {f"actor:{name}" for name in actors})
        if not keywords and not actors and field is Field.CONTENT:
            continue
        speaker, org, stance = (said.speaker, said.org, said.stance) if said else (None, None, Stance.ASSERTS)
        counted = tuple(q for q in figures if start <= q.start and q.end <= end)
        background = bool(_BACKGROUND.search(text))
        values = features(
            keywords=len(keywords),
            actors=len(actors),
            quantities=len(counted),
            attributed=speaker is not None,
            field=str(field),
            position=position,
            words=len(text.split()),
            background=background,
            heading=not keywords,
        )
        claims.append(
            Claim(
                topic=slug,
                evidence=evidence,
                sentence=text,
                proposition=text,
                terms=terms_of(text),
                actors=frozenset(actors),
                mentions=tuple(keywords),
                speaker=speaker,
                org=org,
                stance=stance,
                quantities=counted,
                place=None,
                time=None,
                background=background,
                worth=worth(values),
            )
        )
    return tuple(claims)
