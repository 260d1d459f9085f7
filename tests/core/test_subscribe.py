"""Who wants a development, and why not."""

from __future__ import annotations

import pytest

from monitor.alerts.subscribe import Condition, held_by, messages_for, wants
from monitor.records import VerdictKind
from monitor.records.ids import SubscriptionName
from monitor.settings import Subscription
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
