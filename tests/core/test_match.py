"""Topic matching: inflected forms, spelling variants, actors and exclusions."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import Document, Field, Segment
from monitor.records.ids import EntryId, RevisionId, TopicSlug
from monitor.settings import Topic
from monitor.topics.find import fold
from monitor.topics.match import Matcher

SLUG = TopicSlug("t")


def document(text: str) -> Document:
    segments = (Segment(field=Field.SUMMARY, start=0, end=len(text)),)
    return Document(
        entry=EntryId("e"), revision=RevisionId("r"), published=datetime(2025, 3, 1, tzinfo=UTC), text=text, segments=segments
    )


def found(text: str, *keywords: str, **more: object) -> list[tuple[str, str]]:
    topic = Topic.model_validate({"title": "T", "keywords": keywords, **more}, strict=False)
    mentions = Matcher({SLUG: topic}).match(document(text)).get(SLUG, ())
    return [(text[m.start : m.end], m.by) for m in mentions]


@pytest.mark.parametrize(
    ("text", "keyword", "surface"),
    [
        ("Another brigade deployed overnight", "deploy", "deployed"),
        ("They are deploying a brigade", "deployed", "deploying"),
        ("One trooper left, the troop stayed", "troops", "troop"),
        ("The ministry sent soldiers north", "send soldiers", "sent soldiers"),
        ("Both treaties lapse", "treaty", "treaties"),
        ("Plans were dropped", "drop", "dropped"),
        ("A rare-earth exporter", "rare earths", "rare-earth"),
        ("Exports of rare earths", "rare-earth", "rare earths"),
        ("the CEASE-FIRE holds", "cease fire", "CEASE-FIRE"),
        ("a ceasefire holds", "cease-fire", "ceasefire"),
        ("the harbour’s cranes", "harbour", "harbour"),
        ("three airmen hurt", "airman", "airmen"),
        ("the deliveries of tanks began", "tank delivery", "deliveries of tanks"),
    ],
)
def test_every_inflected_or_spelling_form_of_a_keyword_matches(text: str, keyword: str, surface: str) -> None:
    assert (surface, keyword) in found(text, keyword)


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("He said so", "aid"),
        ("unaided", "aid"),
        ("They told us", "US"),
        ("who did it", "WHO"),
        ("a new start for Oslo", "New START"),
    ],
)
def test_parts_of_words_and_small_letters_for_acronyms_do_not_match(text: str, keyword: str) -> None:
    assert found(text, keyword) == []


def test_an_actors_acronym_in_a_keyword_matches_its_long_name() -> None:
    actors = {"Ocean League": ["OL", "Sapt"]}
    assert ("Ocean League sanctions", "OL sanctions") in found("New Ocean League sanctions", "OL sanctions", actors=actors)


def test_actors_are_mentioned_but_alone_make_no_match() -> None:
    actors = {"Norway": ["Oslo"]}
    assert found("Oslo is quiet", "tank", actors=actors) == []
    assert found("Oslo buys tanks", "tank", actors=actors) == [("Oslo", "actor:Norway"), ("tanks", "tank")]


def test_an_alias_of_one_capitalised_word_is_not_the_common_word() -> None:
    assert found("They may buy tanks", "tank", actors={"Theresa May": ["May"]}) == [("tanks", "tank")]


def test_a_sentence_with_an_excluded_phrase_is_passed_over_and_its_neighbour_is_not() -> None:
    text = "The tank museum opened. Two tanks crossed the river."
    assert found(text, "tank", exclude=["museum"]) == [("tanks", "tank")]
    assert found("A tank museum opened.", "tank", exclude=["museum"]) == []


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="aAßİﬁtroops-’' \n.", max_size=60))
def test_no_text_makes_matching_raise_and_mentions_lie_within_the_text(text: str) -> None:
    assert all(surface for surface, _ in found(text, "troops", "A", actors={"X": ["o"]}))
