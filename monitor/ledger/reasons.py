"""The reasons of verdicts, in words that a person can check."""

from __future__ import annotations

from datetime import datetime

from monitor.ledger.rules import Turn
from monitor.ledger.series import Counted, as_known
from monitor.ledger.signs import Near, Reading
from monitor.records import Known, Proposition, VerdictKind

QUOTED = 160
"""Characters of a sentence that a reason quotes."""


def quote(text: str) -> str:
    """A sentence in quotation marks, cut at a word where it is long."""
    if len(text) > QUOTED:
        text = text[:QUOTED].rsplit(" ", 1)[0] + " …"
    return f"“{text}”"


def day(moment: datetime) -> str:
    """A date as reasons give it."""
    return f"{moment.day} {moment:%B %Y}"


def known_turn(turn: Turn) -> Known:
    """Where a party stood before its turn."""
    last = turn.last
    return Known(
        text=f"{last.party} {last.stance}: {turn.proposition.claim.sentence}",
        speaker=last.party,
        outlet=last.carrier.outlet,
        published=last.carrier.published,
        stance=last.stance,
    )


def known_figure(counted: Counted) -> Known | None:
    """The figure of the series that comes nearest to this one."""
    return None if counted.nearest is None else as_known(counted.nearest)


def new_claim(reading: Reading, nearest: Proposition | None) -> str:
    """Why a claim is new."""
    if nearest is None or reading.best is None:
        return "Nothing was known of the topic before."
    return f"Nothing said before is the same; nearest comes {_cited(reading.best, nearest)}."


def contradiction(reading: Reading, near: Near, proposition: Proposition) -> str:
    """Why a denial is news although its words are known."""
    return f"{reading.wording.party} {reading.claim.stance} for the first time what others say: {_cited(near, proposition)}."


def new_number(counted: Counted) -> str:
    """Why a figure is the first of its series."""
    return f"“{counted.quantity.surface}” is the first figure for {counted.quantity.what or counted.quantity.unit}."


def number_changed(counted: Counted, tolerance: float) -> str:
    """Why a figure is a change."""
    series, nearest = counted.series, counted.nearest
    if series is None or nearest is None:
        raise ValueError("only a figure of a known series can have changed")
    count = len(series.figures)
    given = "the only figure given before" if count == 1 else f"all {count} figures given before"
    return (
        f"“{counted.quantity.surface}” lies more than {tolerance:.0%} outside {given} for {series.what or series.unit}; "
        f"nearest is “{nearest.quantity.surface}” ({_voice(nearest.speaker or nearest.org, nearest.carrier.outlet)}, "
        f"{day(nearest.carrier.published)})."
    )


def position_change(reading: Reading, turn: Turn) -> str:
    """Why a stance is a turn."""
    last = turn.last
    return (
        f"{last.party}: {last.stance} on {day(last.carrier.published)} ({last.carrier.outlet}), now {reading.claim.stance}; "
        f"before: {quote(turn.proposition.claim.sentence)}"
    )


def repeat(near: Near, proposition: Proposition) -> str:
    """Why a claim is known."""
    return f"Says what was said before: {_cited(near, proposition)}."


def held(other: Reading) -> str:
    """Why a claim waits: another of its batch speaks."""
    return f"The same batch says it more plainly: {quote(other.claim.sentence)} ({other.answer.carrier.outlet})."


def silent(reading: Reading, kind: VerdictKind, alert: float) -> str:
    """Why a claim that is not known is not told either."""
    why = "Told as past history" if kind is VerdictKind.BACKGROUND else "Not worth an alert"
    return f"{why}: the judge gives it {reading.worth:.2f}, and {alert:.2f} is needed."


def _cited(near: Near, proposition: Proposition) -> str:
    carrier = proposition.carriers[0]
    claim = proposition.claim
    voice = _voice(claim.speaker or claim.org, carrier.outlet)
    return f"{quote(claim.sentence)} ({voice}, {day(carrier.published)}; {near.likelihood:.0%} likely the same)"


def _voice(speaker: str | None, outlet: str) -> str:
    return f"{speaker} in {outlet}" if speaker else outlet
