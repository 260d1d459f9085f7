"""How the deliver role brings messages to channels that arrive, break and hang, over a real server."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from monitor.errors import DeliveryFailed, DeliveryRefused
from monitor.records.ids import ChannelName
from monitor.settings.delivery import AppriseChannel, FileChannel
from tests.alerts import a_message, dev, lease_one
from tests.records import TOPIC
from tests.workers.delivering import DESK, FILE, Recorder, Scene, a_new, until
from tests.workers.test_channels import Server, keys_in, serving
from workers.adapters.redis import keys
from workers.adapters.redis.events import RedisEvents
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.outboxes import RedisOutboxes


@pytest.fixture
def scene(real_redis: Redis, tmp_path: Path) -> Scene:
    return Scene(real_redis, tmp_path)


async def test_a_channel_that_is_away_is_tried_by_one_outbox_and_rests_for_the_others(scene: Scene) -> None:
    away = Recorder(error=DeliveryFailed("connection refused"))
    scene.recorders = {"away": away}
    scene.configure(
        {"away": {"type": "file", "path": "away"}},
        {f"desk-{n}": {"channels": ["away"]} for n in range(20)},
        delivery={"breaker_after": 3},
    )
    scene.happen(a_new("d1"))
    async with scene.running():
        await until(lambda: len(away.attempts) >= 3)
        await asyncio.sleep(0.1)
        tried = len(away.attempts)
        scene.now += timedelta(hours=2)
        await until(lambda: len(away.attempts) > tried)
        await asyncio.sleep(0.1)
        assert len(away.attempts) == tried + 1
        away.error = None
        for _ in range(40):
            scene.now += timedelta(minutes=5)
            await asyncio.sleep(0.01)
        await until(lambda: scene.waiting() == 0)
    assert sorted(message.subscription for message in away.arrived) == sorted(f"desk-{n}" for n in range(20))


async def test_a_channel_that_breaks_or_hangs_delays_no_other(scene: Scene) -> None:
    fine = Recorder()
    scene.recorders = {
        "fine": fine,
        "broken": Recorder(error=DeliveryFailed("connection refused")),
        "faulty": Recorder(error=ZeroDivisionError("a fault of ours")),
        "hanging": Recorder(hold=asyncio.Event()),
    }
    channels = {name: {"type": "file", "path": name} for name in scene.recorders}
    scene.configure(channels, {"desk": {"channels": ["hanging", "broken", "faulty", "fine"]}})
    scene.happen(*(a_new(f"d{n}") for n in range(10)))
    async with scene.running(grace=0.05):
        await until(lambda: len(fine.arrived) == 10)
    assert scene.people.counts(DESK)["failed:broken"] == 1
    assert scene.people.counts(DESK)["failed:faulty"] == 1
    assert scene.waiting() == 30


async def test_a_temporary_error_is_tried_again_when_it_is_due_and_not_before(scene: Scene) -> None:
    flaky = Recorder(error=DeliveryFailed("busy", retry_after=60))
    scene.recorders = {"flaky": flaky}
    scene.configure({"flaky": {"type": "file", "path": "flaky"}}, {"desk": {"channels": ["flaky"]}})
    scene.happen(a_new("d1"), a_new("d2"))
    async with scene.running():
        await until(lambda: scene.people.counts(DESK).get("failed:flaky") == 1)
        flaky.error = None
        await asyncio.sleep(0.05)
        assert flaky.attempts == [1]
        scene.now += timedelta(seconds=61)
        await until(lambda: scene.waiting() == 0)
    assert flaky.attempts == [1, 2, 1]
    assert [message.development for message in flaky.arrived] == [dev("d1"), dev("d2")]


async def test_permanent_errors_and_what_is_too_old_become_dead_letters_with_their_reason(scene: Scene) -> None:
    scene.recorders = {"closed": Recorder(error=DeliveryRefused("no such room")), "away": Recorder(error=DeliveryFailed("away"))}
    channels = {name: {"type": "file", "path": name} for name in scene.recorders}
    scene.configure(channels, {"desk": {"channels": ["closed", "away"]}}, delivery={"give_up_after": "1h", "backoff": "10m"})
    scene.happen(a_new("d1"))
    async with scene.running():
        await until(lambda: len(scene.dead.all()) == 1)
        for _ in range(7):
            scene.now += timedelta(minutes=30)
            await asyncio.sleep(0.05)
        await until(lambda: len(scene.dead.all()) == 2)
    errors = [letter.error for letter in scene.dead.all()]
    assert errors[0] == "no such room"
    assert errors[1].startswith("given up at attempt ")
    assert scene.waiting() == 0


async def test_messages_for_a_channel_that_is_configured_no_more_become_dead_letters(scene: Scene) -> None:
    scene.configure({"log": FILE, "old": {"type": "file", "path": "old"}}, {"desk": {"channels": ["old"]}})
    scene.happen(a_new("d1"))
    assert scene.deliverer().offers.once() == 1
    scene.configure({"log": FILE}, {"desk": {"channels": ["log"]}})
    async with scene.running():
        await until(lambda: len(scene.dead.all()) == 1)
    assert "no channel old" in scene.dead.all()[0].error


async def test_a_deliverer_that_dies_between_writing_and_committing_writes_no_second_line(scene: Scene, tmp_path: Path) -> None:
    scene.configure({"log": FILE}, {"desk": {"channels": ["log"]}})
    scene.happen(a_new("d1"), a_new("d2"))
    dying = scene.deliverer("dying")
    dying.offers.once()
    dying._world.outboxes.commit = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)  # type: ignore[method-assign]
    leased = lease_one(RedisOutboxes(scene.redis), scene.now)
    assert leased is not None
    with pytest.raises(KeyboardInterrupt):
        await scene.open(FileChannel(type="file", path="alerts.jsonl")).deliver(leased.message, attempt=1)
        dying._world.outboxes.commit([])  # type: ignore[arg-type]  # dies here
    scene.redis.delete(keys.outbox(DESK, leased.outbox.channel, "lease"))  # ends by itself
    scene.redis.delete(keys.topic(TOPIC, "lease:subscribe"))
    scene.now += timedelta(seconds=11)
    async with scene.running(owner="two"):
        await until(lambda: scene.waiting() == 0)
    assert len(set(keys_in(tmp_path / "alerts.jsonl"))) == len(keys_in(tmp_path / "alerts.jsonl")) == 2


async def test_two_deliverers_share_the_work_and_send_nothing_twice(scene: Scene) -> None:
    log = Recorder()
    scene.recorders = {"log": log}
    scene.configure({"log": {"type": "file", "path": "log"}}, {f"desk-{n}": {"channels": ["log"]} for n in range(10)})
    scene.happen(*(a_new(f"d{n}") for n in range(10)))
    async with scene.running(owner="one"), scene.running(owner="two"):
        await until(lambda: scene.redis.xlen(keys.topic(TOPIC, "events")) == 0 and scene.waiting() == 0)
    sent = [message.key for message in log.arrived]
    assert len(sent) == len(set(sent)) == 100


async def test_stopping_ends_what_is_in_flight_and_hands_over_the_rest(scene: Scene) -> None:
    slow = Recorder(hold=asyncio.Event())
    scene.recorders = {"slow": slow}
    scene.configure({"slow": {"type": "file", "path": "slow"}}, {"desk": {"channels": ["slow"]}})
    scene.happen(a_new("d1"), a_new("d2"))
    stop = asyncio.Event()
    task = asyncio.create_task(scene.deliverer().run(stop))
    await until(lambda: slow.attempts == [1])
    stop.set()
    await asyncio.sleep(0.05)
    assert not task.done()
    slow.hold.set()  # type: ignore[union-attr]  # made above
    await asyncio.wait_for(task, 10)
    assert [message.development for message in slow.arrived] == [dev("d1")]
    assert scene.waiting() == 1
    assert RedisEvents(scene.redis, Leases(scene.redis, "next")).acquire(TOPIC)


async def test_an_attempt_that_takes_long_keeps_its_outbox(scene: Scene) -> None:
    slow = Recorder(hold=asyncio.Event())
    scene.recorders = {"slow": slow}
    scene.configure({"slow": {"type": "file", "path": "slow"}}, {"desk": {"channels": ["slow"]}})
    scene.happen(a_new("d1"))
    async with scene.running(renew=0.01):
        await until(lambda: slow.attempts == [1])
        name = keys.outbox(DESK, ChannelName("slow"), "lease")
        scene.redis.pexpire(name, 20)
        await until(lambda: int(scene.redis.pttl(name)) > 5000)
        slow.hold.set()  # type: ignore[union-attr]  # made above
        await until(lambda: scene.waiting() == 0)
    assert slow.attempts == [1]


async def test_a_lease_that_ran_out_while_the_process_stood_still_begins_no_second_attempt(scene: Scene) -> None:
    slow, fine = Recorder(hold=asyncio.Event()), Recorder()
    scene.recorders = {"slow": slow, "fine": fine}
    scene.configure({name: {"type": "file", "path": name} for name in scene.recorders}, {"desk": {"channels": ["slow", "fine"]}})
    scene.happen(a_new("d1"))
    async with scene.running(renew=60):
        await until(lambda: slow.attempts == [1] and len(fine.arrived) == 1)
        scene.redis.delete(keys.outbox(DESK, ChannelName("slow"), "lease"))  # ends by itself
        scene.now += timedelta(seconds=30)
        scene.happen(a_new("d2"))
        await until(lambda: len(fine.arrived) == 2)
        assert slow.attempts == [1]
        slow.hold.set()  # type: ignore[union-attr]  # made above
        await asyncio.sleep(0.05)
        scene.now += timedelta(seconds=2)
        await until(lambda: scene.waiting() == 0)
    assert [message.development for message in slow.arrived] == [dev("d1"), dev("d2")]


def test_an_alert_reaches_a_web_service_through_apprise(scene: Scene) -> None:
    async def story(server: Server) -> None:
        scene.now = datetime.now(UTC)
        scene.configure({"hook": {"type": "apprise", "url": server.url + "/in"}}, {"desk": {"channels": ["hook"]}})
        scene.happen(a_new("d1"))
        server.answer = 503
        async with scene.running():
            await until(lambda: scene.people.counts(DESK).get("failed:hook") == 1, 30)
            server.answer = 200
            scene.now += timedelta(minutes=5)
            await until(lambda: scene.people.counts(DESK).get("sent:hook") == 1)
        assert len(server.received) == 2

    with serving() as server:
        asyncio.run(story(server))


def test_a_hanging_web_service_leaves_no_thread_that_the_process_would_wait_for(scene: Scene) -> None:
    scene.configure({"log": FILE}, {"desk": {"channels": ["log"]}})

    async def story(server: Server) -> None:
        settings = AppriseChannel(type="apprise", url=server.url, timeout=0.1)
        with pytest.raises(DeliveryFailed):
            await scene.open(settings).deliver(a_message(), attempt=1)
        assert all(thread.daemon for thread in threading.enumerate() if thread.name == "apprise")

    with serving() as server:
        server.hold.clear()
        asyncio.run(story(server))
