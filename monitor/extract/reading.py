"""All that is read from one text: what `monitor extract` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from monitor.extract.attribution import every_attribution
from monitor.extract.claims import claims_in
from monitor.extract.quantities import quantities
from monitor.records import Attribution, Claim, Document, Mention, Quantity
from monitor.records.ids import TopicSlug
from monitor.settings import LedgerSettings, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read from a document; spans are offsets in its text, but for a claim's evidence, which has its own."""

    sentences: tuple[tuple[int, int], ...]
    quantities: tuple[Quantity, ...]
    attributions: tuple[Attribution, ...]
    mentions: tuple[Mention, ...]
    claims: tuple[Claim, ...]


def read(
    doc: Doc,
    document: Document,
    mentions: Mapping[TopicSlug, tuple[Mention, ...]],
    topics: Mapping[TopicSlug, Topic],
    *,
    background_age: float = LedgerSettings().background_age,
) -> Reading:
    """What is read from the document, which the pipeline has read as doc.

    topics: those of the configuration, all of whose actors are known as speakers; mentions: those of the topics that match.
    """
    return Reading(
        sentences=tuple(_sentences(doc)),
        quantities=quantities(doc),
        attributions=every_attribution(doc, _all_actors(topics)),
        mentions=tuple(sorted((m for found in mentions.values() for m in found), key=lambda m: (m.start, -m.end, m.topic))),
        claims=tuple(
            claim
            for slug, found in mentions.items()
            for claim in claims_in(doc, document, found, slug, topics[slug], background_age=background_age)
        ),
    )


def _sentences(doc: Doc) -> Sequence[tuple[int, int]]:
    """The sentences without white space around them."""
    starts = [token.i for token in doc if token.is_sent_start] or [0]  # Doc.sents walks the document anew for each of them
    found = []
    for start, end in zip(starts, [*starts[1:], len(doc)], strict=True):
        words = [token for token in doc[start:end] if not token.is_space]
        if words:
            found.append((words[0].idx, words[-1].idx + len(words[-1])))
    return found


def _all_actors(topics: Mapping[TopicSlug, Topic]) -> Mapping[str, tuple[str, ...]]:
    actors: dict[str, tuple[str, ...]] = {}
    for topic in topics.values():
        for name, aliases in topic.actors.items():
            actors[name] = tuple(dict.fromkeys((*actors.get(name, ()), *aliases)))
    return actors
