"""The deliver role over a real server, with channels that arrive, break and hang."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from monitor import ports
from monitor.errors import DeliveryFailed, DeliveryRefused
from monitor.records import Development, Message, VerdictKind
from monitor.records.codec import encode
from monitor.records.ids import ChannelName, Snapshot, SubscriptionName, TopicSlug
from monitor.settings import Channel, Config
from monitor.settings.delivery import AppriseChannel, FileChannel
from tests.alerts import a_message, dev
from tests.records import NOON, TOPIC, a_carrier, a_development, an_event
from tests.workers.test_channels import Server, keys_in, serving
from workers.adapters.channels import opener
from workers.adapters.redis import keys
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.dead_letters import RedisDeadLetters
from workers.adapters.redis.events import RedisEvents
from workers.adapters.redis.leases import Leases
from workers.adapters.redis.outboxes import RedisOutboxes
from workers.adapters.redis.snoozes import RedisSnoozes
from workers.adapters.redis.subscriptions import RedisSubscriptions
from workers.deliver import Deliverer, Ports

DESK = SubscriptionName("desk")


@dataclass
class Recorder:
    """A channel that keeps what arrives; or raises; or hangs while `hold` is not set."""

    error: Exception | None = None
    hold: asyncio.Event | None = None
    arrived: list[Message] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)

    async def deliver(self, message: Message, *, attempt: int) -> None:
        self.attempts.append(attempt)
        if self.hold:
            await self.hold.wait()
        if self.error:
            raise self.error
        self.arrived.append(message)


class Scene:
    """One store, one configuration, and what is needed to run a deliverer on them."""

    def __init__(self, redis: Redis, data_dir: Path) -> None:
        self.redis = redis
        self.recorders: dict[str, Recorder] = {}
        self.now = NOON
        self.topics = [TOPIC]
        self.configurations = RedisConfigurations(redis)
        self.people = RedisSubscriptions(redis)
        self.dead = RedisDeadLetters(redis)
        self._open = opener(data_dir=data_dir, environment={}, terminal=StringIO(), clock=lambda: self.now)
        redis.sadd(keys.TOPICS, TOPIC)

    def configure(self, channels: dict[str, dict[str, Any]], subscriptions: dict[str, dict[str, Any]], **more: Any) -> None:
        topics = {TOPIC: {"title": "Troops", "keywords": ["troops"]}, "treaty": {"title": "Treaty", "keywords": ["treaty"]}}
        plain = {"topics": topics, "channels": channels, "subscriptions": subscriptions, **more}
        self.configurations.store(Config.from_plain(plain))

    def happen(self, *developments: Development) -> None:
        for development in developments:
            cause = development.kind if development.version == 1 else VerdictKind.CORROBORATION
            now = replace(development, snapshot=self.configurations.current())
            self.redis.xadd(keys.topic(TOPIC, "events"), {"event": encode(an_event(now, cause=cause))})

    def open(self, settings: Channel) -> ports.Channel:
        """A recorder for a file channel that is named after one, else the true channel."""
        if isinstance(settings, FileChannel) and settings.path in self.recorders:
            return self.recorders[settings.path]
        return self._open(settings, self.configurations.load(self.configurations.current()))

    def deliverer(self, owner: str = "one", **more: Any) -> Deliverer:
        leases = Leases(self.redis, owner)
        world = Ports(
            topics=lambda: self.topics,
            events=RedisEvents(self.redis, leases),
            outboxes=RedisOutboxes(self.redis),
            configurations=self.configurations,
            open_channel=lambda settings, _: self.open(settings),
            snoozes=RedisSnoozes(self.redis).all,
            clock=lambda: self.now,
            jitter=lambda: 0.0,
        )
        return Deliverer(world, idle=0.01, **more)

    @asynccontextmanager
    async def running(self, **more: Any) -> Any:
        stop = asyncio.Event()
        task = asyncio.create_task(self.deliverer(**more).run(stop))
        try:
            yield task
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)

    def waiting(self) -> int:
        return sum(self.people.waiting().values())


@pytest.fixture
def scene(real_redis: Redis, tmp_path: Path) -> Scene:
    return Scene(real_redis, tmp_path)


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for happens in a server
            await asyncio.sleep(0.005)


def a_new(name: str, **more: Any) -> Development:
    """A development of an entry of its own."""
    return replace(a_development(name=dev(name), **more), carrier=a_carrier(name=name))


FILE = {"type": "file", "path": "alerts.jsonl"}


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
    assert scene.deliverer().subscribe_once() == 1
    scene.configure({"log": FILE}, {"desk": {"channels": ["log"]}})
    async with scene.running():
        await until(lambda: len(scene.dead.all()) == 1)
    assert "no channel old" in scene.dead.all()[0].error


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
        dying.subscribe_once()
    scene.redis.delete(keys.topic(TOPIC, "lease:subscribe"))  # ends by itself
    async with scene.running(owner="two"):
        await until(lambda: scene.redis.xlen(keys.topic(TOPIC, "events")) == 0 and scene.waiting() == 0)
    assert len(keys_in(tmp_path / "alerts.jsonl")) == 2


async def test_a_deliverer_that_dies_between_writing_and_committing_writes_no_second_line(scene: Scene, tmp_path: Path) -> None:
    scene.configure({"log": FILE}, {"desk": {"channels": ["log"]}})
    scene.happen(a_new("d1"), a_new("d2"))
    dying = scene.deliverer("dying")
    dying.subscribe_once()
    dying._world.outboxes.commit = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)  # type: ignore[method-assign]
    leased = RedisOutboxes(scene.redis).lease(scene.now)
    assert leased is not None
    with pytest.raises(KeyboardInterrupt):
        await scene.open(FileChannel(type="file", path="alerts.jsonl")).deliver(leased.message, attempt=1)
        dying._world.outboxes.commit(leased, None)  # type: ignore[arg-type]  # dies here
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
