"""Full texts: pages of matching teasers, fetched as politely as feeds, from a real server on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from monitor.text.clean import plain
from tests.core.test_teaser import PARAGRAPH, page
from tests.workers.conftest import Server
from tests.workers.polling import Story, feed
from workers.feeds import remarks

HTML = "text/html; charset=utf-8"
TEASER = "100 soldiers were sent."


@pytest.fixture
def story(real_redis: Redis, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Story:
    monkeypatch.setattr("workers.poll.WAIT", 0.01)
    return Story(real_redis, server, tmp_path)


def item(title: str, link: str, text: str = TEASER, *, at: str = "02 Mar 2026 09:00:00 GMT") -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{title}</guid>"
        f"<description>{text}</description><pubDate>{at}</pubDate></item>"
    )


def configure(story: Story, *items: str, **more: Any) -> None:
    url = story.server.answer("/feed", body=feed(*items))
    story.configure({"herald": {"url": url}}, **({"full_text": "auto"} | more))


def asked(story: Story) -> list[str]:
    return sorted(request.path for request in story.server.requests)


async def test_the_page_of_a_matching_teaser_becomes_its_text(story: Story) -> None:
    story.server.answer("/robots.txt", status=404)
    link = story.server.answer("/a", body=page(), content_type=HTML)
    configure(story, item("Soldiers sent", link), item("Football", story.server.url("/b"), "A match."))

    await story.poll()

    (unit,) = story.units()
    assert PARAGRAPH.format(1004) in plain(unit.entry.content)
    assert unit.entry.summary == TEASER
    assert asked(story) == ["/a", "/feed", "/robots.txt"], "a page that matches nothing is left alone"
    assert (story.state().pages, story.state().page_error) == (1, None)

    # and a second poll of the same entry brings no revision
    story.later(900)
    story.server.answer("/feed", body=feed(item("Soldiers sent", link), item("Chess", story.server.url("/c"), "A match.")))
    await story.poll()
    assert story.units() == []
    assert story.state().revisions == 0


@pytest.mark.parametrize(
    ("robots", "told"),
    [
        ({"body": b"User-agent: *\nDisallow: /"}, "robots.txt of 127.0.0.1 asks us to leave its pages alone"),
        ({"body": b"User-agent: news-monitor\nDisallow: /a"}, "asks us to leave its pages alone"),
        ({"status": 503}, "127.0.0.1 has a problem of its own (503)"),
        ({"status": 404}, None),
        ({"body": b"User-agent: other\nDisallow: /"}, None),
    ],
)
async def test_robots_txt_is_heeded(story: Story, robots: dict[str, Any], told: str | None) -> None:
    story.server.answer("/robots.txt", **robots)
    link = story.server.answer("/a", body=page(), content_type=HTML)
    configure(story, item("Soldiers sent", link))

    await story.poll()

    (unit,) = story.units()
    assert (PARAGRAPH.format(1004) in plain(unit.entry.content)) is (told is None)
    assert ("/a" in asked(story)) is (told is None)
    error = story.state().page_error
    assert error is None if told is None else told in (error or "")
    assert told is None or any(told in remark for remark in remarks(story.state(), story.now))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"status": 404}, "has nothing at this address (404 Not Found)"),
        ({"status": 410}, "says that this page is gone for good (410)"),
        (
            {"body": b"%PDF", "content_type": "application/pdf"},
            "gives application/pdf where an HTML page was expected",
        ),
        (
            {"body": b"<p>Subscribe!</p>", "content_type": HTML},
            "no longer text than the feed's own was found",
        ),
        ({"status": 302, "location": "http://169.254.169.254/latest"}, "169.254.169.254 is link-local"),
    ],
)
async def test_whatever_is_wrong_with_a_page_the_teaser_goes_on(story: Story, answer: dict[str, Any], told: str) -> None:
    story.server.answer("/robots.txt", status=404)
    configure(story, item("Soldiers sent", story.server.answer("/a", **answer)))

    await story.poll()

    (unit,) = story.units()
    assert (unit.entry.content, unit.entry.summary) == ("", TEASER)
    assert told in (story.state().page_error or "")
    assert story.state().failures == 0


async def test_feeds_decide_for_themselves_and_full_entries_and_old_ones_need_no_page(story: Story) -> None:
    story.server.answer("/robots.txt", status=404)
    link = story.server.answer("/a", body=page(), content_type=HTML)
    own = "The soldiers were sent. " * 60
    url = story.server.answer(
        "/feed", body=feed(item("Soldiers", link, own), item("Soldiers of old", link, at="02 Jan 2026 09:00:00 GMT"))
    )
    never = story.server.answer("/other", body=feed(item("Soldiers sent", link)))
    story.configure({"herald": {"url": url}, "other": {"url": never, "full_text": "never"}}, full_text="auto")

    await story.poll()

    assert "/a" not in asked(story)
    assert len(story.units()) == 3
