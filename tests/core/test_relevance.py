"""Which entries are about a topic, and what becomes of those that are not, and of those that no keyword finds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from monitor.alerts.explained import account_sections
from monitor.alerts.held import of_account
from monitor.records import Account, Document
from monitor.records.held import Stage
from monitor.records.ids import Snapshot, TopicSlug
from monitor.settings import Topic
from monitor.text.clean import document_of
from monitor.topics.match import MEANING, Matcher
from monitor.topics.relevance import Relevance, shipped, shipped_words
from monitor.topics.relevance.model import ModelData, relevance
from monitor.topics.relevance.signs import sense_of, signs
from tests.records import an_entry, carrier_of

SLUG = TopicSlug("troops")
TOPIC = Topic(
    title="Foreign troops in Chad",
    description="Soldiers of France and the United States in Chad: how many there are, who asks them to leave, when they go, "
    "which bases are handed over. Not tracked: elections, oil, the coup and the course of meetings.",
    keywords=("troops", "soldiers", "military base", "withdrawal"),
    actors={"Chad": ("N'Djamena", "Deby"), "France": ("Paris", "French"), "United States": ("U.S.", "Pentagon")},
)


def document(title: str, summary: str = "", content: str = "") -> Document:
    return document_of(dataclasses.replace(an_entry(title), summary=summary, content=content))


NEWS = document(
    "Chad asks French troops to leave by January", "The base at Faya is handed over first, the army in N'Djamena said."
)
REVIEW = document(
    "Review: A tender film about troops who never fight", "The director's third novel adaptation has songs and a wedding."
)
INHERITED = document(
    "Paris Will Hand Over Faya to Chad", "The last French forces are to be gone by January, the army in N'Djamena said."
)
ELSEWHERE = document(
    "A quiet year for the cheese makers of the Jura", "Rain kept the cows indoors, and the prices where they were."
)


def test_a_report_is_more_relevant_than_a_film_review_that_says_troops() -> None:
    assert shipped()(NEWS, TOPIC) > 0.5 > shipped()(REVIEW, TOPIC)


def test_a_headline_without_any_keyword_matches_a_topic_that_is_matched_by_meaning() -> None:
    by_words = Matcher({SLUG: TOPIC})
    by_meaning = Matcher({SLUG: TOPIC.model_copy(update={"match": "meaning"})})

    assert by_words.match(INHERITED) == {}
    found = by_meaning.match(INHERITED)[SLUG]
    headline = next(mention for mention in found if mention.by == MEANING)
    assert INHERITED.text[headline.start : headline.end] == "Paris Will Hand Over Faya to Chad"
    assert {mention.by for mention in found} == {MEANING, "actor:Chad", "actor:France"}


def test_by_meaning_too_what_is_about_something_else_does_not_match() -> None:
    assert Matcher({SLUG: TOPIC.model_copy(update={"match": "meaning"})}).match(ELSEWHERE) == {}


def test_what_a_keyword_finds_is_found_by_the_keyword_in_a_topic_that_is_matched_by_meaning() -> None:
    by_meaning = Matcher({SLUG: TOPIC.model_copy(update={"match": "meaning"})}, relevant=lambda _document, _topic: 0.0)

    assert by_meaning.match(NEWS) == Matcher({SLUG: TOPIC}).match(NEWS)


def test_a_headline_with_an_excluded_phrase_is_not_let_in_by_meaning() -> None:
    topic = TOPIC.model_copy(update={"match": "meaning", "exclude": ("Faya",)})

    assert Matcher({SLUG: topic}, relevant=lambda _document, _topic: 1.0).match(INHERITED) == {}


def test_the_topic_says_how_relevant_an_entry_must_be_to_be_let_in_by_meaning() -> None:
    def matched(least: float) -> bool:
        topic = TOPIC.model_copy(update={"match": "meaning", "relevance": least})
        return bool(Matcher({SLUG: topic}, relevant=lambda _document, _topic: 0.6).match(INHERITED))

    assert matched(0.0)
    assert matched(0.6)
    assert not matched(0.7)


def test_an_example_to_tell_raises_what_resembles_it_and_one_to_pass_over_lowers_it() -> None:
    plain = shipped()(NEWS, TOPIC)
    sentence = "N'Djamena wants the French soldiers to go by January, and takes over the base at Faya."
    other = "Rain kept the cows of the Jura indoors."

    liked = shipped()(
        NEWS, TOPIC.model_copy(update={"examples": TOPIC.examples.model_copy(update={"alert": (sentence,), "silent": (other,)})})
    )
    disliked = shipped()(
        NEWS, TOPIC.model_copy(update={"examples": TOPIC.examples.model_copy(update={"silent": (sentence,), "alert": (other,)})})
    )

    assert disliked < plain
    assert disliked < liked


def test_another_pair_of_states_is_seen_by_whatever_they_are_called() -> None:
    sense, words = sense_of(TOPIC, shipped_words()), shipped_words()

    values = signs(document("Ukrainian soldiers reach the outskirts", "Kyiv and Moscow disagree on how many."), sense, words)

    assert values["own states"] == 0
    assert values["other states"] == 2
    assert values["only other states"] == 1


def test_a_topic_that_names_no_state_is_open_to_all() -> None:
    topic = Topic(title="Troops sent abroad", description="Any state that sends soldiers.", keywords=("troops",))

    values = signs(document("Ukrainian troops reach the border"), sense_of(topic, shipped_words()), shipped_words())

    assert values["other states"] == values["strangers"] == 0


def test_words_that_mean_alike_lie_beside_each_other() -> None:
    words = shipped_words()

    near = words.vector("soldiers") @ words.vector("troops")

    assert near > words.vector("soldiers") @ words.vector("cheese") + 0.3
    assert words.vector("qqqqxx").any() == np.False_


def test_relevance_is_one_half_where_the_likelihood_is_what_is_asked_for() -> None:
    data = ModelData(weights={"keyword": 0.0}, bias=0.0, matched=0.5, unmatched=0.8)

    assert relevance(data, {"keyword": 1.0}) == 0.5
    assert relevance(data, {"keyword": 0.0}) == pytest.approx(0.2)


@pytest.mark.parametrize("text", ["", "\u200b", "…", "A" * 5000, "12 345", "‘’“”"])
def test_no_text_makes_it_raise(text: str) -> None:
    score = shipped()(document(text, text, text), TOPIC)

    assert 0 <= score <= 1


def test_two_topics_that_were_made_alike_score_alike_and_one_that_changed_does_not_keep_its_score() -> None:
    model = Relevance(shipped().data, shipped_words())
    again = TOPIC.model_copy()
    other = TOPIC.model_copy(update={"description": "What cheese costs.", "title": "Cheese", "keywords": ("cheese",)})

    assert model(NEWS, TOPIC) == model(NEWS, again)
    assert model(NEWS, other) < model(NEWS, TOPIC)


def test_the_account_of_what_was_passed_over_says_how_relevant_it_was_and_what_would_have_let_it_through() -> None:
    carrier = carrier_of(an_entry("A film about troops"))
    account = Account(topic=SLUG, number=1, snapshot=Snapshot(1), carrier=carrier, found=("troops",), relevance=0.12)

    sections = {section.label: section.lines for section in account_sections(account)}
    (held,) = of_account(account)

    assert sections["Passed over"][0] == "relevance 0.12: it seems to be about something else"
    assert (held.stage, held.setting) == (Stage.RELEVANCE, "topics.troops.relevance")
