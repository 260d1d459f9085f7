"""What the README promises: 100 feeds and three topics in under 700 MB, all processes and Redis together."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.e2e.harness import Daemon, Item, Publisher, configuration

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

FEEDS = 100
ENTRIES = 20
LIMIT = 700
"""MB (10^6 bytes), shared pages counted once."""
DELIVERED = Path(__file__).parents[2] / "config"


def test_a_hundred_feeds_and_three_topics_take_less_than_700_mb(publisher: Publisher, tmp_path: Path) -> None:
    names = [f"feed-{number}" for number in range(FEEDS)]
    places, elsewhere = ["Kursk", "Ussuriysk", "Moscow", "Vladivostok"], ["Lyon", "Bergen", "Turin", "Porto"]
    for number, name in enumerate(names):
        place, far = places[number % 4], elsewhere[number % 4]
        letters = [  # that match no topic: of what a feed brings, most does not
            Item(f"Letter {number}-{n} from {far}", summary=f"The weather in {far} was mild on day {n}. " * 10, minutes=n)
            for n in range(1, ENTRIES)
        ]
        news = f"Officials in {place} said on Monday that {(number + 1) * 100:,} soldiers had come there under the treaty."
        add = Item(f"Soldiers reach {place} under treaty on weapons, report {number}", summary=news)
        publisher.feeds[name] = [add, *letters]
    topics = YAML(typ="safe").load(DELIVERED / "topics.yaml")["topics"]
    unmeasured = {"COVERAGE_PROCESS_CONFIG": ""}  # coverage would need memory of its own
    daemon = Daemon(tmp_path, configuration(publisher, *names, topics=topics), environment=unmeasured)
    daemon.config["feeds"] = {name: {**feed, "interval": "60s"} for name, feed in daemon.config["feeds"].items()}
    try:
        daemon.start()
        daemon.wait_for(lambda: "have been read" in daemon.output(), why="all feeds read and told", seconds=240)
        processes = {"run": daemon.itself(), **daemon.children()}
        used = {name: round(process.memory_full_info().pss / 1e6) for name, process in processes.items()}
    finally:
        daemon.stop()

    assert set(used) == {"run", "schedule", "analyze", "decide", "deliver", "server"}
    assert sum(used.values()) < LIMIT, used
    print(f"\nMB in all: {sum(used.values())}, {used}")  # shown with -s: the README's figures
