"""Who speaks for an entry, by whom it is said, and how sure that is: with judges whose models say one thing whatever they see."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from monitor.ledger.index import Index
from monitor.ledger.judge import Judge, JudgeData, ModelData, shipped
from monitor.ledger.signs import Reading
from monitor.ledger.speakers import Spoken, speakers, voiced
from monitor.ledger.wordings import wording_of
from monitor.records import Field, Stance
from tests.records import a_claim, an_answer, an_entry

HEADLINE = "Marrow shuts its harbour"
SUMMARY = "Nobody enters before Monday, the port captain said."


ACTED_ON = {"file": 0.5, "belong": 0.3, "hold": 0.2, "turn": 0.5}


def constant(likelihood: float) -> ModelData:
    return ModelData(signs=(), bias=math.log(likelihood / (1 - likelihood)), trees=())


def a_judge(*, kin: float) -> Judge:
    models = dict.fromkeys(("same", "belongs", "worth", "counts", "turns"), constant(0.5))
    data = JudgeData(
        **models,
        kin=constant(kin),
        articles=(1.0, 0.0),
        headlines=(1.0, 0.0),
        ruled=0.8,
        file=0.5,
        belong=0.3,
        hold=0.2,
        turn=0.5,
    )
    return Judge(data)


def readings(*worths: float) -> list[Reading]:
    """A headline, and a summary that names who says it, of one entry."""
    entry = an_entry(HEADLINE)
    summary = a_claim(SUMMARY, entry=entry, speaker="port captain", stance=Stance.PROMISES)
    claims = (a_claim(HEADLINE, entry=entry), replace(summary, evidence=replace(summary.evidence, field=Field.SUMMARY)))
    answer = an_answer(1, *claims, entry=entry)
    return [
        Reading(
            answer=answer,
            claim=claim,
            wording=wording_of(claim, answer),
            place=place,
            of=2,
            nearest=[],
            signs={"headline_only": 1.0},
            worth=worth,
            confidence=worth,
        )
        for place, (claim, worth) in enumerate(zip(claims, worths, strict=True))
    ]


def test_a_line_that_tells_what_another_line_of_its_entry_tells_waits() -> None:
    spoken = speakers(readings(0.9, 0.8), [None, None], a_judge(kin=0.9), Index(), 0.3, 0.05)

    assert spoken.by == {0: 0, 1: 0}


def test_a_line_that_brings_something_else_is_told_as_surely_as_it_is_something_else() -> None:
    spoken = speakers(readings(0.9, 0.8), [None, None], a_judge(kin=0.25), Index(), 0.3, 0.05)

    assert spoken.by == {0: 0, 1: 1}
    assert spoken.sure == pytest.approx([0.9, 0.6])


def test_a_headline_takes_its_speaker_and_stance_from_the_line_that_it_speaks_for() -> None:
    claim = voiced(0, readings(0.9, 0.8), Spoken({0: 0, 1: 0}, [0.9, 0.1]))

    assert (claim.speaker, claim.stance, claim.sentence) == ("port captain", Stance.PROMISES, HEADLINE)


def test_a_headline_takes_no_speaker_from_a_line_that_tells_something_else() -> None:
    assert voiced(0, readings(0.9, 0.8), Spoken({0: 0, 1: 1}, [0.9, 0.6])).speaker is None


@pytest.mark.parametrize("headlines", [True, False])
def test_confidence_grows_with_worth_and_stays_between_0_and_1(headlines: bool) -> None:
    sure = [shipped().confidence(worth, headlines=headlines) for worth in (0.0, 0.1, 0.5, 0.9, 1.0)]

    assert sure == sorted(sure)
    assert all(0.0 < value < 1.0 for value in sure)
