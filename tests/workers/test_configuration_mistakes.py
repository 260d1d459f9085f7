"""What each mistake in a configuration file is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigurationError
from tests.workers.configuring import TERMINAL, TOPICS, only_problem, problems, read
from workers.adapters.configuration import read_configuration
from workers.adapters.configuration.source import read_source

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


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "ntfy://ntfy.sh/one/two",
            "the channel's URL names 2 targets, of which one may fail alone; give each a channel of its own",
        ),
        ("nosuch://example.org", "Apprise does not know the channel's URL"),
        ("slack://${APPRISE_TOKEN}", "Apprise"),
    ],
)
def test_an_apprise_url_that_no_message_could_use_is_named_before_one_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    monkeypatch.setenv("APPRISE_TOKEN", "s3cr3t")
    problem = only_problem(tmp_path, TOPICS + f"channels:\n  desk: {{type: apprise, url: '{url}'}}\n")
    assert (problem.line, problem.column, problem.key) == (6, 30, "channels.desk.url")
    assert says in problem.message
    assert "s3cr3t" not in str(problem)


def test_an_apprise_url_whose_secret_is_set_elsewhere_is_left_to_the_first_message(tmp_path: Path) -> None:
    config = read(tmp_path, TOPICS + "channels:\n  desk: {type: apprise, url: 'ntfy://${NOT_SET_HERE}/a/b'}\n")
    assert "desk" in config.channels
