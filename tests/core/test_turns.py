"""From which of its former claims a party turns."""

from __future__ import annotations

import math

import pytest

from monitor.ledger.judge import Judge, Model, ModelData
from monitor.records import Verdict, VerdictKind
from tests.judges import Eager
from tests.stories import CONFIG, line, pipeline
from training.linear import averaged, fit_linear
from workers.replay import analysed, decided

PLAN = "The Port Authority closed the northern dock of Marrow to dockers and sent its cranes away, Elsa Lindqvist said on Monday."
OTHER = "The Port Authority warned on Tuesday that wages of the pilots of Marrow might have to fall next year."
TURN = "The Port Authority has reopened the northern dock of Marrow to the dockers after all, Elsa Lindqvist said on Friday."


def log_odds(likelihood: float) -> float:
    return math.log(likelihood / (1.0 - likelihood))


def turning(likelihood_of: dict[str, float], bias: float) -> Judge:
    """The shipped judge, eager to tell, with other weights for turns."""
    judge = Eager()
    judge.turns = Model(ModelData(signs=tuple(likelihood_of), bias=bias, trees=(), weights=tuple(likelihood_of.values())))
    return judge


def last_told(judge: Judge) -> Verdict:
    story = [
        line("e0", "Dock closed in Marrow", PLAN),
        line("e1", "Grain waits in Marrow", OTHER, hours=24, feed="courier"),
        line("e2", "Dock open again in Marrow", TURN, hours=96, feed="herald"),
    ]
    verdicts = [
        event
        for _, changes in decided(analysed(story, CONFIG, pipeline()), CONFIG, judge)
        for event in changes.verdicts
        if event.claim.sentence == TURN
    ]
    return verdicts[-1]


def test_a_party_that_turns_changes_its_position_wherever_its_former_one_was_filed() -> None:
    # Given a judge that takes a claim of "after all" for a turn from what shares most words with it
    verdict = last_told(turning({"yields": 2.0, "in_old": 8.0}, -3.0))

    # Then the claim is told as such, and before it stands what was undone, not what the party said last
    assert verdict.kind is VerdictKind.POSITION_CHANGE
    assert verdict.before is not None and "closed the northern dock" in verdict.before.text
    assert verdict.ends is not None and "northern dock" in verdict.reason


def test_where_no_former_claim_is_likely_to_be_turned_from_it_is_a_claim() -> None:
    assert last_told(turning({"yields": 2.0, "in_old": 8.0}, -30.0)).kind is not VerdictKind.POSITION_CHANGE


def test_a_linear_model_weighs_what_tells_the_examples_apart_and_averages_with_trees() -> None:
    # Given examples that one sign tells apart and another does not, and a sign that grows with the ledger
    rows = [{"told": float(n % 2), "noise": float(n % 3), "known_size": float(n)} for n in range(60)]
    labels = [n % 2 for n in range(60)]

    linear = fit_linear(rows, labels, 1.0)

    likely = Model(linear).likelihoods([rows[1], rows[0]])
    assert linear.signs == ("told", "noise") and likely[0] > 0.9 and likely[1] < 0.1
    # When it is averaged with a tree that says the contrary, each counts half before the logistic function
    leaves = ((0, 0.5, 1, 2, 0.0), (0, 0.0, 1, 1, 9.0), (0, 0.0, 2, 2, -9.0))
    trees = ModelData(signs=("told", "noise", "known_size"), bias=0.0, trees=(leaves,))
    both = Model(averaged(trees, linear)).likelihoods([rows[1]])[0]
    assert log_odds(both) == pytest.approx((log_odds(likely[0]) - 9.0) / 2, abs=1e-3)
