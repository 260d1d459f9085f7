"""`monitor check`: what it prints, and that it touches nothing."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from monitor.settings import Config
from workers.adapters.embedded import EmbeddedServer
from workers.adapters.server_files import installed_servers
from workers.check import check, notes

ROOT = Path(__file__).parents[2]
TOPICS = "topics:\n  treaty:\n    title: The [bold] treaty\n    keywords: [treaty, pact]\n    actors: {Russia: [Moscow]}\n"
REST = """
feeds: {herald: {url: https://herald.example/rss}}
channels: {terminal: {type: terminal}, file: {type: file, path: alerts.jsonl}}
subscriptions:
  urgent: {channels: [terminal, file], min_origins: 2, kinds: [number_changed]}
http: {contact: me@example.org}
"""


def checked(path: Path, text: str | None = None) -> tuple[int, str]:
    if text is not None:
        path.write_text(text, encoding="utf-8")
    out = io.StringIO()
    code = check(path, Console(file=out, width=160))
    return code, "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_a_configuration_in_order_is_shown_as_what_it_comes_to(tmp_path: Path) -> None:
    code, shown = checked(tmp_path / "my.yaml", TOPICS + REST)
    assert code == 0
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines == [
        "topic treaty The [bold] treaty (2 keywords, 1 actor)",
        "feeds herald, every 15m unless they ask for another pace",
        "channel terminal terminal",
        "channel file file alerts.jsonl",
        "subscription urgent all topics (number_changed) to terminal, file, from 2 origins on",
        f"data {tmp_path}/data/live (will be made)",
        f"server {next(installed_servers())}, embedded",
        f"{tmp_path}/my.yaml is in order.",
    ]
    assert sorted(tmp_path.iterdir()) == [tmp_path / "my.yaml"], "a check makes nothing"


def test_what_holds_a_subscriptions_messages_is_shown_with_its_clock(tmp_path: Path) -> None:
    timing = (
        "digest: 0 8 * * mon, time_zone: Europe/Berlin, quiet_hours: {start: '22:00', end: '7:00'}, rate_limit: {messages: 3}"
    )
    _, shown = checked(tmp_path / "my.yaml", TOPICS + REST.replace("min_origins: 2", timing))
    (line,) = (" ".join(line.split()) for line in shown.splitlines() if line.startswith("subscription"))
    assert line.endswith("to terminal, file, digest 0 8 * * mon, quiet 22:00 to 7:00, at most 3 messages in 1h (Europe/Berlin)")


def test_each_problem_is_shown_with_its_line_a_caret_and_what_to_do(tmp_path: Path) -> None:
    code, shown = checked(tmp_path / "my.yaml", TOPICS.replace("keywords", "keyword") + "demo: yes\n")
    assert code == 1
    assert shown == (
        f"{tmp_path}/my.yaml:4:5  topics.treaty.keyword\n"
        "    4 |     keyword: [treaty, pact]\n"
        "      |     ^\n"
        "  there is no setting keyword in topics.treaty\n"
        "  did you mean keywords?\n"
        "\n"
        f"{tmp_path}/my.yaml:6:7  demo\n"
        "    6 | demo: yes\n"
        "      |       ^\n"
        '  true or false was expected, not "yes"\n'
        "  write true\n"
        "\n"
        "2 problems; nothing was changed or started."
    )


def test_a_caret_stands_under_its_column_behind_tabs_and_wide_characters(tmp_path: Path) -> None:
    _, tabbed = checked(tmp_path / "my.yaml", "topics:\n\ttreaty: 1\n")
    assert "    2 | →treaty: 1\n      | ^\n" in tabbed
    _, wide = checked(tmp_path / "my.yaml", TOPICS + 'feeds: {a: {title: "条約", url: x}}\n')
    line, caret = wide.splitlines()[1:3]
    assert caret.index("^") - line.index("x}") == 2, "each of the two characters is two columns wide"


def test_a_file_that_is_not_there_is_a_problem_without_an_excerpt(tmp_path: Path) -> None:
    code, shown = checked(tmp_path / "my.yaml")
    assert code == 1
    assert "there is no file" in shown
    assert "|" not in shown


def test_a_running_server_is_told(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "data" / "live"):
        _, shown = checked(tmp_path / "my.yaml", TOPICS + REST)
    assert "embedded, running now" in shown


def test_a_server_of_your_own_is_shown_without_its_password(tmp_path: Path) -> None:
    _, shown = checked(tmp_path / "my.yaml", TOPICS + REST + "redis_url: redis://me:pa55@redis.example/0\n")
    assert "your own, redis://redis.example/0" in shown
    assert "pa55" not in shown


def test_a_broken_file_with_a_password_does_not_show_it_in_its_message(tmp_path: Path) -> None:
    _, shown = checked(tmp_path / "my.yaml", TOPICS + "redis_url: http://me:pa55@redis.example/0\n")
    assert "no address of a Redis server" in shown
    assert [line for line in shown.splitlines() if "pa55" in line] == ["    6 | redis_url: http://me:pa55@redis.example/0"]


def test_the_delivered_configuration_is_in_order(tmp_path: Path) -> None:
    # in a folder of its own: where the demo has run, keywords are tried on what it kept, too
    shutil.copytree(ROOT / "config", tmp_path / "config")
    code, shown = checked(tmp_path / "config" / "monitor.yaml")
    assert code == 0
    assert re.search(r"the demo's own; \d+ feeds with demo: false", shown)
    assert "note:" not in shown


@pytest.mark.parametrize(
    ("settings", "note"),
    [
        ({}, "there are no subscriptions"),
        ({}, "there are no feeds"),
        ({"feeds": {"a": {"url": "https://a.example/"}}}, "http.contact is not set"),
        ({"channels": {"a": {"type": "terminal"}}}, "no subscription uses the channel a"),
        (
            {"channels": {"a": {"type": "terminal"}}, "subscriptions": {"s": {"topics": ["treaty"], "channels": ["a"]}}},
            "nobody subscribes to the topic other",
        ),
        (
            {"channels": {"a": {"type": "apprise", "url": "ntfys://${TOKEN_A}@x"}}},
            "channels.a.url: the environment variable TOKEN_A is not set",
        ),
        ({"redis_url": "redis://:${TOKEN_B}@x"}, "redis_url: the environment variable TOKEN_B is not set"),
    ],
)
def test_what_is_allowed_and_may_not_be_meant_is_noted(settings: dict[str, object], note: str) -> None:
    topic = {"title": "x", "keywords": ["x"]}
    config = Config.from_plain({"topics": {"treaty": topic, "other": topic}, **settings})
    assert any(found.startswith(note) for found in notes(config, {}))


def test_secrets_that_are_set_are_not_noted() -> None:
    config = Config.from_plain({"topics": {"t": {"title": "x", "keywords": ["x"]}}, "redis_url": "redis://:${TOKEN_B}@x"})
    assert not any("TOKEN_B" in note for note in notes(config, {"TOKEN_B": "set"}))


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{% for alert in message.alerts %}{{ alert.change }}", "slack.j2, line 1 cannot be used"),
        ("{{ message.headline }}", "slack.j2 cannot be used"),
        ("{{ message.alerts[0].change }}", "slack.j2 cannot be used"),  # a notice has no alerts
        ("{{ message.title }}", "is in order"),
    ],
)
def test_a_template_of_ones_own_is_tried_on_messages_of_each_form(tmp_path: Path, template: str, told: str) -> None:
    folder = tmp_path / "data" / "live" / "mine"
    folder.mkdir(parents=True)
    (folder / "slack.j2").write_text(template)
    code, shown = checked(tmp_path / "my.yaml", TOPICS + REST + "delivery: {templates: mine}\n")
    assert told in shown
    assert code == (0 if told == "is in order" else 1)
