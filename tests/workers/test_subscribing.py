"""`monitor feeds add`, `import`, `export`: a real server, a real file."""

from __future__ import annotations

import asyncio
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from monitor.errors import ConfigurationError, MonitorError, PermanentError
from tests.workers.conftest import Server
from workers import subscribing
from workers.adapters.configuration import read_configuration
from workers.adapters.configuration.adding import add_feeds

TOPICS = "topics:\n  treaty: {title: Treaty, keywords: [treaty]}\n"
HEAD = f"# mine\n{TOPICS}http: {{allow_hosts: [127.0.0.1], host_gap: 0}} # own host\n"
PAGE = b"<html><head><link rel='alternate' type='application/rss+xml' href='/news.xml'></head><body>News</body></html>"


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "monitor.yaml"
    path.write_text(HEAD, encoding="utf-8")
    return path


class Said:
    """What a command says, and its exit code."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        self.text = text


async def command(body: Any, *arguments: Any, **more: Any) -> Said:
    """Runs a command's body in a thread, as it would run in a process of its own."""
    out = StringIO()
    code = await asyncio.to_thread(body, *arguments, Console(file=out, width=200), **more)
    return Said(code, out.getvalue())


async def test_a_site_is_asked_for_its_feed_and_the_file_keeps_all_else(server: Server, file: Path) -> None:
    url = server.answer("/", body=PAGE)
    server.answer("/news.xml")

    said = await command(subscribing.add, file, url)

    assert said.code == 0
    assert text(file) == f'{HEAD}\nfeeds:\n  herald: {{url: "{server.url("/news.xml")}", title: "Herald"}}\n'
    assert "added herald" in said.text
    assert "next `monitor run`" in said.text
    again = await command(subscribing.add, file, url)
    assert "already" in again.text and "Nothing was added" in again.text


async def test_a_feeds_own_address_is_taken_as_it_is_and_may_be_named(server: Server, file: Path) -> None:
    url = server.answer("/rss?x=1".partition("?")[0])

    await command(subscribing.add, file, f"{url}?x=1", slug="mine")

    assert {slug: feed.url for slug, feed in read_configuration(file).feeds.items()} == {"mine": f"{url}?x=1"}


async def test_a_feed_that_has_moved_is_added_under_its_new_address(server: Server, file: Path) -> None:
    url = server.answer("/old", 301, b"", Location="/new")
    server.answer("/new")

    await command(subscribing.add, file, url)

    assert [feed.url for feed in read_configuration(file).feeds.values()] == [server.url("/new")]


async def test_a_site_that_names_none_is_looked_through_where_feeds_usually_are(server: Server, file: Path) -> None:
    async def missing(_: Any) -> Any:
        from aiohttp import web

        return web.Response(status=404)

    server.answers = dict.fromkeys((f"/{name}" for name in ("feed", "rss", "rss.xml", "atom.xml")), missing)
    url = server.answer("/", body=b"<html>News</html>")
    server.answer("/feed.xml")

    await command(subscribing.add, file, url)

    assert [feed.url for feed in read_configuration(file).feeds.values()] == [server.url("/feed.xml")]


async def test_of_several_feeds_the_others_are_named_or_all_are_added(server: Server, file: Path) -> None:
    url = server.answer("/", body=PAGE + b"<a href='/rss'>more</a><a href='/broken/rss'>more</a>")
    for path, status in (("/news.xml", 200), ("/rss", 200), ("/broken/rss", 500)):
        server.answer(path, status)

    said = await command(subscribing.add, file, url)
    assert f"also there: Herald {server.url('/rss')}" in said.text
    await command(subscribing.add, file, url, every=True)

    assert sorted(read_configuration(file).feeds) == ["herald", "herald-2"]


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "http://localhost:1/", "ftp://h.example/"])
async def test_what_must_not_be_called_is_refused_here_too(server: Server, file: Path, target: str) -> None:
    for url in (target, server.answer("/go", 302, b"", Location=target)):
        with pytest.raises(MonitorError):
            await command(subscribing.add, file, url)
    page = f"<link rel=alternate type=application/rss+xml href='{target}'>".encode()
    with pytest.raises(MonitorError):
        await command(subscribing.add, file, server.answer("/page", body=page))
    assert text(file) == HEAD


async def test_where_there_is_no_feed_it_says_why(server: Server, file: Path) -> None:
    url = server.answer("/", body=b"<html>News</html>")
    with pytest.raises(PermanentError, match=r"no feed was found at .*web page"):
        await command(subscribing.add, file, url)


async def test_a_list_is_imported_once_and_exported_again(file: Path, tmp_path: Path) -> None:
    opml = tmp_path / "list.opml"
    opml.write_text(
        '<opml><outline text="R & D" xmlUrl="https://a.example/rss?x=1&amp;y=2"/><outline text="true" xmlUrl="https://b.example/"/>'
        '<outline text="2024" xmlUrl="https://c.example/"/><outline xmlUrl="http://www.a.example/rss?x=1&amp;y=2/"/>',
        encoding="utf-8",
    )
    first = await command(subscribing.import_opml, file, opml)
    second = await command(subscribing.import_opml, file, opml)

    feeds = {slug: (feed.url, feed.title) for slug, feed in read_configuration(file).feeds.items()}
    assert feeds == {
        "r-d": ("https://a.example/rss?x=1&y=2", "R & D"),
        "true": ("https://b.example/", "true"),
        "2024": ("https://c.example/", "2024"),
    }
    assert first.text.count("added") == 3
    assert "Nothing was added" in second.text
    out = await command(subscribing.export_opml, file, None)
    assert '<outline type="rss" text="R &amp; D" title="R &amp; D" xmlUrl="https://a.example/rss?x=1&amp;y=2"/>' in out.text


async def test_an_address_that_is_none_is_left_out_of_a_list_and_the_rest_comes_in(file: Path, tmp_path: Path) -> None:
    opml = tmp_path / "list.opml"
    opml.write_text(
        '<opml version=2.0><body><outline text=Bad xmlUrl="javascript:alert(1)"><outline text="Ghost" xmlUrl="http://"/>'
        '<outline text="Old & good" xmlUrl="feed://a.example/rss"><outline xmlUrl=feed:https://b.example/rss text=New>',
        encoding="utf-8",
    )
    done = await command(subscribing.import_opml, file, opml)

    feeds = {slug: feed.url for slug, feed in read_configuration(file).feeds.items()}
    assert feeds == {"old-good": "http://a.example/rss", "new": "https://b.example/rss"}
    assert "left out Bad" in done.text
    assert "left out Ghost" in done.text
    assert done.text.count("added") == 2


async def test_what_is_no_list_is_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="cannot be read"):
        await command(subscribing.import_opml, file, tmp_path / "none.opml")
    with pytest.raises(PermanentError, match="no OPML"):
        await command(subscribing.import_opml, file, file)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("feeds:\n", "feeds:\n  a: {url: \"https://a.example/\"}\n"),
        ("feeds: {}\n", "feeds:\n  a: {url: \"https://a.example/\"}\n"),
        ("feeds:  # mine\n    b:   # b\n      url: https://b.example/\n",
         "feeds:  # mine\n    a: {url: \"https://a.example/\"}\n    b:   # b\n      url: https://b.example/\n"),
        ("feeds:", "feeds:\n  a: {url: \"https://a.example/\"}\n"),
        ("", "\nfeeds:\n  a: {url: \"https://a.example/\"}\n"),
    ],
)  # fmt: skip
def test_feeds_are_written_into_their_section_however_it_stands(file: Path, before: str, after: str) -> None:
    file.write_text(TOPICS + before, encoding="utf-8")

    add_feeds(file, {"a": {"url": "https://a.example/"}})

    assert text(file) == TOPICS + after


@pytest.mark.parametrize("before", ["feeds: {b: {url: https://b.example/}}\n", "feeds: [x]\n", "feed: {}\n"])
def test_a_file_that_cannot_be_added_to_stays_as_it_was(file: Path, before: str) -> None:
    file.write_text(TOPICS + before, encoding="utf-8")

    with pytest.raises(ConfigurationError):
        add_feeds(file, {"a": {"url": "https://a.example/"}})

    assert text(file) == TOPICS + before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_bad_name_changes_nothing(file: Path) -> None:
    with pytest.raises(ConfigurationError, match="no name"):
        add_feeds(file, {"Bad Name": {"url": "https://a.example/"}})

    assert text(file) == HEAD
