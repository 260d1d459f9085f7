"""Who is told what: messages in their outboxes, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.records.ids import ChannelName, DevelopmentId, Snapshot, SubscriptionName, TopicSlug, joint_key
from monitor.records.ledger import Event


class Form(StrEnum):
    """Why alerts stand together in one message."""

    ALERT = "alert"
    """One development, or several of one entry."""
    FOLLOW_UP = "follow_up"
    """What has become of one story since it was last told."""
    DIGEST = "digest"
    """What was held for a time: by a digest's timing, quiet hours, a rate limit or a snooze."""
    NOTICE = "notice"
    """No news: a word of the monitor about itself, or about where a story stands."""


class NoticeKind(StrEnum):
    """What a notice is about."""

    HEALTH = "health"
    """Something of the monitor itself does not do as it should, or does again."""
    STANDING = "standing"
    """Where a story stands, when a ledger has been filled."""
    WATCHING = "watching"
    """What was read, told and held back in a time: the sign of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a message tells that is no development. id: names it for ever, so that a subscription is told it once; topic: where
    it is about one; title: the whole of it in one line; lines: the particulars, in plain words, a sentence or a fact each."""

    id: str
    kind: NoticeKind
    title: str
    topic: TopicSlug | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of an outbox: the alert that a subscription decided on, not yet rendered, with others that go out with it.

    key names the alert for ever; told is when it was decided; event the version of the development at which this subscription's
    conditions held, or notice what is told instead: one of the two is there. title is the topic's title, zone the reader's time
    zone (IANA). more are the further alerts of the message; note says in words why they stand together. thread is the key of the
    message in which the outbox first told of this story, since the figure or stance that it told last. again: the development
    was told before, and one more voice carries it now; formed: when the alerts were put together to be sent; held: for a digest,
    what was held back since the one before, in words.
    """

    key: str
    subscription: SubscriptionName
    channel: ChannelName
    snapshot: Snapshot
    told: datetime
    event: Event | None = None
    notice: Notice | None = None
    title: str = ""
    zone: str = "UTC"
    form: Form = Form.ALERT
    note: str | None = None
    thread: str | None = None
    since: str | None = None
    again: bool = False
    formed: datetime | None = None
    held: str | None = None
    more: tuple[Message, ...] = ()

    @property
    def idempotency_key(self) -> str:
        """What goes with every attempt: the same for the same alerts."""
        return joint_key(alert.key for alert in self.alerts) if self.more else self.key

    @property
    def telling(self) -> str:
        """What the told-set keeps: the development, or this version of it."""
        return f"{self.development}:{self.version}" if self.again else self.development

    @property
    def alerts(self) -> tuple[Message, ...]:
        """The alerts of the message, this one first."""
        return (self, *self.more)

    @property
    def story(self) -> str:
        """What developments that belong together share: their series, else their proposition."""
        if self.notice is not None:
            return f"notice:{self.notice.id}"
        return self.news.development.series or self.news.development.proposition

    @property
    def development(self) -> DevelopmentId:
        """The development that the message tells, or the notice's id."""
        return DevelopmentId(self.notice.id) if self.notice is not None else self.news.development.id

    @property
    def version(self) -> int:
        """The version of the development; 0 for a notice."""
        return self.event.development.version if self.event is not None else 0

    @property
    def news(self) -> Event:
        """The event of an alert. Raises ValueError for a notice, which has none."""
        if self.event is None:
            raise ValueError(f"message {self.key} is a notice and tells no development")
        return self.event


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTold:
    """When an outbox last told of a story, what figure or stance, in short, and the key of its first message of it."""

    at: datetime
    end: str | None
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What an outbox remembers of what it sent: the times of its latest messages, oldest first, stories by their id, and when its
    last digest went."""

    sent: tuple[datetime, ...] = ()
    stories: Mapping[str, LastTold] = field(default_factory=dict)
    digest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """A silence that a person asked for. target: `subscription:NAME`, `topic:SLUG` or `story:ID`."""

    target: str
    since: datetime
    until: datetime


class DeliveryState(StrEnum):
    """What one attempt came to."""

    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt to bring a message to its channel. due: when to try again, for RETRY; error: in words, for all but SENT."""

    key: str
    state: DeliveryState
    attempt: int
    at: datetime
    due: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How a channel does, over all its outboxes and deliverers.

    failures: attempts that failed in a row, since the first of them, with the error of the last in words; until: nothing is sent
    before. A channel that works has none of it.
    """

    failures: int = 0
    until: datetime | None = None
    since: datetime | None = None
    error: str | None = None


CLOSED = Breaker()
"""A channel that works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was given up, kept until a person retries or drops it. error: in words, for people."""

    message: Message
    attempts: int
    at: datetime
    error: str
