"""kill -9 at any moment: every development reaches every outbox's file once, in order."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from redis import Redis

from tests.alerts import dev
from tests.records import TOPIC, a_development
from tests.workers.delivering import Scene
from workers.adapters.redis import keys

DEVELOPMENTS = 150
KILLS = 8
CHANNELS = ("one", "two", "three")


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the deliverers came no further"
        time.sleep(0.002)


def test_killing_deliverers_at_any_moment_loses_and_doubles_nothing(real_redis: Redis, server_url: str, tmp_path: Path) -> None:
    scene = Scene(real_redis, tmp_path)
    channels = {name: {"type": "file", "path": f"{name}.jsonl"} for name in CHANNELS}
    scene.configure(channels, {"desk": {"channels": ["one", "two"]}, "night": {"channels": ["two", "three"]}})
    scene.happen(*(a_development(name=dev(f"d{n}")) for n in range(DEVELOPMENTS)))
    files = [tmp_path / f"{name}.jsonl" for name in CHANNELS]
    everything = 4 * DEVELOPMENTS
    names = itertools.count()

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.workers.deliver_process", server_url, str(tmp_path), f"n{next(names)}"]
        return subprocess.Popen(command, cwd=Path(__file__).parents[2])

    running = [start(), start()]
    try:
        for kill in range(1, KILLS + 1):
            wait_for(lambda so_far=kill: sum(len(lines(path)) for path in files) >= so_far * everything // (KILLS + 2))
            victim = running.pop(0)
            victim.kill()
            victim.wait()
            running.append(start())
        events = keys.topic(TOPIC, "events")
        wait_for(lambda: real_redis.xlen(events) == 0 and scene.waiting() == 0)
    finally:
        for process in running:
            process.kill()
            process.wait()
    told = [json.loads(line) for path in files for line in lines(path)]
    assert len({line["key"] for line in told}) == len(told) == everything
    for subscription, channel in (("desk", "one"), ("desk", "two"), ("night", "two"), ("night", "three")):
        mine = [line["id"] for line in told if (line["subscription"], line["channel"]) == (subscription, channel)]
        assert mine == [dev(f"d{n}") for n in range(DEVELOPMENTS)]
