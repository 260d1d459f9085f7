"""Configuration files: what a valid one comes to, and what each mistake is answered with."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from monitor.errors import ConfigurationError, Problem
from monitor.settings import Config
from monitor.settings.delivery import AppriseChannel
from workers.adapters.configuration import data_directory, read_configuration
from workers.adapters.configuration.source import read_source
from workers.adapters.configuration.words import _NEEDED

ROOT = Path(__file__).parents[2]
TOPICS = "topics:\n  treaty:\n    title: Treaty\n    keywords: [treaty]\n"
TERMINAL = "channels: {terminal: {type: terminal}}\n"


def read(tmp_path: Path, text: str | bytes, name: str = "monitor.yaml", **others: str) -> Config:
    """Reads the text as a file; others: further files, `feeds_yaml="..."` for feeds.yaml."""
    for other, content in others.items():
        stem, _, suffix = other.rpartition("_")
        (tmp_path / f"{stem}.{suffix}").write_text(content, encoding="utf-8")
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_configuration(path)


def problems(tmp_path: Path, text: str | bytes, **others: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, text, **others)
    return refused.value.problems


def only_problem(tmp_path: Path, text: str | bytes, **others: str) -> Problem:
    (problem,) = problems(tmp_path, text, **others)
    return problem


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


# --- mistakes: (what is written after the topics, line:column, key, part of the message, part of the fix)
MISTAKES = [
    ("schdule: {}", "5:1", "schdule", "no setting schdule", "did you mean schedule?"),
    ("foo: 1", "5:1", "foo", "no setting foo", "there are demo, data_dir"),
    ("interval: 5m", "5:1", "interval", "no setting interval", "belongs to schedule.interval or feeds.NAME.interval"),
    ("min_origins: 2", "5:1", "min_origins", "no setting", "belongs to subscriptions.NAME.min_origins"),
    ("schedule: {intervall: 5m}", "5:12", "schedule.intervall", "no setting intervall in schedule", "did you mean interval?"),
    ("schedule: {interval: 5 minutes}", "5:22", "schedule.interval", "5 minutes is no duration", "write 5m"),
    ("schedule: {interval: 1 month}", "5:22", "schedule.interval", "no duration", "write days, such as 30d"),
    ("schedule: {interval: soon}", "5:22", "schedule.interval", "soon is no duration", "such as 30s"),
    ("schedule: {interval: -5}", "5:22", "schedule.interval", "cannot be -5", "such as 30s"),
    ("schedule: {interval: 100ms}", "5:22", "schedule.interval", "100ms cannot be used here: at least 1s", ""),
    ("schedule: {interval: 2d}", "5:22", "schedule.interval", "2d is longer than schedule.ceiling, 1d", "raise schedule.ceiling"),
    ("schedule: {jitter: 10%}", "5:20", "schedule.jitter", 'a number was expected, not "10%"', "write 0.1"),
    ("schedule: {jitter: '0,1'}", "5:20", "schedule.jitter", "a number was expected", "write 0.1"),
    ("schedule: {jitter: .inf}", "5:20", "schedule.jitter", "no number that can be used", ""),
    ("schedule: {max_backlog: '500'}", "5:25", "schedule.max_backlog", "a whole number", "write 500 without quotes"),
    ("schedule: {max_backlog: 1.5}", "5:25", "schedule.max_backlog", "a whole number was expected, not the number 1.5", ""),
    ("http: {max_bytes: 16MB}", "5:19", "http.max_bytes", "a whole number", "write 16777216"),
    ("http: {allow_hosts: ['http://nas:80/x']}", "5:22", "http.allow_hosts", "no host name", "write nas"),
    ("http: {proxy: nas}", "5:15", "http.proxy", "no proxy", ""),
    ("http: {proxy: 'http://${A}@nas'}", "5:15", "http.proxy", "secrets are not put into", "proxy: env"),
    ('http: {contact: "a\\nb"}', "5:17", "http.contact", "on one line", ""),
    ("demo: yes", "5:7", "demo", 'true or false was expected, not "yes"', "write true"),
    ("data_dir: 5", "5:11", "data_dir", "a text was expected, not the number 5", 'in quotes: "5"'),
    ("redis_url: localhost:6379", "5:12", "redis_url", "no address of a Redis server", "redis://localhost:6379/0"),
    ("redis_url: !env X", "5:12", "redis_url", "tags such as !env", "${NAME}"),
    ("redis_url: 'redis://${A-B}@x'", "5:12", "redis_url", "'A-B'", "letters, digits and _"),
    ("redis_url: 'redis://${A@x'", "5:12", "redis_url", "never closed", ""),
    ("    tolerance: 5", "5:16", "topics.treaty.tolerance", "less than 1", "write 0.05 for 5 %"),
    ("    since: 23.10.2024", "5:12", "topics.treaty.since", "a day such as 2024-10-23", "year-month-day"),
    ("    since: 2024-13-45", "5:12", "topics.treaty.since", "a day such as 2024-10-23", "year-month-day"),
    ("    actors: [Russia, US]", "5:13", "topics.treaty.actors", "each with its name, not a list", "Russia: [Moscow, Kremlin]"),
    ("    actors: {Russia: Moscow}", "5:22", "topics.treaty.actors.Russia", "a list was expected", "write Russia: [Moscow]"),
    ("    actors: {Norway: [1, Oslo]}", "5:23", "topics.treaty.actors.Norway", "a text was expected", 'in quotes: "1"'),
    ("    exclude: {toy, film}", "5:14", "topics.treaty.exclude", "a list was expected", "[ ] instead of { }"),
    ("    exclude: ['']", "5:15", "topics.treaty.exclude", "the text is empty", ""),
    ("    formerly: [treaty]", "5:16", "topics.treaty.formerly", "treaty is still a topic", ""),
    ("    title: Again", "5:5", "topics.treaty.title", "title stands twice, first in line 3", "keep one"),
    ("feeds: [https://a.example/rss]", "5:8", "feeds", "each with its name, not a list", "example-news: {url:"),
    (
        "feeds: {bbc: https://a.example/rss}",
        "5:14",
        "feeds.bbc",
        "settings were expected",
        "write bbc: {url: https://a.example/rss}",
    ),
    ("feeds: {bbc: {url: www.bbc.co.uk/rss}}", "5:20", "feeds.bbc.url", "does not begin with", "write https://www.bbc.co.uk/rss"),
    ("feeds: {bbc: {url: 'feed://a.b/c'}}", "5:20", "feeds.bbc.url", "no web address", "write https://a.b/c"),
    ("feeds: {bbc: {url: 'https://a b/c'}}", "5:20", "feeds.bbc.url", "no web address", "copy it"),
    ("feeds: {bbc: {url: 'https://'}}", "5:20", "feeds.bbc.url", "no web address", "copy it"),
    ("feeds: {bbc: {url: 'https://[a/'}}", "5:20", "feeds.bbc.url", "no web address", "copy it"),
    ("feeds: {bbc: {url: 'https://${KEY}.b/'}}", "5:20", "feeds.bbc.url", "secrets are not put into", ""),
    ("feeds: {bbc: {title: BBC}}", "5:9", "feeds.bbc.url", "url is missing", "add url: https://"),
    ("feeds: {BBC: {url: 'https://a.b/'}}", "5:9", "feeds.BBC", '"BBC" is no name', "write bbc"),
    ("feeds: {a: {url: 'https://x.y/'}, b: {url: 'https://x.y/'}}", "5:44", "feeds.b.url", "feed a has the same address", ""),
    (
        "channels: {mail: {type: matrix}}",
        "5:25",
        "channels.mail.type",
        'no channel is of the type "matrix"',
        "apprise with a url",
    ),
    (
        "channels: {mail: {type: aprise, url: 'a://b'}}",
        "5:25",
        "channels.mail.type",
        '"aprise" is none of',
        "did you mean apprise?",
    ),
    ("channels: {mail: {typ: file}}", "5:12", "channels.mail", "does not say of what type", "did you mean type?"),
    ("channels: {mail: {url: x}}", "5:12", "channels.mail", "does not say of what type", "add type: terminal"),
    ("channels: {screen: terminal}", "5:20", "channels.screen", "settings were expected", "write screen: {type: terminal}"),
    ("channels: {file: {type: file}}", "5:12", "channels.file.path", "path is missing", "add path: alerts.jsonl"),
    ("channels: {file: {type: file, path: a, file: b}}", "5:40", "channels.file.file", "no setting file in channels.file", ""),
    ("channels: {mail: {type: apprise, url: me@example.org}}", "5:39", "channels.mail.url", "no Apprise URL", "mailto://"),
    ("subscriptions: {a: {channels: []}}", "5:31", "subscriptions.a.channels", "at least one is needed", ""),
    ("subscriptions: {a: {}}", "5:17", "subscriptions.a.channels", "channels is missing", "add channels: [terminal]"),
    ("subscriptions: {a: {channels: terminal}}", "5:31", "subscriptions.a.channels", "a list was expected", "[terminal]"),
    ("subscriptions: {a: {channels: [tv]}}", "5:32", "subscriptions.a.channels", "there is no channel tv", "none is defined"),
    ("opml: nothing.opml", "5:7", "opml", "there is no file", ""),
    ("opml: {a: b}", "5:7", "opml", "names of files", "opml: [one.yaml"),
    ("include: [5]", "5:10", "include", "names of files", ""),
    ("include: nothing.yaml", "5:10", "include", "there is no file", ""),
    ("include: ['conf.d/*.yaml']", "5:11", "include", "no file is called", "take it out"),
    ("include: [.]", "5:11", "include", "is a folder", "*.yaml"),
    ("include: [monitor.yaml]", "5:11", "include", "is read already", ""),
    ("? [a, b]\n: c", "5:3", "", "a list or a map cannot be a key", ""),
    ('redis_url: "\\ud800"', "5:12", "redis_url", "half a character", ""),
]


@pytest.mark.parametrize(("written", "place", "key", "message", "fix"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named_with_its_place_and_what_to_do(
    tmp_path: Path, written: str, place: str, key: str, message: str, fix: str
) -> None:
    problem = only_problem(tmp_path, TOPICS + written + "\n")
    assert f"{problem.line}:{problem.column}" == place
    assert problem.file == str(tmp_path / "monitor.yaml")
    assert problem.key == key
    assert message in problem.message
    assert fix in (problem.fix or "")
    assert not any(jargon in str(problem) for jargon in ("Input", "pydantic", "Value error", "Tuple", "tuple", "dict", "None"))


SYNTAX = [
    (TOPICS.replace("Treaty", "Treaty: part two"), "3:18", "a second colon", 'title: "Treaty: part two"'),
    (TOPICS.replace("    title", "\ttitle"), "3:1", "a tab", "two spaces"),
    ("topics:\n  treaty:\n     title: x\n    keywords: [a]\n", "4:5", "not indented like", "same indentation"),
    (TOPICS.replace("[treaty]", "[treaty, pact"), "5:1", "the list opened in line 4 lacks a comma or its ]", ""),
    (TOPICS.replace("Treaty", '"Treaty'), "3:12", "a quote is opened here and never closed", "close it"),
    (TOPICS.replace("Treaty", "'it's'"), "3:16", "after the closing quote", "double quotes"),
    (TOPICS.replace("Treaty", "@home"), "3:12", "cannot begin with @", "in quotes"),
    (TOPICS.replace("[treaty]", "[*any]"), "4:16", "cannot begin with *", "in quotes"),
    (TOPICS.replace("keywords: [treaty]", "keywords: - treaty"), "4:15", "cannot begin on the line of its key", "next line"),
    (TOPICS.replace("title: Treaty", "title Treaty"), "4:13", "lacks its colon", ""),
    (TOPICS + "---\n" + TOPICS, "5:1", "a second document", "include:"),
    (TOPICS + "# \x1b\n", "5:3", "control character (U+001B)", "delete"),
    ("- topics\n", "1:1", "holds no settings", "topics:"),
    ("topics\n", "1:1", "holds no settings", "topics:"),
    ("", "0:0", "the file is empty", "topics:"),
    ("# only a comment\n", "0:0", "the file is empty", "topics:"),
    ("topics:\n", "0:0", "topics is missing", "add topics:"),
    ("topics: &a\n  x: *a\n", "1:9", "an alias (*name) holds itself", ""),
    ("topics: " + "[" * 800, "0:0", "nested too deeply", ""),
    ("topics:\n  - title: x\n", "2:3", "each with its name, not a list", "treaty: {title:"),
    ("topics:\n  treaty:\n", "2:3", "nothing stands here", "write treaty: {title:"),
    (TOPICS.replace("[treaty]", ""), "4:5", "a list was expected, not nothing", ""),
    (TOPICS.replace("[treaty]", "treaty, pact"), "4:15", "a list was expected", "write keywords: [treaty, pact]"),
    (TOPICS.replace("keywords", "keyword"), "4:5", "no setting keyword", "did you mean keywords?"),
    (TOPICS.replace("keywords", "words"), "4:5", "no setting words", "did you mean keywords?"),
    (TOPICS.replace("treaty:", "Troop Deployment:"), "2:3", '"Troop Deployment" is no name', "write troop-deployment"),
]


@pytest.mark.parametrize(("text", "place", "message", "fix"), SYNTAX)
def test_bad_yaml_is_explained(tmp_path: Path, text: str, place: str, message: str, fix: str) -> None:
    problem = only_problem(tmp_path, text)
    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message
    assert fix in (problem.fix or "")


def test_an_alias_cannot_fill_the_memory(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    source = read_source("\n".join(lines).encode(), "bomb.yaml")
    assert [problem.message for problem in source.problems] == ["this is nested too deeply, or an alias (*name) holds itself"]


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ((TOPICS + "# Café\n").encode("cp1252"), "5:6", 'in Windows-1252 it would say "é"'),
        (TOPICS.encode("utf-16"), "0:0", "UTF-16"),
        (TOPICS.encode("utf-16-be"), "1:1", "control character (U+0000)"),
    ],
)
def test_wrong_encodings_are_named(tmp_path: Path, content: bytes, place: str, message: str) -> None:
    problem = only_problem(tmp_path, content)
    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + TOPICS.replace("\n", "\r\n").encode()) == read(tmp_path, TOPICS)


def test_all_problems_are_listed_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        TOPICS.replace("keywords", "keyword") + "demo: 1\nfeeds: {a: {url: x}}\nschedule: {interval: 5 min}\nfoo: 1\n",
    )
    assert [(p.line, p.key) for p in found] == [
        (4, "topics.treaty.keyword"),
        (5, "demo"),
        (6, "feeds.a.url"),
        (7, "schedule.interval"),
        (8, "foo"),
    ]


def test_unknown_names_in_subscriptions_come_with_a_suggestion(tmp_path: Path) -> None:
    found = problems(
        tmp_path, TOPICS + TERMINAL + "subscriptions:\n  a:\n    topics: [treaty, treety]\n    channels:\n      - terminl\n"
    )
    assert [(f"{p.line}:{p.column}", p.message, p.fix) for p in found] == [
        ("8:22", "there is no topic treety", "did you mean treaty?"),
        ("10:9", "there is no channel terminl", "did you mean terminal?"),
    ]


def test_a_topic_that_two_others_were_is_a_contradiction(tmp_path: Path) -> None:
    other = TOPICS.replace("topics:\n", "").replace("treaty:", "pact:")
    problem = only_problem(tmp_path, TOPICS + "    formerly: [deal]\n" + other + "    formerly: [accord, deal]\n")
    assert (problem.line, problem.key, problem.message) == (9, "topics.pact.formerly", "the topic treaty was deal, too")


def test_a_file_that_is_not_there_is_named_with_one_of_a_like_name(tmp_path: Path) -> None:
    (tmp_path / "monitor.yaml").write_text(TOPICS)
    with pytest.raises(ConfigurationError) as refused:
        read_configuration(tmp_path / "monitor.yml")
    assert str(refused.value) == (
        f"{tmp_path}/monitor.yml: there is no file {tmp_path}/monitor.yml. did you mean {tmp_path}/monitor.yaml?"
    )


def test_a_problem_reads_as_editors_and_compilers_write_it(tmp_path: Path) -> None:
    problem = only_problem(tmp_path, TOPICS + "demo: yes\n")
    assert str(problem) == f'{tmp_path}/monitor.yaml:5:7: demo: true or false was expected, not "yes". write true'


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
