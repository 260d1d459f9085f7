"""Entries in languages that are not read: told to topics that want to know, once for each group of near-duplicates."""

from __future__ import annotations

from monitor.alerts.render import render
from monitor.records import ALERT_KINDS, Message, VerdictKind
from monitor.records.ids import ChannelName, Snapshot, SubscriptionName
from monitor.settings import Config, Subscription
from tests.records import NOON
from tests.stories import CONFIG, events, line, told, verdicts

HEADLINE = "Hafenarbeiter der Dockers' Union legen die Arbeit in Marrow nieder"
SUMMARY = "Femi Obasi kündigte am Montag an, dass der Ausstand erst mit höheren Löhnen endet."
CHINESE = "外交部长周四表示，奥巴西领导的码头工人罢工的谈判日期尚未确定。"


def config(other_languages: str, **topic: object) -> Config:
    plain = CONFIG.model_dump(mode="json")
    plain["topics"]["harbour-strike"] |= {"other_languages": other_languages} | topic
    return Config.from_plain(plain)


TELL = config("tell")


def test_another_language_is_never_read_and_by_default_not_told() -> None:
    entry = line("e0", HEADLINE + ", 300 injured at the strike", summary=SUMMARY)
    assert verdicts([entry], config("ignore")) == []


def test_a_topic_that_wants_to_be_told_gets_the_headline_marked_as_not_read() -> None:
    ((name, verdict),) = told([line("e0", HEADLINE, summary=SUMMARY)], TELL)
    assert (name, verdict.kind, verdict.claim.unread) == ("e0", VerdictKind.UNREAD, "de")
    assert (verdict.claim.sentence, verdict.claim.evidence.text, verdict.claim.quantities) == (HEADLINE, HEADLINE, ())
    assert verdict.claim.actors == {"Dockers' Union"}
    assert "(de) and was not read; it names Dockers' Union" in verdict.reason


def test_an_entry_that_names_nothing_of_the_topic_is_not_told() -> None:
    assert verdicts([line("e0", "Der Bundestag stimmt am Donnerstag über den Haushalt ab")], TELL) == []


def test_scripts_without_spaces_match_and_are_compared_too() -> None:
    topics = config("tell", actors={"Dockers' Union": ["奥巴西"]})
    story = [line("e0", CHINESE), line("e1", CHINESE.replace("尚未", "还未"), feed="other", hours=1)]
    assert [(name, verdict.claim.unread) for name, verdict in told(story, topics)] == [("e0", "zh")]


def test_near_duplicates_are_told_once_and_another_outlet_counts_as_one_more_voice() -> None:
    copy = line("e1", HEADLINE + " – Live", summary=SUMMARY, feed="other", hours=1)
    again = line("e2", HEADLINE, summary=SUMMARY, feed="other", hours=2, url="https://other.example/again")
    edited = line("e3", "Ausstand: Dockers' Union nennt Bedingungen", summary=SUMMARY, hours=3, url="https://wire.example/e0")
    story = [line("e0", HEADLINE, summary=SUMMARY), copy, again, edited]
    assert [(name, verdict.kind) for name, verdict in verdicts(story, TELL)] == [
        ("e0", VerdictKind.UNREAD),
        ("e1", VerdictKind.CORROBORATION),
        ("e2", VerdictKind.REPEAT),
        ("e3", VerdictKind.REPEAT),
    ]
    assert [event.development.origins for event in events(story, TELL)] == [("wire",), ("wire", "other")]


def test_another_story_in_that_language_is_told_for_itself() -> None:
    other = line("e1", "Obasi spricht in Brüssel mit der Kommission über die Zukunft der Häfen", hours=1)
    assert [name for name, _ in told([line("e0", HEADLINE, summary=SUMMARY), other], TELL)] == ["e0", "e1"]


def test_what_was_not_read_is_not_known_when_it_comes_in_english() -> None:
    english = line(
        "e1", "Dockers walk out in Marrow", "The Dockers' Union said on Monday that 300 dockers had walked out.", hours=1
    )
    alone = told([english], TELL)
    assert alone
    assert told([line("e0", HEADLINE, summary=SUMMARY), english], TELL)[1:] == alone


def test_one_poll_with_both_is_told_in_the_order_of_its_entries() -> None:
    english = line("e1", "Dockers walk out in Marrow", "The Dockers' Union said on Monday that 300 dockers had walked out.")
    later = line("e2", "Obasi spricht in Brüssel mit der Kommission über die Zukunft der Häfen")
    story = [line("e0", HEADLINE, summary=SUMMARY), english, later]
    names = [name for name, _ in told(story, TELL)]
    assert names == sorted(names)
    assert {"e0", "e1", "e2"} == set(names)


def test_the_alert_says_that_it_was_not_read_and_subscriptions_can_leave_it_out() -> None:
    (event,) = events([line("e0", HEADLINE, summary=SUMMARY)], TELL)
    message = Message(
        key="k", subscription=SubscriptionName("s"), channel=ChannelName("c"), snapshot=Snapshot(1), told=NOON, event=event
    )
    rendering = render(message)
    assert (rendering.label, rendering.change) == ("Not read", HEADLINE)
    assert "unread" in Subscription(channels=("c",)).kinds
    assert VerdictKind.UNREAD in ALERT_KINDS
