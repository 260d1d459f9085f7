"""Messages that stand for all that can be told: to try channels and templates with, before there is anything to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.records import (
    Carrier,
    Claim,
    Development,
    Event,
    Evidence,
    Field,
    Form,
    Known,
    Message,
    Notice,
    NoticeKind,
    Qualifier,
    Quantity,
    Stance,
    VerdictKind,
)
from monitor.records.ids import (
    ChannelName,
    DevelopmentId,
    EntryId,
    FeedId,
    PropositionId,
    RevisionId,
    SeriesId,
    Snapshot,
    SubscriptionName,
    TopicSlug,
    digest,
    message_key,
)

TEST = "This is a test message of the news monitor: whoever reads it is reached by this channel."


def samples(now: datetime) -> tuple[Message, ...]:
    """One message of each form: a new claim, a changed number with its trend, a follow-up, a digest, a notice."""
    claim = trial("sample", now)
    number = _changed_number(now)
    follow_up = replace(number, form=Form.FOLLOW_UP, since="2", more=(replace(number, key=digest("sample", "second")),))
    notice = Notice(
        id=digest("sample", "notice"), kind=NoticeKind.HEALTH, title="A sample of a notice", lines=("One fact.", "Another.")
    )
    return (
        claim,
        number,
        follow_up,
        replace(claim, form=Form.DIGEST, note="Digest of a sample.", more=(number,)),
        replace(claim, event=None, notice=notice, form=Form.NOTICE),
    )


def trial(channel: str, now: datetime) -> Message:
    """A message that says that it is a test. Each has a key of its own, by its time."""
    owner, name = SubscriptionName("test"), ChannelName(channel)
    key = DevelopmentId(digest("test", channel, now.isoformat()))
    entry, revision = EntryId(digest("test entry", key)), RevisionId(digest("test revision", key))
    topic = TopicSlug("test")
    claim = Claim(
        topic=topic,
        evidence=Evidence(entry=entry, revision=revision, field=Field.TITLE, start=0, end=len(TEST), text=TEST),
        sentence=TEST,
        proposition=TEST.rstrip("."),
        terms=frozenset(),
        actors=frozenset(),
        mentions=(),
        speaker=None,
        org=None,
        stance=Stance.ASSERTS,
        quantities=(),
        place=None,
        time=None,
        background=False,
        worth=1.0,
    )
    carrier = _carrier(entry, revision, now)
    development = Development(
        id=key,
        topic=topic,
        kind=VerdictKind.NEW_CLAIM,
        number=0,
        snapshot=Snapshot(0),
        claim=claim,
        carrier=carrier,
        reason="you asked for it with `monitor check`",
        confidence=1.0,
        before=None,
        quantity=None,
        proposition=PropositionId(key),
        series=None,
        version=1,
        origins=("News monitor",),
    )
    event = Event(development=development, cause=VerdictKind.NEW_CLAIM, carrier=carrier)
    return Message(
        key=message_key(owner, name, key),
        subscription=owner,
        channel=name,
        snapshot=Snapshot(0),
        told=now,
        event=event,
        title="Test",
    )


def _changed_number(now: datetime) -> Message:
    """Three became four, with what was known before."""
    message = trial("sample number", now)
    event = message.news
    before = Known(
        text="three samples",
        speaker="News monitor",
        outlet="News monitor",
        published=now - timedelta(days=1),
        quantity=_figure(3),
    )
    development = replace(
        event.development,
        kind=VerdictKind.NUMBER_CHANGED,
        claim=replace(event.development.claim, speaker="A speaker", org="An organisation", quantities=(_figure(4),)),
        before=before,
        quantity=_figure(4),
        series=SeriesId(digest("sample", "series")),
    )
    after = replace(before, text="four samples", published=now, quantity=_figure(4))
    return replace(message, event=replace(event, development=development, counted="samples", trend=(before, after)))


def _figure(value: float) -> Quantity:
    surface = f"{value:g}"
    return Quantity(
        low=value,
        high=value,
        qualifier=Qualifier.EXACT,
        unit="samples",
        what="samples",
        surface=surface,
        start=0,
        end=len(surface),
    )


def _carrier(entry: EntryId, revision: RevisionId, now: datetime) -> Carrier:
    return Carrier(
        entry=entry,
        revision=revision,
        feed=FeedId("test"),
        outlet="News monitor",
        publisher=None,
        url="",
        title=TEST,
        published=now,
        seen=now,
    )
