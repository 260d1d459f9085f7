"""What analysis makes of one entry under one topic: the same in the analyze role and in a replay.

document, mentions -- relevant --> score -- extract --> claims
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from monitor.extract.unread import unread_claim
from monitor.ports import Relevant
from monitor.records import Claim, Document, Entry, Mention
from monitor.records.ids import TopicSlug
from monitor.settings import Config, Topic
from monitor.text.language import is_readable

if TYPE_CHECKING:
    from spacy.language import Language

ENOUGH = 0.5
"""The score from which a matched document is read for its claims."""


class Extract(Protocol):
    """`monitor.extract.claims.extract`."""

    def __call__(
        self,
        document: Document,
        mentions: tuple[Mention, ...],
        slug: TopicSlug,
        topic: Topic,
        nlp: Language,
        *,
        background_age: float,
        max_characters: int,
    ) -> tuple[Claim, ...]:
        """The claims of the document about the topic."""
        ...


def every_match(document: Document, topic: Topic) -> float:
    """Whatever matches is relevant."""
    del document, topic
    return 1.0


def claims_of(
    entry: Entry,
    document: Document,
    mentions: tuple[Mention, ...],
    slug: TopicSlug,
    config: Config,
    nlp: Language,
    *,
    extract: Extract,
    relevant: Relevant = every_match,
) -> tuple[Claim, ...]:
    """The claims of an entry that matched; of one in a language that is not read, a single one that says so."""
    topic = config.topics[slug]
    if not mentions:
        return ()
    if entry.language is not None and not is_readable(entry.language):
        return (unread_claim(document, mentions, slug, entry.language),)
    if relevant(document, topic) < ENOUGH:
        return ()
    return extract(
        document,
        mentions,
        slug,
        topic,
        nlp,
        background_age=config.ledger.background_age,
        max_characters=config.nlp.max_characters,
    )
