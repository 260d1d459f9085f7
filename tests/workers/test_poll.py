"""The poll role: a real server on loopback, the real store, the guarded client."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from monitor.records.ids import TopicSlug
from tests.workers.polling import TOPICS, Story, feed, item, numbers
from workers.adapters.redis.stops import RedisStops
from workers.adapters.redis.units import unit_queue


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


async def test_many_entries_of_one_date_are_all_taken(story: Story) -> None:
    story.server.answer("/feed", body=feed(*(item(f"Soldiers {n}", day=2) for n in range(300))))
    await story.poll()

    units = [received.work for received in unit_queue(story.redis, "analyst").read(count=1_000, wait=0.001)]
    assert sorted(unit.number for unit in units) == list(range(1, 301))


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
