"""The reasons of verdicts, as a person reads them."""

from __future__ import annotations

from tests.stories import line, told, verdicts

STRIKE = "At least {} dockers were injured in the port of Marrow when police broke up the strike, officials said on Monday."


def reasons(*texts: str) -> list[str]:
    """The reasons of what the last of several entries brings, each from an outlet of its own."""
    lines = [line(f"e{n}", "Dockers injured in Marrow", text, hours=n, feed=f"feed{n}") for n, text in enumerate(texts)]
    return [verdict.reason for name, verdict in verdicts(lines) if name == f"e{len(texts) - 1}"]


def test_a_changed_figure_names_what_it_counts_all_that_was_known_and_what_came_nearest() -> None:
    (reason,) = [one for one in reasons(STRIKE.format(100), STRIKE.format(130), STRIKE.format(180)) if "lies" in one]

    assert reason == (
        "“At least 180” lies more than 5% outside both figures given before for dockers; nearest is “At least 130” "
        "(officials in feed1, 24 October 2024)."
    )


def test_a_first_figure_names_what_it_counts() -> None:
    assert "“At least 100” is the first figure for dockers." in reasons(STRIKE.format(100))


def test_what_the_same_entry_says_more_plainly_is_quoted_without_its_dateline() -> None:
    text = f"MARROW, Oct 24 - {STRIKE.format(100)}"
    found = reasons(text)

    assert any(one.startswith("The same entry says it more plainly: “At least 100 dockers were injured") for one in found)
    assert not any("MARROW" in one for one in found)


def test_a_turn_says_what_the_party_did_and_does_now() -> None:
    denial = "The Port Authority denied on Monday that it was holding talks with the dockers on an end of the strike in Marrow."
    admission = denial.replace("denied on Monday", "confirmed on Thursday")
    story = [line("e0", "Talks in Marrow", denial), line("e1", "Talks in Marrow", admission, hours=72, feed="courier")]

    (turn,) = [verdict.reason for name, verdict in told(story) if name == "e1"]

    assert turn.startswith("Port Authority denied it on 24 October 2024 (wire) and now confirms; before: “")


def test_no_reason_ends_in_a_doubled_stop() -> None:
    found = reasons(STRIKE.format(100), STRIKE.format(130), "The dockers of Marrow will strike on Friday, the union said.")

    assert found and not any(".”." in one or ".." in one for one in found)
