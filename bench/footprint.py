"""What the daemon takes: memory, processor time and disk, with 100 feeds and the delivered topics.

    python -m bench.footprint [--feeds 100] [--seconds 60]

A publisher on loopback serves feeds of 20 entries, one of which matches. After all have been read once, every feed is polled each
second with nothing new: 100 feeds in one minute make 6,000 polls, as many as 15 hours of a poll every quarter of an hour.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML

from tests.e2e.harness import Daemon, Item, configuration, publishing

POLLS_A_DAY = 96
"""Polls of one feed a day at the default interval of 15 minutes."""


def main() -> None:
    """Runs the daemon and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    topics = YAML(typ="safe").load(Path(__file__).parents[1] / "config" / "topics.yaml")["topics"]
    with publishing() as publisher, tempfile.TemporaryDirectory(prefix="fp") as folder:
        names = [f"feed-{number}" for number in range(arguments.feeds)]
        for number, name in enumerate(names):
            news = f"Officials in Kursk said on Monday that {(number + 1) * 100:,} soldiers had come there under the treaty."
            letters = [Item(f"Letter {number}-{n}", summary="The weather was mild. " * 12, minutes=n) for n in range(1, 20)]
            publisher.feeds[name] = [Item(f"Soldiers reach Kursk, report {number}", summary=news), *letters]
        daemon = Daemon(Path(folder), configuration(publisher, *names, topics=topics))
        daemon.start()
        try:
            began = time.monotonic()
            daemon.wait_for(lambda: "have been read" in daemon.output(), why="all feeds read", seconds=300)
            first = time.monotonic() - began
            report(daemon, publisher.requests, arguments.seconds, arguments.feeds, first)
        finally:
            daemon.stop()


def report(daemon: Daemon, requests: list[str], seconds: int, feeds: int, first: float) -> None:
    """Measures the quiet daemon for some seconds."""
    processes = {"run": daemon.itself(), **daemon.children()}

    def processor() -> float:
        times = [process.cpu_times() for process in processes.values()]
        return sum(one.user + one.system for one in times)

    def disk() -> int:
        return sum(path.stat().st_size for path in (daemon.folder / "data").rglob("*") if path.is_file())

    cpu, bytes_before, polls_before = processor(), disk(), len(requests)
    time.sleep(seconds)
    cpu, grown, polls = processor() - cpu, disk() - bytes_before, len(requests) - polls_before
    table = Table("figure", "value", title=f"{feeds} feeds, three topics")
    memory = {name: process.memory_full_info().pss / 1e6 for name, process in processes.items()}
    table.add_row("memory, MB (shared pages once)", f"{sum(memory.values()):.0f}")
    for name, value in memory.items():
        table.add_row(f"  {name}", f"{value:.0f}")
    table.add_row("start to all read and told, s", f"{first:.1f}")
    table.add_row("polls with nothing new, a second", f"{polls / seconds:.0f}")
    table.add_row("processor time for each, ms", f"{1000 * cpu / polls:.2f}")
    table.add_row("share of one core at the default interval", f"{100 * cpu / polls * feeds * POLLS_A_DAY / 86400:.2f} %")
    table.add_row("append-only file, bytes a poll", f"{grown / polls:.0f}")
    table.add_row("disk a day at the default interval, MB", f"{grown / polls * feeds * POLLS_A_DAY / 1e6:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
