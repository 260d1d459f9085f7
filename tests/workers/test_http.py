"""The guarded client against a real server on loopback, which only an allowed host may reach."""

from __future__ import annotations

import asyncio
import gzip
import socket
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
from aiohttp import web

from monitor.errors import FeedGone, FetchFailed, MonitorError
from monitor.settings import HttpSettings
from tests.workers.conftest import FEED, Server
from workers.adapters.http import user_agent

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd
from tests.workers.clients import client


async def test_a_feed_is_fetched_with_our_name_and_contact(server: Server) -> None:
    url = server.answer("/feed", ETag='"1"')
    async with client(contact="news@example.org") as http:
        answer = await http.get(url)

    assert (answer.status, answer.body, answer.url) == (200, FEED, url)
    assert answer.headers["etag"] == '"1"'
    headers = server.requests[0].headers
    assert headers["User-Agent"].startswith("news-monitor/")
    assert "+news@example.org" in headers["User-Agent"]
    assert "rss" in headers["Accept"]
    assert {"gzip", "deflate", "br", "zstd"} <= {name.strip() for name in headers["Accept-Encoding"].split(",")}
    assert user_agent(HttpSettings(user_agent="own")) == "own"


async def test_a_conditional_get_sends_the_validators_and_takes_a_304(server: Server) -> None:
    url = server.answer("/feed", 304, b"", ETag='"2"')
    async with client() as http:
        answer = await http.get(url, etag='W/"1"', last_modified="Mon, 02 Mar 2026 10:00:00 GMT")

    assert (answer.status, answer.body) == (304, b"")
    assert server.requests[0].headers["If-None-Match"] == 'W/"1"'
    assert server.requests[0].headers["If-Modified-Since"] == "Mon, 02 Mar 2026 10:00:00 GMT"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed(server: Server, status: int) -> None:
    server.answer("/new", 200)
    url = server.answer("/old", status, b"moved", Location="new?x=1#part")
    async with client() as http:
        answer = await http.get(url)

    assert (answer.url, answer.body) == (server.url("/new?x=1"), FEED)


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [(301, 308, "/third"), (308, 302, "/second"), (302, 301, None), (307, 303, None)],
)
async def test_only_permanent_redirects_say_that_a_feed_has_moved(
    server: Server, first: int, second: int, moved: str | None
) -> None:
    url = server.answer("/first", first, b"", Location="/second")
    server.answer("/second", second, b"", Location="/third")
    server.answer("/third")
    async with client() as http:
        answer = await http.get(url)
        assert (await http.get(server.url("/third"))).moved is None

    assert (answer.url, answer.moved) == (server.url("/third"), moved and server.url(moved))


async def test_redirects_have_an_end(server: Server) -> None:
    url = server.answer("/round", 302, b"", Location="/round")
    async with client(max_redirects=3) as http:
        with pytest.raises(FetchFailed, match="redirected more than 3 times"):
            await http.get(url)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "password"),
        (403, "refuses us"),
        (404, "nothing at this address"),
        (400, "400"),
        (500, "problem of its own"),
        (503, "503"),
    ],
)
async def test_what_a_server_refuses_is_told_in_plain_words(server: Server, status: int, words: str) -> None:
    url = server.answer("/feed", status)
    async with client() as http:
        with pytest.raises(FetchFailed, match=words):
            await http.get(url)


@pytest.mark.parametrize(("value", "seconds"), [("90", 90.0), ("Mon, 02 Mar 2026 12:02:00 GMT", 120.0)])
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_handed_on(server: Server, status: int, value: str, seconds: float) -> None:
    url = server.answer("/feed", status, Retry_After=value)
    async with client() as http:
        with pytest.raises(FetchFailed) as caught:
            await http.get(url)
    assert caught.value.retry_after == seconds


async def test_a_feed_that_is_gone_is_told_apart(server: Server) -> None:
    url = server.answer("/feed", 410)
    async with client() as http:
        with pytest.raises(FeedGone, match="for good"):
            await http.get(url)


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("zstd", zstd.compress)],
)
async def test_compressed_answers_are_unpacked(server: Server, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    url = server.answer("/feed", body=pack(FEED), Content_Encoding=encoding)
    async with client() as http:
        assert (await http.get(url)).body == FEED


async def test_an_answer_that_is_too_large_is_not_read_to_its_end(server: Server) -> None:
    sent = 0

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 100_000_000:
            await response.write(b"x" * 65_536)
            sent += 65_536
        return response

    server.answers["/endless"] = endless
    async with client(max_bytes=100_000) as http:
        with pytest.raises(FetchFailed, match=r"larger than .*http\.max_bytes"):
            await http.get(server.url("/endless"))
    assert sent < 50_000_000


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("zstd", zstd.compress)],
)
async def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused(
    server: Server, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    url = server.answer("/bomb", body=pack(bytes(50 * 2**20)), Content_Encoding=encoding)
    async with client(max_bytes=2**20) as http:
        with pytest.raises(FetchFailed, match="larger than"):
            await http.get(url)


async def test_broken_compression_is_told(server: Server) -> None:
    url = server.answer("/feed", body=b"not gzip", Content_Encoding="gzip")
    async with client() as http:
        with pytest.raises(FetchFailed, match="broken or was cut off"):
            await http.get(url)


async def test_a_slow_answer_is_given_up(server: Server) -> None:
    async def slow(_: web.BaseRequest) -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response()

    server.answers["/slow"] = slow
    async with client(total_timeout=0.1) as http:
        with pytest.raises(FetchFailed, match=r"no complete answer within 0\.1 s"):
            await http.get(server.url("/slow"))


async def test_a_closed_port_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        async with client() as http:
            with pytest.raises(FetchFailed, match="cannot be reached"):
                await http.get(f"http://127.0.0.1:{port}/")


async def test_a_name_that_does_not_exist_is_told() -> None:
    async with client() as http:
        with pytest.raises(FetchFailed, match="cannot be resolved"):
            await http.get("http://no-such-host.invalid/")


async def test_an_answer_that_pauses_is_given_up(server: Server) -> None:
    async def dribble(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<rss>")
        await asyncio.sleep(0.5)
        return response

    server.answers["/feed"] = dribble
    async with client(read_timeout=0.1) as http:
        with pytest.raises(FetchFailed, match=r"fell silent for 0\.1 s"):
            await http.get(server.url("/feed"))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://[\x1b[31m/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: ftp://h.example/\xc2\x9b31m\r\n\r\n",
        b"HTTP/1.1 200 \x1b[31m\r\nContent-Length: x\x1b[31m\r\n\r\n",
        b"\x1b[31m nothing of the kind\r\n\r\n",
    ],
)
async def test_what_a_server_says_reaches_no_terminal_as_it_is(answer: bytes) -> None:
    async def respond(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(respond, "127.0.0.1", 0)
    async with server, client() as http:
        with pytest.raises(MonitorError) as caught:
            await http.get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert str(caught.value).isprintable()


async def test_a_name_and_password_do_not_get_into_what_is_handed_on(server: Server) -> None:
    server.answer("/feed")
    async with client() as http:
        answer = await http.get(server.url("/feed").replace("//", "//name:secret@"))

    assert answer.url == server.url("/feed")
    assert server.requests[0].headers["Authorization"].startswith("Basic ")
