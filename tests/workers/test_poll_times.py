"""When the poll role asks a feed again, and where: the feed's wishes, its habit, its moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.feeds.habit import entries_a_week
from tests.workers.polling import Story, feed, item


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


async def test_entries_a_week_are_counted_from_what_polls_bring(story: Story) -> None:
    for n in range(30):
        story.server.answer("/feed", body=feed(*(item(f"Soldiers {m}") for m in range(n, n + 5))))
        await story.poll()
        story.later(86_400)

    state = story.state()
    counted = entries_a_week(state.recent, since=state.since, counted=state.last_success, now=story.now)
    assert counted == pytest.approx(7, rel=0.1)
