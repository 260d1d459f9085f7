"""`monitor replay --last`: topics tried on what the monitor itself kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from ruamel.yaml import YAML

from monitor.errors import PermanentError
from tests.records import an_entry
from workers.adapters.kept import FOLDER, GAPS, KeptEntries
from workers.lasting import seconds_of
from workers.past import try_last

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
DAY = 86400.0
TRAINING = "South Korea's spy agency said on Thursday that 3,000 North Korean soldiers are training in eastern Russia."
RISEN = "South Korea's spy agency said on Monday that 12,000 North Korean soldiers are training in eastern Russia."
TOPICS = {
    "troops": {
        "title": "North Korean soldiers in Russia",
        "keywords": ["soldiers", "mercenaries"],
        "actors": {"South Korea": ["Seoul"], "North Korea": ["North Korean"]},
    },
    "cable": {"title": "A cable", "keywords": ["submarine cable"]},
}


def keep(folder: Path, text: str, name: str, days_ago: float, *, title: str = "", silent: bool = False) -> None:
    moment = NOW - timedelta(days=days_ago)
    entry = replace(an_entry(title or f"News {name}", name=name, summary=text), published=moment, seen=moment, silent=silent)
    KeptEntries(folder / "data" / "live", name).keep([entry], age=30 * DAY, size=10**9, now=moment)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "monitor.yaml"
    with path.open("w") as file:
        YAML().dump({"topics": TOPICS}, file)
    keep(tmp_path, TRAINING, "old", 9)
    keep(tmp_path, TRAINING, "again", 3, title="Seoul repeats itself")
    keep(tmp_path, RISEN, "risen", 2)
    keep(tmp_path, "The home team won again.", "sport", 1)
    return path


def tried(config: Path, last: float, warm_up: float = 0.0, **more: Any) -> tuple[str, list[dict[str, Any]]]:
    """What is shown, and what is written."""
    shown = Console(file=StringIO(), width=80, highlight=False)
    try_last(config, last * DAY, warm_up * DAY, now=NOW, console=shown, **more)
    output = config.parent / "told.jsonl"
    try_last(config, last * DAY, warm_up * DAY, now=NOW, console=Console(file=StringIO()), output=output, **more)
    assert isinstance(shown.file, StringIO)
    return shown.file.getvalue(), [json.loads(line) for line in output.read_text().splitlines()]


def test_the_last_days_alone_tell_what_was_known_before_them(config: Path) -> None:
    shown, written = tried(config, 4)

    assert TRAINING in [line["evidence"] for line in written]
    assert "3 entries read" in shown
    assert "7 days" not in shown


def test_a_warm_up_makes_the_days_before_known_and_only_what_is_new_since_is_told(config: Path) -> None:
    shown, written = tried(config, 4, 7)

    assert [(line["kind"], line["evidence"]) for line in written] == [("number_changed", RISEN)]
    assert "3 entries read, 1 of the 7d before filled the ledger silently" in " ".join(shown.split())
    assert "12,000" in shown


def test_the_end_tells_what_each_keyword_found_and_what_other_settings_would_give(config: Path) -> None:
    shown, _ = tried(config, 10)
    lines = [" ".join(line.split()) for line in shown.splitlines()]

    assert "3 soldiers 75% of all that was read" in lines
    assert "none: mercenaries" in lines
    assert "none: submarine cable" in lines
    assert any(line.startswith("Alerts a day: strict 0.") for line in lines)
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_one_topic_can_be_tried_alone(config: Path) -> None:
    shown, written = tried(config, 10, topics=["cable"])

    assert written == []
    assert "troops" not in shown
    with pytest.raises(PermanentError, match="no topic cables; it has cable, troops"):
        tried(config, 10, topics=["cables"])


def test_what_was_read_silently_stays_silent(config: Path) -> None:
    keep(config.parent, "Seoul said on Friday that 50 mercenaries had left Kursk.", "backlog", 1, silent=True)
    _, written = tried(config, 2)

    assert "mercenaries" not in json.dumps(written)


def test_what_could_not_be_kept_is_told(config: Path) -> None:
    gap = {"since": (NOW - timedelta(days=1)).isoformat(), "until": NOW.isoformat(), "entries": 1200}
    (config.parent / "data" / "live" / FOLDER / GAPS).write_text(json.dumps(gap) + "\n")
    shown, _ = tried(config, 2)

    assert "1,200 entries are missing" in shown


def test_where_nothing_was_kept_it_says_what_to_do(config: Path) -> None:
    with pytest.raises(PermanentError, match="monitor ingest"):
        try_last(config, 0.01 * DAY, 0.0, now=NOW)
    with pytest.raises(PermanentError, match="30d"):
        seconds_of("--last", "1 month")
