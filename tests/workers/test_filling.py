"""A configuration comes into force: what changed is filled from the past, silently, before anything new is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from monitor.errors import PermanentError
from monitor.records import Entry, Ledger, Message, NoticeKind, Unit
from monitor.records.codec import decode
from monitor.records.ids import ChannelName, Snapshot, SubscriptionName, TopicSlug
from monitor.settings import Config
from tests.records import NOON, an_entry
from tests.workers.test_flow import Killed, Mortal
from workers.adapters.kept import KeptEntries, read_kept
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.outboxes import RedisOutboxes
from workers.adapters.redis.stops import RedisStops
from workers.adapters.redis.units import RedisUnits, unit_queue
from workers.adapters.redis.warm_ups import RedisWarmUps
from workers.filling import InForce, Ports, account, put_in_force, warming_until
from workers.sorting import Sorter
from workers.standing import Ports as StandingPorts
from workers.standing import Standings

TROOPS = TopicSlug("troops")
TREATY = TopicSlug("treaty")
HOUR = timedelta(hours=1)


def topic(*keywords: str, **more: Any) -> dict[str, Any]:
    return {"title": keywords[0].title(), "keywords": list(keywords), **more}


class Scene:
    """A store, a folder of kept entries, and configurations that come into force."""

    def __init__(self, redis: Redis, folder: Path) -> None:
        self.redis, self.folder, self.now = redis, folder, NOON + timedelta(days=2)
        self.units = RedisUnits(redis)
        self.warm_ups = RedisWarmUps(redis)
        self.world = Ports(
            configurations=RedisConfigurations(redis),
            units=self.units,
            warm_ups=self.warm_ups,
            kept=lambda since: read_kept(folder, since=since),
            clock=lambda: self.now,
        )
        self.keeper = KeptEntries(folder, "poller")

    def keep(self, *titles: str) -> list[Entry]:
        entries = [an_entry(title, name=title, minutes=n) for n, title in enumerate(titles)]
        self.keeper.keep(entries, age=30 * 86400.0, size=10**9, now=NOON)
        return entries

    def enact(self, topics: dict[str, Any], **more: Any) -> InForce:
        return put_in_force(Config.from_plain({"topics": topics, "warm_up": {"lasts": "1h"}} | more), self.world)

    def read(self) -> list[Unit]:
        """What waits for analysis, in order, which is thereby answered."""
        found = unit_queue(self.redis, "analyst").read(count=500, wait=0.001)
        for received in found:
            self.units.commit(received, received.work.answer())
        return sorted((received.work for received in found), key=lambda unit: (unit.topic, unit.number))

    def titles(self) -> list[tuple[str, str]]:
        return [(unit.topic, unit.entry.title or unit.entry.content) for unit in self.read()]


@pytest.fixture
def scene(real_redis: Redis, tmp_path: Path) -> Scene:
    return Scene(real_redis, tmp_path)


def test_a_new_topic_is_filled_from_what_was_kept_before_its_configuration_is_in_force(scene: Scene) -> None:
    scene.keep("100 soldiers left", "Football", "A treaty on soldiers")
    first = scene.enact({"troops": topic("soldiers")})
    filled = scene.read()
    second = scene.enact({"troops": topic("soldiers"), "treaty": topic("treaty")})

    assert [(unit.topic, unit.number, unit.entry.title, unit.entry.silent, unit.snapshot) for unit in filled] == [
        (TROOPS, 1, "100 soldiers left", True, first.now),
        (TROOPS, 2, "A treaty on soldiers", True, first.now),
    ]
    assert (second.before, second.now, dict(second.filled), dict(second.last)) == (1, 2, {TREATY: 1}, {TREATY: 1})
    assert scene.titles() == [("treaty", "A treaty on soldiers")]
    assert list(account(second)) == ["treaty is filled from what was kept: 1 entry is read without being told."]


def test_nothing_is_read_again_where_nothing_of_what_a_topic_asks_for_has_changed(scene: Scene) -> None:
    scene.keep("100 soldiers left")
    scene.enact({"troops": topic("soldiers")})
    scene.read()

    again = scene.enact({"troops": topic("soldiers")})
    renamed = scene.enact({"troops": topic("soldiers", description="Who sends whom.")})
    moved = scene.enact({"army": topic("soldiers", formerly=["troops"])})

    assert (again.now, renamed.now, moved.now) == (1, 2, 3)
    assert not again.filled
    assert scene.titles() == []


def test_of_a_changed_topic_only_what_it_now_finds_otherwise_is_read_again_and_once(scene: Scene) -> None:
    both, one, other = scene.keep("Soldiers and mercenaries left", "Soldiers left", "Mercenaries left")
    scene.enact({"troops": topic("soldiers")})
    assert len(scene.read()) == 2

    changed = topic("soldiers", "mercenaries")
    done = scene.enact({"troops": changed})

    assert {(unit.entry.id, unit.entry.silent) for unit in scene.read()} == {(both.id, True), (other.id, True)}
    assert done.filled == {TROOPS: 2}
    # a second attempt after a death, before the configuration came into force, adds nothing
    scene.redis.set(keys.CONFIG_CURRENT, 1)
    assert scene.enact({"troops": changed}).filled == {TROOPS: 0}
    assert one.id not in {unit.entry.id for unit in scene.read()}


def test_where_other_entries_may_be_relevant_all_that_the_words_find_is_read_again(scene: Scene) -> None:
    (entry,) = scene.keep("Soldiers left")
    scene.enact({"troops": topic("soldiers", relevance=0.9)})
    scene.read()
    same = scene.enact({"troops": topic("soldiers", relevance=0.9, tolerance=0.1)})
    done = scene.enact({"troops": topic("soldiers", relevance=0.5)})

    assert not same.filled
    assert done.filled == {TROOPS: 1}
    assert [(unit.entry.id, unit.snapshot) for unit in scene.read()] == [(entry.id, done.now)]


def test_a_death_before_the_end_leaves_the_old_configuration_in_force_and_the_next_attempt_goes_on(scene: Scene) -> None:
    scene.keep("100 soldiers left", "A treaty")
    scene.enact({"troops": topic("soldiers")})

    class Killed(BaseException):
        pass

    class Mortal(RedisConfigurations):
        def enact(self, before: Snapshot, snapshot: Snapshot) -> bool:
            raise Killed

    heir, scene.world = scene.world, replace(scene.world, configurations=Mortal(scene.redis))
    with pytest.raises(Killed):
        scene.enact({"troops": topic("soldiers"), "treaty": topic("treaty")})
    assert heir.configurations.current() == 1

    scene.world = heir
    done = scene.enact({"troops": topic("soldiers"), "treaty": topic("treaty")})
    assert done.now == 2
    assert scene.titles() == [("treaty", "A treaty"), ("troops", "100 soldiers left")]


def test_another_configuration_that_comes_into_force_meanwhile_is_not_overwritten_unseen(scene: Scene) -> None:
    scene.enact({"troops": topic("soldiers")})
    real = scene.world.configurations

    class Raced(RedisConfigurations):
        raced = False

        def enact(self, before: Snapshot, snapshot: Snapshot) -> bool:
            if not Raced.raced:
                Raced.raced = True
                real.store(Config.from_plain({"topics": {"troops": topic("soldiers"), "strike": topic("strike")}}))
            return super().enact(before, snapshot)

    scene.world = replace(scene.world, configurations=Raced(scene.redis))
    done = scene.enact({"troops": topic("soldiers"), "treaty": topic("treaty")})

    assert (done.before, real.current()) == (3, done.now)
    assert set(real.load(done.now).topics) == {"troops", "treaty"}

    class Busy(RedisConfigurations):
        def enact(self, before: Snapshot, snapshot: Snapshot) -> bool:
            return False

    scene.world = replace(scene.world, configurations=Busy(scene.redis))
    with pytest.raises(PermanentError, match="try again"):
        scene.enact({"troops": topic("soldiers"), "other": topic("other")})


def test_what_was_polled_while_a_topic_was_filled_is_not_missed(scene: Scene) -> None:
    scene.keep("A treaty")
    scene.enact({"troops": topic("soldiers")})
    kept: Callable[[datetime | None], Any] = scene.world.kept

    def and_meanwhile(since: datetime | None) -> Any:
        yield from kept(since)
        if since is None:  # a poll under the old configuration ends after its entries were looked for
            entry = replace(an_entry("Another treaty", name="late"), seen=scene.now - timedelta(seconds=1))
            scene.keeper.keep([entry], age=30 * 86400.0, size=10**9, now=scene.now)

    scene.world = replace(scene.world, kept=and_meanwhile)
    scene.enact({"troops": topic("soldiers"), "treaty": topic("treaty")})

    assert scene.titles() == [("treaty", "A treaty"), ("treaty", "Another treaty")]


def test_a_long_past_fills_a_topic_with_its_latest_entries(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.filling._Filling.__init__.__kwdefaults__", {"most": 3})
    scene.keep(*(f"{n} soldiers left" for n in range(9)))
    scene.enact({"troops": topic("soldiers")})

    assert scene.titles() == [("troops", f"{n} soldiers left") for n in (6, 7, 8)]


def test_where_nothing_was_kept_it_says_so(scene: Scene) -> None:
    scene.enact({"troops": topic("soldiers")})
    done = scene.enact({"troops": topic("soldiers"), "treaty": topic("treaty")})

    assert list(account(done)) == ["No entries are kept here to fill treaty from: what is said again may be told once."]


def test_known_sentences_are_read_first_and_each_once(scene: Scene) -> None:
    scene.keep("100 soldiers left")
    known = ["Some 10,000 soldiers are there."]
    scene.enact({"troops": topic("soldiers", known=known)})
    first = scene.titles()
    scene.enact({"troops": topic("soldiers", known=[*known, "No soldiers have died."])})

    assert first == [("troops", known[0]), ("troops", "100 soldiers left")]
    assert scene.titles() == [("troops", "No soldiers have died.")]


def test_a_new_ledger_warms_up_and_all_that_is_polled_by_then_is_silent(scene: Scene) -> None:
    done = scene.enact({"troops": topic("soldiers")})
    config = scene.world.configurations.load(done.now)
    sorter = Sorter(scene.units, scene.warm_ups, RedisStops(scene.redis))
    early, late = (replace(an_entry(f"{n} soldiers", name=str(n)), seen=scene.now + n * timedelta(minutes=40)) for n in (1, 2))
    sorter.sort([early, late], config, done.now, "poll")
    sorter.sort([replace(late, id=early.id, title="3 soldiers")], config, done.now, "a feed's first poll", first=True)

    assert [(unit.entry.title, unit.entry.silent) for unit in scene.read()] == [
        ("1 soldiers", True),
        ("2 soldiers", False),
        ("3 soldiers", True),
    ]
    assert warming_until(config, scene.warm_ups, scene.now) == scene.now + HOUR
    assert warming_until(config, scene.warm_ups, scene.now + HOUR) is None


def test_time_that_was_kept_counts_as_warm_up(scene: Scene) -> None:
    scene.keep("100 soldiers left")
    scene.enact({"troops": topic("soldiers")})

    warm_up = scene.warm_ups.load(TROOPS)
    assert warm_up is not None
    assert (warm_up.until, warm_up.filled) == (NOON + HOUR, 1)


def test_without_warm_up_and_past_nothing_is_silent(scene: Scene) -> None:
    scene.enact({"troops": topic("soldiers")}, warm_up={"lasts": 0})

    assert scene.warm_ups.load(TROOPS) is None


def test_at_the_end_each_subscription_is_told_once_where_the_story_stands(scene: Scene) -> None:
    from tests.core.test_standing import a_ledger

    ledgers: dict[str, Ledger] = {"troops": a_ledger(TROOPS), "treaty": Ledger(topic=TREATY)}
    subscriptions = {"desk": {"channels": ["log"]}, "lawyers": {"channels": ["log"], "topics": ["treaty"]}}
    channels = {"log": {"type": "file", "path": "log"}}
    topics = {"troops": topic("soldiers"), "treaty": topic("treaty")}
    scene.enact(topics, channels=channels, subscriptions=subscriptions)
    polled = [False]
    standings = Standings(
        StandingPorts(
            warm_ups=scene.warm_ups,
            ledger=lambda slug: ledgers[slug],
            polled_since=lambda *_: polled[0],
            outboxes=RedisOutboxes(scene.redis),
            configurations=scene.world.configurations,
            clock=lambda: scene.now,
        )
    )

    def told(name: str) -> list[Message]:
        key = keys.outbox(SubscriptionName(name), ChannelName("log"))
        return [decode(data, Message) for data in scene.redis.lrange(key, 0, -1)]  # type: ignore[union-attr]  # no pipeline

    standings.look()
    assert told("desk") == []
    scene.now += HOUR + timedelta(minutes=1)
    scene.redis.set(keys.topic(TROOPS, "sequence"), 7)
    standings.look()
    assert scene.warm_ups.load(TROOPS).last is None  # type: ignore[union-attr]  # a feed has not been read yet
    polled[0] = True
    standings.look()  # marks how far the ledger must come
    scene.redis.set(keys.topic(TROOPS, "sequence"), 9)
    scene.redis.set(keys.topic(TROOPS, "decided"), 6)
    standings.look()
    assert told("desk") == []
    scene.redis.set(keys.topic(TROOPS, "decided"), 7)
    standings.look()
    standings.look()

    (message,) = told("desk")
    assert message.notice is not None
    assert message.notice.kind is NoticeKind.STANDING
    assert told("lawyers") == []
    assert scene.warm_ups.load(TROOPS) is None


@pytest.mark.parametrize("before", [True, False], ids=["before the command", "before its answer"])
def test_a_kill_between_any_two_commands_of_a_filling_loses_and_doubles_nothing(
    scene: Scene, server_url: str, tmp_path: Path, before: bool
) -> None:
    scene.keep("100 soldiers left", "A treaty on soldiers", "A treaty", "Football")
    first, second = (
        {"troops": topic("soldiers")},
        {"troops": topic("soldiers", "treaty"), "treaty": topic("treaty", known=["A treaty."])},
    )

    def state() -> tuple[list[tuple[str, str]], int, bool]:
        return scene.titles(), scene.world.configurations.current(), scene.warm_ups.load(TREATY) is not None

    scene.enact(first)
    scene.read()
    scene.enact(second)
    undisturbed = state()
    assert undisturbed[0] == [
        ("treaty", "A treaty."),
        ("treaty", "A treaty on soldiers"),
        ("treaty", "A treaty"),
        ("troops", "A treaty on soldiers"),
        ("troops", "A treaty"),
    ]
    at = 1
    while True:
        scene.redis.flushall()
        scene.world = Scene(scene.redis, tmp_path).world  # with no memory of former configurations
        scene.enact(first)
        scene.read()
        mortal = Mortal.from_url(server_url)
        dying = Scene(mortal, tmp_path)
        mortal.before, mortal.left = before, at
        try:
            dying.enact(second)
        except Killed:
            pass
        else:
            break
        scene.world = Scene(scene.redis, tmp_path).world
        scene.enact(second)
        assert state() == undisturbed, f"killed at command {at}"
        at += 1
    assert at > 8, "a filling takes more commands than that"
