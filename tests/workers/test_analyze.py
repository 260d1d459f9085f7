"""The analyze role's answer to one unit."""

from __future__ import annotations

import dataclasses

from redis import Redis

from monitor.extract.claims import extract
from monitor.extract.pipeline import load_pipeline
from monitor.records import Unit
from monitor.records.ids import Snapshot
from monitor.settings import Config
from tests.records import TOPIC, an_entry
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.units import RedisUnits
from workers.analyze import Analyst


def test_what_is_told_of_the_carrier_has_no_markup_and_evidence_points_into_the_title_as_delivered(real_redis: Redis) -> None:
    config = Config.from_plain({"topics": {TOPIC: {"title": "Troops", "keywords": ["soldiers"]}}})
    title = "<b>Seoul</b> &amp; Kyiv say that 3,000 soldiers have arrived"
    entry = dataclasses.replace(an_entry(title), summary="")
    unit = Unit(topic=TOPIC, number=1, first=1, last=1, snapshot=Snapshot(1), entry=entry)

    answer = Analyst(RedisUnits(real_redis), RedisConfigurations(real_redis), load_pipeline, extract).answer(unit, config)

    assert answer.carrier.title == "Seoul & Kyiv say that 3,000 soldiers have arrived"
    (claim, *_) = answer.claims
    assert title[claim.evidence.start : claim.evidence.end].endswith("3,000 soldiers have arrived")
