"""`monitor extract`: what goes in, what comes out, and that every offset is one of the text as given."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from rich.console import Console
from spacy.language import Language

from monitor.errors import EntriesUnreadable
from monitor.records import Field
from monitor.records.ids import TopicSlug
from monitor.settings import LedgerSettings, Topic
from workers.extract import BATCH, Given, extract, given, given_text, line_of, readings
from workers.extract_shown import show

ROOT = Path(__file__).parents[2]
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/schemas/extract.schema.json").read_text()))
NOW = datetime(2025, 3, 5, 12, tzinfo=UTC)
TROOPS = TopicSlug("troops")
TOPICS = {TROOPS: Topic(title="T", query="(troops OR soldiers) NEAR/8 (deploy OR send)", actors={"Freedonia": ("Fredville",)})}
ARTICLE = """Freedonia sends soldiers north

Some 3,000 troops were deployed on Monday, Gen. Ada Lovelock said. She added that they would stay.

Fredville denied that 12,000 soldiers had been sent."""


def lines(nlp: Language, *texts: str, topics: Mapping[TopicSlug, Topic] = TOPICS) -> list[dict[str, Any]]:
    made = (given_text(number, text, NOW) for number, text in enumerate(texts))
    read = readings(made, topics, nlp, background_age=LedgerSettings().background_age)
    return [json.loads(json.dumps(line_of(one, reading))) for one, reading in read]


def spans(line: dict[str, Any]) -> Iterator[list[int]]:
    yield from line["sentences"]
    yield from ([part["start"], part["end"]] for part in (*line["quantities"], *line["mentions"]))
    yield from (span for said in line["attributions"] for name in ("source", "cue", "content") for span in said[name])
    yield from (claim["evidence"] for claim in line["claims"])


def test_a_line_tells_figures_speakers_mentions_and_claims_at_their_places(nlp: Language) -> None:
    (line,) = lines(nlp, ARTICLE)
    SCHEMA.validate(line)
    assert [ARTICLE[slice(*span)] for span in line["sentences"]][1].endswith("Lovelock said.")
    assert [(q["surface"], q["low"], q["unit"]) for q in line["quantities"]] == [
        ("Some 3,000", 3000, "troops"),
        ("12,000", 12000, "soldiers"),
    ]
    told = {ARTICLE[slice(*said["source"][0])]: (said["stance"], said["org"]) for said in line["attributions"] if said["source"]}
    assert told["Fredville"] == ("denies", "Freedonia")
    assert {"actor:Freedonia", "send", "deploy", "troops", "soldiers"} == {mention["by"] for mention in line["mentions"]}
    figures = [[line["quantities"][index]["surface"] for index in claim["quantities"]] for claim in line["claims"]]
    assert ["12,000"] in figures
    assert any(ARTICLE[slice(*claim["evidence"])].startswith("Fredville denied") for claim in line["claims"])


def test_without_a_configuration_figures_and_speakers_are_read_all_the_same(nlp: Language) -> None:
    (with_topics,), (without,) = lines(nlp, ARTICLE), lines(nlp, ARTICLE, topics={})
    assert (without["mentions"], without["claims"]) == ([], [])
    assert without["quantities"] == with_topics["quantities"]
    assert {"Ada Lovelock", "Fredville"} <= {said["speaker"] for said in without["attributions"]}


def test_relative_dates_count_from_the_day_of_publication(nlp: Language) -> None:
    (line,) = lines(nlp, "On Monday, 300 soldiers were sent north.")
    assert [claim["time"] for claim in line["claims"]] == ["2025-03-03"]


def test_a_first_line_without_a_full_stop_is_the_headline_and_one_paragraph_behind_it_the_summary() -> None:
    def fields(text: str) -> list[tuple[Field, str]]:
        document = given_text(1, text, NOW).document
        return [(segment.field, document.text[segment.start : segment.end]) for segment in document.segments]

    assert fields("One day") == [(Field.SUMMARY, "One day")]
    assert fields("One day\n\nIt rained.") == [(Field.TITLE, "One day"), (Field.SUMMARY, "It rained.")]
    assert fields("It rained.\n\nIt poured.") == [(Field.CONTENT, "It rained.\n\nIt poured.")]
    assert fields("") == []


@settings(deadline=None, max_examples=80)
@examples(
    text=st.lists(
        st.sampled_from(
            [
                "Some 3,000 troops",
                "were sent",
                "&amp;",
                "said Oru.",
                "<b>12</b>,500",
                "\u200f",
                "🚢",
                "ﬁ",
                "\n\n",
                "\n",
                "  ",
                "“",
                "”",
            ]
        )
        | st.text(max_size=3),
        max_size=14,
    ).map(" ".join)
)
def test_whatever_the_text_holds_every_span_lies_in_it_and_every_surface_is_the_text_there(nlp: Language, text: str) -> None:
    (line,) = lines(nlp, text)
    SCHEMA.validate(line)
    assert all(0 <= start < end <= len(text) for start, end in spans(line))
    assert all(text[q["start"] : q["end"]] == q["surface"] for q in line["quantities"])


def test_markup_moves_no_offset(nlp: Language) -> None:
    text = "<p>Oru&rsquo;s \u200fpeople &amp; others said <b>3,000</b>&nbsp;troops were sent.</p>"
    (line,) = lines(nlp, text)
    assert [(q["surface"], q["what"]) for q in line["quantities"]] == [("3,000", "troops")]
    assert {text[m["start"] : m["end"]] for m in line["mentions"]} == {"troops", "sent"}


def test_documents_of_several_batches_are_read_in_one_call_in_their_order(nlp: Language) -> None:
    numbers = list(range(2, 4 * BATCH))
    found = lines(nlp, *(f"Some {number} soldiers were sent." for number in numbers))
    assert [line["quantities"][0]["low"] for line in found] == numbers


def written(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(*files: Path) -> list[Given]:
    return list(given(files, now=NOW))


def test_files_are_plain_text_or_json_lines(tmp_path: Path) -> None:
    plain = written(tmp_path, "a.txt", "\ufeff{not json}\n")
    moment = "2025-01-02T03:04:05+01:00"
    by_name = written(tmp_path, "b.jsonl", f'\n{{"id": 7, "text": "x", "published": "{moment}", "feed": "other"}}\n\n')
    by_content = written(tmp_path, "c", '\ufeff{"id": "x", "text": "y"}\n{"id": "z", "text": ""}')
    first, second, third, fourth = read(plain, by_name, by_content)
    assert (first.id, first.text) == (str(plain), "{not json}\n")
    assert (second.id, second.document.published) == (7, datetime(2025, 1, 2, 2, 4, 5, tzinfo=UTC))
    assert (third.id, third.document.published) == ("x", NOW)
    assert (fourth.id, fourth.document.text) == ("z", "")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.jsonl", '{"id": "1", "text": "x"}\n{"id": "2"}\n', "a.jsonl:2: Object missing required field `text`"),
        ("a.jsonl", "plain\n", "a.jsonl:1: "),
        ("a", '{"id": "1", "text": "x\n', "a:1: "),
        ("a.jsonl", '{"id": "1", "text": "x", "published": "2025-01-02T03:04:05"}', "a.jsonl:1: `published` names no time zone"),
        ("a.txt", b"caf\xe9", "a.txt: this is not UTF-8 text (byte 3)"),
    ],
)
def test_what_cannot_be_read_is_told_with_file_and_line(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    with pytest.raises(EntriesUnreadable) as refused:
        read(written(tmp_path, name, content))
    assert str(refused.value).startswith(f"{tmp_path}/{told}")


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(EntriesUnreadable, match=r"none\.txt: cannot be read: No such file"):
        read(tmp_path / "none.txt")


def test_people_see_the_text_with_its_spans_marked_and_what_was_read(nlp: Language) -> None:
    shown = io.StringIO()
    console = Console(file=shown, width=120, force_terminal=True, color_system="standard", highlight=False)
    for one, reading in readings([given_text("a", "\n" + ARTICLE, NOW)], TOPICS, nlp, background_age=1e6):
        show(console, one, reading)
    assert re.search(r"\x1b\[1;(3;)?32mSome 3,000\x1b\[0m", shown.getvalue())
    plain = Console(file=(bare := io.StringIO()), width=120, highlight=False)
    for one, reading in readings([given_text("a", ARTICLE, NOW)], TOPICS, nlp, background_age=1e6):
        show(plain, one, reading)
    assert "about 3,000 troops" in bare.getvalue()
    assert "Fredville (Freedonia) denies" in bare.getvalue()


def test_the_command_writes_lines_by_the_schema(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert extract([written(tmp_path, "a.txt", ARTICLE)], None, lines=True, now=NOW) == 0
    out, err = capfdbinary.readouterr()
    SCHEMA.validate(json.loads(out))
    assert err == b""


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    many = written(tmp_path, "a.jsonl", "".join(f'{{"id": {n}, "text": "{"Some 300 left. " * 40}"}}\n' for n in range(200)))
    command = [sys.executable, "-m", "workers.cli", "extract", "--jsonl", str(many)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith(b'{"id":0')
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0
