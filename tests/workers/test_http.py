"""The guarded client against a real server on loopback, which only an allowed host may reach."""

from __future__ import annotations

import asyncio
import gzip
import socket
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest
from aiohttp import web

from monitor.errors import AddressRefused, FeedGone, FetchFailed, MonitorError
from monitor.settings import HttpSettings
from tests.workers.conftest import FEED, Server
from workers.adapters.addresses import refusal
from workers.adapters.hosts import MANY, Hosts
from workers.adapters.http import GuardedClient, user_agent

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def client(*allow: str, **settings: Any) -> GuardedClient:
    settings = {"allow_hosts": allow or ("127.0.0.1",), "host_gap": 0.0} | settings
    return GuardedClient(HttpSettings(**settings), lambda: NOON)


def strict(**settings: Any) -> GuardedClient:
    return GuardedClient(HttpSettings(**settings), lambda: NOON)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name service of the test's own: names and the addresses they resolve to."""
    known: dict[str, list[str]] = {}
    real = asyncio.BaseEventLoop.getaddrinfo

    async def getaddrinfo(self: asyncio.BaseEventLoop, host: str, port: Any, **more: Any) -> Any:
        if host not in known:
            return await real(self, host, port, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in known[host]]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return known


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


async def test_a_host_is_asked_by_few_at_a_time(server: Server) -> None:
    async def pause(_: web.BaseRequest) -> web.Response:
        await asyncio.sleep(0.01)
        return web.Response(body=FEED)

    server.answers["/feed"] = pause
    async with client(per_host=2) as http:
        await asyncio.gather(*(http.get(server.url("/feed")) for _ in range(10)))

    assert (len(server.requests), server.busiest) == (10, 2)


async def test_a_host_is_asked_with_a_pause_between_two_starts_and_other_hosts_meanwhile(
    server: Server, names: dict[str, list[str]]
) -> None:
    names["other.example"] = ["127.0.0.1"]
    starts: dict[str, list[float]] = {"127.0.0.1": [], "other.example": []}

    async def note(request: web.BaseRequest) -> web.Response:
        starts[request.host.partition(":")[0]].append(asyncio.get_running_loop().time())
        if request.path == "/old":
            return web.Response(status=302, headers={"Location": "/feed"})
        return web.Response(body=FEED)

    server.answers = {"/feed": note, "/old": note}
    begun = asyncio.get_running_loop().time()
    async with client("127.0.0.1", "other.example", host_gap=0.2) as http:
        await asyncio.gather(
            *(http.get(server.url("/old" if n == 0 else "/feed")) for n in range(3)),
            http.get(server.url("/feed", "other.example")),
        )

    one, other = starts["127.0.0.1"], starts["other.example"]
    assert len(one) == 4  # the redirect that belongs to the first visit came without a pause
    assert other[0] - begun < 0.2
    assert one[1] - one[0] < 0.2
    assert one[3] - one[0] >= 0.35


async def test_hosts_at_which_nobody_waits_are_forgotten() -> None:
    hosts = Hosts(at_once=1, gap=0.0)
    async with hosts.turn("kept"):
        for n in range(3 * MANY):
            async with hosts.turn(f"host-{n}"):
                pass
        assert len(hosts._hosts) <= MANY
        assert "kept" in hosts._hosts


async def test_a_crowded_host_does_not_keep_others_waiting(server: Server, names: dict[str, list[str]]) -> None:
    names["other.example"] = ["127.0.0.1"]
    release = asyncio.Event()

    async def slow(_: web.BaseRequest) -> web.Response:
        await release.wait()
        return web.Response(body=FEED)

    server.answers["/slow"] = slow
    server.answer("/feed")
    async with client("127.0.0.1", "other.example", concurrency=3, per_host=2) as http:
        crowd = [asyncio.create_task(http.get(server.url("/slow"))) for _ in range(20)]
        assert (await asyncio.wait_for(http.get(server.url("/feed", "other.example")), 1)).status == 200
        release.set()
        await asyncio.gather(*crowd)


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


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://h.example/x", "gopher://x/", "javascript:alert(1)", "", "http://", "/x", "http://["]
)
async def test_only_http_and_https_are_called(url: str) -> None:
    async with client() as http:
        with pytest.raises(AddressRefused, match=r"no (http|address)"):
            await http.get(url)


LITERALS = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
]
LITERALS += [
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fd00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[2002:7f00:1::]",
]
LITERALS += ["[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]"]


@pytest.mark.parametrize("host", LITERALS)
async def test_private_addresses_are_refused_as_written(server: Server, host: str) -> None:
    async with strict() as http:
        with pytest.raises(AddressRefused, match="allow_hosts"):
            await http.get(server.url("/", host))
    assert server.requests == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808", "herald.example"])
def test_public_addresses_and_names_are_not_refused(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "017700000001"])
async def test_names_and_odd_spellings_that_resolve_to_this_machine_are_refused(server: Server, host: str) -> None:
    async with strict() as http:
        with pytest.raises(AddressRefused, match=r"loopback|no address"):
            await http.get(server.url("/", host))
    assert server.requests == []


async def test_a_name_that_resolves_to_a_private_address_is_refused_unless_it_is_allowed(
    server: Server, names: dict[str, list[str]]
) -> None:
    server.answer("/feed")
    names["inside.example"] = ["127.0.0.1"]
    names["metadata.example"] = ["169.254.169.254"]
    async with client("inside.example") as http:
        assert (await http.get(server.url("/feed", "inside.example"))).status == 200
        with pytest.raises(AddressRefused, match="metadata"):
            await http.get("http://metadata.example/latest/")
    async with strict() as http:
        with pytest.raises(AddressRefused, match=r"inside\.example leads to an address that is never called: 127"):
            await http.get(server.url("/feed", "inside.example"))


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data/", "http://localhost/", "http://[::1]/", "file:///etc/passwd"]
)
async def test_a_redirect_to_a_private_address_is_refused(server: Server, target: str) -> None:
    url = server.answer("/feed", 302, b"", Location=target)
    async with client() as http:
        with pytest.raises(AddressRefused):
            await http.get(url)


async def test_a_name_with_several_private_addresses_is_refused_as_one(server: Server, names: dict[str, list[str]]) -> None:
    server.answer("/feed")
    names["both.example"] = ["127.0.0.1", "127.0.0.2"]
    async with strict() as http:
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.[12]"):
            await http.get(server.url("/feed", "both.example"))
    assert server.requests == []


async def test_a_redirect_to_a_name_that_resolves_to_a_private_address_is_refused(
    server: Server, names: dict[str, list[str]]
) -> None:
    names["inside.example"] = ["127.0.0.1"]
    url = server.answer("/feed", 302, b"", Location=server.url("/secret", "inside.example"))
    async with client() as http:
        with pytest.raises(AddressRefused, match="loopback"):
            await http.get(url)
    assert [request.path for request in server.requests] == ["/feed"]


async def test_a_proxy_is_used_only_when_the_configuration_says_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answer("/feed")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    async with client() as http:
        assert (await http.get(server.url("/feed"))).status == 200
    async with client(proxy="env") as http:
        with pytest.raises(FetchFailed):
            await http.get(server.url("/feed"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with client(proxy="env") as http:
        assert (await http.get(server.url("/feed"))).status == 200


async def test_through_a_proxy_private_addresses_are_refused_before_the_request(
    server: Server, names: dict[str, list[str]]
) -> None:
    server.answer("/feed")
    names["herald.example"] = ["93.184.215.14"]
    names["inside.example"] = ["10.0.0.7"]
    async with strict(proxy=server.url()) as http:
        assert (await http.get("http://herald.example/feed")).status == 200
        for url in ("http://169.254.169.254/feed", "http://inside.example/feed", "http://localhost/feed"):
            with pytest.raises(AddressRefused):
                await http.get(url)
        assert len(server.requests) == 1
        server.answer("/feed", 302, b"", Location="http://inside.example/")
        with pytest.raises(AddressRefused):
            await http.get("http://herald.example/feed")
    assert len(server.requests) == 2


async def test_a_name_and_password_do_not_get_into_what_is_handed_on(server: Server) -> None:
    server.answer("/feed")
    async with client() as http:
        answer = await http.get(server.url("/feed").replace("//", "//name:secret@"))

    assert answer.url == server.url("/feed")
    assert server.requests[0].headers["Authorization"].startswith("Basic ")


async def test_a_host_that_asks_for_fewer_visits_rests_with_all_its_addresses(server: Server) -> None:
    server.answer("/busy", 429, b"", Retry_After="120")
    other = server.answer("/other")
    async with client("127.0.0.1", "localhost") as http:
        with pytest.raises(FetchFailed, match="429"):
            await http.get(server.url("/busy"))
        with pytest.raises(FetchFailed, match="all its addresses are left alone") as found:
            await http.get(other)
        assert found.value.retry_after and 100 < found.value.retry_after <= 120
        assert [request.path for request in server.requests] == ["/busy"]
        assert (await http.get(server.url("/other", host="localhost"))).status == 200, "another host is another matter"


async def test_a_host_that_does_not_say_how_long_rests_for_a_minute_and_never_longer_than_an_hour(server: Server) -> None:
    hosts = Hosts(at_once=1, gap=0.0)
    hosts.rest("a.example", 9e9)
    assert 3_500 < hosts.rests("a.example") <= 3_600
    assert hosts.rests("b.example") == 0
