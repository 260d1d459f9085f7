"""What the decision must show, on short stories that go through reading, matching and extraction as in the daemon."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ledger.decide import decide
from monitor.records import ALERT_KINDS, Ledger, Stance, VerdictKind
from tests.language import pipeline
from tests.records import TOPIC
from tests.stories import CONFIG, events, line, replace, run, told, verdicts
from workers.replay import Line, analysed, decided

TITLE = "Dockers injured in Marrow"
DENIAL = "The Port Authority denied on Monday that it was holding talks with the dockers on an end of the strike in Marrow."
ADMISSION = (
    "The Port Authority confirmed on Thursday that it was holding talks with the dockers on an end of the strike in Marrow."
)
CALL = "Femi Obasi of the Dockers' Union said on Monday that the dockers of Marrow would strike from midnight until wages rise."


def toll(figure: object, name: str, *, hours: float, feed: str) -> Line:
    text = (
        f"At least {figure} dockers were injured in the port of Marrow when police broke up the strike, officials said on Monday."
    )
    return line(name, TITLE, text, hours=hours, feed=feed)


def tolls(*figures: object) -> list[Line]:
    return [toll(figure, f"e{n}", hours=n, feed=f"feed{n}") for n, figure in enumerate(figures)]


def kinds(lines: list[Line]) -> list[tuple[str, VerdictKind]]:
    return [(name, verdict.kind) for name, verdict in told(lines)]


def test_a_first_figure_is_a_development() -> None:
    assert kinds(tolls(100)) == [("e0", VerdictKind.NEW_NUMBER)]


def test_100_104_108_is_one_development_and_100_108_104_is_two() -> None:
    assert [name for name, _ in kinds(tolls(100, 104, 108))] == ["e0"]
    assert kinds(tolls(100, 108, 104)) == [("e0", VerdictKind.NEW_NUMBER), ("e1", VerdictKind.NUMBER_CHANGED)]


def test_a_repeated_entry_alerts_once() -> None:
    first = toll(100, "e0", hours=0, feed="wire")
    again = line("e1", first.title, first.content, url=first.url, hours=5)

    assert [name for name, _ in kinds([first, again])] == ["e0"]


def test_a_copy_under_another_address_alerts_not_at_all() -> None:
    assert [name for name, _ in kinds(tolls(100, 100))] == ["e0"]


def test_a_copy_with_another_headline_alerts_not_at_all() -> None:
    first, second = tolls(100, 100)
    second = line("e1", "Police break up strike in the port of Marrow", second.content, hours=1, feed="courier")

    assert [name for name, _ in kinds([first, second])] == ["e0"]


def test_a_fixed_typo_alerts_not_at_all() -> None:
    first = toll(100, "e0", hours=0, feed="wire")
    fixed = line("e1", TITLE, first.content.replace("officials", "offcials"), url=first.url, hours=1)

    assert [name for name, _ in kinds([first, fixed])] == ["e0"]


def test_a_copy_whose_only_change_is_a_figure_alerts_for_the_figure() -> None:
    # Given a report, and a copy of it that gives another figure
    alerts = told(tolls(100, 130))

    # Then the copy is told, with the figure before and the figure now
    assert [(name, verdict.kind) for name, verdict in alerts][1:] == [("e1", VerdictKind.NUMBER_CHANGED)]
    verdict = alerts[1][1]
    assert verdict.quantity is not None and verdict.quantity.low == 130
    assert verdict.before is not None and verdict.before.quantity is not None and verdict.before.quantity.low == 100
    assert "130" in verdict.reason and "100" in verdict.reason


def test_the_same_figure_in_words_is_no_change() -> None:
    assert [name for name, _ in kinds(tolls(100, "one hundred"))] == ["e0"]


def test_a_lower_figure_is_a_change_too() -> None:
    assert kinds(tolls(100, 80))[1:] == [("e1", VerdictKind.NUMBER_CHANGED)]


def test_a_denial_that_turns_into_an_acknowledgement_is_a_position_change() -> None:
    # Given a party that denies, and three days later confirms the same
    alerts = told([line("e0", "Talks in Marrow", DENIAL), line("e1", "Talks in Marrow", ADMISSION, hours=72, feed="courier")])

    # Then both are told, and the second names where the party stood
    assert [(name, verdict.kind) for name, verdict in alerts] == [
        ("e0", VerdictKind.NEW_CLAIM),
        ("e1", VerdictKind.POSITION_CHANGE),
    ]
    before = alerts[1][1].before
    assert before is not None and before.stance is Stance.DENIES and before.speaker == "Port Authority"


def test_an_entry_published_before_the_last_stance_moves_no_position_back() -> None:
    # Given the acknowledgement first, and a late copy of an older denial after it
    story = [line("e0", "Talks in Marrow", ADMISSION, hours=72), line("e1", "Talks in Marrow", DENIAL, hours=0, feed="courier")]

    assert VerdictKind.POSITION_CHANGE not in {kind for _, kind in kinds(story)}


def test_another_voice_for_a_known_claim_corroborates_and_alerts_not() -> None:
    # Given a claim, and another outlet that reports it in its own words by another speaker
    echo = "Dockers in Marrow will strike from midnight until wages rise, the Government of Ostland said."
    story = [
        line("e0", "Union calls strike in Marrow", CALL),
        line("e1", "Strike called in Marrow", echo, hours=5, feed="courier"),
    ]

    assert [name for name, _ in kinds(story)] == ["e0"]
    first, second = events(story)
    assert second.cause is VerdictKind.CORROBORATION
    assert second.development.id == first.development.id
    assert (first.development.version, second.development.version) == (1, 2)
    assert (first.development.origins, second.development.origins) == (("wire",), ("wire", "courier"))


def test_what_a_silent_entry_brought_first_is_known_and_never_told() -> None:
    # Given a claim in an entry that was there before its feed was added, and another outlet that reports it afterwards
    echo = "Dockers in Marrow will strike from midnight until wages rise, the Government of Ostland said."
    story = [
        line("e0", "Union calls strike in Marrow", CALL),
        line("e1", "Strike called in Marrow", echo, hours=5, feed="courier"),
    ]
    old, new = analysed(story, CONFIG, pipeline())
    old = replace(old, answers=tuple(replace(answer, carrier=replace(answer.carrier, silent=True)) for answer in old.answers))

    first, second = (changes for _, changes in decided([old, new], CONFIG))

    assert [verdict.kind for verdict in first.verdicts if verdict.kind in ALERT_KINDS]
    assert len(first.developments) == 1
    assert VerdictKind.CORROBORATION in {verdict.kind for verdict in second.verdicts}
    assert (first.events, second.events) == ((), ())


def test_a_copy_is_no_second_origin() -> None:
    assert [event.cause for event in events(tolls(100, 100))] == [VerdictKind.NEW_NUMBER]


def test_a_claim_told_in_headline_summary_and_text_alerts_once() -> None:
    story = [
        line("e0", "Union calls strike in Marrow", CALL, summary="Dockers of Marrow will strike from midnight, says the union.")
    ]

    assert len(told(story)) == 1


def test_every_claim_gets_a_verdict_with_a_reason() -> None:
    story = [*tolls(100, 130), line("t", "Talks in Marrow", DENIAL, hours=9)]
    found = verdicts(story)

    assert len(found) == sum(len(answer.claims) for batch, _ in run(story) for answer in batch.answers)
    assert all(verdict.reason and 0 <= verdict.confidence <= 1 for _, verdict in found)


def test_a_batch_that_does_not_follow_the_ledger_is_refused() -> None:
    batch, _ = run(tolls(100))[0]

    with pytest.raises(ValueError, match="must begin at number 8"):
        decide(batch.answers, Ledger(topic=TOPIC, decided=7), CONFIG.topics["harbour-strike"], CONFIG)


def test_deciding_twice_gives_the_same_changes() -> None:
    for (batch, changes), (_, again) in zip(run(tolls(100, 130, 90)), run(tolls(100, 130, 90)), strict=True):
        assert changes == again, batch.topic


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(min_value=20, max_value=900), min_size=1, max_size=5))
def test_a_figure_is_told_if_and_only_if_no_figure_before_lies_within_five_percent(figures: list[int]) -> None:
    expected, given_so_far = [], []
    for place, figure in enumerate(figures):
        if not any(known * 0.95 <= figure <= known * 1.05 for known in given_so_far):
            expected.append(f"e{place}")
        given_so_far.append(figure)

    assert [name for name, _ in kinds(tolls(*figures))] == expected


@pytest.mark.parametrize("order", list(permutations((100, 104, 108))))
def test_only_the_sequence_chooses_how_many_developments_there_are(order: tuple[int, ...]) -> None:
    middle_first = order[0] == 104
    far_ends_adjacent = order in {(100, 108, 104), (108, 100, 104)}

    assert len(told(tolls(*order))) == (2 if far_ends_adjacent and not middle_first else 1)


def test_only_kinds_that_are_alerts_become_developments() -> None:
    assert {event.development.kind for event in events(tolls(100, 130, 131))} <= ALERT_KINDS


def test_two_papers_with_one_agencys_report_in_other_words_are_one_voice() -> None:
    # Given a claim, and two outlets that report it in their own words from one agency's text
    echo = "Dockers in Marrow will strike from midnight until wages rise, the Government of Ostland said. (Reuters)"
    again = "From midnight the dockers of Marrow will strike until wages rise, says the Government of Ostland. (Reuters)"
    story = [
        line("e0", "Union calls strike in Marrow", CALL),
        line("e1", "Strike called in Marrow", echo, hours=5, feed="courier"),
        line("e2", "Marrow before a strike", again, hours=6, feed="herald"),
    ]

    last = [development for _, changes in run(story) for development in changes.developments][-1]

    assert last.origins == ("wire", "Reuters")
    assert last.voices[1].why == ("both carry Reuters",)
