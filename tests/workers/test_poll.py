"""The poll role: a real server on loopback, the real store, the guarded client."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from monitor.errors import StoreUnavailable
from monitor.feeds.habit import entries_a_week
from monitor.ports import PollEnd
from monitor.records import Entry, Unit
from monitor.records.feeds import FeedState
from monitor.records.ids import FeedId, Snapshot, TopicSlug
from monitor.settings import Config
from tests.workers.conftest import Server
from workers.adapters.http import GuardedClient
from workers.adapters.kept import KeptEntries, read_kept
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.feeds import RedisFeedStates, RedisPushes
from workers.adapters.redis.polls import RedisPollEnds, RedisSchedule, poll_queue
from workers.adapters.redis.stops import RedisStops
from workers.adapters.redis.units import RedisUnits, unit_queue
from workers.adapters.redis.warm_ups import RedisWarmUps
from workers.intake import Intake, Poll, Ports, Taken
from workers.poll import Poller

TOPICS = {
    "troops": {"title": "Troops", "keywords": ["soldiers"]},
    "treaty": {"title": "Treaty", "keywords": ["treaty"]},
}


def item(title: str, guid: str = "", day: int = 1, text: str = "") -> str:
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>{guid or title}</guid><link>https://h.example/{guid}</link>"
        f"<description>{text}</description><pubDate>{day:02} Mar 2026 09:00:00 GMT</pubDate></item>"
    )


def feed(*items: str, title: str = "The Herald") -> bytes:
    return f"<rss version='2.0'><channel><title>{title}</title>{''.join(items)}</channel></rss>".encode()


class Story:
    """A poller with the real store around it, and a clock that is set by hand."""

    def __init__(self, redis: Redis, server: Server, folder: Path) -> None:
        self.redis = redis
        self.server = server
        self.folder = folder
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.settings: dict[str, Any] = {}
        self.ports = Ports(
            queue=poll_queue(redis, "poller"),
            schedule=RedisSchedule(redis),
            feeds=RedisFeedStates(redis),
            ends=RedisPollEnds(redis),
            units=RedisUnits(redis),
            warm_ups=RedisWarmUps(redis),
            stops=RedisStops(redis),
            kept=KeptEntries(folder, "poller"),
            pushes=RedisPushes(redis),
            configurations=RedisConfigurations(redis),
            open_fetcher=lambda http: GuardedClient(http, lambda: self.now),
            clock=lambda: self.now,
            jitter=lambda: 0.0,
        )

    def configure(self, feeds: dict[str, dict[str, Any]], **more: Any) -> None:
        http = {"allow_hosts": ["127.0.0.1"], "total_timeout": 0.5, "host_gap": 0}
        plain = {"topics": TOPICS, "feeds": feeds, "http": http, "schedule": {"jitter": 0.0}} | more
        self.ports.configurations.store(Config.from_plain(plain))
        self.ports.schedule.plan({FeedId(slug): self.now for slug in feeds})

    def release(self) -> int:
        return self.ports.schedule.release_due(self.now, interval=900, limit=100)

    async def poll(self, world: Ports | None = None, *, expected: Callable[[], bool] | None = None) -> None:
        """Polls what is due until nothing is left of it (or what is expected has come about)."""
        self.release()
        stop = asyncio.Event()
        role = asyncio.create_task(Poller(world or self.ports).run(stop))
        done = expected or (lambda: not self.redis.xlen("m:{poll}:queue"))
        for _ in range(400):
            if role.done() or done():
                break
            await asyncio.sleep(0.01)
        stop.set()
        await role
        assert done(), "the polls did not end"

    def state(self, slug: str = "herald") -> FeedState:
        return self.ports.feeds.load(FeedId(slug))

    def units(self) -> list[Unit]:
        return [received.work for received in unit_queue(self.redis, "analyst").read(count=100, wait=0.001)]

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def story(real_redis: Redis, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Story:
    monkeypatch.setattr("workers.poll.WAIT", 0.01)
    found = Story(real_redis, server, tmp_path)
    found.configure({"herald": {"url": server.url("/feed")}})
    return found


def numbers(units: list[Unit]) -> list[tuple[str, int, int, int, str]]:
    return sorted((unit.topic, unit.number, unit.first, unit.last, unit.entry.title) for unit in units)


async def test_new_entries_get_numbers_in_each_topic_that_they_match(story: Story) -> None:
    items = [item("Soldiers and a treaty", day=2), item("Football", day=2), item("No soldiers left"), item("A treaty &lt;b&gt;")]
    url = story.server.answer("/feed", body=feed(*items))
    story.configure({"herald": {"url": url}}, warm_up={"age": "7d"})

    await story.poll()

    units = story.units()
    assert numbers(units) == [
        ("treaty", 1, 1, 2, "A treaty <b>"),
        ("treaty", 2, 1, 2, "Soldiers and a treaty"),
        ("troops", 1, 1, 2, "No soldiers left"),
        ("troops", 2, 1, 2, "Soldiers and a treaty"),
    ]
    entry = units[0].entry
    assert (entry.feed, entry.outlet, entry.seen, units[0].snapshot) == ("herald", "The Herald", story.now, 2)
    state = story.state()
    assert (state.entries, state.matched, state.polls, state.failures, state.title) == (4, 3, 1, 0, "The Herald")
    assert state.next_poll == story.now + timedelta(seconds=900)


async def test_outlet_and_publisher_are_those_of_the_configuration(story: Story) -> None:
    url = story.server.answer("/feed", body=feed(item("Soldiers")))
    story.configure({"herald": {"url": url, "title": "Herald (world)", "publisher": "Group"}})

    await story.poll()

    entry = story.units()[0].entry
    assert (entry.outlet, entry.publisher) == ("Herald (world)", "Group")


async def test_what_was_polled_before_is_not_queued_again_and_a_revision_is(story: Story) -> None:
    story.server.answer("/feed", body=feed(item("100 soldiers", "a")))
    await story.poll()
    story.later(900)
    story.server.answer("/feed", body=feed(item("New soldiers", "b"), item("200 soldiers", "a")))
    await story.poll()

    assert [unit.entry.title for unit in sorted(story.units(), key=lambda unit: unit.number)] == [
        "100 soldiers",
        "200 soldiers",
        "New soldiers",
    ]
    assert (story.state().entries, story.state().revisions) == (2, 1)


async def test_validators_are_sent_and_a_304_costs_nothing(story: Story) -> None:
    url = story.server.answer("/feed", body=feed(item("Soldiers")), ETag='"1"', Last_Modified="Mon, 02 Mar 2026 10:00:00 GMT")
    await story.poll()
    story.later(900)
    story.server.answer("/feed", 304, b"")
    await story.poll()

    assert story.server.requests[-1].headers["If-None-Match"] == '"1"'
    state = story.state()
    assert (state.etag, state.polls, state.entries, state.error) == ('"1"', 2, 1, None)
    # ... and another address has validators of its own.
    story.server.answer("/other", body=feed())
    story.configure({"herald": {"url": url.replace("/feed", "/other")}})
    story.later(1200)
    await story.poll()
    assert "If-None-Match" not in story.server.requests[-1].headers


async def test_a_body_that_has_not_changed_is_not_parsed_again(story: Story) -> None:
    story.server.answer("/feed", body=feed(item("Soldiers")))
    await story.poll()
    story.redis.delete("m:{f:herald}:known")  # were it parsed, its entry would count as new
    story.later(900)
    await story.poll()

    assert (story.state().entries, story.state().polls) == (1, 2)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [(500, b"", "problem of its own"), (404, b"", "404"), (200, b"<html>Sign in</html>", "web page"), (200, b"", "empty")],
)
async def test_a_broken_feed_says_why_and_disturbs_nothing_else(story: Story, status: int, body: bytes, words: str) -> None:
    broken = story.server.answer("/broken", status, body)
    sound = story.server.answer("/feed", body=feed(item("Soldiers")))
    story.configure({"broken": {"url": broken}, "inside": {"url": "http://10.0.0.1/"}, "herald": {"url": sound}})

    await story.poll()

    state = story.state("broken")
    assert words in (state.error or "")
    assert (state.failures, state.last_success, state.next_poll) == (1, None, story.now + timedelta(seconds=1800))
    assert "private" in (story.state("inside").error or "")
    assert len(story.units()) == 1
    # ... and is well again once it answers.
    story.server.answer("/broken", body=feed(item("More soldiers")))
    story.later(1800)
    await story.poll()
    assert (story.state("broken").error, story.state("broken").failures) == (None, 0)


async def test_a_slow_feed_does_not_hold_up_others(story: Story) -> None:
    release = asyncio.Event()

    async def slow(_: object) -> Any:
        await release.wait()

    story.server.answers["/slow"] = slow
    sound = story.server.answer("/feed", body=feed(item("Soldiers")))
    story.configure({"slow": {"url": story.server.url("/slow")}, "herald": {"url": sound}})

    await story.poll(expected=lambda: story.state().polls == 1)
    release.set()


async def test_retry_after_is_kept(story: Story) -> None:
    story.server.answer("/feed", 429, b"", Retry_After="7200")
    await story.poll()

    assert story.state().next_poll == story.now + timedelta(seconds=7200)


async def test_a_feed_that_is_gone_is_not_asked_again_until_its_address_changes(story: Story) -> None:
    story.server.answer("/feed", 410)
    await story.poll()
    assert story.state().gone
    assert story.state().next_poll == story.now + timedelta(days=1)
    story.later(86400)
    await story.poll()
    assert len(story.server.requests) == 1

    story.configure({"herald": {"url": story.server.answer("/new", body=feed(item("Soldiers")))}})
    story.later(86400)
    await story.poll()
    assert (story.state().gone, len(story.units())) == (False, 1)


async def test_a_feed_that_left_the_configuration_is_dropped(story: Story) -> None:
    story.release()
    story.configure({"other": {"url": story.server.answer("/other", body=feed())}})
    await story.poll()

    assert story.state().polls == 0
    assert story.server.requests[0].path == "/other"


async def test_the_feeds_own_wish_lengthens_the_interval(story: Story) -> None:
    body = feed().replace(b"</title>", b"</title><ttl>60</ttl>")
    story.server.answer("/feed", body=body, ETag='"1"')
    await story.poll()
    assert story.state().next_poll == story.now + timedelta(hours=1)

    story.later(3600)
    story.server.answer("/feed", 304, b"")
    await story.poll()
    assert story.state().next_poll == story.now + timedelta(hours=1)


async def test_a_feed_that_brings_something_is_polled_sooner_and_one_that_does_not_later(story: Story) -> None:
    story.server.answer("/feed", body=feed(item("One")))
    waits = []
    for brings in (["One"], ["Two", "One"], ["Three", "Two"], ["Three", "Two"], ["Three", "Two"]):
        story.server.answer("/feed", body=feed(*(item(title) for title in brings)))
        await story.poll()
        due = story.state().next_poll
        assert due is not None
        waits.append((due - story.now).total_seconds())
        story.later(waits[-1])

    # the first poll shows no habit; then the pace halves down to the floor, and grows by a quarter
    assert waits == [900, 450, 300, 375, 468.75]


async def test_a_feed_with_an_interval_of_its_own_keeps_it(story: Story) -> None:
    url = story.server.answer("/feed", body=feed(item("One")))
    story.configure({"herald": {"url": url, "interval": 600}})
    for title in ("One", "Two"):
        story.server.answer("/feed", body=feed(item(title)))
        await story.poll()
        assert story.state().next_poll == story.now + timedelta(seconds=600)
        story.later(600)


async def test_hours_that_a_feed_excepts_are_passed_over(story: Story) -> None:
    skipped = b"</title><skipHours><hour>12</hour><hour>13</hour></skipHours>"
    story.server.answer("/feed", body=feed(item("One")).replace(b"</title>", skipped, 1))
    await story.poll()

    assert story.state().next_poll == story.now + timedelta(hours=2, minutes=15)


async def test_the_stored_address_moves_after_a_permanent_redirect_has_held(story: Story) -> None:
    story.server.answer("/feed", 301, b"", Location="/new")
    story.server.answer("/new", body=feed(item("Soldiers")))
    for _ in range(3):
        await story.poll()
        assert story.state().address is None
        story.later(40_000)
    await story.poll()
    assert story.state().address == story.server.url("/new")
    story.later(40_000)
    await story.poll()
    assert [request.path for request in story.server.requests[-3:]] == ["/feed", "/new", "/new"]
    assert (len(story.units()), story.state().entries) == (1, 1)

    # ... and comes back where the new address turns out to be none.
    story.server.answer("/new", 404)
    story.server.answer("/feed", body=feed(item("Soldiers")))
    for _ in range(4):
        story.later(90_000)
        await story.poll()
    assert (story.state().address, story.state().error) == (None, None)


async def test_a_redirect_that_does_not_last_moves_nothing(story: Story) -> None:
    for n in range(6):
        story.server.answer("/feed", 301, b"", Location="/a" if n % 2 else "/b")
        for path in ("/a", "/b"):
            story.server.answer(path, body=feed(item("Soldiers")))
        await story.poll()
        story.later(90_000)

    assert story.state().address is None


async def test_a_feed_that_rolled_over_between_two_polls_is_warned_about_and_polled_sooner(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    story.server.answer("/feed", body=feed(*(item(f"Soldiers {n}") for n in range(5))))
    await story.poll()
    story.later(900)
    story.server.answer("/feed", body=feed(*(item(f"Soldiers {n}") for n in range(3, 8))))
    await story.poll()
    assert story.state().rolled_over is None
    story.later(900)
    story.server.answer("/feed", body=feed(*(item(f"Soldiers {n}") for n in range(20, 25))))
    await story.poll()

    assert story.state().rolled_over == story.now
    assert "some may have been missed" in caplog.text
    assert story.state().next_poll == story.now + timedelta(seconds=300)
    assert len(story.units()) == 13


async def test_what_a_feed_held_before_it_was_added_is_silent_in_its_first_poll(story: Story) -> None:
    undated = "<item><title>Soldiers without a date</title></item>"
    items = [item("Soldiers today", day=2), item("Soldiers the day before", day=1), undated]
    story.server.answer("/feed", body=feed(*items))
    await story.poll()

    first = {unit.entry.title: (unit.entry.silent, unit.first, unit.last) for unit in story.units()}
    assert first == {
        "Soldiers the day before": (True, 1, 2),
        "Soldiers without a date": (True, 1, 2),
        "Soldiers today": (False, 3, 3),
    }
    # ... and nothing is afterwards: late entries are decided as usual.
    story.later(900)
    story.server.answer("/feed", body=feed(item("Soldiers found late", day=1), *items))
    await story.poll()
    assert [unit.entry.silent for unit in story.units()] == [False]


async def test_a_first_poll_that_dies_is_silent_when_it_is_done_again(story: Story) -> None:
    story.server.answer("/feed", 500)
    await story.poll()
    story.later(1800)
    story.server.answer("/feed", body=feed(item("Soldiers the day before", day=1)))
    await story.poll()

    assert [unit.entry.silent for unit in story.units()] == [True]


async def test_many_entries_of_one_date_are_all_taken(story: Story) -> None:
    story.server.answer("/feed", body=feed(*(item(f"Soldiers {n}", day=2) for n in range(300))))
    await story.poll()

    units = [received.work for received in unit_queue(story.redis, "analyst").read(count=1_000, wait=0.001)]
    assert sorted(unit.number for unit in units) == list(range(1, 301))


async def test_entries_a_week_are_counted_from_what_polls_bring(story: Story) -> None:
    for n in range(30):
        story.server.answer("/feed", body=feed(*(item(f"Soldiers {m}") for m in range(n, n + 5))))
        await story.poll()
        story.later(86_400)

    state = story.state()
    counted = entries_a_week(state.recent, since=state.since, counted=state.last_success, now=story.now)
    assert counted == pytest.approx(7, rel=0.1)


async def test_an_error_that_nobody_expected_ends_only_its_own_poll(story: Story) -> None:
    class Odd(RedisUnits):
        def append(self, topic: TopicSlug, batch: str, snapshot: Snapshot, entries: Sequence[Entry], *, again: str = "") -> int:
            if entries[0].feed == "odd":
                raise RuntimeError("boom")
            return super().append(topic, batch, snapshot, entries, again=again)

    url = story.server.answer("/feed", body=feed(item("Soldiers")))
    story.configure({"odd": {"url": url}, "herald": {"url": url}})
    await story.poll(dataclasses.replace(story.ports, units=Odd(story.redis)))

    assert "RuntimeError: boom" in (story.state("odd").error or "")
    assert len(story.units()) == 1


async def test_a_store_that_goes_away_counts_against_nobody(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    class Flaky(RedisPollEnds):
        calls = 0

        def end(self, ends: Sequence[PollEnd]) -> Sequence[bool | StoreUnavailable]:
            Flaky.calls += 1
            if Flaky.calls == 1:
                raise StoreUnavailable("away")
            return super().end(ends)

    monkeypatch.setattr("workers.poll.STORE_PAUSE", 0.01)
    story.server.answer("/feed", body=feed(item("Soldiers")))
    await story.poll(dataclasses.replace(story.ports, ends=Flaky(story.redis)))

    assert (story.state().failures, story.state().entries, len(story.units())) == (0, 1, 1)


class Killed(BaseException):
    """Stands for kill -9: nothing of the program runs after it."""


@pytest.mark.parametrize("at", ["before the units", "between two topics", "before the state", "before the end"])
async def test_dying_between_any_two_commits_loses_and_doubles_nothing(story: Story, at: str) -> None:
    def dying(real: Callable[..., Any], *, when: int = 1) -> Callable[..., Any]:
        calls = 0

        def call(*arguments: Any, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == when:
                raise Killed
            return real(*arguments, **more)

        return call

    units, feeds = RedisUnits(story.redis), RedisFeedStates(story.redis)
    match at:
        case "before the units":
            units.append = dying(units.append)  # type: ignore[method-assign]  # the death
        case "between two topics":
            units.append = dying(units.append, when=2)  # type: ignore[method-assign]  # the death
    story.server.answer("/feed", body=feed(item("Soldiers and a treaty"), item("Soldiers")))
    story.release()
    (received,) = story.ports.queue.read(count=1, wait=0.01)
    doomed = Intake(dataclasses.replace(story.ports, units=units))
    poll = doomed.begin(received)
    assert isinstance(poll, Poll)
    async with GuardedClient(poll.config.http, lambda: story.now) as http:
        fetched = await http.get(poll.settings.url)
    taken = doomed.read(poll, fetched)
    assert isinstance(taken, Taken)
    with pytest.raises(Killed):
        end = doomed.take(poll, taken)
        if at == "before the end" and end.state is not None:
            feeds.commit(end.state, end.remember)  # the first of the two scripts by which a poll ends
        raise Killed

    story.later(60)
    await asyncio.sleep(0.15)  # until the dead poller's silence is noticed
    heir = dataclasses.replace(story.ports, queue=poll_queue(story.redis, "heir", claim_idle=0.1))
    await story.poll(heir)

    assert numbers(story.units()) == [
        ("treaty", 1, 1, 1, "Soldiers and a treaty"),
        ("troops", 1, 1, 2, "Soldiers"),
        ("troops", 2, 1, 2, "Soldiers and a treaty"),
    ]
    assert story.state().entries == 2
    story.later(900)
    await story.poll()
    assert story.units() == []


async def test_a_poll_whose_memory_cannot_be_read_is_put_off(story: Story) -> None:
    story.redis.set("m:{f:herald}:state", b"{broken")
    story.server.answer("/feed", body=feed(item("Soldiers")))

    await story.poll()

    assert story.units() == []
    story.later(3600)
    assert story.release() == 1


def test_the_roles_of_intake_never_load_spacy() -> None:
    import subprocess
    import sys

    code = "import sys, workers.poll, workers.schedule, workers.adapters.http; print('spacy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


async def test_the_language_is_told_from_the_text_and_what_is_not_read_is_counted_and_kept_from_topics(story: Story) -> None:
    german = "Rund 300 soldiers wurden am Montag an die Grenze verlegt, wie zwei Beamte mitteilten"
    body = feed(item("Some 300 soldiers left on Monday, two officials said"), item(german)).replace(
        b"<channel>", b"<channel><language>de-DE</language>"
    )
    url = story.server.answer("/feed", body=body)
    story.configure({"herald": {"url": url}}, warm_up={"age": "7d"})

    await story.poll()

    assert [(unit.entry.title[:4], unit.entry.language) for unit in story.units()] == [("Some", "en")]
    state = story.state()
    assert (state.entries, state.matched, state.unread) == (2, 1, 1)


async def test_a_topic_that_wants_other_languages_gets_them_as_units_with_their_language(story: Story) -> None:
    url = story.server.answer(
        "/feed", body=feed(item("Le ministre a déclaré jeudi que Moscou n'avait pas répondu à la proposition"))
    )
    topics = {"troops": TOPICS["troops"] | {"other_languages": "tell", "actors": {"Russia": ["Moscou"]}}}
    story.configure({"herald": {"url": url}}, warm_up={"age": "7d"}, topics=topics)

    await story.poll()

    assert [(unit.topic, unit.entry.language) for unit in story.units()] == [("troops", "fr")]


async def test_every_entry_and_revision_is_kept_matching_or_not_also_when_a_poll_is_cut_short(story: Story) -> None:
    url = story.server.answer("/feed", body=feed(item("Football", "f", text="<b>2</b>:1"), item("Soldiers", "s")))
    story.configure({"herald": {"url": url}})

    class Cut(RedisPollEnds):
        """Dies once between keeping the entries and knowing them."""

        cut = False

        def end(self, ends: Sequence[PollEnd]) -> Sequence[bool | StoreUnavailable]:
            if not Cut.cut:
                Cut.cut = True
                raise StoreUnavailable("killed here")
            return super().end(ends)

    await story.poll(dataclasses.replace(story.ports, ends=Cut(story.redis)))
    story.later(1000)
    story.server.answer("/feed", body=feed(item("Football", "f", text="<b>3</b>:1"), item("Soldiers", "s")))
    await story.poll()

    lines = [json.loads(line) for line in read_kept(story.folder)]
    assert Cut.cut
    assert sorted((line["title"], line["summary"]) for line in lines) == [
        ("Football", "<b>2</b>:1"),
        ("Football", "<b>3</b>:1"),
        ("Soldiers", ""),
    ]
    assert {line["feed"] for line in lines} == {"herald"}
    assert {line["guid"] for line in lines} == {"f", "s"}


async def test_what_an_exclusion_or_its_language_stops_is_noted_with_its_sentence(story: Story) -> None:
    french = "Des milliers de soldats nord-cor\u00e9ens sont arriv\u00e9s en Russie, selon les autorit\u00e9s ukrainiennes."
    items = [
        item("Soldiers on stage", "film", day=2, text="A film about soldiers. No soldiers left."),
        item("Les soldats arrivent \u00e0 Koursk, disent les autorit\u00e9s", "fr", day=2, text=french + " On parle de treaty."),
    ]
    url = story.server.answer("/feed", body=feed(*items))
    topics = {"troops": TOPICS["troops"] | {"exclude": ["film"]}, "treaty": TOPICS["treaty"]}
    story.configure({"herald": {"url": url}}, topics=topics)

    await story.poll()

    def stops(slug: str) -> list[tuple[str, str, str]]:
        found = RedisStops(story.redis).since(TopicSlug(slug), story.now - timedelta(days=1))
        return [(str(stop.stage), stop.sentence, stop.why) for stop, _ in found]

    assert stops("troops") == [("exclusion", "A film about soldiers.", "film")]
    assert [(stage, why) for stage, _, why in stops("treaty")] == [("language", "fr")]
    assert [unit.entry.title for unit in story.units()] == ["Soldiers on stage"]
