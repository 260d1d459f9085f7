"""`monitor replay`: its lines, their schema, its errors, and that it gives the same bytes again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest
from ruamel.yaml import YAML

from bench.score import score
from monitor.errors import EntriesUnreadable
from monitor.settings import Config
from tests.stories import CONFIG, line, run
from workers.replay import entry_of, read_lines, replay

ROOT = Path(__file__).parents[2]
STREAM = ROOT / "seeds" / "streams" / "quake-toll"
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "docs" / "replay.schema.json").read_text(encoding="utf-8")), format_checker=jsonschema.FormatChecker()
)


@pytest.fixture(scope="module")
def config() -> Config:
    """The stream's own configuration: topics and nothing else."""
    return Config.from_plain(YAML(typ="safe").load((STREAM / "topics.yaml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def replayed(config: Config, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What a replay of the stream writes."""
    output = tmp_path_factory.mktemp("replay") / "developments.jsonl"
    replay(STREAM / "entries.jsonl", config, output=output)
    return output.read_bytes()


def lines_of(data: bytes) -> list[dict[str, object]]:
    return [json.loads(text) for text in data.decode().splitlines()]


def test_every_line_follows_the_schema(replayed: bytes) -> None:
    assert lines_of(replayed)
    for item in lines_of(replayed):
        SCHEMA.validate(item)


def test_all_verdicts_with_receipts_follow_the_schema_too(config: Config, tmp_path: Path) -> None:
    replay(STREAM / "entries.jsonl", config, output=tmp_path / "all.jsonl", explain=True, all_verdicts=True)
    found = lines_of((tmp_path / "all.jsonl").read_bytes())

    for item in found:
        SCHEMA.validate(item)
    assert {"repeat", "minor", "copy"} <= {item["kind"] for item in found}
    assert all("receipt" in item for item in found if item["kind"] != "copy")


def test_a_replay_gives_the_same_bytes_again(config: Config, replayed: bytes, tmp_path: Path) -> None:
    replay(STREAM / "entries.jsonl", config, output=tmp_path / "again.jsonl")

    assert (tmp_path / "again.jsonl").read_bytes() == replayed


@pytest.mark.e2e
def test_another_order_of_sets_gives_the_same_bytes(tmp_path: Path) -> None:
    # Given a few entries, and processes that hash strings differently
    lines = (STREAM / "entries.jsonl").read_text(encoding="utf-8").splitlines()[:6]
    (tmp_path / "entries.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "workers.cli", "replay", str(tmp_path / "entries.jsonl"), "--explain", "--all-verdicts"]

    written = [
        subprocess.run(
            [*command, "-c", str(STREAM / "topics.yaml")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert written[0] == written[1]
    assert written[0].count(b"\n") > 6


def test_the_lines_are_what_the_scorer_reads(replayed: bytes) -> None:
    result, _, _ = score(STREAM, lines_of(replayed))

    assert result["alerts"] > 0
    assert result["found"] > result["missed"]


def test_evidence_is_the_exact_text_of_its_entry(replayed: bytes) -> None:
    entries = {item.id: item for item in read_lines(STREAM / "entries.jsonl")}

    for item in lines_of(replayed):
        entry = entries[str(item["entry"])]
        assert any(str(item["evidence"]) in text for text in (entry.title, entry.summary, entry.content))


def test_entries_of_one_feed_and_moment_are_one_batch() -> None:
    story = [
        line("a", "Dockers in Marrow on strike"),
        line("b", "Strike in Marrow: talks fail"),
        line("c", "Strike in Marrow goes on", hours=1),
    ]

    assert [tuple(batch.lines.values()) for batch, _ in run(story)] == [("a", "b"), ("c",)]


def test_an_entry_that_comes_again_unchanged_is_no_work() -> None:
    first = line("a", "Dockers in Marrow on strike")
    again = line("b", first.title, url=first.url, hours=2)

    assert len(run([first, again])) == 1


def test_a_republished_entry_is_a_revision_of_the_same() -> None:
    first = entry_of(line("a", "Dockers in Marrow on strike"))
    again = entry_of(line("b", "Dockers in Marrow end strike", url=first.url, hours=2))

    assert first.id == again.id
    assert first.revision != again.revision


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": "e1"}', r"entries.jsonl:2: .*feed"),
        ("not json", r"entries.jsonl:2: .*malformed"),
        (None, r"entries.jsonl:2: the id 'e0' stands on line 1 already"),
        ("published", r"entries.jsonl:2: `published` names no time zone"),
    ],
)
def test_a_bad_line_is_named_with_its_number(tmp_path: Path, text: str | None, message: str) -> None:
    good = {
        "id": "e0",
        "feed": "wire",
        "outlet": "wire",
        "published": "2024-10-24T12:00:00Z",
        "url": "https://wire.example/e0",
        "title": "Title",
        "summary": "",
        "content": "",
    }
    second = {
        None: json.dumps(good | {"title": "Another"}),
        "published": json.dumps(good | {"id": "e1", "published": "2024-10-24T12:00:00"}),
    }.get(text, text)
    path = tmp_path / "entries.jsonl"
    path.write_text(f"{json.dumps(good)}\n{second}\n", encoding="utf-8")

    with pytest.raises(EntriesUnreadable, match=message):
        replay(path, CONFIG)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EntriesUnreadable, match=r"nowhere\.jsonl: cannot be read"):
        replay(tmp_path / "nowhere.jsonl", CONFIG)


COUNT = "The union said on Friday that 40 dockers were injured in the strike in the port of Marrow."
AROUND = (
    "Tugs lay idle along the quays from the early morning. {} Lorries queued on the road to the harbour gate until noon. "
    "Officials of the company did not answer calls. Another meeting is planned for next week, when the mediator is back."
)


def test_a_development_that_is_taken_back_is_a_line_of_its_own(tmp_path: Path) -> None:
    # Given an entry whose later revision says all the rest and no longer how many were injured
    said = line("first", "Strike in the port of Marrow", AROUND.format(COUNT))
    gone = line("second", "Strike in the port of Marrow", AROUND.format(""), hours=1, url=said.url)
    path = tmp_path / "entries.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(one) for one in (said, gone)))

    # When they are replayed at a setting under which it is told
    wide = CONFIG.model_copy(
        update={"topics": {"harbour-strike": CONFIG.topics["harbour-strike"].model_copy(update={"sensitivity": "wide"})}}
    )
    replay(path, wide, output=tmp_path / "told.jsonl")
    found = lines_of((tmp_path / "told.jsonl").read_bytes())

    # Then the last line says so: what was said, and which entry takes it back; it follows the schema, and no scorer counts it
    assert found[-1]["kind"] == "withdrawn" and found[-1]["entry"] == "second"
    assert found[-1]["evidence"] in [one["evidence"] for one in found[:-1] if one["entry"] == "first"]
    for item in found:
        SCHEMA.validate(item)
