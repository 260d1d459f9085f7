"""Backup and restore of a whole running monitor."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from monitor.records.codec import encode
from monitor.records.ids import TopicSlug
from tests.e2e.harness import Daemon, Item, Publisher
from tests.e2e.test_daemon import AGENCY, COPY, FIRST, RISEN, add, keys_of, settled
from workers.adapters.redis import keys, ledgers
from workers.models import reading_model
from workers.store import opened

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def monitor(daemon: Daemon, *arguments: str) -> str:
    """Runs a command beside the daemon; what it says."""
    command = [sys.executable, "-m", "workers.cli", *arguments, "--config", str(daemon.folder / "monitor.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fresh() -> Item:
    """Something new that is dated a little later than now."""
    return Item("Seoul counts once more", summary=AGENCY.format("Friday", "20,000"), minutes=6 * 60 + 0.05)


def test_after_a_restore_nothing_already_told_is_told_again(daemon: Daemon, publisher: Publisher) -> None:
    # Given a backup of a running monitor that has told something, and something told since
    add(publisher, "wire", FIRST)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the first alert")
    said = monitor(daemon, "backup", str(daemon.folder / "kept.jsonl.gz"))
    assert "alerts told: 1" in said
    add(publisher, "state", RISEN)
    daemon.wait_for(lambda: len(daemon.alerts()) == 2, why="the changed figure's alert")

    # When all data are lost, and the backup is restored
    daemon.stop()
    shutil.rmtree(daemon.folder / "data")
    monitor(daemon, "restore", str(daemon.folder / "kept.jsonl.gz"))
    daemon.start()
    settled(publisher, "state")
    settled(publisher, "wire")

    # Then neither what the backup knows, nor what was told after it, is told again; what is new is
    add(publisher, "state", COPY)
    settled(publisher, "state")
    add(publisher, "wire", fresh())
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the alert on what is new")
    assert "20,000" in daemon.alerts()[0]["sentence"]
    assert len(keys_of(daemon)) == 1


def test_a_monitor_that_runs_goes_on_with_what_is_restored(daemon: Daemon, publisher: Publisher) -> None:
    add(publisher, "wire", FIRST)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the first alert")
    monitor(daemon, "backup", str(daemon.folder / "kept.jsonl.gz"))
    add(publisher, "wire", RISEN)
    daemon.wait_for(lambda: len(daemon.alerts()) == 2, why="the changed figure's alert")

    # When it is restored while it runs, the roles stop, and go on with what was restored
    said = monitor(daemon, "restore", str(daemon.folder / "kept.jsonl.gz"), "--replace")
    assert "before-restore" in said
    settled(publisher, "wire")
    settled(publisher, "state")
    add(publisher, "state", fresh())
    daemon.wait_for(lambda: len(daemon.alerts()) == 3, why="the alert on what is new")
    assert "20,000" in daemon.alerts()[2]["sentence"]


def test_a_withdrawn_claim_reaches_those_who_were_told(daemon: Daemon, publisher: Publisher) -> None:
    # Given an alert, and an entry that merely leaves the feed
    story = Item("A briefing in Seoul", summary=FIRST.summary, minutes=1)
    add(publisher, "wire", story)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the first alert")
    publisher.feeds["wire"] = []
    settled(publisher, "wire")
    assert len(daemon.alerts()) == 1
    # When it comes back with another text that takes it back, and no longer names the topic
    add(publisher, "wire", Item(story.title, summary="This story has been withdrawn. We regret the error.", minutes=1))
    # Then whoever was told hears so, once
    daemon.wait_for(lambda: len(daemon.alerts()) == 2, why="the withdrawal")
    settled(publisher, "wire")
    first, second = daemon.alerts()
    assert (second["kind"], second["id"], second["sentence"]) == ("withdrawn", first["id"], first["sentence"])


def test_a_running_monitor_is_corrected_at_once(daemon: Daemon, publisher: Publisher) -> None:
    add(publisher, "wire", FIRST)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the first alert")
    said = monitor(daemon, "feedback", daemon.alerts()[0]["id"][:8], "--noise", "--why", "of no use")
    assert "is noise" in said
    add(publisher, "wire", RISEN)
    settled(publisher, "wire")
    settled(publisher, "wire")
    assert len(daemon.alerts()) == 1
    # A restart forgets nothing, and undone it is told again
    daemon.stop()
    daemon.start()
    line = monitor(daemon, "corrections")
    assert "of no use" in line
    monitor(daemon, "corrections", "--undo", line[:8])
    more = Item("Seoul counts more", summary=AGENCY.format("Friday", "31,000"), minutes=30)
    add(publisher, "wire", more)
    daemon.wait_for(lambda: len(daemon.alerts()) == 2, why="the alert after the correction was undone")


def test_what_a_former_model_read_is_read_again_silently_before_anything_is_decided(daemon: Daemon, publisher: Publisher) -> None:
    # Given a ledger in which a former model had found out nobody who speaks
    add(publisher, "wire", FIRST)
    daemon.start()
    daemon.wait_for(lambda: len(daemon.alerts()) == 1, why="the first alert")
    daemon.stop()
    topic, path = TopicSlug("troop-deployment"), daemon.folder / "monitor.yaml"
    with opened(path, demo=None, redis_url=None) as redis:
        held = ledgers.load(redis, topic)
        for one in held.propositions.values():
            poor = replace(one, wordings=tuple(replace(wording, party=None) for wording in one.wordings))
            redis.hset(keys.topic(topic, "propositions"), one.id, encode(poor))
        redis.hset(keys.topic(topic, "models"), "reading", "en_former-1.0+0.0")

    # When a program starts whose model is another, and a copy comes, and something new
    daemon.start()
    add(publisher, "state", COPY)
    add(publisher, "state", RISEN)
    daemon.wait_for(lambda: len(daemon.alerts()) == 2, why="the changed figure's alert")

    # Then it said so, read all again, and told but what is new
    assert "The model that reads has changed (from en_former-1.0+0.0 to" in daemon.output()
    assert len(list((daemon.folder / "data" / "live" / "backups").iterdir())) == 1
    assert len(keys_of(daemon)) == 2 and "12,000" in daemon.alerts()[1]["sentence"]
    daemon.stop()
    with opened(path, demo=None, redis_url=None) as redis:
        assert redis.hget(keys.topic(topic, "models"), "reading") == reading_model(None).encode()
        again = ledgers.load(redis, topic)
    for former in held.propositions.values():
        now = again.propositions[former.id].wordings
        assert now[: len(former.wordings)] == former.wordings and any(one.party for one in now)
