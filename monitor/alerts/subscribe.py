"""Who wants a development: the subscribe step's judgement, and the messages that come of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from monitor.alerts.figures import amount, figure, number
from monitor.alerts.render import value_of
from monitor.records import Carrier, Development, Event, Known, Message, Notice, NoticeKind, VerdictKind
from monitor.records.ids import ChannelName, Snapshot, SubscriptionName, message_key
from monitor.settings import BOUNDS, Subscription

Bound = Literal["at_once", "digest"]


class Condition(StrEnum):
    """What of a subscription holds a development back; named after its setting."""

    TOPIC = "topics"
    KIND = "kinds"
    SPEAKER = "speakers"
    STANCE = "stances"
    UNIT = "units"
    CHANGE = "min_change"
    CHANGE_PERCENT = "min_change_percent"
    WORDS = "words"
    OUTLET = "outlets"
    NOT_OUTLET = "not_outlets"
    ORIGINS = "min_origins"
    CONFIDENCE = "min_confidence"
    SENSITIVITY = "sensitivity"


def held_by(subscription: Subscription, event: Event, last: Known | None = None) -> Condition | None:
    """The first condition that the development does not meet as it now stands; None where the subscription wants it.

    last: the figure of the series that the subscription was told last, from which its `min_change` counts; None: the one that the
    ledger knew before. Only what is now known of the development counts, not which event brought it: a corroboration that brings
    the second origin makes a development wanted that was not wanted before.
    """
    development = event.development
    if subscription.topics != "all" and development.topic not in subscription.topics:
        return Condition.TOPIC
    if development.kind not in subscription.kinds:
        return Condition.KIND
    unmet = _unmet_by_content(subscription, development, last)
    if unmet is None:
        unmet = _unmet_by_carriers(subscription, event)
    if unmet is None and len(set(development.origins)) < subscription.min_origins:
        return Condition.ORIGINS
    if unmet is None and development.confidence < subscription.min_confidence:
        return Condition.CONFIDENCE
    if unmet is None and is_less_sure(subscription, development, "digest"):
        return Condition.SENSITIVITY
    return unmet


def is_less_sure(subscription: Subscription, development: Development, bound: Bound) -> bool:
    """Whether a development is too doubtful for the subscription to be told at once, or even in a digest.

    What was not read is neither sure nor doubtful: a topic's `other_languages` asks for it.
    """
    bounds = BOUNDS[subscription.sensitivity or development.sensitivity]
    needed = bounds.told_at_once(brief=development.claim.brief) if bound == "at_once" else bounds.digest
    return development.kind is not VerdictKind.UNREAD and development.confidence < needed


def measures(subscription: Subscription) -> bool:
    """Whether the subscription asks by how much figures change, so that it matters what it was told last."""
    return subscription.min_change is not None or subscription.min_change_percent is not None


def figure_told(development: Development) -> Known | None:
    """What is known to whoever was told the development, where it has a figure of a series."""
    quantity, claim = development.quantity, development.claim
    if development.series is None or quantity is None or value_of(quantity) is None:
        return None
    return Known(
        text=figure(quantity),
        speaker=claim.speaker or claim.org,
        outlet=development.carrier.outlet,
        published=development.carrier.published,
        quantity=quantity,
    )


def as_told(event: Event, last: Known | None) -> Event:
    """The event for someone who was told another figure last than the ledger knew before: the change begins there."""
    development = event.development
    change = _change_of(development, last)
    if last is None or last.quantity is None or change is None or last == development.before:
        return event
    before, difference = change
    share = f" ({difference * 100 / abs(before):.2g} %)" if before else ""
    reason = f"{development.reason.rstrip('. ')}; {amount(last.quantity)} was told last: a change of {number(difference)}{share}"
    return replace(event, development=replace(development, before=last, reason=reason))


def _unmet_by_content(subscription: Subscription, development: Development, last: Known | None) -> Condition | None:
    claim = development.claim
    if subscription.speakers and not _holds((claim.speaker or "", claim.org or ""), subscription.speakers):
        return Condition.SPEAKER
    if subscription.stances and claim.stance not in subscription.stances:
        return Condition.STANCE
    units = {unit.casefold() for unit in subscription.units}
    if units and (development.quantity is None or development.quantity.unit.casefold() not in units):
        return Condition.UNIT
    change = _change_of(development, last)
    if change is not None:
        before, difference = change
        if subscription.min_change is not None and difference < subscription.min_change:
            return Condition.CHANGE
        percent = subscription.min_change_percent
        if percent is not None and before and difference * 100 < percent * abs(before):
            return Condition.CHANGE_PERCENT
    if subscription.words and not _holds((claim.sentence, development.carrier.title), subscription.words):
        return Condition.WORDS
    return None


def _change_of(development: Development, last: Known | None) -> tuple[float, float] | None:
    """The figure before, and by how much it changed; None where that cannot be told: then no condition holds it back."""
    began = last or development.before
    if development.kind is not VerdictKind.NUMBER_CHANGED or began is None:
        return None
    known, now = began.quantity, development.quantity
    before = value_of(known) if known else None
    after = value_of(now) if now else None
    return (before, abs(after - before)) if before is not None and after is not None else None


def _holds(texts: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether one of the texts holds one of the words or phrases, whole, in any case."""
    forms = "|".join(re.escape(" ".join(phrase.split())) for phrase in wanted)
    pattern = re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)
    return any(pattern.search(" ".join(text.split())) for text in texts)


def _unmet_by_carriers(subscription: Subscription, event: Event) -> Condition | None:
    """Each voice counts by all its names: outlet, publisher and feed, or the origin's name where only that is known."""
    voices = list(_voices(event))
    wanted = {name.casefold() for name in subscription.outlets}
    if wanted and not any(voice & wanted for voice in voices):
        return Condition.OUTLET
    unwanted = {name.casefold() for name in subscription.not_outlets}
    if unwanted and all(voice & unwanted for voice in voices):
        return Condition.NOT_OUTLET
    return None


def _voices(event: Event) -> Iterator[set[str]]:
    carriers = (event.development.carrier, event.carrier)
    yield from (_names(carrier) for carrier in carriers)
    seen = {carrier.origin for carrier in carriers}
    yield from ({origin.casefold()} for origin in event.development.origins if origin not in seen)


def _names(carrier: Carrier) -> set[str]:
    return {name.casefold() for name in (carrier.outlet, carrier.publisher, carrier.feed) if name}


def wants(subscription: Subscription, event: Event) -> bool:
    """Whether the subscription wants the development as it now stands. That it was told before is the told-set's business."""
    return held_by(subscription, event) is None


def messages_for(
    name: SubscriptionName, subscription: Subscription, event: Event, *, now: datetime, title: str = "", again: bool = False
) -> tuple[Message, ...]:
    """One message for each channel of the subscription. title: the topic's, for people.

    again: the subscription was told, and is now told who else carries it; such a message has a key of its own.
    """
    development = event.development
    telling = f"{development.id}:{development.version}" if again else development.id
    return tuple(
        Message(
            key=message_key(name, ChannelName(channel), telling),
            subscription=name,
            channel=ChannelName(channel),
            snapshot=development.snapshot,
            told=now,
            event=event,
            title=title,
            zone=subscription.time_zone,
            again=again,
        )
        for channel in dict.fromkeys(subscription.channels)
    )


def notices_for(
    name: SubscriptionName, subscription: Subscription, notice: Notice, *, now: datetime, snapshot: Snapshot
) -> tuple[Message, ...]:
    """One message for each channel of the subscription, where the notice concerns it: health where its kinds hold `health`, all
    else where it takes the notice's topic."""
    if notice.kind is NoticeKind.HEALTH and "health" not in subscription.kinds:
        return ()
    if notice.topic is not None and subscription.topics != "all" and notice.topic not in subscription.topics:
        return ()
    return tuple(
        Message(
            key=message_key(name, ChannelName(channel), notice.id),
            subscription=name,
            channel=ChannelName(channel),
            snapshot=snapshot,
            told=now,
            notice=notice,
            zone=subscription.time_zone,
        )
        for channel in dict.fromkeys(subscription.channels)
    )
