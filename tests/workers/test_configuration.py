"""Configuration files: what a valid one comes to."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from monitor.errors import ConfigurationError
from monitor.settings import Config
from monitor.settings.delivery import AppriseChannel
from tests.workers.configuring import TERMINAL, TOPICS, only_problem, problems, read
from workers.adapters.configuration import data_directory, read_configuration
from workers.adapters.configuration.words import _NEEDED

ROOT = Path(__file__).parents[2]


def test_a_file_with_only_topics_is_a_configuration(tmp_path: Path) -> None:
    config = read(tmp_path, TOPICS)
    assert config == Config.from_plain({"topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}}})


@pytest.mark.parametrize("topics", sorted(ROOT.glob("seeds/streams/*/topics.yaml")), ids=lambda path: path.parent.name)
def test_the_streams_topics_are_configurations(topics: Path) -> None:
    plain = YAML(typ="safe", pure=True).load(topics.read_text(encoding="utf-8"))
    config = read_configuration(topics)
    assert {slug: topic.title for slug, topic in config.topics.items()} == {s: t["title"] for s, t in plain["topics"].items()}


def test_every_kind_of_value_arrives_as_it_was_meant(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        textwrap.dedent("""
            topics:
              2024:                     # a number is a name here
                title: "Quoted: yes"
                description: >
                  folded
                  text
                keywords:
                  - New START
                  - "5"
                actors: {Norway: [NO, Oslo]}
                tolerance: 0.1
                since: 2024-10-01
            schedule: {interval: 90, ceiling: 2w, max_backlog: 1_000}
            http: {connect_timeout: 250ms, max_redirects: 0x3}
            demo: True
        """),
    )
    topic = config.topics["2024"]
    assert topic.title == "Quoted: yes"
    assert topic.description == "folded text\n"
    assert topic.keywords == ("New START", "5")
    assert topic.actors == {"Norway": ("NO", "Oslo")}
    assert topic.since == date(2024, 10, 1)
    assert (config.schedule.interval, config.schedule.ceiling, config.schedule.max_backlog) == (90.0, 14 * 86400.0, 1000)
    assert (config.http.connect_timeout, config.http.max_redirects) == (0.25, 3)
    assert config.demo is True


def test_a_snapshot_of_what_was_read_reads_back_the_same(tmp_path: Path) -> None:
    config = read(tmp_path, TOPICS + TERMINAL + "    \nsubscriptions: {all: {channels: [terminal]}}\nschedule: {interval: 5m}\n")
    assert Config.model_validate_json(config.model_dump_json()) == config


def test_an_empty_section_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    assert read(tmp_path, TOPICS + "http:\n  # contact: me\nfeeds:\nchannels: ~\n") == read(tmp_path, TOPICS)


def test_secrets_stay_references(tmp_path: Path) -> None:
    config = read(tmp_path, TOPICS + "channels: {mail: {type: apprise, url: 'mailtos://${USER}:${PASS_1}@example.org'}}\n")
    channel = config.channels["mail"]
    assert isinstance(channel, AppriseChannel)
    assert channel.url == "mailtos://${USER}:${PASS_1}@example.org"


def test_anchors_and_merges_are_followed(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        TOPICS
        + "feeds:\n  a: &a {url: 'https://a.example/', interval: 5m, publisher: P}\n  b: {<<: *a, url: 'https://b.example/'}\n",
    )
    assert config.feeds["b"].publisher == "P"
    assert config.feeds["b"].url == "https://b.example/"


class TestSeveralFiles:
    def test_includes_fill_sections_together(self, tmp_path: Path) -> None:
        (tmp_path / "conf.d").mkdir()
        (tmp_path / "conf.d" / "1.yaml").write_text("feeds: {one: {url: 'https://one.example/'}}\ninclude: ../more.yaml\n")
        (tmp_path / "conf.d" / "2.yaml").write_text("feeds: {two: {url: 'https://two.example/'}}\nhttp: {per_host: 3}\n")
        config = read(
            tmp_path,
            "include: [topics.yaml, 'conf.d/*.yaml']\nhttp: {concurrency: 5}\n",
            topics_yaml=TOPICS,
            more_yaml="feeds: {three: {url: 'https://three.example/'}}\n",
        )
        assert list(config.topics) == ["treaty"]
        assert sorted(config.feeds) == ["one", "three", "two"]
        assert (config.http.concurrency, config.http.per_host) == (5, 3)

    def test_what_two_files_define_is_an_error_that_names_both_places(self, tmp_path: Path) -> None:
        found = problems(
            tmp_path,
            TOPICS + "include: [more.yaml]\ndemo: true\n",
            more_yaml="demo: true\n\ntopics:\n  treaty: {title: Again, keywords: [x]}\n",
        )
        assert [(p.file, p.line, p.key) for p in found] == [
            (str(tmp_path / "more.yaml"), 1, "demo"),
            (str(tmp_path / "more.yaml"), 4, "topics.treaty"),
        ]
        assert found[1].message == f"treaty stands in {tmp_path / 'monitor.yaml'}, line 2, too"

    def test_a_problem_in_an_included_file_names_that_file(self, tmp_path: Path) -> None:
        problem = only_problem(tmp_path, TOPICS + "include: more.yaml\n", more_yaml="\nfeeds:\n  a: {urll: x}\n")
        assert (problem.file, problem.line, problem.fix) == (str(tmp_path / "more.yaml"), 3, "did you mean url?")

    def test_files_that_include_each_other_are_told_so(self, tmp_path: Path) -> None:
        problem = only_problem(tmp_path, TOPICS + "include: more.yaml\n", more_yaml="include: monitor.yaml\n")
        assert problem.file == str(tmp_path / "more.yaml")
        assert "is read already" in problem.message

    def test_bad_yaml_in_one_file_does_not_hide_the_problems_of_another(self, tmp_path: Path) -> None:
        found = problems(tmp_path, "demo: 1\ninclude: more.yaml\n", more_yaml="topics: [\n")
        assert [(Path(p.file).name, p.key) for p in found] == [("monitor.yaml", "demo"), ("more.yaml", "")]


class TestLists:
    OPML = """<opml version="2.0"><body><outline text="World">
        <outline text="The Herald" type="rss" xmlUrl="https://herald.example/rss?a=1&amp;b=2"/>
        <outline text="Treaty News" type="rss" xmlUrl="https://treaty.example/rss"/>
        <outline text="Local" type="rss" xmlUrl="https://local.example/rss"/>
    </outline></body></opml>"""

    def test_listed_feeds_are_added_under_names_made_from_their_titles(self, tmp_path: Path) -> None:
        config = read(tmp_path, TOPICS + "opml: world.opml\n", world_opml=self.OPML)
        assert {slug: (feed.url, feed.title) for slug, feed in config.feeds.items()} == {
            "the-herald": ("https://herald.example/rss?a=1&b=2", "The Herald"),
            "treaty-news": ("https://treaty.example/rss", "Treaty News"),
            "local": ("https://local.example/rss", "Local"),
        }

    def test_what_feeds_says_of_an_address_goes_first_and_a_taken_name_gets_a_number(self, tmp_path: Path) -> None:
        config = read(
            tmp_path,
            TOPICS
            + "opml: [world.opml]\nfeeds:\n  mine: {url: 'https://treaty.example/rss', publisher: P}\n"
            + "  local: {url: 'https://other.example/'}\n",
            world_opml=self.OPML,
        )
        assert sorted(config.feeds) == ["local", "local-2", "mine", "the-herald"]
        assert config.feeds["mine"].publisher == "P"
        assert config.feeds["local-2"].url == "https://local.example/rss"

    def test_a_bad_address_in_a_list_is_named_with_its_line(self, tmp_path: Path) -> None:
        problem = only_problem(
            tmp_path,
            TOPICS + "opml: world.opml\n",
            world_opml=self.OPML.replace("https://local.example/rss", "ftp://local.example/"),
        )
        assert (problem.file, problem.line, problem.column) == (str(tmp_path / "world.opml"), 4, 50)
        assert "ftp://local.example/" in problem.message

    def test_a_file_that_is_no_list_is_named(self, tmp_path: Path) -> None:
        problem = only_problem(tmp_path, TOPICS + "opml: world.opml\n", world_opml="<html></html>")
        assert problem.file == str(tmp_path / "world.opml")
        assert "no OPML" in problem.message


class TestDataDirectory:
    def test_it_is_relative_to_the_file_and_the_demo_is_kept_apart(self, tmp_path: Path) -> None:
        config = read(tmp_path, TOPICS + "data_dir: ../here\n")
        assert data_directory(config, tmp_path / "monitor.yaml", False) == tmp_path.parent / "here" / "live"
        assert data_directory(config, tmp_path / "monitor.yaml", True) == tmp_path.parent / "here" / "demo"

    def test_an_absolute_one_and_one_in_the_home_directory_are_taken_as_they_are(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        for written, folder in ((f"{tmp_path}/x", tmp_path / "x"), ("~/x", tmp_path / "home" / "x")):
            config = read(tmp_path, TOPICS + f"data_dir: {written}\n")
            assert data_directory(config, Path("monitor.yaml"), False) == folder / "live"


def test_every_setting_that_is_needed_has_an_example_for_when_it_is_missing() -> None:
    from workers.settings_page import needed

    assert needed() - {"type"} <= set(_NEEDED)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(Config.model_fields)), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_whatever_stands_in_a_file_is_read_or_refused_with_places(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    import io

    stream = io.StringIO()
    YAML().dump(data, stream)
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(stream.getvalue(), encoding="utf-8")
    try:
        read_configuration(path)
    except ConfigurationError as error:
        lines = path.read_text(encoding="utf-8").count("\n") + 1
        assert error.problems
        assert all(0 <= problem.line <= lines for problem in error.problems)


QUERY = "topics:\n  treaty:\n    title: Treaty\n    query: "


@pytest.mark.parametrize(
    ("written", "place", "message", "fix"),
    [
        ("troops soldiers", "4:19", "AND, OR, NEAR/n or the end was expected, but soldiers stands here", "in quotes"),
        ("troops OR", "4:21", "a word, a phrase in quotes or ( was expected, but the query ends here", ""),
        ("  (troops # one\n", "4:14", "this ( is never closed", "write a )"),
        ("'\"the general''s\" men OR film'", "4:30", "AND, OR, NEAR/n or the end", "in quotes"),
        ('"\\"red line\\" \\u0041B OR C OR"', "4:26", "AND, OR, NEAR/n or the end", "in quotes"),
        ("troops OR\n      soldiers AND\n      (film", "6:7", "never closed", "write a )"),
        (">\n      troops OR\n      soldiers\n\n      and film\n", "8:7", "AND, OR, NEAR/n or the end", "in capitals"),
        ("|-  # a note\n      troops AND (film\n        OR war\n      AND\n", "7:10", "but the query ends here", ""),
        ('"troops \\\n      OR \\x41 \\\n      B"', "6:7", "AND, OR, NEAR/n or the end", "in quotes"),
        ("NOT film", "4:12", "nothing was found", "AND NOT"),
    ],
)
def test_a_query_that_goes_wrong_is_shown_where_it_does(tmp_path: Path, written: str, place: str, message: str, fix: str) -> None:
    problem = only_problem(tmp_path, QUERY + written)
    assert f"{problem.line}:{problem.column}" == place
    assert problem.key == "topics.treaty.query"
    assert message in problem.message
    assert fix in (problem.fix or "")


def test_a_topic_looks_for_something(tmp_path: Path) -> None:
    assert read(tmp_path, QUERY + "treat* AND (ratify OR sign)").topics["treaty"].keywords == ()
    problem = only_problem(tmp_path, "topics:\n  treaty:\n    title: Treaty\n")
    assert (problem.line, problem.message) == (2, "there are neither keywords nor a query")


def test_the_place_in_a_query_of_an_included_file_is_in_that_file(tmp_path: Path) -> None:
    included = QUERY.replace("treaty", "pact") + '"a pact" pact'
    problem = only_problem(tmp_path, TOPICS + "include: more.yaml\n", more_yaml=included.replace('"a pact"', "a"))
    assert (Path(problem.file).name, problem.line, problem.column) == ("more.yaml", 4, 14)
