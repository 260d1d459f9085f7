"""What was held back: the stage that stopped it, the setting that would let it through, and the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts.bulletin import bulletin, fit
from monitor.alerts.held import counted, in_words, of_account, of_condition, of_stop, of_waiting
from monitor.alerts.pace import due, plan, sent
from monitor.records import Account, Judged, Message, Pace, Rule, Snooze, VerdictKind
from monitor.records.held import Held, Stage, Stop
from monitor.records.ids import Snapshot
from monitor.settings import Subscription
from monitor.topics.match import Matcher
from tests.alerts import a_message
from tests.records import NOON, TOPIC, a_claim, a_development, an_entry, carrier_of


def an_account(*judged: Judged, silent: bool = False, relevance: float | None = None) -> Account:
    carrier = replace(carrier_of(an_entry("The Kremlin says nothing")), silent=silent)
    return Account(topic=TOPIC, number=1, snapshot=Snapshot(1), carrier=carrier, judged=judged, relevance=relevance)


def a_verdict(kind: VerdictKind, confidence: float, *, rule: Rule = Rule.JUDGE) -> Judged:
    claim = a_claim()
    return Judged(
        kind=kind,
        evidence=claim.evidence,
        speaker=None,
        org=None,
        stance=claim.stance,
        reason="a reason",
        confidence=confidence,
        rule=rule,
    )


def the_one(account: Account) -> Held:
    (found,) = of_account(account)
    return found


@pytest.mark.parametrize(
    ("kind", "stage", "setting"),
    [
        (VerdictKind.REPEAT, Stage.REPEAT, "none: it is known"),
        (VerdictKind.CORROBORATION, Stage.REPEAT, "subscriptions.NAME.kinds: corroboration"),
        (VerdictKind.BACKGROUND, Stage.BACKGROUND, "topics.troop-deployment.since, or ledger.background_age"),
        (VerdictKind.MINOR, Stage.SENSITIVITY, "topics.troop-deployment.sensitivity: wide"),
    ],
)
def test_each_verdict_that_is_not_told_has_its_stage_and_its_setting(kind: VerdictKind, stage: Stage, setting: str) -> None:
    found = the_one(an_account(a_verdict(kind, 0.4)))

    assert (found.stage, found.setting, found.why) == (stage, setting, "a reason")


def test_what_even_the_widest_setting_would_not_tell_is_told_only_by_hand() -> None:
    near, far = (the_one(an_account(a_verdict(VerdictKind.MINOR, sure))) for sure in (0.85, 0.95))

    assert near.setting.endswith("sensitivity: wide") and "--missed" in far.setting
    assert near.closeness > far.closeness


def test_what_was_told_and_what_became_known_silently_was_not_held_back() -> None:
    assert list(of_account(an_account(a_verdict(VerdictKind.NEW_CLAIM, 0.9)))) == []
    assert list(of_account(an_account(a_verdict(VerdictKind.REPEAT, 0.9), silent=True))) == []


def test_an_entry_about_something_else_stands_with_its_title() -> None:
    found = the_one(an_account(relevance=0.3))

    assert (found.stage, found.sentence) == (Stage.RELEVANCE, "The Kremlin says nothing")
    assert found.closeness > the_one(an_account()).closeness
    assert the_one(an_account()).why == "nothing in it is read as a claim about the topic"


def test_the_nearest_to_being_told_come_first() -> None:
    waiting = of_waiting(due(a_message(), Subscription(channels=("file",), digest="0 8 * * *"), Pace(), (), calls=True, now=NOON))
    wanted = of_condition("desk", "min_origins", a_development(confidence=0.9))
    nearly = the_one(an_account(a_verdict(VerdictKind.MINOR, 0.6)))
    hardly = the_one(an_account(a_verdict(VerdictKind.MINOR, 0.95)))
    perhaps_known = the_one(an_account(a_verdict(VerdictKind.REPEAT, 0.3)))
    known = the_one(an_account(a_verdict(VerdictKind.REPEAT, 0.3, rule=Rule.COPY)))

    order = [waiting, wanted, nearly, perhaps_known, hardly, known]
    assert sorted(order, key=lambda one: -one.closeness) == order


@pytest.mark.parametrize(
    ("subscription", "stage", "setting"),
    [
        (Subscription(channels=("file",), digest="0 8 * * *"), Stage.DIGEST, "subscriptions.desk.digest"),
        (
            Subscription.model_validate({"channels": ("file",), "quiet_hours": {"start": "00:00", "end": "23:59"}}),
            Stage.QUIET_HOURS,
            "subscriptions.desk.quiet_hours",
        ),
    ],
)
def test_what_waits_says_until_when_and_for_which_setting(subscription: Subscription, stage: Stage, setting: str) -> None:
    message = replace(a_message(), subscription="desk")  # type: ignore[arg-type]  # a name
    found = of_waiting(due(message, subscription, Pace(), (), calls=True, now=message.told))

    assert (found.stage, found.setting, found.closeness) == (stage, setting, 1.0)
    assert "is told" in found.why


def test_what_is_snoozed_is_muted() -> None:
    message = a_message()
    snooze = Snooze(target=f"topic:{message.news.development.topic}", since=message.told, until=message.told + timedelta(days=1))
    found = of_waiting(due(message, Subscription(channels=("file",)), Pace(), (snooze,), calls=True, now=message.told))

    assert found.stage is Stage.MUTE


def test_stops_before_a_number_name_the_phrase_or_the_language() -> None:
    def stop(stage: Stage, why: str) -> Stop:
        entry = an_entry()
        return Stop(
            topic=TOPIC,
            stage=stage,
            entry=entry.id,
            revision=entry.revision,
            outlet="Wire",
            url="",
            sentence="A film about soldiers.",
            by="soldiers",
            why=why,
        )

    excluded, foreign = of_stop(stop(Stage.EXCLUSION, "film"), NOON), of_stop(stop(Stage.LANGUAGE, "fr"), NOON)

    assert "“film”" in excluded.why
    assert excluded.setting == "topics.troop-deployment.exclude without “film”"
    assert foreign.setting == "topics.troop-deployment.other_languages: tell"


def test_the_matcher_names_what_it_passes_over() -> None:
    from monitor.settings import Topic
    from monitor.text.clean import document_of

    topic = Topic(title="Troops", keywords=("soldiers",), exclude=("film",))
    matcher = Matcher({TOPIC: topic})
    stopped: list[object] = []
    document = document_of(an_entry("Soldiers left", summary="A film about soldiers."))
    found = matcher.match(document, stopped=stopped)  # type: ignore[arg-type]  # looked at as a tuple

    assert [document.text[m.start : m.end] for m in found[TOPIC]] == ["Soldiers"]
    assert [(document.text[m.start : m.end], phrase) for m, phrase in stopped] == [("soldiers", "film")]  # type: ignore[misc]
    assert found == matcher.match(document)
    foreign: list[object] = []
    assert matcher.match(document, readable=False, stopped=foreign) == {}  # type: ignore[arg-type]
    assert len(foreign) == 2


def test_counts_are_told_in_words_in_the_order_of_the_way() -> None:
    held = [
        the_one(an_account(a_verdict(kind, 0.5))) for kind in (VerdictKind.REPEAT, VerdictKind.BACKGROUND, VerdictKind.REPEAT)
    ]

    assert in_words(counted(held)) == "1 piece of background, 2 repeats"


def test_a_digest_ends_with_what_was_held_back_unless_there_is_no_room() -> None:
    subscription = Subscription(channels=("file",), digest="0 8 * * *")
    message = plan([a_message()], subscription, Pace(), (), calls=True, most=9, now=NOON + timedelta(days=1000))
    assert isinstance(message, Message)
    found = bulletin(replace(message, held="2 repeats"))

    assert found.held == "2 repeats"
    assert fit(found, 300, lambda one: one.title + "x" * (500 if one.held else 0)) == found.title
    assert sent(Pace(), message, subscription, now=NOON).digest == NOON
