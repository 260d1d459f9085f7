"""The settings' models: defaults, values and what they refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from monitor.settings import Config
from monitor.settings.base import Duration, Slug, duration_text
from monitor.settings.subscriptions import Subscription

TOPIC = {"title": "Treaty", "keywords": ["treaty"]}


def test_the_defaults_are_these() -> None:
    config = Config.from_plain({"topics": {"treaty": TOPIC}})
    assert config.model_dump(exclude={"topics"}) == {
        "demo": False,
        "data_dir": "data",
        "redis_url": None,
        "feeds": {},
        "channels": {},
        "subscriptions": {},
        "full_text": "never",
        "keep_entries": 2_592_000.0,
        "keep_entries_size": 1_000_000_000,
        "late_after": 259_200.0,
        "heartbeat_url": None,
        "heartbeat_every": 60.0,
        "http": {
            "user_agent": None,
            "contact": None,
            "proxy": None,
            "allow_hosts": (),
            "connect_timeout": 10.0,
            "read_timeout": 30.0,
            "total_timeout": 60.0,
            "max_bytes": 16_777_216,
            "max_redirects": 5,
            "per_host": 2,
            "host_gap": 0.5,
            "concurrency": 50,
        },
        "schedule": {"interval": 900.0, "floor": None, "quiet": None, "ceiling": 86_400.0, "jitter": 0.1, "max_backlog": 10_000},
        "websub": {"callback": None, "listen": "127.0.0.1:8766", "lease": 864_000.0, "poll_every": 21_600.0},
        "warm_up": {"lasts": 900.0, "age": 86_400.0},
        "nlp": {"model": None, "max_characters": 60_000},
        "ledger": {
            "tolerance": 0.05,
            "background_age": 2_592_000.0,
            "keep_known": 63_072_000.0,
            "keep_known_size": 1_000_000_000,
        },
        "delivery": {
            "give_up_after": 259_200.0,
            "backoff": 5.0,
            "backoff_ceiling": 3_600.0,
            "breaker_after": 5,
            "templates": None,
        },
    }
    assert config.topics["treaty"].model_dump(exclude={"title", "keywords"}) == {
        "description": "",
        "query": None,
        "other_languages": "ignore",
        "actors": {},
        "exclude": (),
        "match": "keywords",
        "relevance": 0.0,
        "examples": {"alert": (), "silent": ()},
        "known": (),
        "formerly": (),
        "tolerance": None,
        "keep_known": None,
        "keep_known_size": None,
        "sensitivity": "balanced",
        "since": None,
    }
    assert Subscription(channels=("terminal",)).model_dump(exclude={"channels"}) == {
        "topics": "all",
        "kinds": ("new_claim", "new_number", "number_changed", "position_change", "unread"),
        "min_origins": 1,
        "sensitivity": None,
        "min_confidence": 0.0,
        **dict.fromkeys(("speakers", "stances", "units", "outlets", "not_outlets", "words"), ()),
        **dict.fromkeys(("min_change", "min_change_percent", "digest", "quiet_hours", "rate_limit", "group_interval")),
        "time_zone": "UTC",
        "still_watching": "0 9 * * mon",
    }


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("250ms", 0.25), ("30s", 30), ("15m", 900), ("1.5h", 5400), ("24 h", 86_400), ("2w", 1_209_600), (5, 5), (0.5, 0.5)],
)
def test_a_duration_is_a_number_with_its_unit_or_seconds(written: object, seconds: float) -> None:
    assert TypeAdapter(Duration).validate_python(written) == seconds


@pytest.mark.parametrize("written", ["5 min", "h", "", "-5s", "1h30m", "5M", None, True, [], -1, float("inf"), float("nan")])
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Duration).validate_python(written)


@given(st.integers(min_value=1, max_value=10**9).map(lambda milliseconds: milliseconds / 1000))
def test_a_duration_as_people_write_it_reads_back_the_same(seconds: float) -> None:
    assert TypeAdapter(Duration).validate_python(duration_text(seconds)) == pytest.approx(seconds)


@given(st.text(max_size=100))
def test_a_refused_name_comes_with_one_that_is_accepted(name: str) -> None:
    names = TypeAdapter(Slug)
    try:
        names.validate_python(name)
    except ValidationError as error:
        fix = error.errors()[0]["ctx"]["fix"]
        if fix:
            names.validate_python(fix.removeprefix("write "))


def test_a_configuration_is_frozen_and_takes_no_unknown_setting() -> None:
    config = Config.from_plain({"topics": {"treaty": TOPIC}})
    with pytest.raises(ValidationError):
        config.demo = True  # type: ignore[misc]  # what the test is about
    with pytest.raises(ValidationError):
        Config.from_plain({"topics": {"treaty": TOPIC}, "demos": True})


def test_a_topic_without_a_tolerance_has_the_ledgers() -> None:
    config = Config.from_plain({"topics": {"a": TOPIC, "b": TOPIC | {"tolerance": 0.2}}, "ledger": {"tolerance": 0.1}})
    assert (config.tolerance("a"), config.tolerance("b")) == (0.1, 0.2)
