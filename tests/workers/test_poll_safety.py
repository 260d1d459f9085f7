"""What the poll role does when something breaks off or fails: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from monitor.errors import StoreUnavailable
from monitor.ports import PollEnd
from monitor.records import Entry
from monitor.records.feeds import FeedState
from monitor.records.ids import FeedId, Snapshot, TopicSlug
from tests.workers.polling import Story, feed, item, numbers
from workers.adapters.http import GuardedClient
from workers.adapters.kept import read_kept
from workers.adapters.redis.feeds import RedisFeedStates
from workers.adapters.redis.polls import RedisPollEnds, poll_queue
from workers.adapters.redis.units import RedisUnits
from workers.intake import Intake, Poll, Taken


async def test_polls_that_were_received_before_the_store_went_away_are_held_and_done(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(RedisFeedStates):
        calls = 0

        def load_all(self, feeds: Sequence[FeedId]) -> Sequence[FeedState]:
            raise StoreUnavailable("away")

        def load(self, feed: FeedId) -> FeedState:
            Away.calls += 1
            if Away.calls == 1:
                raise StoreUnavailable("still away")
            return super().load(feed)

    monkeypatch.setattr("workers.poll.STORE_PAUSE", 0.01)
    story.server.answer("/feed", body=feed(item("Soldiers")))
    await story.poll(dataclasses.replace(story.ports, feeds=Away(story.redis)))

    assert (story.state().failures, story.state().entries, len(story.units())) == (0, 1, 1)
    assert story.redis.hgetall("m:{poll}:queue:trouble") == {}  # nothing was counted as a death or an error


class Killed(BaseException):
    """Stands for kill -9: nothing of the program runs after it."""


async def test_a_first_poll_that_dies_is_silent_when_it_is_done_again(story: Story) -> None:
    story.server.answer("/feed", 500)
    await story.poll()
    story.later(1800)
    story.server.answer("/feed", body=feed(item("Soldiers the day before", day=1)))
    await story.poll()

    assert [unit.entry.silent for unit in story.units()] == [True]


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
