"""Turns at hosts: so many requests at a time, pauses, and rests where a host asks for them."""

from __future__ import annotations

import asyncio
import sys

import pytest
from aiohttp import web

from monitor.errors import FetchFailed
from tests.workers.conftest import FEED, Server
from workers.adapters.hosts import MANY, Hosts

if sys.version_info >= (3, 14):
    pass
else:
    pass
from tests.workers.clients import client


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
