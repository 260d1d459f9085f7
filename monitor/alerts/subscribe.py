"""Who wants a development: the subscribe step's judgement, and the messages that come of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from monitor.records import Event, Message
from monitor.records.ids import ChannelName, SubscriptionName, message_key
from monitor.settings import Subscription


class Condition(StrEnum):
    """What of a subscription holds a development back; named after its setting."""

    TOPIC = "topics"
    KIND = "kinds"
    ORIGINS = "min_origins"
    CONFIDENCE = "min_confidence"


def held_by(subscription: Subscription, event: Event) -> Condition | None:
    """The first condition that the development does not meet as it now stands; None where the subscription wants it.

    Only what is now known of the development counts, not which event brought it: a corroboration that brings the second origin
    makes a development wanted that was not wanted before.
    """
    development = event.development
    if subscription.topics != "all" and development.topic not in subscription.topics:
        return Condition.TOPIC
    if development.kind not in subscription.kinds:
        return Condition.KIND
    if len(set(development.origins)) < subscription.min_origins:
        return Condition.ORIGINS
    if development.confidence < subscription.min_confidence:
        return Condition.CONFIDENCE
    return None


def wants(subscription: Subscription, event: Event) -> bool:
    """Whether the subscription wants the development as it now stands. That it was told before is the told-set's business."""
    return held_by(subscription, event) is None


def messages_for(
    name: SubscriptionName, subscription: Subscription, event: Event, *, now: datetime, title: str = ""
) -> tuple[Message, ...]:
    """One message for each channel of the subscription. title: the topic's, for people."""
    return tuple(
        Message(
            key=message_key(name, ChannelName(channel), event.development.id),
            subscription=name,
            channel=ChannelName(channel),
            snapshot=event.development.snapshot,
            told=now,
            event=event,
            title=title,
        )
        for channel in dict.fromkeys(subscription.channels)
    )
