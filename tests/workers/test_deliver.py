"""Who is told what by the deliver role, over a real server."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from monitor.alerts.render import render
from monitor.records import Development, VerdictKind
from monitor.records.codec import encode
from monitor.records.ids import Snapshot, SubscriptionName, TopicSlug
from tests.alerts import dev
from tests.core.test_bulletin import a_figure
from tests.records import TOPIC, a_carrier, an_event
from tests.workers.delivering import DESK, FILE, Recorder, Scene, a_new, until
from tests.workers.test_channels import keys_in
from workers.adapters.redis import keys


@pytest.fixture
def scene(real_redis: Redis, tmp_path: Path) -> Scene:
    return Scene(real_redis, tmp_path)


async def test_developments_reach_the_channels_of_whoever_wants_them_in_order(scene: Scene, tmp_path: Path) -> None:
    scene.configure(
        {"log": FILE, "other": {"type": "file", "path": "other.jsonl"}},
        {"desk": {"channels": ["log"]}, "law": {"channels": ["other"], "topics": ["treaty"]}},
    )
    scene.happen(*(a_new(f"d{n}") for n in range(20)))
    async with scene.running():
        await until(lambda: (tmp_path / "alerts.jsonl").exists() and len(keys_in(tmp_path / "alerts.jsonl")) == 20)
    ids = [text.split('"id":"')[1][:20] for text in (tmp_path / "alerts.jsonl").read_text().splitlines()]
    assert ids == [dev(f"d{n}") for n in range(20)]
    assert not (tmp_path / "other.jsonl").exists()
    assert scene.redis.xlen(keys.topic(TOPIC, "events")) == 0


async def test_a_subscription_that_wants_two_origins_is_told_at_the_second_once(scene: Scene) -> None:
    log, all_of_it = Recorder(), Recorder()
    scene.recorders = {"careful": log, "eager": all_of_it}
    scene.configure(
        {"careful": {"type": "file", "path": "careful"}, "eager": {"type": "file", "path": "eager"}},
        {"careful": {"channels": ["careful"], "min_origins": 2}, "eager": {"channels": ["eager"]}},
    )
    voices = ("Wire", "Herald", "Echo")
    first = a_new("d1", origins=voices[:1])
    async with scene.running():
        scene.happen(first)
        await until(lambda: len(all_of_it.arrived) == 1)
        assert scene.people.counts(SubscriptionName("careful")) == {"held:min_origins": 1}
        scene.happen(replace(first, version=2, origins=voices[:2]), replace(first, version=3, origins=voices))
        await until(lambda: scene.redis.xlen(keys.topic(TOPIC, "events")) == 0 and scene.waiting() == 0)
    assert [message.event.development.version for message in log.arrived] == [2]
    assert [message.event.development.version for message in all_of_it.arrived] == [1]
    counts = scene.people.counts(SubscriptionName("careful"))
    assert (counts["told"], counts["held:min_origins"], counts["sent:careful"]) == (1, 0, 1)


async def test_a_subscription_to_corroborations_is_told_again_of_each_further_voice(scene: Scene) -> None:
    log = Recorder()
    scene.recorders = {"log": log}
    kinds = ["new_claim", "corroboration"]
    scene.configure({"log": {"type": "file", "path": "log"}}, {"desk": {"channels": ["log"], "min_origins": 2, "kinds": kinds}})
    first = a_new("d1", origins=("Wire",))
    more = replace(first, version=2, origins=("Wire", "Herald"))
    scene.happen(first, more, more, replace(more, version=3, origins=("Wire", "Herald", "Echo")))
    async with scene.running():
        await until(lambda: scene.redis.xlen(keys.topic(TOPIC, "events")) == 0 and scene.waiting() == 0)
    told = [(alert.event.development.version, alert.again) for message in log.arrived for alert in message.alerts]
    assert told == [(2, False), (3, True)]


async def test_developments_of_one_entry_reach_a_channel_as_one_message(scene: Scene) -> None:
    log = Recorder()
    scene.recorders = {"log": log}
    scene.configure({"log": {"type": "file", "path": "log"}}, {"desk": {"channels": ["log"]}})
    pairs = [replace(a_new(f"e{n}"), id=dev(f"d{n}{part}")) for n in range(30) for part in "ab"]
    scene.happen(*pairs)
    async with scene.running():
        await until(lambda: scene.redis.xlen(keys.topic(TOPIC, "events")) == 0 and scene.waiting() == 0)
    told = [[alert.development for alert in message.alerts] for message in log.arrived]
    assert told == [[dev(f"d{n}a"), dev(f"d{n}b")] for n in range(30)]


async def test_what_quiet_hours_hold_is_kept_in_the_outbox_and_comes_as_one_message(scene: Scene) -> None:
    log = Recorder()
    scene.recorders = {"log": log}
    quiet = {"start": "11:00", "end": "14:00"}
    scene.configure({"log": {"type": "file", "path": "log"}}, {"desk": {"channels": ["log"], "quiet_hours": quiet}})
    scene.happen(*(a_new(f"d{n}") for n in range(40)))
    async with scene.running():
        await until(lambda: scene.waiting() == 40)
        await asyncio.sleep(0.05)
        assert log.attempts == []
        for _ in range(125):  # virtual minutes: outboxes are looked at once a minute
            scene.now += timedelta(minutes=1)
            await asyncio.sleep(0)
        await until(lambda: scene.waiting() == 0)
    (message,) = log.arrived
    assert [alert.development for alert in message.alerts] == [dev(f"d{n}") for n in range(40)]


async def test_an_event_is_offered_under_the_configuration_that_it_was_decided_under(scene: Scene) -> None:
    scene.recorders = {"then": Recorder(), "now": Recorder()}
    channels = {name: {"type": "file", "path": name} for name in scene.recorders}
    scene.configure(channels, {"desk": {"channels": ["then"]}})
    scene.happen(a_new("d1"))
    scene.configure(channels, {"desk": {"channels": ["now"]}})
    scene.happen(a_new("d2"))
    async with scene.running():
        await until(lambda: len(scene.recorders["now"].arrived) == 1 and len(scene.recorders["then"].arrived) == 1)
    assert scene.recorders["then"].arrived[0].development == dev("d1")


async def test_a_topic_whose_events_cannot_be_offered_loses_none_and_delays_no_other(scene: Scene, tmp_path: Path) -> None:
    scene.configure({"log": FILE}, {"desk": {"channels": ["log"]}})
    other = TopicSlug("treaty")
    scene.topics.append(other)
    stray = replace(a_new("d1"), snapshot=Snapshot(99))  # a configuration that nobody stored
    scene.redis.xadd(keys.topic(TOPIC, "events"), {"event": encode(an_event(stray))})
    scene.redis.xadd(keys.topic(other, "events"), {"event": encode(an_event(a_new("d2")))})
    async with scene.running():
        await until(lambda: (tmp_path / "alerts.jsonl").exists() and len(keys_in(tmp_path / "alerts.jsonl")) == 1)
        assert scene.redis.xlen(keys.topic(TOPIC, "events")) == 1
        scene.redis.hset(keys.CONFIG, "99", scene.configurations.load(scene.configurations.current()).model_dump_json())
        scene.now += timedelta(seconds=31)
        await until(lambda: len(keys_in(tmp_path / "alerts.jsonl")) == 2)


async def test_a_reader_that_dies_before_it_acknowledges_tells_nothing_twice(scene: Scene, tmp_path: Path) -> None:
    scene.configure({"log": FILE}, {"desk": {"channels": ["log"]}})
    scene.happen(a_new("d1"), a_new("d2"))
    dying = scene.deliverer("dying")
    dying._world.events.acknowledge = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        dying.offers.once()
    scene.redis.delete(keys.topic(TOPIC, "lease:subscribe"))  # ends by itself
    async with scene.running(owner="two"):
        await until(lambda: scene.redis.xlen(keys.topic(TOPIC, "events")) == 0 and scene.waiting() == 0)
    assert len(keys_in(tmp_path / "alerts.jsonl")) == 2


async def test_a_withdrawal_reaches_whoever_was_told_and_nobody_else_whatever_they_want(scene: Scene) -> None:
    # Given one who was told, and one who wanted two origins and was not
    told, careful = Recorder(), Recorder()
    scene.recorders = {"told": told, "careful": careful}
    scene.configure(
        {"told": {"type": "file", "path": "told"}, "careful": {"type": "file", "path": "careful"}},
        {"told": {"channels": ["told"], "kinds": ["new_claim"]}, "careful": {"channels": ["careful"], "min_origins": 2}},
    )
    first = a_new("d1", origins=("Wire",))
    gone = replace(first, version=2, origins=(), withdrawn="The entry takes it back.", snapshot=scene.configurations.current())
    async with scene.running():
        scene.happen(first)
        await until(lambda: len(told.arrived) == 1)
        # When nobody stands by it any more, and that event is read twice
        for _ in range(2):
            scene.redis.xadd(keys.topic(TOPIC, "events"), {"event": encode(an_event(gone, cause=VerdictKind.WITHDRAWN))})
        await until(lambda: scene.redis.xlen(keys.topic(TOPIC, "events")) == 0 and scene.waiting() == 0)
    # Then the one is told once more, in the same thread, and the other never
    assert [message.news.cause for message in told.arrived] == [VerdictKind.NEW_CLAIM, VerdictKind.WITHDRAWN]
    assert told.arrived[1].thread == told.arrived[0].idempotency_key
    assert careful.arrived == []


def a_count(value: float, name: str, *, before: float | None = None) -> Development:
    """A figure of one series, in an entry of its own."""
    return replace(a_figure(value, name, before=before).development, carrier=a_carrier(name=name))


async def changes(scene: Scene, log: Recorder, *developments: Development, kinds: list[str] | None = None) -> list[str]:
    """What a subscription that asks for changes of 5 % is told, in one line each."""
    scene.recorders = {"log": log}
    wanted = {"min_change_percent": 5} | ({"kinds": kinds} if kinds else {})
    scene.configure({"log": {"type": "file", "path": "log"}}, {"desk": {"channels": ["log"], **wanted}})
    scene.happen(*developments)
    async with scene.running():
        await until(lambda: scene.redis.xlen(keys.topic(TOPIC, "events")) == 0 and scene.waiting() == 0)
    told = [render(alert) for message in log.arrived for alert in message.alerts]
    return [f"{one.before} -> {one.after}" for one in told]


async def test_a_figure_that_drifts_is_told_once_it_has_grown_enough_beyond_what_was_told_last(scene: Scene) -> None:
    steps = [a_count(3_000, "a"), *(a_count(n, f"d{n}", before=n - 100) for n in (3_100, 3_200, 3_300, 3_400))]
    assert await changes(scene, Recorder(), *steps) == ["None -> 3,000", "3,000 -> 3,200", "3,200 -> 3,400"]
    assert scene.people.counts(DESK)["held:min_change_percent"] == 2


async def test_who_was_never_told_a_figure_is_told_the_drift_from_where_it_was_first_held_back(scene: Scene) -> None:
    steps = [a_count(3_000, "a"), a_count(3_100, "b", before=3_000), a_count(3_200, "c", before=3_100)]
    assert await changes(scene, Recorder(), *steps, kinds=["number_changed"]) == ["3,000 -> 3,200"]


async def test_after_a_withdrawal_changes_are_counted_from_what_stands_again(scene: Scene) -> None:
    log = Recorder()
    told = a_count(4_000, "b", before=3_000)
    assert await changes(scene, log, a_count(3_000, "a"), told) == ["None -> 3,000", "3,000 -> 4,000"]
    gone = replace(told, version=2, origins=(), withdrawn="The entry takes it back.", snapshot=scene.configurations.current())
    scene.redis.xadd(keys.topic(TOPIC, "events"), {"event": encode(an_event(gone, cause=VerdictKind.WITHDRAWN))})
    after = await changes(scene, log, a_count(4_050, "c", before=3_000))
    assert after[-1] == "3,000 -> 4,050"


async def test_events_that_are_offered_again_after_a_death_leave_the_figure_that_was_told_last(scene: Scene) -> None:
    steps = [a_count(3_000, "a"), a_count(3_200, "b", before=3_000), a_count(3_400, "c", before=3_200)]
    log = Recorder()
    await changes(scene, log, *steps)
    assert await changes(scene, log, *steps, a_count(3_450, "d", before=3_400)) == [
        "None -> 3,000",
        "3,000 -> 3,200",
        "3,200 -> 3,400",
    ]
