"""The names of all keys, in one place. docs/redis.md says what each holds, who writes and reads it, and when it goes.

Keys that one script writes share a hash tag (the part in braces), so that they lie in one slot of a Redis Cluster.
"""

from __future__ import annotations

from monitor.records.ids import ChannelName, FeedId, SubscriptionName, TopicSlug

PREFIX = "m:"
SCHEMA_VERSION = 2

SCHEMA = f"{PREFIX}schema"
CLOSED = f"{PREFIX}closed"
RESTORED = f"{PREFIX}restored"
CONFIG = f"{PREFIX}{{config}}:snapshots"
CONFIG_CURRENT = f"{PREFIX}{{config}}:current"
TOPICS = f"{PREFIX}topics"

POLL_DUE = f"{PREFIX}{{poll}}:due"
POLL_QUEUE = f"{PREFIX}{{poll}}:queue"
POLL_LEASE = f"{PREFIX}{{poll}}:lease:schedule"
POLL_EPOCH = f"{PREFIX}{{poll}}:epoch:schedule"

OUTBOXES_DUE = f"{PREFIX}{{due}}:outboxes"
BREAKERS = f"{PREFIX}{{due}}:breakers"
SNOOZES = f"{PREFIX}{{due}}:snoozes"

AILMENTS = f"{PREFIX}{{health}}:ailments"
DAYS = f"{PREFIX}{{health}}:days"
SIGNS = f"{PREFIX}{{health}}:signs"
HEALTH_LEASE = f"{PREFIX}{{health}}:lease"
HEALTH_EPOCH = f"{PREFIX}{{health}}:epoch"


def process(name: str) -> str:
    """The key that tells that a process works with the store."""
    return f"{PREFIX}{{roles}}:lease:{name}"


def feed(slug: FeedId, part: str) -> str:
    """A key of one feed: `state`, `known`, `push`."""
    return f"{PREFIX}{{f:{slug}}}:{part}"


def topic(slug: TopicSlug, part: str) -> str:
    """A key of one topic: `sequence`, `works`, `units`, `answers`, `decided`, `events`, `propositions`, ..."""
    return f"{PREFIX}{{t:{slug}}}:{part}"


def subscription(name: SubscriptionName, part: str) -> str:
    """A key of one subscription: `told`, `held`, `figures`, `dead`, `counts`."""
    return f"{PREFIX}{{s:{name}}}:{part}"


def outbox(name: SubscriptionName, channel: ChannelName, part: str = "messages") -> str:
    """A key of one outbox: `messages`, `lease`, `state`."""
    return f"{PREFIX}{{s:{name}}}:out:{channel}:{part}"
