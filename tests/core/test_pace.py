"""When an outbox sends what, on virtual time: nothing is dropped, and each thing that holds an alert is told with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.breaker import after_attempt
from monitor.alerts.bulletin import bulletin
from monitor.alerts.pace import after_quiet_hours, plan, quiet_until, sent
from monitor.errors import DeliveryFailed, DeliveryRefused
from monitor.records import CLOSED, Event, Form, Message, Pace, Snooze, VerdictKind
from monitor.records.ids import PropositionId, SeriesId
from monitor.settings import DeliverySettings, Subscription
from tests.alerts import a_changed_position, a_message, dev
from tests.core.test_bulletin import a_figure
from tests.records import NOON, a_carrier, a_development, an_event

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


def subscription(**settings: object) -> Subscription:
    return Subscription.model_validate({"channels": ("screen",), **settings})


def berlin(*when: int) -> datetime:
    year, month, day, hour, minute = when
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def alert(
    name: str, told: datetime = NOON, *, story: str | None = None, entry: str | None = None, event: Event | None = None
) -> Message:
    """An alert of an entry and a story of its own, unless they are named."""
    event = event or an_event(a_development(name=dev(name)))
    development = replace(
        event.development,
        id=dev(name),
        series=SeriesId(story) if story and event.development.series else None,
        proposition=PropositionId(story or name),
        carrier=a_carrier(name=entry or name),
    )
    return a_message(replace(event, development=development, carrier=development.carrier), told=told, name=name)


class Outbox:
    """An outbox on virtual time: what waits, what went when, and what is remembered."""

    def __init__(self, wanted: Subscription, *, calls: bool = True, snoozes: tuple[Snooze, ...] = (), most: int = 25) -> None:
        self.wanted, self.calls, self.snoozes, self.most = wanted, calls, snoozes, most
        self.waiting: list[Message] = []
        self.sent: list[tuple[datetime, Message]] = []
        self.pace = Pace()

    def run(self, *alerts: Message, until: datetime) -> list[tuple[datetime, Message]]:
        """Lets time pass from the first alert to `until`; what went, and when."""
        coming = sorted(alerts, key=lambda one: one.told)
        now = coming[0].told
        while now <= until:
            while coming and coming[0].told <= now:
                self.waiting.append(coming.pop(0))
            at = coming[0].told if coming else until + MINUTE
            if self.waiting:
                found = plan(self.waiting, self.wanted, self.pace, self.snoozes, calls=self.calls, most=self.most, now=now)
                if isinstance(found, Message):
                    keys = {one.key for one in found.alerts}
                    self.waiting = [one for one in self.waiting if one.key not in keys]
                    self.sent.append((now, found))
                    self.pace = sent(self.pace, found, self.wanted, now=now)
                    continue
                assert found > now, "an outbox that waits must say until when"
                at = min(at, found)
            now = at
        return self.sent


def names(message: Message) -> list[str]:
    return [one.key for one in message.alerts]


def test_without_timing_every_alert_goes_at_once_in_order() -> None:
    alerts = [alert(f"d{n}", NOON + n * MINUTE) for n in range(5)]
    went = Outbox(subscription()).run(*alerts, until=NOON + HOUR)
    assert [(when, message.key) for when, message in went] == [(one.told, one.key) for one in alerts]
    assert all(message.form is Form.ALERT and not message.more for _, message in went)


def test_developments_of_one_entry_go_as_one_message() -> None:
    one, other, alone = alert("a", entry="e"), alert("b", entry="e"), alert("c")
    went = Outbox(subscription()).run(one, other, alone, until=NOON + HOUR)
    assert [names(message) for _, message in went] == [[one.key, other.key], [alone.key]]
    assert went[0][1].idempotency_key not in {one.key, other.key}


# Bursts


def burst() -> list[Message]:
    values = ((8_000, None, 0), (9_000, 8_000, 2), (12_000, 9_000, 5), (10_000, 12_000, 40))
    return [alert(f"v{v}", NOON + m * MINUTE, story="s", event=a_figure(v, f"v{v}", before=b)) for v, b, m in values]


def test_a_burst_of_one_story_makes_one_follow_up_from_the_value_last_told() -> None:
    went = Outbox(subscription()).run(*burst(), until=NOON + 2 * HOUR)
    assert [when - NOON for when, _ in went] == [0 * MINUTE, 15 * MINUTE, 40 * MINUTE]
    follow_up = went[1][1]
    assert follow_up.form is Form.FOLLOW_UP
    assert bulletin(follow_up).title.startswith("North Korean soldiers in Kursk: 8,000 -> 9,000 -> 12,000")
    assert (follow_up.thread, follow_up.since) == (went[0][1].key, "8,000")


def test_bursts_are_not_grouped_on_a_channel_that_calls_nobody_unless_the_subscription_says_so() -> None:
    assert len(Outbox(subscription(), calls=False).run(*burst(), until=NOON + 2 * HOUR)) == 4
    grouped = subscription(group_interval=3600.0)
    assert [when - NOON for when, _ in Outbox(grouped, calls=False).run(*burst(), until=NOON + 2 * HOUR)] == [
        0 * MINUTE,
        60 * MINUTE,
    ]


def test_a_changed_position_passes_a_burst() -> None:
    first = alert("a", story="p")
    turn = alert("b", NOON + MINUTE, story="p", event=a_changed_position())
    went = Outbox(subscription()).run(first, turn, until=NOON + HOUR)
    assert [when for when, _ in went] == [first.told, turn.told]


def test_a_burst_delays_no_other_story() -> None:
    other = alert("other", NOON + 3 * MINUTE)
    went = Outbox(subscription()).run(*burst()[:2], other, until=NOON + HOUR)
    assert [names(message) for _, message in went][1] == [other.key]
    assert went[1][0] == other.told


# Sensitivity


def test_what_is_less_sure_waits_for_a_digest_of_its_own() -> None:
    # Given a sure alert at noon and two doubtful ones
    doubtful = [alert(name, event=an_event(a_development(name=dev(name), confidence=0.35))) for name in ("b", "c")]
    went = Outbox(subscription()).run(alert("a"), *doubtful, until=NOON + DAY)

    # Then the sure one goes at once and the others in one message the next morning, which says why
    assert [(when, names(message)) for when, message in went] == [
        (NOON, [alert("a").key]),
        (NOON + 20 * HOUR, [one.key for one in doubtful]),
    ]
    assert went[1][1].form is Form.DIGEST
    assert went[1][1].note == "Less sure than what is told at once: 2 developments."


def test_a_digest_holds_what_is_sure_and_what_is_not_alike() -> None:
    doubtful = alert("b", event=an_event(a_development(name=dev("b"), confidence=0.35)))
    went = Outbox(subscription(digest="0 18 * * *")).run(alert("a"), doubtful, until=NOON + DAY)
    assert [(when, len(message.alerts)) for when, message in went] == [(NOON + 6 * HOUR, 2)]


def test_what_a_wider_subscription_is_sure_enough_of_goes_at_once() -> None:
    doubtful = alert("b", event=an_event(a_development(name=dev("b"), confidence=0.35)))
    went = Outbox(subscription(sensitivity="wide")).run(doubtful, until=NOON + DAY)
    assert [when for when, _ in went] == [NOON]


# Digests


def test_a_digest_comes_when_the_cron_expression_says_in_the_subscribers_zone() -> None:
    wanted = subscription(digest="0 8 * * mon-fri", time_zone="Europe/Berlin")
    alerts = [alert(f"d{n}", berlin(2024, 10, 25, 9 + n, 0)) for n in range(3)]  # a Friday
    ((when, message),) = Outbox(wanted).run(*alerts, until=berlin(2024, 10, 29, 7, 0))
    assert when == berlin(2024, 10, 28, 8, 0)  # the Monday after clocks went back
    assert names(message) == [one.key for one in alerts]
    assert message.form is Form.DIGEST
    assert message.note == "Digest of 28 Oct 2024, 08:00 CET."


@pytest.mark.parametrize(
    ("day", "cron", "times"),
    [
        # clocks go from 2:00 to 3:00: half past two does not exist
        ((2024, 3, 31), "30 2 * * *", [(3, 0), (2, 30)]),
        # clocks go from 3:00 back to 2:00: half past two comes twice, the digest once
        ((2024, 10, 27), "30 2 * * *", [(2, 30), (2, 30)]),
    ],
)
def test_a_digest_comes_once_a_day_across_a_daylight_saving_change(
    day: tuple[int, int, int], cron: str, times: list[tuple[int, int]]
) -> None:
    wanted = subscription(digest=cron, time_zone="Europe/Berlin")
    start = berlin(*day, 0, 0)
    alerts = [alert(f"d{n}", start + n * 10 * MINUTE) for n in range(6 * 30)]
    went = Outbox(wanted, most=500).run(*alerts, until=start + timedelta(hours=28))
    local = [when.astimezone(BERLIN) for when, _ in went]
    assert [(one.hour, one.minute) for one in local] == times
    told = [key for _, message in went for key in names(message)]
    assert len(told) == len(set(told))
    assert all(one.key in told for one in alerts if one.told < went[-1][0])


# Quiet hours

QUIET = {"start": "22:00", "end": "07:00", "urgent": ("position_change",)}


def test_quiet_hours_hold_and_tell_when_they_end_one_line_a_story() -> None:
    wanted = subscription(quiet_hours=QUIET, time_zone="Europe/Berlin")
    night = [
        alert(f"v{v}", berlin(2024, 10, 24, 23, m), story="s", event=a_figure(v, f"v{v}", before=b))
        for v, b, m in ((8_000, 3_000, 0), (9_000, 8_000, 20), (12_000, 9_000, 40))
    ]
    other = alert("other", berlin(2024, 10, 25, 3, 0))
    ((when, message),) = Outbox(wanted).run(*night, other, until=berlin(2024, 10, 25, 12, 0))
    assert when == berlin(2024, 10, 25, 7, 0)
    assert message.note == "4 developments came in quiet hours, which ended 25 Oct 2024, 07:00 CEST."
    told = bulletin(message)
    (number,) = [one.change for one in told.alerts if one.kind is VerdictKind.NUMBER_CHANGED]
    assert number.startswith("North Korean soldiers in Kursk: 3,000 -> 8,000 -> 9,000 -> 12,000")
    assert len(told.alerts) == 2


def test_urgent_kinds_pass_quiet_hours() -> None:
    wanted = subscription(quiet_hours=QUIET)
    night = datetime(2024, 10, 24, 23, 0, tzinfo=UTC)
    held, urgent = alert("a", night), alert("b", night + MINUTE, event=a_changed_position())
    went = Outbox(wanted).run(held, urgent, until=night + 12 * HOUR)
    assert [(when, message.key) for when, message in went] == [
        (urgent.told, urgent.key),
        (datetime(2024, 10, 25, 7, 0, tzinfo=UTC), held.key),
    ]


def test_quiet_hours_end_on_the_readers_clock_across_a_daylight_saving_change() -> None:
    wanted = subscription(quiet_hours=QUIET, time_zone="Europe/Berlin")
    # In the night of 27 October 2024 clocks went back: it lasted an hour longer.
    begins = berlin(2024, 10, 26, 22, 0)
    assert quiet_until(wanted, begins) == berlin(2024, 10, 27, 7, 0)
    assert berlin(2024, 10, 27, 7, 0) - begins == 10 * HOUR
    assert quiet_until(wanted, begins + 10 * HOUR - MINUTE) is not None
    assert quiet_until(wanted, begins + 10 * HOUR) is None
    # In that of 31 March 2024 they went forward.
    assert berlin(2024, 3, 31, 7, 0) - berlin(2024, 3, 30, 22, 0) == 8 * HOUR
    assert quiet_until(wanted, berlin(2024, 3, 31, 6, 59)) == berlin(2024, 3, 31, 7, 0)


def test_quiet_hours_on_some_days_begin_on_those_alone() -> None:
    wanted = subscription(quiet_hours={"start": "22:00", "end": "07:00", "days": ("sat",)})
    saturday = datetime(2024, 10, 26, 23, 0, tzinfo=UTC)
    assert quiet_until(wanted, saturday) == datetime(2024, 10, 27, 7, 0, tzinfo=UTC)
    assert quiet_until(wanted, saturday + 6 * HOUR) == datetime(2024, 10, 27, 7, 0, tzinfo=UTC)
    assert quiet_until(wanted, saturday + DAY) is None


def test_an_alert_whose_channel_was_away_until_the_night_waits_for_the_morning() -> None:
    wanted = subscription(quiet_hours=QUIET)
    evening = alert("a", datetime(2024, 10, 24, 21, 0, tzinfo=UTC))
    found = plan([evening], wanted, Pace(), (), calls=True, most=25, now=datetime(2024, 10, 24, 23, 0, tzinfo=UTC))
    assert found == datetime(2024, 10, 25, 7, 0, tzinfo=UTC)
    assert after_quiet_hours(evening, wanted, datetime(2024, 10, 24, 23, 0, tzinfo=UTC)) == found


# Rate limits


def test_what_exceeds_the_rate_limit_comes_in_one_digest_that_says_so() -> None:
    wanted = subscription(rate_limit={"messages": 3, "per": 3600.0})
    alerts = [alert(f"d{n}", NOON + n * MINUTE) for n in range(10)]
    went = Outbox(wanted).run(*alerts, until=NOON + 3 * HOUR)
    assert [len(message.alerts) for _, message in went] == [1, 1, 1, 7]
    assert went[3][0] == NOON + HOUR
    assert went[3][1].note == "More than 3 messages in 1h: 7 developments told together."


def test_in_no_hour_do_more_messages_come_than_the_limit_allows() -> None:
    wanted = subscription(rate_limit={"messages": 4, "per": 3600.0})
    alerts = [alert(f"d{n}", NOON + n * 3 * MINUTE) for n in range(200)]
    times = [when for when, _ in Outbox(wanted).run(*alerts, until=NOON + 24 * HOUR)]
    assert all(later - earlier >= HOUR for earlier, later in zip(times, times[4:], strict=False))
    told = [key for _, message in Outbox(wanted).run(*alerts, until=NOON + 24 * HOUR) for key in names(message)]
    assert sorted(told) == sorted(one.key for one in alerts)


# Snoozes


@pytest.mark.parametrize("target", ["subscription:desk", "topic:troop-deployment", "story:p"])
def test_what_is_snoozed_is_kept_and_ends_with_one_summary(target: str) -> None:
    snooze = Snooze(target=target, since=NOON, until=NOON + 2 * DAY)
    alerts = [alert(f"d{n}", NOON + n * HOUR, story="p") for n in range(1, 6)]
    box = Outbox(subscription(group_interval=0.0), snoozes=(snooze,))
    ((when, message),) = box.run(*alerts, until=NOON + 3 * DAY)
    assert when == snooze.until
    assert names(message) == [one.key for one in alerts]
    assert message.note == "5 developments came while this was snoozed until 26 Oct 2024, 12:00 UTC."


def test_what_is_not_snoozed_goes_on() -> None:
    snooze = Snooze(target="story:p", since=NOON, until=NOON + 2 * DAY)
    held, free = alert("a", NOON + MINUTE, story="p"), alert("b", NOON + MINUTE)
    went = Outbox(subscription(), snoozes=(snooze,)).run(held, free, until=NOON + HOUR)
    assert [message.key for _, message in went] == [free.key]


def test_no_message_holds_more_alerts_than_its_channel_takes() -> None:
    wanted = subscription(digest="0 8 * * *")
    alerts = [alert(f"d{n}", NOON + n * MINUTE) for n in range(60)]
    went = Outbox(wanted, most=25).run(*alerts, until=NOON + DAY)
    assert [len(message.alerts) for _, message in went] == [25, 25, 10]


def test_a_dead_letter_that_was_put_together_goes_again_as_it_was() -> None:
    whole = replace(alert("a"), more=(alert("b"),), form=Form.DIGEST)
    assert plan([alert("c"), whole], subscription(), Pace(), (), calls=True, most=25, now=NOON) == whole


# The circuit breaker

SETTINGS = DeliverySettings()


def test_a_channel_rests_after_failures_in_a_row_and_longer_after_each_further_one() -> None:
    breaker, rests = CLOSED, []
    for _ in range(8):
        breaker = after_attempt(breaker, DeliveryFailed("away"), SETTINGS, now=NOON, jitter=0)
        rests.append((breaker.until - NOON).total_seconds() if breaker.until else 0)
    assert rests == [0, 0, 0, 0, 80, 160, 320, 640]


@pytest.mark.parametrize("error", [None, DeliveryRefused("no such room")])
def test_a_channel_that_took_or_refused_a_message_is_there(error: DeliveryRefused | None) -> None:
    failing = after_attempt(CLOSED, DeliveryFailed("away"), SETTINGS, now=NOON, jitter=0)
    assert after_attempt(failing, error, SETTINGS, now=NOON, jitter=0) == CLOSED


def test_a_retry_after_closes_the_channel_at_once() -> None:
    breaker = after_attempt(CLOSED, DeliveryFailed("later", retry_after=90), SETTINGS, now=NOON, jitter=0)
    assert breaker.until == NOON + timedelta(seconds=90)
