"""What each id is made of. Ids are NewTypes, so that one is not taken for another.

All but slugs and names are 20 hexadecimal digits of BLAKE2b over their parts, joined by a separator that no part can hold:
80 bits, so that two of a hundred million ids collide with a chance of less than one in a hundred million.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from typing import NewType

FeedId = NewType("FeedId", str)
"""A feed's slug in the configuration."""
TopicSlug = NewType("TopicSlug", str)
EntryId = NewType("EntryId", str)
RevisionId = NewType("RevisionId", str)
PropositionId = NewType("PropositionId", str)
SeriesId = NewType("SeriesId", str)
DevelopmentId = NewType("DevelopmentId", str)
SubscriptionName = NewType("SubscriptionName", str)
ChannelName = NewType("ChannelName", str)
Snapshot = NewType("Snapshot", int)
"""The number of a configuration snapshot, from 1."""
NO_SNAPSHOT = Snapshot(0)

_SEPARATOR = "\x1f"  # ASCII unit separator; control characters are taken out of every part


def digest(*parts: str) -> str:
    """20 hexadecimal digits that stand for the parts in their order."""
    joined = _SEPARATOR.join(part.replace(_SEPARATOR, " ") for part in parts)
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def normalised(text: str) -> str:
    """Text as it counts for identity: compatibility forms folded (NFKC), case folded, runs of white space as one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def entry_id(feed: FeedId, *, guid: str | None, link: str | None, title: str, text: str) -> EntryId:
    """An entry's identity within its feed: its guid, else its normalised link, else its title and text.

    link must be normalised already (`monitor.feeds.identity`).
    """
    if guid:
        return EntryId(digest("guid", feed, guid))
    if link:
        return EntryId(digest("link", feed, link))
    return EntryId(digest("text", feed, normalised(title), normalised(text)))


def revision_id(title: str, summary: str, content: str) -> RevisionId:
    """A revision: what the clean title, summary and content say, but for white space and case."""
    return RevisionId(digest("revision", normalised(title), normalised(summary), normalised(content)))


def development_id(topic: TopicSlug, kind: str, evidence_key: str) -> DevelopmentId:
    """A development: where it was first read, and what kind it is. The same input gives the same id in every replay."""
    return DevelopmentId(digest("development", topic, kind, evidence_key))


def message_key(subscription: SubscriptionName, channel: ChannelName, telling: str) -> str:
    """The idempotency key of a message. telling: the development, since a subscription tells it once; with the version where
    more voices for it are told again."""
    return digest("message", subscription, channel, telling)


def joint_key(keys: Iterable[str]) -> str:
    """The idempotency key of several alerts that go out as one message."""
    return digest("message", *keys)


def proposition_id(topic: TopicSlug, evidence_key: str) -> PropositionId:
    """A proposition, named after its first member's evidence."""
    return PropositionId(digest("proposition", topic, evidence_key))


def series_id(topic: TopicSlug, evidence_key: str, surface_start: int) -> SeriesId:
    """A quantity series, named after its first figure: the evidence, and where in the document the figure starts."""
    return SeriesId(digest("series", topic, evidence_key, str(surface_start)))
