"""How a claim is worded for people: whole clauses, never a fragment."""

from __future__ import annotations

import pytest

from tests.stories import line, run


def proposition(sentence: str, *, title: bool = False) -> str:
    """The proposition of a story's only sentence about the strike."""
    entry = line("e0", sentence) if title else line("e0", "Strike in Marrow", sentence)
    claims = run([entry])[0][0].answers[0].claims
    return claims[-1].proposition


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("The dockers of Marrow will strike on Friday, the union said.", "The dockers of Marrow will strike on Friday"),
        ("Elsa Lindqvist said on Monday that the strike in Marrow is over.", "The strike in Marrow is over"),
        ("MARROW, May 4 - The dockers will strike on Friday, officials said.", "The dockers will strike on Friday"),
        ('The strike is "a matter of days", the union said on Monday.', 'The strike is "a matter of days"'),
        ("The union said the strike would end on Friday.", "The strike would end on Friday"),
    ],
)
def test_who_says_it_is_left_out_where_a_clause_remains(sentence: str, said: str) -> None:
    assert proposition(sentence) == said


@pytest.mark.parametrize(
    "sentence",
    [
        "The Port Authority revokes its accord with the dockers.",
        "The union notified the Port Authority that the dockers would strike.",
        "Femi Obasi said that he would lead the strike himself.",
        "The union wants to keep its talks with the Port Authority.",
        "The Port Authority is weighing an end of the talks with the dockers.",
    ],
)
def test_a_clause_that_would_lose_its_sense_stays_whole(sentence: str) -> None:
    assert proposition(sentence) == sentence.rstrip(".")


def test_a_headline_stays_whole() -> None:
    assert proposition("Union calls a strike of dockers in Marrow", title=True) == "Union calls a strike of dockers in Marrow"
    assert proposition("Obasi: strike of dockers to end Friday", title=True) == "Obasi: strike of dockers to end Friday"
