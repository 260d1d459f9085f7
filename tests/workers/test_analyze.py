"""The analyze role's answer to one unit."""

from __future__ import annotations

import dataclasses

from redis import Redis
from spacy.language import Language
from spacy.tokens import Doc

from monitor.extract.claims import extract
from monitor.extract.pipeline import load_pipeline
from monitor.records import Unit
from monitor.records.ids import Snapshot, TopicSlug
from monitor.settings import Config
from tests.language import pipeline
from tests.records import TOPIC, an_entry
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.units import RedisUnits
from workers.analyze import Analyst


def shipped(name: str | None) -> Language:
    """Loads the pipeline that no name stands for."""
    assert name is None
    return pipeline()


def test_what_is_told_of_the_carrier_has_no_markup_and_evidence_points_into_the_title_as_delivered(real_redis: Redis) -> None:
    config = Config.from_plain({"topics": {TOPIC: {"title": "Troops", "keywords": ["soldiers"]}}})
    title = "<b>Seoul</b> &amp; Kyiv say that 3,000 soldiers have arrived"
    entry = dataclasses.replace(an_entry(title), summary="")
    unit = Unit(topic=TOPIC, number=1, first=1, last=1, snapshot=Snapshot(1), entry=entry)

    answer = Analyst(RedisUnits(real_redis), RedisConfigurations(real_redis), shipped, extract).answer(unit, config)

    assert answer.carrier.title == "Seoul & Kyiv say that 3,000 soldiers have arrived"
    (claim, *_) = answer.claims
    assert title[claim.evidence.start : claim.evidence.end].endswith("3,000 soldiers have arrived")


def test_what_is_not_relevant_to_the_topic_is_not_read(real_redis: Redis) -> None:
    config = Config.from_plain({"topics": {TOPIC: {"title": "Troops", "keywords": ["soldiers"], "relevance": 0.5}}})
    unit = Unit(topic=TOPIC, number=1, first=1, last=1, snapshot=Snapshot(1), entry=an_entry())

    def claims(score: float) -> int:
        store = RedisUnits(real_redis), RedisConfigurations(real_redis)
        analyst = Analyst(*store, shipped, extract, relevant=lambda document, topic: score * (topic.title == "Troops"))
        return len(analyst.answer(unit, config).claims)

    assert claims(0.4) == 0
    assert claims(0.6) == 1


def test_an_entry_in_another_language_is_answered_with_its_headline_alone(real_redis: Redis) -> None:
    config = Config.from_plain({"topics": {TOPIC: {"title": "T", "keywords": ["NATO"], "other_languages": "tell"}}})
    entry = dataclasses.replace(an_entry("Die NATO verlegt 3000 soldiers", content="Es sind 3000."), language="de")
    unit = Unit(topic=TOPIC, number=1, first=1, last=1, snapshot=Snapshot(1), entry=entry)

    answer = Analyst(RedisUnits(real_redis), RedisConfigurations(real_redis), shipped, extract).answer(unit, config)

    assert [(claim.unread, claim.sentence, claim.quantities) for claim in answer.claims] == [("de", entry.title, ())]


def test_an_entry_is_read_once_for_all_the_topics_that_it_matches(real_redis: Redis) -> None:
    topics = {slug: {"title": "Troops", "keywords": ["soldiers"]} for slug in (TOPIC, "other", "third")}
    config = Config.from_plain({"topics": topics})
    nlp = load_pipeline(None)
    read: list[str] = []

    @Language.component("test_count")
    def count(doc: Doc) -> Doc:
        read.append(doc.text)
        return doc

    nlp.add_pipe("test_count")
    analyst = Analyst(RedisUnits(real_redis), RedisConfigurations(real_redis), lambda _: nlp, extract)
    units = [
        Unit(topic=TopicSlug(slug), number=1, first=1, last=1, snapshot=Snapshot(1), entry=an_entry("3,000 soldiers arrived"))
        for slug in topics
    ]

    answers = [analyst.answer(unit, config) for unit in units]

    assert [len(answer.claims) for answer in answers] == [len(answers[0].claims)] * 3
    assert len(answers[0].claims) > 0
    assert len(read) == len(set(read))


def test_the_answer_to_what_is_not_relevant_enough_says_so_and_names_the_words_that_were_found(real_redis: Redis) -> None:
    config = Config.from_plain({"topics": {TOPIC: {"title": "Troops", "keywords": ["soldiers"], "relevance": 0.5}}})
    unit = Unit(topic=TOPIC, number=1, first=1, last=1, snapshot=Snapshot(1), entry=an_entry())
    store = RedisUnits(real_redis), RedisConfigurations(real_redis)

    answer = Analyst(*store, shipped, extract, relevant=lambda _document, _topic: 0.31).answer(unit, config)

    assert (answer.claims, answer.relevance, answer.found) == ((), 0.31, ("soldiers",))


def test_by_default_all_that_matches_is_read_and_no_model_is_asked(real_redis: Redis) -> None:
    config = Config.from_plain({"topics": {TOPIC: {"title": "Cheese", "keywords": ["soldiers"]}}})
    unit = Unit(topic=TOPIC, number=1, first=1, last=1, snapshot=Snapshot(1), entry=an_entry())

    answer = Analyst(RedisUnits(real_redis), RedisConfigurations(real_redis), shipped, extract).answer(unit, config)

    assert answer.relevance is None
    assert len(answer.claims) == 1
