"""What analysis makes of one entry under one topic: the same in the analyze role and in a replay.

document, mentions -- copied --> what is fresh -- relevant --> score -- paragraphs, extract --> claims
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from monitor.extract.unread import unread_claim
from monitor.ports import Relevant
from monitor.records import Answer, Claim, Copy, Document, Entry, Mention, Unit
from monitor.records.ids import TopicSlug
from monitor.settings import Config, Topic
from monitor.text.changes import copied, left_out
from monitor.text.language import is_readable
from monitor.text.notices import notices

if TYPE_CHECKING:
    from monitor.extract.paragraphs import Paragraphs


class Extract(Protocol):
    """`monitor.extract.claims.extract`."""

    def __call__(
        self,
        paragraphs: Paragraphs,
        document: Document,
        mentions: tuple[Mention, ...],
        slug: TopicSlug,
        topic: Topic,
        *,
        background_age: float,
        within: Sequence[tuple[int, int]] | None = None,
    ) -> tuple[Claim, ...]:
        """The claims of the document about the topic; within: only those of these spans."""
        ...


def by_model(document: Document, topic: Topic) -> float:
    """What the model that ships says."""
    from monitor.topics.relevance import shipped  # a megabyte of word vectors, for those alone who ask

    return shipped()(document, topic)


def words_found(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """The topic's words that were found, each once, in the order of the text."""
    return tuple(dict.fromkeys(mention.by for mention in mentions))


def claims_of(
    entry: Entry,
    document: Document,
    mentions: tuple[Mention, ...],
    slug: TopicSlug,
    config: Config,
    paragraphs: Paragraphs,
    *,
    extract: Extract,
    within: Sequence[tuple[int, int]] | None = None,
) -> tuple[Claim, ...]:
    """The claims of an entry that matched; of one in a language that is not read, a single one that says so.

    paragraphs: those of the document, kept for all topics that it matches, so that each is read once. within: the spans from
    which claims are wanted, None for all of the text.
    """
    topic = config.topics[slug]
    if not mentions:
        return ()
    if entry.language is not None and not is_readable(entry.language):
        return (unread_claim(document, mentions, slug, entry.language),)
    age = config.ledger.background_age
    return extract(paragraphs, document, mentions, slug, topic, background_age=age, within=within)


def answer_of(
    unit: Unit,
    document: Document,
    mentions: tuple[Mention, ...],
    config: Config,
    paragraphs: Paragraphs,
    *,
    extract: Extract,
    relevant: Relevant = by_model,
) -> Answer:
    """What analysis says to a unit. A copy of an earlier text is read where it says something else, else not at all; what is not
    relevant enough is not read either, and its answer says so.

    mentions: what of the document matches the unit's topic.
    """
    readable = is_readable(unit.entry.language)
    read = bool(mentions) and readable
    revision = left_out(document, unit.likes) if readable else None
    taken_back = notices(document.text) if readable else ()
    topic = config.topics[unit.topic]
    if read and topic.relevance and (relevance := relevant(document, topic)) < topic.relevance:
        return unit.answer(found=words_found(mentions), relevance=relevance, revision=revision, notices=taken_back)
    # where relevance is asked for, an earlier text may have been left unread under its own headline: then nothing is skipped
    changed = copied(document, unit.likes) if read and not topic.relevance else None
    within = changed.fresh if changed else None
    claims: tuple[Claim, ...] = ()
    if within is None or within:
        claims = claims_of(unit.entry, document, mentions, unit.topic, config, paragraphs, extract=extract, within=within)
    copy = Copy(number=changed.number, missing=changed.missing, fresh=len(changed.fresh)) if changed else None
    return unit.answer(claims, found=words_found(mentions), copy=copy, revision=revision, notices=taken_back)
