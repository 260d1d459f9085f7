"""The whole daemon: real processes, a real server, real feeds over HTTP, killed at will."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from tests.e2e.harness import Daemon, Item, Publisher, configuration, publishing

pytestmark = pytest.mark.e2e

FIRST = Item("Seoul: 3,000 North Korean soldiers are training in Russia", minutes=1)
DENIAL = Item("Kremlin denies that North Korean soldiers are in Russia", minutes=5)
RISEN = Item("Seoul: 12,000 North Korean soldiers are training in Russia", minutes=20)
TURN = Item("Kremlin confirms that North Korean soldiers are in Russia", minutes=60)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as found:
        yield found


@pytest.fixture
def daemon(publisher: Publisher, tmp_path: Path) -> Iterator[Daemon]:
    found = Daemon(tmp_path, configuration(publisher, "wire", "state"))
    publisher.feeds = {"wire": [], "state": []}
    yield found
    found.stop()


def keys_of(daemon: Daemon) -> list[str]:
    return [alert["key"] for alert in daemon.alerts()]


def kinds_of(daemon: Daemon) -> Counter[str]:
    return Counter(alert["kind"] for alert in daemon.alerts())


def add(publisher: Publisher, feed: str, *items: Item) -> None:
    standing = publisher.feeds[feed]
    assert isinstance(standing, list)
    publisher.feeds[feed] = [*items, *standing]


def settled(publisher: Publisher, feed: str) -> None:
    """Waits until the feed has been polled twice more: what it held before has then been read."""
    asked = publisher.requests.count(feed)
    deadline = time.monotonic() + 30
    while publisher.requests.count(feed) < asked + 2:
        assert time.monotonic() < deadline, f"{feed} is not polled any more"
        time.sleep(0.05)


def test_what_is_new_is_told_once_and_copies_not_at_all(daemon: Daemon, publisher: Publisher) -> None:
    add(publisher, "wire", FIRST)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the first alert")

    # Given a repeated entry and a copy under another address, nothing more is told
    add(publisher, "state", Item(FIRST.title, guid="a copy elsewhere", minutes=3))
    settled(publisher, "state")
    add(publisher, "state", DENIAL)
    daemon.wait_for(lambda: len(daemon.alerts()) == 2, why="the denial's alert")

    # A copy whose only change is a figure is told for the figure, a denial that turns into a confirmation as a change of position
    add(publisher, "wire", RISEN)
    daemon.wait_for(lambda: kinds_of(daemon)["number_changed"] == 1, why="the changed figure's alert")
    add(publisher, "state", TURN)
    daemon.wait_for(lambda: kinds_of(daemon)["position_change"] == 1, why="the turn's alert")
    assert len(daemon.alerts()) == 4, daemon.alerts()

    # A restart tells nothing twice, and says so in one line
    daemon.stop()
    daemon.start()
    daemon.wait_for(lambda: "Nothing new" in daemon.output(), why="the line that says that nothing is new")
    assert len(daemon.alerts()) == 4


def test_killing_any_process_loses_and_doubles_nothing(daemon: Daemon, publisher: Publisher) -> None:
    dice = random.Random(4)
    places = ["Kursk", "Ussuriysk", "Ulan-Ude", "Khabarovsk", "Blagoveshchensk", "Vladivostok", "Belgorod", "Bryansk"]
    daemon.start()
    for number, place in enumerate(places):
        kind = ["poll+schedule", "schedule", "analyze", "decide", "deliver", "server"][number % 6]
        add(
            publisher,
            "wire",
            Item(f"Seoul: {(number + 2) ** 3 * 10} North Korean soldiers have arrived in {place}", minutes=number),
        )
        time.sleep(dice.random() * 1.5)
        victim = daemon.children().get(kind)
        if victim is not None:
            victim.send_signal(signal.SIGKILL)
        settled(publisher, "wire")
    daemon.wait_for(lambda: len(daemon.alerts()) >= len(places), why="an alert for each place", seconds=90)
    settled(publisher, "wire")

    assert len(keys_of(daemon)) == len(set(keys_of(daemon)))
    told = Counter(place for alert in daemon.alerts() for place in places if place in alert["sentence"])
    assert told == Counter(places)


def test_killing_the_daemon_itself_leaves_nothing_that_blocks_the_next(daemon: Daemon, publisher: Publisher) -> None:
    add(publisher, "wire", FIRST)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the first alert")
    children = list(daemon.children().values())
    assert daemon.process is not None
    daemon.process.send_signal(signal.SIGKILL)
    daemon.process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []

    add(publisher, "wire", RISEN)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 2, why="the second alert")
    assert kinds_of(daemon)["number_changed"] == 1


def test_a_broken_feed_disturbs_nothing_else(daemon: Daemon, publisher: Publisher) -> None:
    def broken(_: web.Request) -> web.Response:
        return web.Response(text="<rss><channel><item><title>cut o", content_type="text/plain", status=500)

    publisher.feeds["state"] = broken
    add(publisher, "wire", FIRST)
    daemon.start()

    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the sound feed's alert")


def test_a_reload_puts_the_edited_file_in_force_and_a_bad_one_changes_nothing(daemon: Daemon, publisher: Publisher) -> None:
    daemon.start()
    settled(publisher, "wire")
    daemon.config["topics"]["troop-deployment"]["keywords"] = ["tanks"]
    daemon.write()
    assert daemon.process is not None
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(lambda: "Configuration 2 is in force" in daemon.output(), why="the reload")
    add(publisher, "wire", FIRST, Item("Seoul: 40 Russian tanks have been sent to Kursk", minutes=2))
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the alert on tanks")
    assert "tanks" in daemon.alerts()[0]["sentence"]

    daemon.config["topics"]["troop-deployment"]["keyword"] = ["soldiers"]
    daemon.write()
    daemon.process.send_signal(signal.SIGHUP)

    daemon.wait_for(lambda: "the old one stays in force" in daemon.output(), why="the refusal")
    assert "keyword" in daemon.output()
