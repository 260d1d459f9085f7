"""Figures: bounds as docs/vocabulary.md defines them, kinds told apart, and no text that breaks the reader."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.figures.kinds import Kind
from monitor.extract.quantities import figures, quantities
from monitor.records import Qualifier, Quantity, Role

_NLP = spacy.blank("en")
_NLP.add_pipe("sentencizer")


def read(text: str) -> tuple[Quantity, ...]:
    return quantities(_NLP(text))


@pytest.mark.parametrize(
    ("text", "low", "high", "qualifier", "unit"),
    [
        ("The ministry spoke of as many as 10,000 soldiers.", None, 10_000, Qualifier.AT_MOST, "soldiers"),
        ("Hundreds of villagers fled.", 200, None, Qualifier.AT_LEAST, "villagers"),
        ("Tens of thousands of marchers came.", 20_000, None, Qualifier.AT_LEAST, "marchers"),
        ("Some 4,500 pilgrims waited.", 4_500, 4_500, Qualifier.ABOUT, "pilgrims"),
        ("No fewer than six bridges fell.", 6, None, Qualifier.AT_LEAST, "bridges"),
        ("Between 10 and 15 thousand recruits trained there.", 10_000, 15_000, Qualifier.RANGE, "recruits"),
        ("They lost 11-12,000 men.", 11_000, 12_000, Qualifier.RANGE, "men"),
        ("The loan comes to $61bn.", 61e9, 61e9, Qualifier.EXACT, "USD"),
        ("Half a million doses were sent.", 500_000, 500_000, Qualifier.EXACT, "doses"),
        ("One in four pupils stayed away.", 25, 25, Qualifier.EXACT, "percent"),
        ("More than 70 per cent of it burned.", 70, None, Qualifier.MORE_THAN, "percent"),
    ],
)
def test_a_figure_is_read_with_its_bounds_and_its_unit(
    text: str, low: float | None, high: float | None, qualifier: Qualifier, unit: str
) -> None:
    [found] = read(text)
    assert (found.low, found.high, found.qualifier, found.unit) == (low, high, qualifier, unit)


def test_a_change_is_told_from_the_total_that_it_leads_to() -> None:
    assert [(found.low, found.role) for found in read("The garrison rose by 2,000 to 10,000.")] == [
        (2_000, Role.DELTA),
        (10_000, Role.TOTAL),
    ]


def test_from_one_figure_to_another_is_no_range() -> None:
    assert [(found.low, found.high, found.role) for found in read("The garrison grew from 3,000 to 12,000.")] == [
        (3_000, 3_000, Role.PREVIOUS),
        (12_000, 12_000, Role.TOTAL),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("They met in 2018.", Kind.YEAR),
        ("They met on 24 October 2024.", Kind.DATE),
        ("They met at 6:30 p.m.", Kind.CLOCK),
        ("A 19-year-old was held.", Kind.AGE),
        ("The 47th Brigade withdrew.", Kind.ORDINAL),
        ("Resolution 1701 holds.", Kind.REFERENCE),
        ("An F-16 crashed.", Kind.DESIGNATION),
        ("It lies 100 km away.", Kind.DISTANCE),
    ],
)
def test_figures_that_count_nothing_are_told_apart_by_kind(text: str, kind: Kind) -> None:
    assert [figure.kind for figure in figures(_NLP(text))] == [kind]
    assert read(text) == ()


@given(
    st.text(alphabet=st.sampled_from("0123456789.,-–:/%$€£+ aKmbntd'’½\n\u00a0\u202fXé🚢"), max_size=60) | st.text(max_size=60)
)
def test_no_text_breaks_the_reader_and_every_surface_is_the_text_at_its_span(text: str) -> None:
    doc = _NLP(text)
    for figure in figures(doc):
        assert doc.text[figure.start : figure.end] == figure.surface
