"""Withdrawals: what an entry takes back, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from monitor.records import ALERT_KINDS, Entry, Event, VerdictKind
from monitor.text.notices import notices
from tests.records import an_entry
from tests.workers.test_flow import CONFIG
from workers.replay import Line, analysed, decided

COUNT = "South Korea's spy agency said on Thursday that 3,000 North Korean soldiers are training in eastern Russia."
AROUND = (
    "The agency briefed lawmakers in Seoul behind closed doors. It showed satellite photographs of a camp near Ussuriysk. {} "
    "Officials in Moscow did not answer calls. Lawmakers asked for another briefing next week, when the committee meets again."
)
FIRST = an_entry("Seoul counts North Koreans in Russia", name="a", content=AROUND.format(COUNT))


def revised(entry: Entry, minutes: float = 30, **texts: str) -> Entry:
    """A later revision of the entry."""
    fields = {"title": entry.title, "summary": entry.summary, "content": entry.content, **texts}
    other = an_entry(
        fields["title"], name=entry.url.rsplit("/", 1)[1], feed=entry.feed, minutes=minutes, summary=fields["summary"]
    )
    new = an_entry(
        fields["title"], name="x", feed=entry.feed, minutes=minutes, summary=fields["summary"], content=fields["content"]
    )
    return replace(new, id=other.id, url=entry.url)


def events(nlp: Any, *entries: Entry) -> list[Event]:
    """What the entries bring, each by a poll of its own."""
    lines = [
        Line(
            id=f"{one.id}:{one.revision}",
            entry=one.id,
            revision=one.revision,
            feed=one.feed,
            outlet=one.outlet,
            published=one.published,
            url=one.url,
            title=one.title,
            summary=one.summary,
            content=one.content,
        )
        for one in entries
    ]
    return [event for _, changes in decided(analysed(lines, CONFIG, nlp), CONFIG) for event in changes.events]


def counting(found: Sequence[Event]) -> list[Event]:
    """Those of the development that gives the count; the sentences around it may be worth something, too."""
    return [event for event in found if event.development.claim.sentence == COUNT]


def withdrawn(found: Sequence[Event]) -> list[str]:
    return [event.development.claim.sentence for event in found if event.cause is VerdictKind.WITHDRAWN]


def test_a_sentence_that_is_removed_from_the_midst_of_a_text_is_withdrawn(nlp: Any) -> None:
    found = counting(events(nlp, FIRST, revised(FIRST, content=AROUND.format("It gave no figures."))))
    assert [event.cause in ALERT_KINDS for event in found] == [True, False]
    assert withdrawn(found) == [COUNT]
    development = found[-1].development
    assert (development.id, development.version, development.origins) == (found[0].development.id, 2, ())
    assert development.withdrawn == "A later revision of the entry says all the rest, and no longer this."


def test_a_revision_that_does_not_even_name_the_topic_any_more_withdraws(nlp: Any) -> None:
    short = an_entry("A briefing in Seoul", name="b", summary=COUNT)
    gone = revised(short, summary="This story has been withdrawn. We regret the error.")
    found = events(nlp, short, gone)
    assert withdrawn(found) == [COUNT]
    assert found[-1].development.withdrawn == "The entry takes it back: “This story has been withdrawn”"


def test_a_correction_of_a_figure_withdraws_the_wrong_one(nlp: Any) -> None:
    right = COUNT.replace("3,000", "300")
    note = "Correction: An earlier version of this article said that 3,000 soldiers are training there."
    found = events(nlp, FIRST, revised(FIRST, content=f"{AROUND.format(right)} {note}"))
    assert COUNT in withdrawn(found)


def test_a_revision_that_says_the_contrary_withdraws(nlp: Any) -> None:
    first = an_entry("Kremlin confirms that North Korean soldiers are in Russia", name="c", feed="state")
    found = events(nlp, first, revised(first, title="Kremlin denies that North Korean soldiers are in Russia"))
    assert withdrawn(found) == [first.title]


@pytest.mark.parametrize(
    "texts",
    [
        {"content": AROUND.format(COUNT).split(" Officials in Moscow")[0]},
        {"content": AROUND.format(COUNT) + " More is expected on Friday."},
        {"content": AROUND.format(COUNT.replace("3,000", "3,200"))},
        {"content": AROUND.format(COUNT.replace("said on Thursday", "told reporters"))},
        {"title": "Briefing behind closed doors"},
        {"content": " ".join(AROUND.format(COUNT).split(COUNT)[0].split())},
    ],
    ids=["cut behind it", "grown", "a figure that rose", "reworded", "another headline", "cut at its end"],
)
def test_what_is_cut_grown_reworded_or_updated_withdraws_nothing(nlp: Any, texts: dict[str, str]) -> None:
    assert withdrawn(events(nlp, FIRST, revised(FIRST, **texts))) == []


def test_with_another_voice_left_nothing_is_withdrawn(nlp: Any) -> None:
    other = an_entry(
        "North Koreans in Russia",
        name="o",
        feed="herald",
        minutes=10,
        summary="South Korea's spy agency says 3,000 North Korean soldiers are training in Russia's east.",
    )
    removed = revised(FIRST, content=AROUND.format("It gave no figures."))
    found = events(nlp, FIRST, other, removed)
    assert any(event.cause is VerdictKind.CORROBORATION for event in found)
    assert withdrawn(found) == []


def test_copies_fall_with_the_story_that_they_copy_and_a_new_voice_puts_it_up_again(nlp: Any) -> None:
    copy = replace(an_entry(FIRST.title, name="copy", feed="herald", minutes=5, content=FIRST.content))
    removed = revised(FIRST, content=AROUND.format("It gave no figures."))
    found = counting(events(nlp, FIRST, copy, removed))
    assert withdrawn(found) == [COUNT]
    other = an_entry(
        "Count in Seoul", name="n", feed="gazette", minutes=90, summary=COUNT.replace("said on Thursday", "repeated on Friday")
    )
    again = [event for event in events(nlp, FIRST, copy, removed, other) if event.development.id == found[0].development.id]
    assert again[-1].cause is VerdictKind.CORROBORATION and again[-1].development.withdrawn is None


def test_a_notice_of_the_same_outlet_in_another_entry_withdraws(nlp: Any) -> None:
    note = f"Correction: {COUNT[:-1]}, we reported; the agency has said no such thing."
    found = events(nlp, FIRST, an_entry("A correction", name="note", minutes=60, summary=note))
    assert withdrawn(found) == [COUNT]
    assert withdrawn(events(nlp, FIRST, an_entry("A correction", name="note", feed="herald", minutes=60, summary=note))) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Correction: the toll is 12, not 21.",
        "An earlier version of this article said that the pact had been signed.",
        "This story has been withdrawn.",
        "We have retracted the report.",
        "The agency has withdrawn its story on the convoy.",
        "Editor's note: the quote was not from the minister.",
    ],
)
def test_what_takes_something_back_is_recognised(sentence: str) -> None:
    assert notices(f"Something was said before. {sentence}") == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        "The ministry withdrew 300 soldiers from the border.",
        "He called for a correction of the budget.",
        "An earlier round of talks had failed, officials said.",
        "The government published a report on the retracted law.",
        "Prices fell in a correction.",
    ],
)
def test_what_only_sounds_like_it_is_not(sentence: str) -> None:
    assert notices(sentence) == ()
