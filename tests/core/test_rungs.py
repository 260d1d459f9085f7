"""The rungs of an act: what stands on another rung is another piece of news, though the words are nearly the same."""

from __future__ import annotations

import pytest

from monitor.ledger.rungs import ends, rungs_of
from monitor.records import Stance
from monitor.text.terms import terms_of


@pytest.mark.parametrize(
    ("sentence", "rung"),
    [
        ("Ostland weighs a levy on timber", "considered"),
        ("Ostland threatens a levy on timber", "threatened"),
        ("Ostland announced a levy on timber", "announced"),
        ("Ostland imposed a levy on timber", "in_force"),
        ("Ostland suspends the levy on timber", "suspended"),
        ("Ostland lifts the levy on timber", "ended"),
        ("Ostland rejects a levy on timber", "refused"),
    ],
)
def test_each_rung_is_read_from_the_verb(sentence: str, rung: str) -> None:
    assert rungs_of(terms_of(sentence), Stance.ASSERTS) == {rung}


def test_a_stance_puts_its_party_on_a_rung_where_the_words_do_not() -> None:
    assert rungs_of(terms_of("Timber"), Stance.REFUSES) == {"refused"}


def test_both_ends_of_a_move_are_stances_where_these_differ() -> None:
    assert ends((), Stance.DENIES, (), Stance.CONFIRMS) == ("denies", "confirms")


def test_both_ends_of_a_move_are_rungs_where_the_stance_is_the_same() -> None:
    before, after = terms_of("Ostland suspended the accord on grain"), terms_of("Ostland returns to the accord on grain")
    assert ends(before, Stance.ASSERTS, after, Stance.ASSERTS) == ("suspended", "in force")


def test_there_is_no_move_where_neither_stance_nor_rung_differs() -> None:
    said = terms_of("Ostland suspended the accord on grain")
    assert ends(said, Stance.ASSERTS, said, Stance.ASSERTS) is None
