"""Notices: what a message tells that is no news, and how it reads on each channel."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import jsonschema
import pytest

from monitor.alerts.bulletin import as_title, bulletin, fit
from monitor.alerts.pace import plan, sent
from monitor.alerts.receipt import receipt
from monitor.alerts.subscribe import notices_for
from monitor.alerts.templates import FAMILIES
from monitor.records import Form, Message, NoticeKind, Pace, Snooze
from monitor.records.ids import Snapshot, SubscriptionName
from monitor.settings import Subscription
from tests.alerts import a_message, a_notice
from tests.records import NOON
from workers.adapters.channels.terminal import as_terminal
from workers.adapters.templates import read_templates

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/notice.schema.json").read_text())
DESK = SubscriptionName("desk")


def subscription(**settings: object) -> Subscription:
    return Subscription.model_validate({"channels": ("screen",), **settings})


def planned(*waiting: Message, snoozes: tuple[Snooze, ...] = (), at: timedelta = timedelta(0), **settings: object) -> object:
    return plan(waiting, subscription(**settings), Pace(), snoozes, calls=True, most=25, now=NOON + at)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_notice_reads_as_one_in_every_family_and_injects_nothing(family: str) -> None:
    text = read_templates().write(family, bulletin(a_notice("It failed <b>9</b> times.", "https://wire.example/feed")))
    assert "cannot be read since" in text and "no news" in text and "Health" in text
    assert family == "text" or "<b>9</b>" not in text


def test_a_notice_reads_on_the_terminal() -> None:
    text = as_terminal(bulletin(a_notice("9 attempts failed.")), StringIO())
    assert text.splitlines()[0].strip().startswith("HEALTH  The feed wire")
    assert "  9 attempts failed." in text


def test_a_notice_that_is_too_long_loses_its_last_lines_and_says_so() -> None:
    found = bulletin(a_notice(*(f"fact {n} that takes some room" for n in range(200))))
    templates = read_templates()
    text = fit(found, 2_000, lambda shorter: templates.write("markdown", shorter))
    assert len(text) <= 2_000 and "fact 0" in text and "more, for which there is no room" in text
    assert as_title(found) == "The feed wire cannot be read since 24 Oct 12:00 UTC"


def test_programs_get_a_notice_in_a_form_of_its_own() -> None:
    found = receipt(a_notice("one", kind=NoticeKind.STANDING, topic="treaty"))
    jsonschema.validate(found, SCHEMA)
    assert found["kind"] == "standing" and found["lines"] == ["one"]


def test_a_notice_goes_by_itself_and_leaves_no_story_behind() -> None:
    notice, news = a_notice(), a_message()
    first = planned(notice, news)
    assert isinstance(first, Message) and first.form is Form.NOTICE and not first.more
    assert sent(Pace(), first, subscription(), now=NOON).stories == {}
    second = planned(news, notice)
    assert isinstance(second, Message) and second.key == news.key and not second.more


def test_quiet_hours_and_snoozes_hold_a_notice_unless_its_kind_is_urgent() -> None:
    quiet = {"start": "11:00", "end": "14:00"}
    assert planned(a_notice(), quiet_hours=quiet) == NOON + timedelta(hours=2)
    assert isinstance(planned(a_notice(), quiet_hours={**quiet, "urgent": ("health",)}), Message)
    snooze = Snooze(target="subscription:desk", since=NOON, until=NOON + timedelta(days=1))
    assert planned(a_notice(), snoozes=(snooze,)) == NOON + timedelta(days=1)


def test_a_notice_that_was_held_is_no_part_of_a_digest() -> None:
    digest = "0 18 * * *"
    found = planned(a_message(), a_notice(), digest=digest, at=timedelta(hours=7))
    assert isinstance(found, Message) and found.notice is None and not found.more


def test_health_goes_to_who_asks_for_it_and_what_is_about_a_topic_to_its_subscribers() -> None:
    def told(message: Message, **settings: object) -> int:
        assert message.notice
        return len(notices_for(DESK, subscription(**settings), message.notice, now=NOON, snapshot=Snapshot(1)))

    assert told(a_notice()) == 0
    assert told(a_notice(), kinds=("health",)) == 1
    standing = a_notice(kind=NoticeKind.STANDING, topic="treaty")
    assert told(standing) == 1
    assert told(standing, topics=("arms",)) == 0
    assert told(standing, topics=("treaty",), channels=("screen", "log")) == 2
