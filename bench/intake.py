"""How fast feeds are taken in, beside lemon24/reader, and what the scheduler costs: `make bench-intake`.

    feeds served on loopback --> first poll, then a second one with some of them changed --> seconds, CPU, memory, requests

reader is installed from PyPI into a temporary environment and asked for the same feeds, with ten workers. Both poll everything
at once. Ours goes the whole way of the poll role: fetch, parse, identify, match, units and memory in Redis (the embedded server).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import Redis

    from workers.intake import Ports

WORDS = ("port", "strike", "dockers", "talks", "union", "minister", "ferry", "harbour", "cargo", "wages", "night", "deal", "vote")
PROSE = (
    "The dockers of the port have gone on strike after talks with the union and the minister on wages for the night were broken "
    "off, and no ferry will leave the harbour until a vote on the deal that was offered by the owners of the cargo terminal."
)
"""A sentence of our own, turned round for each entry: how the words of a language mix matters to what tells languages."""
HOSTS = 200
"""Addresses of loopback that the feeds are spread over: a thousand feeds of one host are nobody's morning."""

READER = """
import json, resource, sys, time
from reader import make_reader
urls, path = json.load(sys.stdin), sys.argv[1]
reader = make_reader(path)
for url in urls:
    reader.add_feed(url, exist_ok=True)
for poll in (1, 2):
    begun, cpu = time.perf_counter(), time.process_time()
    reader.update_feeds(scheduled=False, workers=10)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": peak, "entries": reader.get_entry_counts().total}), flush=True)
    if poll == 1:
        import urllib.request
        urllib.request.urlopen(sys.argv[2]).read()
"""


def body_of(feed: int, entries: int, newest: int, *, prose: bool = True) -> bytes:
    """A feed as a paper publishes it: title, summary and a text for each entry, about 1.5 KB. Without prose: nouns alone."""
    items = []
    words_of = PROSE.split() if prose else list(WORDS)
    for n in range(newest, newest - entries, -1):
        words = [words_of[(feed * 7 + n * 3 + k) % len(words_of)] for k in range(150)]
        summary, text = " ".join(words[:40]), " ".join(words)
        when = (datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=n)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        items.append(
            f"<item><title>Report {feed}-{n}: {' '.join(words[:8])}</title><link>https://paper-{feed}.example/{n}</link>"
            f'<guid isPermaLink="false">{feed}-{n}</guid><pubDate>{when}</pubDate><description>{summary}</description>'
            f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded></item>"
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Paper {feed}</title><link>https://paper-{feed}.example/</link><description>News</description>"
        f"{''.join(items)}</channel></rss>"
    ).encode()


def serve(feeds: int, entries: int, share: float, *, prose: bool) -> None:
    """The publisher, in a process of its own: says its port, then serves; /change brings a new entry to a share of the feeds."""
    from aiohttp import web

    changed = 0
    requests = {"200": 0, "304": 0}

    async def feed(request: web.Request) -> web.StreamResponse:
        number = int(request.match_info["number"])
        newest = entries + (changed if number < feeds * share else 0)
        etag = f'"{newest}"'
        if request.headers.get("If-None-Match") == etag:
            requests["304"] += 1
            return web.Response(status=304, headers={"ETag": etag})
        requests["200"] += 1
        return web.Response(
            body=body_of(number, entries, newest, prose=prose), content_type="application/rss+xml", headers={"ETag": etag}
        )

    async def change(_: web.Request) -> web.StreamResponse:
        nonlocal changed
        changed += 1
        return web.json_response(requests)

    async def main() -> None:
        app = web.Application()
        app.add_routes([web.get("/feed/{number}", feed), web.get("/change", change)])
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0)
        await site.start()
        print(site._server.sockets[0].getsockname()[1], flush=True)  # type: ignore[union-attr]  # a started site has one
        await asyncio.Event().wait()

    asyncio.run(main())


@contextmanager
def publisher(feeds: int, entries: int, share: float, *, prose: bool) -> Iterator[int]:
    """A fresh publisher; gives its port."""
    command = [
        sys.executable,
        "-m",
        "bench.intake",
        "--serve",
        "--feeds",
        str(feeds),
        "--entries",
        str(entries),
        "--share",
        str(share),
        "--text",
        "prose" if prose else "nouns",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield int((process.stdout or sys.stdin).readline())
    finally:
        process.kill()
        process.wait()


def addresses(port: int, feeds: int) -> list[str]:
    return [f"http://127.0.0.{2 + n % HOSTS}:{port}/feed/{n}" for n in range(feeds)]


def configured(urls: list[str]) -> dict[str, Any]:
    """A configuration with one topic and these feeds, whose hosts may be asked as often as one likes."""
    return {
        "topics": {"strike": {"title": "Strike", "keywords": ["strike NEAR/1 wages"]}},
        "feeds": {f"feed-{n}": {"url": url} for n, url in enumerate(urls)},
        "http": {"allow_hosts": [f"127.0.0.{2 + n}" for n in range(HOSTS)], "host_gap": 0, "concurrency": 100},
    }


def poll_ports(redis: Redis, folder: Path) -> Ports:
    """The world of a poll role of this process."""
    import random

    from workers.adapters.clock import utc_now
    from workers.adapters.http import GuardedClient
    from workers.adapters.kept import KeptEntries
    from workers.adapters.redis.configurations import RedisConfigurations
    from workers.adapters.redis.feeds import RedisFeedStates, RedisPushes
    from workers.adapters.redis.polls import RedisPollEnds, RedisSchedule, poll_queue
    from workers.adapters.redis.stops import RedisStops
    from workers.adapters.redis.units import RedisUnits
    from workers.adapters.redis.warm_ups import RedisWarmUps
    from workers.intake import Ports

    return Ports(
        queue=poll_queue(redis, "bench"),
        schedule=RedisSchedule(redis),
        feeds=RedisFeedStates(redis),
        ends=RedisPollEnds(redis),
        units=RedisUnits(redis),
        warm_ups=RedisWarmUps(redis),
        stops=RedisStops(redis),
        kept=KeptEntries(folder, "bench"),
        pushes=RedisPushes(redis),
        configurations=RedisConfigurations(redis),
        open_fetcher=lambda http: GuardedClient(http, utc_now),
        clock=utc_now,
        jitter=random.random,
    )


async def poll_all(world: Ports, redis: Redis) -> None:
    """Runs the poll role until no poll is left."""
    from workers.poll import Poller

    stop = asyncio.Event()
    role = asyncio.create_task(Poller(world).run(stop))
    while await asyncio.to_thread(redis.xlen, "m:{poll}:queue"):  # noqa: ASYNC110  the store tells nobody
        await asyncio.sleep(0.05)
    stop.set()
    await role


def ours(port: int, feeds: int) -> list[dict[str, Any]]:
    """Two polls of all feeds through the poll role, in this process."""
    from monitor.records.ids import FeedId
    from monitor.settings import Config
    from workers.adapters.clock import utc_now
    from workers.adapters.embedded import EmbeddedServer
    from workers.adapters.redis.client import connect
    from workers.adapters.redis.configurations import RedisConfigurations

    plain = configured(addresses(port, feeds))
    slugs = [FeedId(slug) for slug in plain["feeds"]]
    found = []
    with tempfile.TemporaryDirectory(prefix="bench") as folder, EmbeddedServer(Path(folder)) as server:
        redis = connect(server.url)
        RedisConfigurations(redis).store(Config.from_plain(plain))
        world = poll_ports(redis, Path(folder))
        world.schedule.plan(dict.fromkeys(slugs, utc_now()))
        for _ in range(2):
            far = utc_now() + timedelta(days=30)
            while world.schedule.release_due(far, interval=0, limit=10_000) > 0:
                pass
            cpu, begun = _cpu(redis), time.perf_counter()
            asyncio.run(poll_all(world, redis))
            seconds = time.perf_counter() - begun
            entries = sum(state.entries for state in world.feeds.load_all(slugs))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            redis_mb = redis.info("memory")["used_memory_peak"] / 2**20
            found.append(
                {"seconds": seconds, "cpu": _cpu(redis) - cpu, "peak_mb": peak + redis_mb, "entries": entries}
                | {"requests": json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/change"))}
            )
    return found


def _cpu(redis: Any) -> float:
    """Seconds of processor time of this process and of the store."""
    info = redis.info("cpu")
    return time.process_time() + float(info["used_cpu_sys"]) + float(info["used_cpu_user"])


def readers(port: int, feeds: int, environment: Path) -> list[dict[str, Any]]:
    """The same by lemon24/reader, in its own environment, into a database on disk."""
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "reader", "sgmllib3k"], check=True)
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        done = subprocess.run(
            [str(python), "-c", READER, f"{folder}/reader.sqlite", f"http://127.0.0.1:{port}/change"],
            input=json.dumps(addresses(port, feeds)),
            text=True,
            stdout=subprocess.PIPE,
            check=True,
        )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    requests = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/change"))
    return [poll | {"requests": requests} for poll in found]


def scheduler(feeds: int, seconds: float) -> dict[str, Any]:
    """The schedule role alone over so many feeds of the delivered interval, whose polls end at once: CPU, memory, drift."""
    import random

    from monitor.records.ids import FeedId
    from monitor.settings import Config
    from workers.adapters.clock import utc_now
    from workers.adapters.embedded import EmbeddedServer
    from workers.adapters.redis import keys
    from workers.adapters.redis.client import connect
    from workers.adapters.redis.configurations import RedisConfigurations
    from workers.adapters.redis.leases import schedule_leadership
    from workers.adapters.redis.polls import QUEUED, RedisSchedule
    from workers.adapters.redis.units import RedisUnits
    from workers.schedule import run

    with tempfile.TemporaryDirectory(prefix="bench") as folder, EmbeddedServer(Path(folder)) as server:
        redis = connect(server.url)
        empty = redis.info("memory")["used_memory"]
        topics = {"strike": {"title": "Strike", "keywords": ["strike"]}}
        urls = {f"feed-{n}": {"url": f"https://paper-{n}.example/rss"} for n in range(feeds)}
        configurations = RedisConfigurations(redis)
        configurations.store(Config.from_plain({"topics": topics, "feeds": urls}))
        with_configuration = redis.info("memory")["used_memory"]
        interval = 900.0
        dice, now = random.Random(1), utc_now()
        due = {FeedId(slug): now + timedelta(seconds=5 + dice.random() * interval) for slug in urls}
        schedule = RedisSchedule(redis)
        schedule.plan(due)
        peak_memory = redis.info("memory")["used_memory"]
        stop = threading.Event()
        leadership = schedule_leadership(redis, "bench")
        arguments = (schedule, leadership, RedisUnits(redis), configurations)
        role = threading.Thread(target=run, args=arguments, kwargs={"clock": utc_now, "stop": stop})
        role.start()
        time.sleep(4)  # its start, and the plan
        cpu, begun = _cpu(redis), time.perf_counter()
        drifts = []
        while time.perf_counter() - begun < seconds:
            time.sleep(0.25)
            for _, fields in redis.xrange(keys.POLL_QUEUE) or ():
                slug, _, released = fields[b"batch"].decode().rpartition("@")
                drifts.append(int(released) / 1000 - due[FeedId(slug)].timestamp())
            redis.delete(keys.POLL_QUEUE, QUEUED)
        cpu, took = _cpu(redis) - cpu, time.perf_counter() - begun
        stop.set()
        role.join()
    drifts.sort()
    return {
        "feeds": feeds,
        "released": len(drifts),
        "cpu_share": cpu / took,
        "redis_mb": (peak_memory - with_configuration) / 2**20,
        "configuration_mb": (with_configuration - empty) / 2**20,
        "drift_p50": drifts[len(drifts) // 2] if drifts else None,
        "drift_p99": drifts[int(len(drifts) * 0.99)] if drifts else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--entries", type=int, default=30)
    parser.add_argument("--share", type=float, default=0.05, help="share of feeds that changed before the second poll")
    parser.add_argument("--text", choices=("prose", "nouns"), default="prose", help="what entries are made of")
    parser.add_argument("--serve", action="store_true", help="be the publisher")
    parser.add_argument("--only", choices=("ours", "reader", "scheduler"))
    parser.add_argument("--schedules", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each scheduler is watched")
    parser.add_argument("--reader", type=Path, default=Path(tempfile.gettempdir()) / "bench-reader", help="reader's environment")
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.feeds, asked.entries, asked.share, prose=asked.text == "prose")
        return
    print(
        f"{asked.feeds} feeds of {asked.entries} entries, {len(body_of(1, asked.entries, asked.entries)) // 1024} KiB each,",
        end=" ",
    )
    print(f"{asked.share:.0%} changed before the second poll; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, run in (("ours", ours), ("reader", lambda port, feeds: readers(port, feeds, asked.reader))):
        if asked.only in (None, name):
            with publisher(asked.feeds, asked.entries, asked.share, prose=asked.text == "prose") as port:
                for poll, figures in enumerate(run(port, asked.feeds), start=1):
                    print(f"{name:7} poll {poll}: " + ", ".join(f"{key} {_told(value)}" for key, value in figures.items()))
    if asked.only in (None, "scheduler"):
        for feeds in asked.schedules:
            print("scheduler: " + ", ".join(f"{key} {_told(value)}" for key, value in scheduler(feeds, asked.seconds).items()))


def _told(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
