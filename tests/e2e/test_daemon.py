"""The whole daemon: real processes, a real server, real feeds over HTTP, killed at will."""

from __future__ import annotations

import json
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from aiohttp import web

from tests.e2e.harness import PATIENCE, TOPIC, Daemon, Item, Publisher
from workers.adapters.configuration import read_configuration
from workers.adapters.kept import read_kept
from workers.replay import replay

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

AGENCY = "South Korea's spy agency said on {} that {} North Korean soldiers are training in eastern Russia."
FIRST = Item("Seoul counts North Koreans in Russia", summary=AGENCY.format("Thursday", "3,000"), minutes=1)
COPY = Item("What Seoul says about Russia", summary=FIRST.summary, minutes=3)
DENIAL = Item("Kremlin denies that North Korean soldiers are in Russia", minutes=5)
RISEN = Item("Seoul counts again", summary=AGENCY.format("Monday", "12,000"), minutes=20)
TURN = Item("Kremlin confirms that North Korean soldiers are in Russia", minutes=60)


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
    deadline = time.monotonic() + PATIENCE
    while publisher.requests.count(feed) < asked + 2:
        assert time.monotonic() < deadline, f"{feed} is not polled any more"
        time.sleep(0.05)


def test_what_is_new_is_told_once_and_copies_not_at_all(daemon: Daemon, publisher: Publisher) -> None:
    add(publisher, "wire", FIRST)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the first alert")

    # Given a repeated entry and a copy under another address, nothing more is told
    add(publisher, "state", COPY)
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


VICTIMS = ("schedule", "analyze", "decide", "deliver", "server", "analyze", "deliver", "schedule")


def replayed(daemon: Daemon, items: list[Item]) -> list[tuple[str, str]]:
    """What one undisturbed process tells of the items: the yardstick for a run in which processes die."""
    moment = datetime(2024, 10, 24, tzinfo=UTC)
    lines = [
        {"id": f"e{n}", "feed": "wire", "outlet": "wire", "published": (moment + timedelta(minutes=n)).isoformat()}
        | {"url": f"https://publisher.example/{n}", "title": item.title, "summary": item.summary, "content": ""}
        for n, item in enumerate(items)
    ]
    daemon.write()
    entries, told = daemon.folder / "entries.jsonl", daemon.folder / "told.jsonl"
    entries.write_text("".join(json.dumps(line) + "\n" for line in lines))
    replay(entries, read_configuration(daemon.folder / "monitor.yaml"), output=told)
    return [(line["kind"], line["evidence"]) for line in map(json.loads, told.read_text().splitlines())]


def test_killing_any_process_loses_and_doubles_nothing_and_changes_no_development(daemon: Daemon, publisher: Publisher) -> None:
    dice = random.Random(4)
    items = [
        Item(f"Day {n} of the count", summary=AGENCY.format(f"day {n}", f"{1000 * 2**n:,}"), minutes=n)
        for n in range(len(VICTIMS))
    ]
    expected = replayed(daemon, items)
    assert len(expected) >= len(items), "the story must tell something for each victim"
    daemon.start()
    for victim, item in zip(VICTIMS, items, strict=True):
        settled(publisher, "wire")
        add(publisher, "wire", item)
        time.sleep(dice.random() * 1.5)  # somewhere between its poll and its delivery
        if victim in daemon.children():
            daemon.children()[victim].send_signal(signal.SIGKILL)
    daemon.wait_for(lambda: len(daemon.alerts()) >= len(expected), why="all that the replay tells")
    settled(publisher, "wire")

    assert [(alert["kind"], alert["sentence"]) for alert in daemon.alerts()] == expected
    assert len(keys_of(daemon)) == len(set(keys_of(daemon)))
    kept = [json.loads(line)["title"] for line in read_kept(daemon.folder / "data" / "live")]
    assert kept == [item.title for item in items], "every entry is kept, and read once"


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
    edited = {"title": "Russian tanks", "description": "How many tanks Russia sends, and where.", "keywords": ["tanks"]}
    daemon.config["topics"] = {"troop-deployment": {**daemon.config["topics"]["troop-deployment"], **edited}}
    daemon.write()
    assert daemon.process is not None
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(lambda: "Configuration 2 is in force" in daemon.output(), why="the reload")
    tanks = "South Korea's spy agency said on Friday that Russia has sent about 400 tanks to the Kursk region."
    add(publisher, "wire", FIRST, Item("Seoul on Russian armour", summary=tanks, minutes=2))
    daemon.wait_for(lambda: any("400 tanks" in alert["sentence"] for alert in daemon.alerts()), why="the alert on tanks")
    assert not any("soldiers" in alert["sentence"] for alert in daemon.alerts())

    daemon.config["topics"]["troop-deployment"]["keyword"] = ["soldiers"]
    daemon.write()
    daemon.process.send_signal(signal.SIGHUP)

    daemon.wait_for(lambda: "the old one stays in force" in daemon.output(), why="the refusal")
    assert "keyword" in daemon.output()


def test_an_entry_a_year_old_tells_nothing_at_once(daemon: Daemon, publisher: Publisher) -> None:
    """It is read into the ledger all the same: what says the same later is known, and what changes it is told."""
    add(publisher, "wire", Item("The weather in Kursk", minutes=1))
    daemon.start()
    settled(publisher, "wire")
    settled(publisher, "state")
    add(publisher, "wire", Item(FIRST.title, summary=FIRST.summary, guid="old", minutes=-525_600))
    settled(publisher, "wire")
    add(publisher, "state", Item(FIRST.title, summary=FIRST.summary, guid="again", minutes=3))
    settled(publisher, "state")
    add(publisher, "wire", RISEN)
    daemon.wait_for(lambda: bool(daemon.alerts()), why="the new entry was told")

    assert {alert["title"] for alert in daemon.alerts()} == {RISEN.title}
    assert "number_changed" in kinds_of(daemon)


def test_a_topic_edited_on_a_running_monitor_tells_nothing_old(daemon: Daemon, publisher: Publisher) -> None:
    """What its new words find in the past is known before anything new is read."""
    said = "South Korea's spy agency said on {} that {} mercenaries from Wagner are training in eastern Russia."
    add(publisher, "wire", Item("Seoul counts hired men", summary=said.format("Thursday", "3,000"), minutes=1))
    daemon.start()
    settled(publisher, "wire")
    settled(publisher, "wire")
    daemon.config["topics"]["troop-deployment"] = {**TOPIC, "keywords": [*TOPIC["keywords"], "mercenaries"]}
    daemon.write()
    assert daemon.process is not None
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(lambda: "Configuration 2 is in force" in daemon.output(), why="the reload")
    assert "troop-deployment is filled from what was kept: 1 entry is read" in " ".join(daemon.output().split())

    # When others say what was said before the edit, and then something new
    add(publisher, "state", Item("Seoul counts hired men", summary=said.format("Thursday", "3,000"), guid="again", minutes=5))
    settled(publisher, "state")
    add(publisher, "state", Item("Seoul counts again", summary=said.format("Monday", "12,000"), minutes=9))
    daemon.wait_for(lambda: bool(daemon.alerts()), why="the changed number was told")

    # Then only what is new is told
    assert {alert["title"] for alert in daemon.alerts()} == {"Seoul counts again"}
    assert "number_changed" in kinds_of(daemon)


def test_the_first_morning_tells_where_the_story_stands_and_then_what_is_new(daemon: Daemon, publisher: Publisher) -> None:
    daemon.config["warm_up"] = {"lasts": "6s"}
    add(publisher, "wire", FIRST, DENIAL)
    daemon.start()
    daemon.wait_for(lambda: "Warm-up until" in daemon.output(), why="the warm-up was announced")
    daemon.wait_for(lambda: bool(daemon.alerts()), why="where the story stands")
    add(publisher, "state", Item(FIRST.title, summary=FIRST.summary, guid="again", minutes=3), RISEN)
    daemon.wait_for(lambda: len(daemon.alerts()) > 1, why="what is new")

    standing, *told = daemon.alerts()
    assert standing["kind"] == "standing"
    assert any("3,000" in line for line in standing["lines"])
    assert standing["lines"][-1] == "This is no news: what is new from now on is told as it comes."
    assert {alert["title"] for alert in told} == {RISEN.title}
