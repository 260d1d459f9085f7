"""A topic's examples are its tests, and its keywords are tried on what was kept."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from ruamel.yaml import YAML

from monitor.settings import Config
from tests.records import NOON, an_entry
from workers.adapters.kept import KeptEntries
from workers.check import check
from workers.examples import keyword_notes, tried, unused_known

TOLD = "South Korea's spy agency says 3,000 North Korean soldiers are training in eastern Russia"
FILM = "A film about North Korean soldiers wins the prize of the critics in Busan"
TOPIC: dict[str, Any] = {
    "title": "North Korean soldiers in Russia",
    "keywords": ["soldiers"],
    "actors": {"North Korea": ["North Korean"], "South Korea": ["Seoul"]},
    "exclude": ["film"],
}


def config_of(**more: Any) -> Config:
    return Config.from_plain({"topics": {"troops": TOPIC | more}})


def wrong(alert: tuple[str, ...] = (), silent: tuple[str, ...] = (), **more: Any) -> list[tuple[str, str]]:
    config = config_of(examples={"alert": list(alert), "silent": list(silent)}, **more)
    return [(one.key, one.why) for one in tried(config, NOON)]


def test_examples_that_are_judged_as_they_say_are_not_named() -> None:
    assert wrong(alert=(TOLD,), silent=(FILM, "Rain is expected in Kursk")) == []


def test_each_wrong_example_is_named_with_what_became_of_it() -> None:
    found = dict(
        wrong(
            alert=(FILM, "Rain in Kursk", "Les soldats nord-coréens sont arrivés en Russie, disent les autorités de Séoul"),
            silent=(TOLD,),
        )
    )

    assert found["topics.troops.examples.alert.0"] == "“film” excludes it"
    assert found["topics.troops.examples.alert.1"] == "none of the topic's keywords is in it, nor does the query find it"
    assert found["topics.troops.examples.alert.2"] == "its language is fr, which is not read"
    assert "found by soldiers" in found["topics.troops.examples.silent.0"]
    assert "it is told as" in found["topics.troops.examples.silent.0"]


def test_an_example_that_is_past_history_says_so() -> None:
    ((key, why),) = wrong(alert=("In 1904 soldiers of both empires had fought over Korea for years, historians recall",))

    assert key == "topics.troops.examples.alert.0"
    assert why.startswith("Told as past history")


def test_keywords_are_tried_on_what_was_kept(tmp_path: Path) -> None:
    entries = [
        replace(an_entry(f"{'Soldiers' if n % 4 == 0 else 'Football'} {n}", name=str(n)), seen=NOON + timedelta(minutes=n))
        for n in range(40)
    ]
    KeptEntries(tmp_path, "poller").keep(entries, age=30 * 86400.0, size=10**9, now=NOON)
    config = config_of(keywords=["soldiers", "mercenaries", "hired guns"])

    assert list(keyword_notes(config, tmp_path)) == [
        "topics.troops.keywords: of 40 kept entries none holds mercenaries, hired guns",
        "topics.troops.keywords: soldiers is in 25% of 40 kept entries: is there a narrower word?",
    ]
    assert list(keyword_notes(config, tmp_path / "elsewhere")) == []


def test_a_few_kept_entries_say_nothing_of_keywords(tmp_path: Path) -> None:
    KeptEntries(tmp_path, "poller").keep([an_entry("Football")], age=30 * 86400.0, size=10**9, now=NOON)

    assert list(keyword_notes(config_of(), tmp_path)) == []


def test_known_sentences_that_no_keyword_finds_are_named() -> None:
    config = config_of(known=["Some 10,000 soldiers are in Russia.", "It is cold there."])

    assert list(unused_known(config)) == [
        "topics.troops.known.1: none of the topic's keywords is in “It is cold there.”; it is not used"
    ]


@pytest.mark.parametrize(("silent", "code"), [([FILM], 0), ([TOLD], 1)], ids=["right", "wrong"])
def test_a_check_fails_where_an_example_does(tmp_path: Path, silent: list[str], code: int) -> None:
    path = tmp_path / "my.yaml"
    with path.open("w") as file:
        YAML().dump({"topics": {"troops": TOPIC | {"examples": {"silent": silent}}}}, file)
    out = io.StringIO()

    assert check(path, Console(file=out, width=80)) == code
    said = " ".join(out.getvalue().split())
    assert ("1 example: each is judged as the topic says." in said) == (code == 0)
    assert ("1 of 1 example judged otherwise than the topic says." in said) == (code == 1)
