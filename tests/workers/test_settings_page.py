"""The page of settings, the schema for editors, and the configuration as delivered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import Field
from ruamel.yaml import YAML

from monitor.settings.base import Model
from monitor.settings.delivery import FileChannel, TerminalChannel
from monitor.settings.file import json_schema
from workers import settings_page
from workers.adapters.configuration import read_configuration

ROOT = Path(__file__).parents[2]
DELIVERED = ROOT / "config" / "monitor.yaml"
RENEW = "run `python -m workers.settings_page` and commit what it writes"


def plain(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(settings_page.SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_page_is_current() -> None:
    assert settings_page.PAGE.read_text(encoding="utf-8") == settings_page.page(), RENEW


def test_the_schema_is_current() -> None:
    assert settings_page.SCHEMA.read_text(encoding="utf-8") == settings_page.schema_text(), RENEW


def test_every_setting_has_its_meaning_written_beside_it() -> None:
    assert settings_page.undocumented() == []


def test_a_setting_without_a_meaning_would_be_seen() -> None:
    class Undocumented(Model):
        said: int = Field(default=1, description="Said.")
        unsaid: int = 1

    assert list(settings_page._without_meaning(Undocumented.model_json_schema())) == ["unsaid"]


def test_every_model_of_the_configuration_is_on_the_page() -> None:
    schema = json_schema()
    shown = {id(model) for _, model in settings_page._models(schema)}
    assert [name for name, model in schema["$defs"].items() if id(model) not in shown] == []


@pytest.mark.parametrize("name", ["monitor.yaml", "topics.yaml"])
def test_the_delivered_files_are_valid_by_the_schema_for_editors(name: str) -> None:
    assert [error.message for error in validator().iter_errors(plain(ROOT / "config" / name))] == []


@pytest.mark.parametrize(
    "mistake",
    [
        {"topic": {}},
        {"topics": {"treaty": {"title": "x"}}},
        {"topics": {"Not A Slug": {"title": "x", "keywords": ["x"]}}},
        {"schedule": {"interval": "5 min"}},
        {"feeds": {"a": {"url": ""}}},
        {"channels": {"a": {"type": "mail"}}},
        {"subscriptions": {"a": {"channels": []}}},
    ],
    ids=str,
)
def test_the_schema_marks_mistakes(mistake: object) -> None:
    assert list(validator().iter_errors(mistake))


def test_the_delivered_configuration_plays_the_demo_and_tells_everything_on_the_terminal_and_in_a_file() -> None:
    config = read_configuration(DELIVERED)
    assert config.demo is True
    assert sorted(config.topics) == ["treaty", "troop-deployment", "weapons-policy"]
    assert isinstance(config.channels["terminal"], TerminalChannel)
    assert config.channels["file"] == FileChannel(type="file", path="alerts.jsonl")
    assert {name: subscription.channels for name, subscription in config.subscriptions.items()} == {
        "everything": ("terminal", "file")
    }


def test_one_setting_turns_the_real_feeds_on(tmp_path: Path) -> None:
    for file in ("topics.yaml", "feeds-world.opml"):
        (tmp_path / file).write_bytes((ROOT / "config" / file).read_bytes())
    text = DELIVERED.read_text(encoding="utf-8")
    assert text.count("\ndemo: true\n") == 1
    (tmp_path / "monitor.yaml").write_text(text.replace("\ndemo: true\n", "\ndemo: false\n"), encoding="utf-8")
    config = read_configuration(tmp_path / "monitor.yaml")
    assert config.demo is False
    assert len(config.feeds) > 40
    assert all(feed.url.startswith(("http://", "https://")) for feed in config.feeds.values())


def test_the_delivered_topics_are_those_of_the_demo_story() -> None:
    assert plain(ROOT / "config" / "topics.yaml") == plain(ROOT / "seeds" / "demo" / "topics.yaml")
