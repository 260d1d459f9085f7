"""What the guarded client never calls: other schemes, and addresses of this machine, of private and of metadata ranges."""

from __future__ import annotations

import sys

import pytest

from monitor.errors import AddressRefused, FetchFailed
from tests.workers.conftest import Server
from workers.adapters.addresses import refusal

if sys.version_info >= (3, 14):
    pass
else:
    pass
from tests.workers.clients import client, strict

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


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://h.example/x", "gopher://x/", "javascript:alert(1)", "", "http://", "/x", "http://["]
)
async def test_only_http_and_https_are_called(url: str) -> None:
    async with client() as http:
        with pytest.raises(AddressRefused, match=r"no (http|address)"):
            await http.get(url)


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


METADATA = ["http://169.254.169.254/latest/", "http://metadata.example/latest/", "http://[::ffff:169.254.169.254]/"]
"""Where clouds keep their metadata: directly, by a name, and in the other family's spelling."""


@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize("url", METADATA)
@pytest.mark.parametrize("way", ["get", "call", "post"])
async def test_the_metadata_address_is_refused_to_each_user_of_the_client_directly_by_name_and_through_a_proxy(
    server: Server, names: dict[str, list[str]], way: str, url: str, proxied: bool
) -> None:
    """get: feeds, pages and robots.txt; call and post: hubs, webhooks and other channels."""
    names["metadata.example"] = ["169.254.169.254"]
    async with strict(proxy=server.url() if proxied else None) as http:
        ways = {"get": http.get(url), "call": http.call(url), "post": http.post(url, b"x", {})}
        asked = ways.pop(way)
        for other in ways.values():
            other.close()
        with pytest.raises(AddressRefused):
            await asked
    assert server.requests == []


@pytest.mark.parametrize("way", ["get", "call", "post"])
async def test_a_redirect_to_the_metadata_address_is_refused_or_not_followed(server: Server, way: str) -> None:
    url = server.answer("/here", 302, b"", Location=METADATA[0])
    async with client() as http:
        if way == "get":
            with pytest.raises(AddressRefused, match="metadata"):
                await http.get(url)
        else:
            answer = await (http.call(url) if way == "call" else http.post(url, b"x", {}))
            assert answer.status == 302
    assert [request.path for request in server.requests] == ["/here"]
