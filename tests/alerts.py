"""Messages to test with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.ports import Attempted, Leased, OneByOne, Outboxes, Planner
from monitor.records import Delivery, Event, Known, Message, Notice, NoticeKind, Pace, Qualifier, Stance, VerdictKind
from monitor.records.ids import (
    ChannelName,
    DevelopmentId,
    Snapshot,
    SubscriptionName,
    TopicSlug,
    development_id,
    digest,
    message_key,
)
from tests.records import NOON, TOPIC, a_claim, a_development, a_quantity, an_event

EARLIER = Known(
    text="about 3,000",
    speaker="Seoul",
    outlet="Wire",
    published=NOON - timedelta(days=3),
    quantity=a_quantity(3000, qualifier=Qualifier.ABOUT),
)


def dev(name: str) -> DevelopmentId:
    """An id of the true form for a short name."""
    return development_id(TOPIC, "new_claim", name)


def a_message(
    event: Event | None = None, *, subscription: str = "desk", channel: str = "screen", told: datetime = NOON, name: str = "d1"
) -> Message:
    """A message about the event, or about a new claim of that name."""
    event = event or an_event(a_development(name=dev(name)))
    owner, way = SubscriptionName(subscription), ChannelName(channel)
    key = message_key(owner, way, event.development.id)
    return Message(key=key, subscription=owner, channel=way, snapshot=Snapshot(1), told=told, event=event)


def a_changed_number() -> Event:
    """3,000 became 12,000."""
    text = "South Korea's spy agency said on Friday that up to 12,000 North Korean soldiers were in Kursk."
    claim = a_claim(text, quantities=[a_quantity(12_000)], speaker="National Intelligence Service", org="South Korea")
    development = a_development(claim, kind=VerdictKind.NUMBER_CHANGED, name=dev("changed"), before=EARLIER)
    return an_event(replace(development, origins=("Wire", "Herald"), reason="12,000 lies outside 3,000 by more than 5 %"))


def a_withdrawal() -> Event:
    """A changed number that nobody stands by any more."""
    event = a_changed_number()
    gone = replace(event.development, version=2, origins=(), withdrawn="The entry takes it back.")
    return replace(event, development=gone, cause=VerdictKind.WITHDRAWN)


def a_changed_position() -> Event:
    """A denial turned into a confirmation."""
    claim = a_claim("Pyongyang confirmed the deployment.", org="North Korea", stance=Stance.CONFIRMS)
    text = "North Korea denies: There are no soldiers of ours in Russia."
    before = replace(EARLIER, text=text, speaker="North Korea", quantity=None, stance=Stance.DENIES)
    return an_event(a_development(claim, kind=VerdictKind.POSITION_CHANGE, name=dev("position"), before=before))


def a_notice(
    *lines: str,
    title: str = "The feed wire cannot be read since 24 Oct 12:00 UTC",
    kind: NoticeKind = NoticeKind.HEALTH,
    topic: str | None = None,
    told: datetime = NOON,
) -> Message:
    """A message that is no news."""
    notice = Notice(id=digest(title), kind=kind, title=title, topic=TopicSlug(topic) if topic else None, lines=lines)
    owner, way = SubscriptionName("desk"), ChannelName("screen")
    key = message_key(owner, way, notice.id)
    return Message(key=key, subscription=owner, channel=way, snapshot=Snapshot(1), told=told, notice=notice)


def lease_one(outboxes: Outboxes, now: datetime = NOON, planner: Planner | None = None) -> Leased | None:
    """The next message that is due, if there is one."""
    return next(iter(outboxes.lease(now, planner or OneByOne(), most=1)), None)


def commit_one(outboxes: Outboxes, leased: Leased, delivery: Delivery, pace: Pace | None = None) -> bool:
    """Commits one attempt."""
    (done,) = outboxes.commit([Attempted(leased=leased, delivery=delivery, pace=pace)])
    return done
