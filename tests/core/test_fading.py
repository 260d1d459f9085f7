"""A topic that falls far below its habit is told with the likely cause; news that only comes in bursts is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from monitor.records.health import Ailment, Counts
from monitor.records.ids import TopicSlug
from monitor.settings import Topic
from monitor.topics.fading import DAYS, Feeds, fading, looks_for, with_day
from tests.records import NOON

TREATY = TopicSlug("treaty")
DAY = timedelta(days=1)


def days(found: Sequence[int], *, entries: Sequence[int] | None = None, words: Sequence[str] | None = None) -> list[Counts]:
    """Counts at the beginning of each day and at the end of the last, where each day has found so many."""
    read, so_far = list(entries or [500] * len(found)), (0, 0)
    marks = [Counts(at=NOON, entries=0, matched={TREATY: 0}, words={TREATY: words[0] if words else "a"})]
    for n, count in enumerate(found):
        so_far = (so_far[0] + count, so_far[1] + read[n])
        word = words[n] if words else "a"
        marks.append(Counts(at=NOON + (n + 1) * DAY, entries=so_far[1], matched={TREATY: so_far[0]}, words={TREATY: word}))
    return marks


def judged(marks: Sequence[Counts], *, failing: int = 0, waiting: int = 0) -> Ailment | None:
    return fading(TREATY, "Treaty", marks[:-1], marks[-1], Feeds(all=9, failing=failing, waiting={TREATY: waiting}))


def cause(marks: Sequence[Counts], *, failing: int = 0, waiting: int = 0) -> str:
    found = judged(marks, failing=failing, waiting=waiting)
    assert found is not None
    return found.lines[0]


def test_silence_after_a_steady_habit_is_told_and_stays_the_same_ailment() -> None:
    steady = [10, 12, 8, 11, 9, 10, 10, 13, 9, 10]
    first, later = judged(days([*steady, 0, 0, 1])), judged(days([*steady, 0, 0, 1, 0, 0]))
    assert first is not None and later is not None
    assert first.since == later.since == NOON + len(steady) * DAY
    assert "has found one entry since 03 Nov, where 30 would be usual" in first.title


def test_neither_a_short_pause_nor_the_end_of_a_burst_nor_a_rare_topic_is_told() -> None:
    steady = [10, 12, 8, 11, 9, 10, 10, 13, 9, 10]
    assert judged(days([*steady, 0])) is None
    assert judged(days([*steady, 4, 5, 4])) is None
    assert judged(days([1, 2, 0, 1, 90, 140, 60, 1, 2, 0, 1, 0, 0])) is None
    assert judged(days([1, 0, 2, 1, 0, 1, 1, 2, 0, 1, 0, 0, 0])) is None
    assert judged(days([10, 10, 10, 0, 0, 0])) is None


def test_time_in_which_the_monitor_did_not_run_is_no_silence() -> None:
    marks = days([10] * 10)
    later = [Counts(at=one.at + 6 * DAY, entries=one.entries, matched=one.matched, words=one.words) for one in marks[-1:]]
    assert judged([*marks, *later]) is None


def test_the_likely_cause_is_named() -> None:
    found = [10] * 10 + [0] * 3
    assert "the story has gone quiet" in cause(days(found))
    assert "40 entries wait to be read" in cause(days(found), waiting=40)
    assert "what the topic looks for was changed by 04 Nov" in cause(days(found, words=["a"] * 10 + ["b"] * 3))
    fewer = cause(days(found, entries=[500] * 10 + [20] * 3), failing=7)
    assert "20 entries a day instead of 500; 7 of 9 feeds cannot be read" in fewer


def test_one_count_is_kept_for_each_day_of_five_weeks() -> None:
    marks: tuple[Counts, ...] = ()
    for hour in range(0, 24 * 60, 8):
        marks = with_day(marks, Counts(at=NOON + timedelta(hours=hour)))
    assert len(marks) == DAYS and len({mark.at.date() for mark in marks}) == DAYS


def test_what_a_topic_looks_for_is_its_words_and_not_its_title() -> None:
    topic = Topic(title="Treaty", keywords=("treaty",))
    assert looks_for(topic) == looks_for(topic.model_copy(update={"title": "The treaty"}))
    assert looks_for(topic) != looks_for(topic.model_copy(update={"exclude": ("film",)}))
