"""When an outbox sends what, decided from what waits in it: digests, quiet hours, rate limits, snoozes and bursts.

Nothing is dropped: each alert has a time at which it is due, and what holds it until then is told with it. `plan` is asked each
time that an outbox is looked at, so that a changed configuration holds for what waits already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cronsim import CronSim

from monitor.alerts.lines import moment
from monitor.alerts.render import short_end
from monitor.alerts.subscribe import is_less_sure
from monitor.records import Form, LastTold, Message, Pace, Snooze, VerdictKind
from monitor.settings import Subscription
from monitor.settings.base import duration_text
from monitor.settings.subscriptions import GROUP_INTERVAL, WEEKDAYS, QuietHours, time_of

MORNING = "0 8 * * *"
"""When what came late, and what is doubtful, is told to a subscription without a digest: at 8:00 on its own clock."""
STORIES = 300
"""Stories that an outbox remembers: the latest ones."""


class Why(StrEnum):
    """What holds an alert for a time."""

    DIGEST = "digest"
    DOUBT = "sensitivity"
    QUIET = "quiet_hours"
    RATE = "rate_limit"
    SNOOZED = "snooze"
    BURST = "group_interval"
    LATE = "late_after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An alert, when it may go, and what held it until then."""

    alert: Message
    at: datetime
    why: Why | None


def plan(
    waiting: Sequence[Message],
    subscription: Subscription,
    pace: Pace,
    snoozes: Sequence[Snooze],
    *,
    calls: bool,
    most: int,
    now: datetime,
) -> Message | datetime:
    """The message that goes now, made of some of what waits; or the time at which the next one may go.

    waiting: the outbox's alerts in order, at least one. calls: the channel calls a person, so that bursts are grouped there
    though the subscription does not say so. most: alerts that one message of the channel takes.
    """
    found = [due(alert, subscription, pace, snoozes, calls=calls, now=now) for alert in waiting]
    ready = [one for one in found if one.at <= now]
    if not ready:
        return min(one.at for one in found)
    if (finished := next((one.alert for one in ready if one.alert.more), None)) is not None:
        return finished  # it was put together before, and became a dead letter that a person tries again
    if (head := ready[0]).alert.notice is not None:
        return replace(head.alert, form=Form.NOTICE, formed=now)  # by itself: it is no news
    ready = [one for one in ready if one.alert.notice is None]
    held = [one for one in ready if one.why not in {None, Why.BURST}][:most]
    if held:
        return _together(held, pace, _held_form(held), _note(held, subscription), now)
    if head.why is Why.BURST:
        story = [one for one in ready if one.alert.story == head.alert.story][:most]
        return _together(story, pace, Form.FOLLOW_UP, None, now)
    mates = [one for one in ready if one.why is None and _entry(one.alert) == _entry(head.alert)][:most]
    return _together(mates, pace, Form.ALERT, None, now)


def sent(pace: Pace, message: Message, subscription: Subscription | None, *, now: datetime) -> Pace:
    """What the outbox remembers after the message has gone."""
    keep = subscription.rate_limit.messages if subscription and subscription.rate_limit else 0
    stories = dict(pace.stories)
    for alert in message.alerts:
        if alert.notice is not None:
            continue
        before = stories.pop(alert.story, None)
        first = before.first if before else message.idempotency_key
        stories[alert.story] = LastTold(at=now, end=short_end(alert.news.development), first=first)
    digest = now if message.form is Form.DIGEST else pace.digest
    return Pace(sent=(*pace.sent, now)[-keep:] if keep else (), stories=dict(list(stories.items())[-STORIES:]), digest=digest)


def due(alert: Message, subscription: Subscription, pace: Pace, snoozes: Sequence[Snooze], *, calls: bool, now: datetime) -> Due:
    """When an alert that waits may go as things stand, and what holds it until then; see `plan`."""
    interval = subscription.group_interval
    interval = (GROUP_INTERVAL if calls else 0.0) if interval is None else interval
    return _due(alert, subscription, pace, snoozes, interval, now)


def after_quiet_hours(message: Message, subscription: Subscription | None, when: datetime) -> datetime:
    """When a message may be tried again, that would be tried at `when`: quiet hours hold attempts, too."""
    if subscription is None or subscription.quiet_hours is None or _is_urgent(message, subscription.quiet_hours):
        return when
    return quiet_until(subscription, when) or when


def _due(
    alert: Message, subscription: Subscription, pace: Pace, snoozes: Sequence[Snooze], interval: float, now: datetime
) -> Due:
    at, why = alert.told, None
    for reason, until in _holds(alert, subscription, pace, snoozes, interval):
        if until >= at:
            at, why = until, reason
    if subscription.quiet_hours and not _is_urgent(alert, subscription.quiet_hours):
        # at its time, and where that has passed without a message (its channel was away), now
        for when in (at, now):
            if when >= at and (quiet := quiet_until(subscription, when)):
                held = {Why.DIGEST, Why.LATE, Why.DOUBT, Why.SNOOZED}
                at, why = quiet, why if why in held else Why.QUIET
    return Due(alert=alert, at=at, why=why)


def _holds(
    alert: Message, subscription: Subscription, pace: Pace, snoozes: Sequence[Snooze], interval: float
) -> Iterator[tuple[Why, datetime]]:
    """What holds the alert, and until when, quiet hours apart."""
    told = alert.told
    for snooze in snoozes:
        if snooze.target in _targets(alert) and snooze.since <= told <= snooze.until:
            yield Why.SNOOZED, snooze.until
    if alert.notice is not None:
        return
    last = pace.stories.get(alert.story)
    if last is not None and interval and alert.news.development.kind is not VerdictKind.POSITION_CHANGE:
        yield Why.BURST, last.at + timedelta(seconds=interval)
    if (limit := subscription.rate_limit) and len(pace.sent) >= limit.messages:
        yield Why.RATE, pace.sent[-limit.messages] + timedelta(seconds=limit.per)
    if subscription.digest:
        yield Why.DIGEST, next_time(subscription.digest, subscription, told)
    if alert.news.carrier.late is not None:
        yield Why.LATE, next_time(subscription.digest or MORNING, subscription, told)
    if not subscription.digest and is_less_sure(subscription, alert.news.development, "at_once"):
        yield Why.DOUBT, next_time(MORNING, subscription, told)


def _targets(alert: Message) -> set[str]:
    if alert.notice is not None:
        return {f"subscription:{alert.subscription}", f"topic:{alert.notice.topic}"}
    development = alert.news.development
    stories = {f"story:{found}" for found in (development.series, development.proposition) if found}
    return {f"subscription:{alert.subscription}", f"topic:{development.topic}"} | stories


def _is_urgent(alert: Message, quiet: QuietHours) -> bool:
    kinds = {one.notice.kind if one.notice is not None else one.news.development.kind for one in alert.alerts}
    return not kinds.isdisjoint(quiet.urgent)


def next_time(cron: str, subscription: Subscription, after: datetime) -> datetime:
    """The first time after `after` at which the expression comes due on the subscriber's clock.

    Where clocks are set forward over it, it comes due when they have been; where they are set back, once (`cronsim` follows
    Debian's cron).
    """
    local = after.astimezone(subscription.zone)
    # In the hour that a clock shows twice, `cronsim` may name the first time though it is the second: that is past.
    times = (found.astimezone(UTC) for found in CronSim(cron, local))
    return next(found for found in times if found > after)


def quiet_until(subscription: Subscription, when: datetime) -> datetime | None:
    """When the quiet hours end that `when` lies in; None where it lies in none."""
    quiet = subscription.quiet_hours
    if quiet is None:
        return None
    local = when.astimezone(subscription.zone)
    start, end = time_of(quiet.start), time_of(quiet.end)
    for back in (1, 0):  # those that began yesterday end today
        day = local.date() - timedelta(days=back)
        if WEEKDAYS[day.weekday()] not in quiet.days:
            continue
        last = day if end > start else day + timedelta(days=1)
        begins = datetime.combine(day, start, subscription.zone).astimezone(when.tzinfo)
        ends = datetime.combine(last, end, subscription.zone).astimezone(when.tzinfo)
        if begins <= when < ends:
            return ends
    return None


def _entry(alert: Message) -> tuple[str, str]:
    return alert.news.carrier.entry, alert.news.carrier.revision


def _held_form(held: Sequence[Due]) -> Form:
    return Form.DIGEST if len(held) > 1 or held[0].why in {Why.DIGEST, Why.LATE, Why.DOUBT} else Form.ALERT


def _together(chosen: Sequence[Due], pace: Pace, form: Form, note: str | None, now: datetime) -> Message:
    """One message of several alerts, each with what was last told of its story."""
    alerts = []
    for alert in (one.alert for one in chosen):
        last = pace.stories.get(alert.story)
        alerts.append(replace(alert, thread=last.first if last else None, since=last.end if last else None))
    return replace(alerts[0], form=form, note=note, more=tuple(alerts[1:]), formed=now)


def _note(held: Sequence[Due], subscription: Subscription) -> str:
    """What held the alerts, in words."""
    return " ".join(_words(why, held, subscription) for why in dict.fromkeys(one.why for one in held if one.why))


def _words(why: Why, held: Sequence[Due], subscription: Subscription) -> str:
    until = max(one.at for one in held if one.why is why)
    count = sum(one.why is why for one in held)
    match why:
        case Why.LATE:
            return f"{_developments(count)} came in entries that were seen only long after their date."
        case Why.DIGEST:
            return f"Digest of {moment(until, subscription.time_zone)}."
        case Why.DOUBT:
            return f"Less sure than what is told at once: {_developments(count)}."
        case Why.SNOOZED:
            return f"{_developments(count)} came while this was snoozed until {moment(until, subscription.time_zone)}."
        case Why.RATE if subscription.rate_limit:
            limit = subscription.rate_limit
            return f"More than {limit.messages} messages in {duration_text(limit.per)}: {_developments(count)} told together."
        case _:
            return f"{_developments(count)} came in quiet hours, which ended {moment(until, subscription.time_zone)}."


def _developments(count: int) -> str:
    return f"{count} development{'' if count == 1 else 's'}"
