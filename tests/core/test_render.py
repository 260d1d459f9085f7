"""How alerts read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.alerts.bulletin import as_title, bulletin
from monitor.alerts.figures import amount, figure, number
from monitor.alerts.lines import link, one_line
from monitor.alerts.receipt import receipt
from monitor.alerts.render import render, said_by
from monitor.records import Qualifier, VerdictKind
from tests.alerts import EARLIER, a_changed_number, a_changed_position, a_message, a_withdrawal, dev
from tests.records import NOON, a_carrier, a_claim, a_development, a_quantity, an_event
from workers.adapters.templates import read_templates

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/alert.schema.json").read_text())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3000, "3,000"),
        (3.5, "3.5"),
        (0, "0"),
        (1_000_000, "1 million"),
        (1_500_000, "1.5 million"),
        (1_234_567, "1,234,567"),
        (2.4e9, "2.4 billion"),
        (1e12, "1 trillion"),
        (-1200, "-1,200"),
        (1e21, "1,000,000,000 trillion"),
    ],
)
def test_numbers_read_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_every_number_can_be_written(value: float) -> None:
    assert number(value)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"qualifier": Qualifier.ABOUT}, "about 3,000 North Korean soldiers"),
        ({"qualifier": Qualifier.AT_MOST, "low": None, "high": 12_000}, "up to 12,000 North Korean soldiers"),
        ({"qualifier": Qualifier.AT_LEAST, "high": None}, "at least 3,000 North Korean soldiers"),
        ({"qualifier": Qualifier.MORE_THAN, "high": None}, "more than 3,000 North Korean soldiers"),
        ({"qualifier": Qualifier.LESS_THAN, "low": None}, "less than 3,000 North Korean soldiers"),
        ({"qualifier": Qualifier.RANGE, "low": 10_000, "high": 12_000}, "10,000-12,000 North Korean soldiers"),
        ({"low": 12, "high": 12, "unit": "percent", "what": ""}, "12 percent"),
        ({"low": 1.5e9, "high": 1.5e9, "unit": "USD", "what": "aid"}, "$1.5 billion in aid"),
        ({"qualifier": Qualifier.RANGE, "low": 1e7, "high": 1.2e7, "unit": "USD", "what": ""}, "$10-$12 million"),
        ({"low": 5e6, "high": 5e6, "unit": "KRW", "what": ""}, "5 million KRW"),
    ],
)
def test_figures_read_as_people_write_them(fields: dict[str, object], text: str) -> None:
    assert figure(replace(a_quantity(3000), **fields)) == text  # type: ignore[arg-type]  # parametrised


def test_a_figure_without_bounds_reads_as_it_was_printed() -> None:
    assert amount(replace(a_quantity(3000), low=None, high=None, surface="dozens")) == "dozens"


def test_a_changed_number_says_before_and_after_of_what_in_its_first_line() -> None:
    rendering = render(a_message(a_changed_number()))
    assert rendering.change == "North Korean soldiers: about 3,000 -> 12,000, National Intelligence Service"
    assert (rendering.before, rendering.after) == ("about 3,000", "12,000")
    assert as_title(bulletin(a_message(a_changed_number()))) == rendering.change


def test_a_changed_position_says_who_moved_from_which_stance_to_which() -> None:
    rendering = render(a_message(a_changed_position()))
    assert rendering.change == "North Korea: denies -> confirms: Pyongyang confirmed the deployment"
    assert rendering.known == "North Korea denies: There are no soldiers of ours in Russia. (Wire, 21 Oct 2024, 12:00 UTC)"


def test_a_new_number_begins_with_its_figure() -> None:
    claim = a_claim(quantities=[a_quantity(3000)])
    rendering = render(a_message(an_event(a_development(claim, kind=VerdictKind.NEW_NUMBER))))
    assert rendering.change.startswith("3,000 North Korean soldiers: ")


def test_the_text_holds_everything_that_the_alert_rests_on() -> None:
    text = read_templates().write("text", bulletin(a_message(a_changed_number())))
    for part in (
        "Number changed · Troop deployment",
        "North Korean soldiers: about 3,000 -> 12,000",
        "up to 12,000 North Korean soldiers were in Kursk.",
        "Said by: National Intelligence Service (South Korea)",
        "Outlet: Wire, 24 Oct 2024, 12:00 UTC",
        "https://wire.example/one",
        "Known before: about 3,000 (Seoul, Wire, 21 Oct 2024, 12:00 UTC)",
        "2 origins: Herald, Wire",
        "Why: 12,000 lies outside 3,000 by more than 5 %",
    ):
        assert part in text


def test_who_says_it_is_the_outlet_itself_where_nobody_is_named() -> None:
    assert said_by(None, None) == "the outlet itself"
    assert said_by("Vladimir Putin", None) == "Vladimir Putin"
    assert said_by(None, "Russia") == "Russia"
    assert said_by("Russia's Foreign Ministry", "Russia") == "Russia's Foreign Ministry"


def test_the_carrier_that_confirmed_a_development_is_named_beside_the_first() -> None:
    event = replace(an_event(), carrier=a_carrier(name="two", feed="herald"))
    assert (render(a_message(event)).confirmed or "").startswith("Herald, ")
    assert render(a_message()).confirmed is None


@given(some.text())
def test_no_text_of_a_feed_brings_control_or_turning_characters_into_a_line(text: str) -> None:
    line = one_line(text + "\x1b[31m\u202e\r\n\x9b2J")
    assert line.isprintable() or all(char.isprintable() or ord(char) > 0xA0 for char in line)
    assert not set(line) & set("\x1b\x9b\r\n\u202e\u2028")


def test_only_plain_http_addresses_become_links() -> None:
    assert link("https://wire.example/a?b=c#d") == "https://wire.example/a?b=c#d"
    for url in ("javascript:alert(1)", "https://wire.example/\x1b]8;;x", "https://wire.example/a b", "", "file:///etc/passwd"):
        assert link(url) is None


@pytest.mark.parametrize("event", [an_event(), a_changed_number(), a_changed_position(), a_withdrawal()])
def test_every_receipt_keeps_to_its_schema(event: object) -> None:
    message = a_message() if event == an_event() else a_message(event)  # type: ignore[arg-type]  # parametrised
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(receipt(message))


def test_a_receipt_holds_the_exact_sentence_and_both_ends_of_the_change() -> None:
    found = receipt(a_message(a_changed_number()))
    assert (found["before"], found["after"], found["quantity_high"]) == ("about 3,000", "12,000", 12_000)
    assert found["sentence"] == a_changed_number().development.claim.sentence
    assert next(iter(found)) == "key"


def test_a_withdrawal_says_what_no_longer_stands_and_why() -> None:
    rendering = render(a_message(a_withdrawal()))
    assert rendering.label == "Withdrawn" and rendering.change.startswith("No longer stands: ")
    assert rendering.reason == "The entry takes it back." and rendering.before is rendering.after is None
    assert receipt(a_message(a_withdrawal()))["kind"] == "withdrawn"
    assert rendering.confirmed is None and (rendering.origins or "").startswith("no origin is left: taken back by ")


def test_a_new_number_that_its_own_sentence_begins_with_is_told_once() -> None:
    quantity = a_quantity(3_000, qualifier=Qualifier.ABOUT, what="soldiers")
    claim = a_claim("About 3,000 soldiers were in Kursk.", quantities=[quantity])
    claim = replace(claim, proposition="About 3,000 soldiers were in Kursk")
    change = render(a_message(an_event(a_development(claim, kind=VerdictKind.NEW_NUMBER, name=dev("n"))))).change
    assert change == "About 3,000 soldiers were in Kursk"


def test_a_figure_that_one_entry_gives_twice_is_one_point_of_the_trend() -> None:
    title = replace(EARLIER, quantity=a_quantity(3_000))
    later = replace(EARLIER, published=NOON, quantity=a_quantity(3_000))
    event = replace(a_changed_number(), trend=(title, EARLIER, later, replace(later, quantity=a_quantity(3_300))))
    assert [point.amount for point in render(a_message(event)).trend] == ["3,000", "3,000", "3,300"]
