"""Figures: bounds as docs/vocabulary.md defines them, kinds told apart, and no text that breaks the reader."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from monitor.extract.figures.kinds import Kind
from monitor.extract.quantities import COUNTED, figures, quantities
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
        ("Some three to four hundred sailors surrendered.", 300, 400, Qualifier.RANGE, "sailors"),
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


_SPELLED = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
    twenty thirty forty fifty sixty seventy eighty ninety
"""
_WORDS = _SPELLED.split()


def spelled(number: int) -> str:
    """A number from 1 to 999,999 in words, as newspapers spell it."""
    if number < 20:
        return _WORDS[number - 1]
    if number < 100:
        rest = f"-{spelled(number % 10)}" if number % 10 else ""
        return _WORDS[17 + number // 10] + rest
    if number < 1000:
        rest = f" and {spelled(number % 100)}" if number % 100 else ""
        return f"{spelled(number // 100)} hundred{rest}"
    rest = number % 1000
    tail = "" if not rest else f" and {spelled(rest)}" if rest < 100 else f" {spelled(rest)}"
    return f"{spelled(number // 1000)} thousand{tail}"


@given(st.integers(min_value=2, max_value=999_999))
def test_words_and_digits_give_the_same_interval(number: int) -> None:
    [in_words], [in_digits] = (
        read(f"They sent at least {spelled(number)} soldiers."),
        read(f"They sent at least {number:,} soldiers."),
    )
    assert (
        (in_words.low, in_words.high, in_words.unit)
        == (in_digits.low, in_digits.high, in_digits.unit)
        == (number, None, "soldiers")
    )


@given(
    st.integers(min_value=1, max_value=999),
    st.sampled_from([("K", "thousand", 10**3), ("m", "million", 10**6), ("bn", "billion", 10**9)]),
)
def test_a_letter_a_word_and_all_its_digits_give_the_same_interval(number: int, scale: tuple[str, str, int]) -> None:
    letter, word, factor = scale
    texts = (f"It cost about ${number}{letter}.", f"It cost about ${number} {word}.", f"It cost about ${number * factor:,}.")
    assert {(found.low, found.high, found.qualifier, found.unit) for text in texts for found in read(text)} == {
        (number * factor, number * factor, Qualifier.ABOUT, "USD")
    }


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u202f"])
def test_groups_of_three_may_be_parted_by_any_space(space: str) -> None:
    assert [found.low for found in read(f"Some 12{space}500 men.")] == [12_500]


@pytest.mark.parametrize(
    ("text", "unit", "what"),
    [
        ("The gale killed 14 on the coast.", "people", "killed"),
        ("The toll climbed to 77.", "people", "toll"),
        ("A further 60 were wounded.", "people", "wounded"),
        ("A 4,000-strong garrison holds it.", "people", "garrison"),
        ("It lost 300 North Korean soldiers training in Kursk.", "soldiers", "North Korean soldiers training in Kursk"),
        ("They sank 18 thousand tonnes of grain.", "tonnes", "of grain"),
        ("The port takes 40 lorries a day.", "lorries a day", "lorries"),
    ],
)
def test_what_is_counted_is_found_behind_the_number_or_in_its_verb(text: str, unit: str, what: str) -> None:
    [found] = read(text)
    assert (found.unit, found.what.removeprefix(" ")) == (unit, what.removeprefix("of "))


def test_a_figure_carries_the_actor_the_place_and_the_time_beside_it() -> None:
    [found] = read("Some 400 Danish sailors were in Nuuk on Friday.")
    assert (found.actor, found.place, found.time) == ("Danish", "Nuuk", "on Friday")


def test_a_people_is_no_place() -> None:
    [found] = read("Some 400 sailors were held in Danish prisons.")
    assert found.place is None


def test_a_share_says_of_what_it_is_and_a_percentage_that_fell_is_a_change() -> None:
    [share] = read("One in three ferries was late.")
    [change] = read("Fares fell 3.5% in May.")
    assert (share.what, change.role) == ("ferries", Role.DELTA)


def test_each_of_two_figures_has_the_place_of_its_own_clause() -> None:
    found = read("In Narva 300 pupils stayed at home and 200 teachers in Tartu did so too.")
    assert [(one.unit, one.place) for one in found] == [("pupils", "Narva"), ("teachers", "Tartu")]


def test_tags_tell_a_verb_from_a_plural_noun_where_the_document_has_them() -> None:
    # Given a sentence whose verb looks like a plural noun, without tags and with them
    words = ["One", "of", "40", "sail", "boats", "rocks", "gently", "."]
    tags = ["CD", "IN", "CD", "NN", "NNS", "VBZ", "RB", "."]

    plain, tagged = Doc(_NLP.vocab, words=words), Doc(_NLP.vocab, words=words, tags=tags)

    # Then only the tagged one ends its noun before the verb
    assert [found.unit for found in quantities(plain)] == ["rocks"]
    assert [found.unit for found in quantities(tagged)] == ["boats"]


def test_a_topic_may_have_other_kinds_counted() -> None:
    doc = _NLP("It lies 100 km away.")
    assert [found.unit for found in quantities(doc, kinds=COUNTED | {Kind.DISTANCE})] == ["km"]


def test_a_document_without_sentences_is_read_as_one() -> None:
    assert [found.low for found in quantities(spacy.blank("en")("Six men. Seven women."))] == [6, 7]


def test_an_empty_document_has_no_quantities() -> None:
    assert quantities(_NLP("")) == ()


@pytest.mark.parametrize(
    "junk", ["12 ", "one ", "Nine 9, ", "$1-", "of 5 to 6 and ", "-", "a dozen ", "1,", "hundreds of ", "é9.", "four-"]
)
def test_a_long_line_of_junk_is_read_in_time_that_grows_with_its_length(junk: str) -> None:
    vocabulary = spacy.blank("en").vocab
    doc = Doc(vocabulary, words=[junk * (20_000 // len(junk))])
    assert all(doc.text[figure.start : figure.end] == figure.surface for figure in figures(doc))
