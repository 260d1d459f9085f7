"""What the README promises: 100 feeds and three topics in under 700 MB, all processes and Redis together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.e2e.harness import Daemon, Item, Publisher, configuration, publishing

pytestmark = pytest.mark.e2e

FEEDS = 100
ENTRIES = 20
LIMIT = 700 * 10**6
DELIVERED = Path(__file__).parents[2] / "config"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as found:
        yield found


@pytest.mark.timeout(300)
def test_a_hundred_feeds_and_three_topics_take_less_than_700_mb(publisher: Publisher, tmp_path: Path) -> None:
    names = [f"feed-{number}" for number in range(FEEDS)]
    places = ["Kursk", "Ussuriysk", "Moscow", "Vladivostok"]
    for number, name in enumerate(names):
        publisher.feeds[name] = [
            Item(
                f"Report {number}-{n}: {(number + 3) * (n + 7)} soldiers and a treaty on weapons reach {places[n % 4]}",
                summary=f"Officials in {places[number % 4]} said on day {n} that batch {number} of weapons had come. " * 5,
                minutes=n,
            )
            for n in range(ENTRIES)
        ]
    topics = YAML(typ="safe").load(DELIVERED / "topics.yaml")["topics"]
    daemon = Daemon(tmp_path, configuration(publisher, *names, topics=topics))
    daemon.config["feeds"] = {name: {**feed, "interval": "60s"} for name, feed in daemon.config["feeds"].items()}
    try:
        daemon.start()
        daemon.wait_for(lambda: "have been read" in daemon.output(), why="all feeds read and told", seconds=240)
        processes = [daemon.itself(), *daemon.children().values()]
        used = {" ".join(process.cmdline())[-60:]: process.memory_full_info().pss for process in processes}
    finally:
        daemon.stop()

    assert len(used) == 6, used
    assert sum(used.values()) < LIMIT, used
