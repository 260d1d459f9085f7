"""Who wants a development, and why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts.subscribe import Condition, as_told, figure_told, held_by, messages_for, wants
from monitor.records import VerdictKind
from monitor.records.ids import SubscriptionName
from monitor.settings import BOUNDS, Config, Subscription
from tests.alerts import a_changed_number
from tests.core.test_bulletin import a_figure
from tests.records import NOON, a_development, an_event


def subscription(**settings: object) -> Subscription:
    return Subscription.model_validate({"channels": ("screen",), **settings})


def test_a_subscription_without_conditions_wants_every_development() -> None:
    assert wants(subscription(), an_event())


@pytest.mark.parametrize(
    ("settings", "condition"),
    [
        ({"topics": ("treaty",)}, Condition.TOPIC),
        ({"kinds": ("number_changed",)}, Condition.KIND),
        ({"min_origins": 2}, Condition.ORIGINS),
        ({"min_confidence": 0.81}, Condition.CONFIDENCE),
    ],
)
def test_a_condition_that_is_not_met_holds_back_and_is_named(settings: dict[str, object], condition: Condition) -> None:
    assert held_by(subscription(**settings), an_event()) is condition


@pytest.mark.parametrize(
    ("settings", "condition"),
    [
        ({"speakers": ("national intelligence service",)}, None),
        ({"speakers": ("South Korea", "Japan")}, None),
        ({"speakers": ("Korea's", "Intelligence Serv")}, Condition.SPEAKER),
        ({"stances": ("denies",)}, Condition.STANCE),
        ({"stances": ("asserts", "denies")}, None),
        ({"units": ("Soldiers",)}, None),
        ({"units": ("USD",)}, Condition.UNIT),
        ({"min_change": 9_000.0}, None),
        ({"min_change": 9_001.0}, Condition.CHANGE),
        ({"min_change_percent": 300.0}, None),
        ({"min_change_percent": 301.0}, Condition.CHANGE_PERCENT),
        ({"outlets": ("herald",)}, None),
        ({"outlets": ("Echo",)}, Condition.OUTLET),
        ({"not_outlets": ("Wire",)}, None),
        ({"not_outlets": ("wire", "herald")}, Condition.NOT_OUTLET),
        ({"words": ("spy  agency",)}, None),
        ({"words": ("agenc", "Kurs")}, Condition.WORDS),
    ],
)
def test_each_condition_of_content_and_carriers_is_kept(settings: dict[str, object], condition: Condition | None) -> None:
    # about 3,000 -> 12,000 soldiers, said by the National Intelligence Service of South Korea, carried by Wire and Herald
    assert held_by(subscription(**settings), a_changed_number()) is condition


def test_a_minimum_change_holds_back_no_development_that_is_no_changed_number() -> None:
    assert wants(subscription(min_change=1e9, min_change_percent=1e9), an_event())


def test_a_voice_counts_by_outlet_publisher_and_feed_alike() -> None:
    event = an_event()
    carrier = replace(event.carrier, publisher="Example Media")
    event = replace(event, development=replace(event.development, carrier=carrier, origins=("Example Media",)), carrier=carrier)
    for name in ("Example Media", "wire", "Wire"):
        assert wants(subscription(outlets=(name,)), event)
        assert held_by(subscription(not_outlets=(name,)), event) is Condition.NOT_OUTLET


def test_a_subscription_that_wants_two_origins_wants_a_development_from_its_second_origin_on() -> None:
    wanted = subscription(min_origins=2)
    first = an_event(a_development(origins=("Wire",)))
    second = an_event(a_development(origins=("Wire", "Herald"), version=2), cause=VerdictKind.CORROBORATION)
    assert not wants(wanted, first)
    assert wants(wanted, second)


def test_one_origin_named_twice_counts_once() -> None:
    assert held_by(subscription(min_origins=2), an_event(a_development(origins=("Wire", "Wire")))) is Condition.ORIGINS


def test_each_channel_gets_a_message_with_a_key_of_its_own_that_never_changes() -> None:
    both = subscription(channels=("screen", "log", "screen"))
    name = SubscriptionName("desk")
    messages = messages_for(name, both, an_event(), now=NOON)
    again = messages_for(name, both, an_event(a_development(version=3, origins=("Wire", "Herald"))), now=NOON)
    assert [message.channel for message in messages] == ["screen", "log"]
    assert len({message.key for message in messages}) == 2
    assert [message.key for message in again] == [message.key for message in messages]


def test_sensitivity_holds_back_what_is_less_sure_and_a_subscription_may_be_stricter_than_its_topic() -> None:
    # Given three developments: sure, less sure, and hardly at all
    sure, doubtful, hardly = (an_event(a_development(confidence=value)) for value in (0.8, 0.35, 0.15))

    # Then each setting records what it neither tells at once nor in a digest
    assert [held_by(subscription(), event) for event in (sure, doubtful, hardly)] == [None, None, Condition.SENSITIVITY]
    strict = subscription(sensitivity="strict")
    assert [held_by(strict, event) for event in (sure, doubtful)] == [None, Condition.SENSITIVITY]
    assert held_by(subscription(sensitivity="wide"), hardly) is None


def test_a_subscription_that_says_nothing_of_sensitivity_follows_the_topic() -> None:
    doubtful = a_development(confidence=0.35)
    assert wants(subscription(), an_event(doubtful))
    assert held_by(subscription(), an_event(replace(doubtful, sensitivity="strict"))) is Condition.SENSITIVITY


def test_what_was_not_read_is_neither_sure_nor_doubtful() -> None:
    unread = replace(a_development(confidence=0.1), kind=VerdictKind.UNREAD)
    assert wants(subscription(sensitivity="strict"), an_event(unread))


def test_a_topic_is_recorded_as_widely_as_its_widest_subscription_asks() -> None:
    topics = {slug: {"title": slug, "keywords": ["x"]} for slug in ("a", "b")}
    channels = {"screen": {"type": "terminal"}}
    subscriptions = {
        "one": {"channels": ["screen"], "topics": ["a"], "sensitivity": "wide"},
        "two": {"channels": ["screen"], "sensitivity": "strict"},
    }
    config = Config.from_plain({"topics": topics, "channels": channels, "subscriptions": subscriptions})
    assert config.told_from("a", config.topics["a"]) == BOUNDS["wide"].digest
    assert config.told_from("b", config.topics["b"]) == BOUNDS["balanced"].digest


@pytest.mark.parametrize(
    ("settings", "condition"),
    [({"min_change_percent": 5.0}, Condition.CHANGE_PERCENT), ({"min_change": 200.0}, Condition.CHANGE)],
)
def test_a_change_counts_from_the_figure_that_was_told_last_and_not_from_the_one_that_was_only_known(
    settings: dict[str, float], condition: Condition
) -> None:
    wanted = subscription(**settings)
    told = figure_told(a_figure(3_000, "a").development)
    drift = a_figure(3_250, "c", before=3_100)
    assert held_by(wanted, drift) is condition
    assert held_by(wanted, a_figure(3_100, "b", before=3_000), told) is condition
    assert held_by(wanted, drift, told) is None
    # and a figure that goes back to where the reader left it is none, however far it has come
    assert held_by(wanted, a_figure(3_010, "d", before=9_000), told) is condition


def test_who_was_told_another_figure_last_is_told_the_change_from_there() -> None:
    told = figure_told(a_figure(3_000, "a").development)
    event = a_figure(3_250, "c", before=3_100)
    mine = as_told(event, told).development
    assert mine.before == told
    assert mine.reason.endswith("; 3,000 was told last: a change of 250 (8.3 %)")
    assert as_told(event, None) == event
    assert as_told(an_event(), told) == an_event()
