"""What analysis makes of one entry under one topic: the same in the analyze role and in a replay.

document, mentions -- relevant --> score -- paragraphs, extract --> claims
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from monitor.extract.unread import unread_claim
from monitor.ports import Relevant
from monitor.records import Claim, Document, Entry, Mention
from monitor.records.ids import TopicSlug
from monitor.settings import Config, Topic
from monitor.text.language import is_readable

if TYPE_CHECKING:
    from monitor.extract.paragraphs import Paragraphs

ENOUGH = 0.5
"""The score from which a matched document is read for its claims."""


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
    ) -> tuple[Claim, ...]:
        """The claims of the document about the topic."""
        ...


def every_match(document: Document, topic: Topic) -> float:
    """Whatever matches is relevant."""
    del document, topic
    return 1.0


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
    relevant: Relevant = every_match,
) -> tuple[Claim, ...]:
    """The claims of an entry that matched; of one in a language that is not read, a single one that says so.

    paragraphs: those of the document, kept for all topics that it matches, so that each is read once.
    """
    topic = config.topics[slug]
    if not mentions:
        return ()
    if entry.language is not None and not is_readable(entry.language):
        return (unread_claim(document, mentions, slug, entry.language),)
    if relevant(document, topic) < ENOUGH:
        return ()
    return extract(paragraphs, document, mentions, slug, topic, background_age=config.ledger.background_age)
