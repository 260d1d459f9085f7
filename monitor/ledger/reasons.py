"""The reasons of verdicts, in words that a person can check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.ledger.index import Index
from monitor.ledger.rules import Turn
from monitor.ledger.series import Counted, as_known
from monitor.ledger.signs import Near, Reading
from monitor.records import Carrier, Claim, Known, Proposition, Quantity, Rule, Stance, VerdictKind
from monitor.text.datelines import dateline
from monitor.text.terms import stem

FEW = 3
"""Words or figures that a reason names."""
_WORD = re.compile(r"[^\W\d_]+(?:[.'’][^\W\d_]+)*")

CLOSE = 20
"""Characters behind a figure and what it counts in which its place must begin to be named with it."""
REMINDS = 0.1
"""Likelihood of being the same from which the reason for a silence names what came nearest."""
QUOTED = 160
"""Characters of a sentence that a reason quotes."""


PAST = {
    Stance.ASSERTS: "asserted it",
    Stance.CONFIRMS: "confirmed it",
    Stance.DENIES: "denied it",
    Stance.ESTIMATES: "estimated it",
    Stance.ALLEGES: "alleged it",
    Stance.WARNS: "warned of it",
    Stance.PROMISES: "promised it",
    Stance.REFUSES: "refused it",
    Stance.CONSIDERS: "considered it",
}
"""What a party did by its stance."""


def worded(claim: Claim) -> str:
    """The claim as reasons quote it: its sentence without the dateline, which tells nothing."""
    return claim.sentence[dateline(claim.sentence) :]


def quote(text: str) -> str:
    """A sentence in quotation marks, without its full stop, cut at a word where it is long."""
    text = text.rstrip(" .;,")
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


def set_right(rule: Rule, known: Proposition) -> str:
    """Why a claim is not told that a person's correction holds back."""
    if rule is Rule.MUTED:
        return f"A person marked it as noise: {quote(known.claim.sentence)}."
    return f"A person filed it with what was known: {quote(known.claim.sentence)}."


def new_claim(reading: Reading, known: Proposition | None, index: Index) -> str:
    """Why a claim is new."""
    if known is None:
        return "Nothing was known of the topic before."
    return f"Nothing said before is the same; nearest comes {nearest(reading, known, index)}."


def nearest(reading: Reading, known: Proposition, index: Index) -> str:
    """What came nearest to a claim, and how the two differ."""
    near = reading.best
    if near is None:
        raise ValueError("nothing came near")
    apart = "; ".join(_apart(reading, near, index))
    return f"{_cited(near, known)}: {apart}" if apart else _cited(near, known)


def _apart(reading: Reading, near: Near, index: Index) -> Iterator[str]:
    """How what came nearest differs from the claim, in words that can be checked in the two sentences."""
    new, old, signs = reading.wording, near.item.wording, near.signs
    ours, theirs = (", ".join(f"“{figure.surface}”" for figure in one.figures[:FEW]) for one in (new, old))
    if signs["figure_apart"]:
        yield f"it gives {theirs}, this one {ours}"
    elif signs["figure_added"]:
        yield "it gives no figure"
    elif signs["figure_missing"]:
        yield f"it gives {theirs}"
    if signs["other_party"]:
        yield f"{old.party} speaks there, {new.party} here"
    if not signs["same_stance"]:
        yield f"it {old.stance}, this one {new.stance}"
    if not signs["same_negation"]:
        yield "one of the two says “not”"
    missed = sorted(new.terms - old.terms, key=lambda term: (-index.weight(term), term))
    if words := list(_as_written(missed, reading.claim.sentence))[:FEW]:
        yield f"it does not speak of {', '.join(f'“{word}”' for word in words)}"


def _as_written(stems: Iterable[str], sentence: str) -> Iterator[str]:
    """The words of the sentence that have these stems, in the order of the stems."""
    written: dict[str, str] = {}
    for word in _WORD.findall(sentence):
        written.setdefault(stem(word), word)
    yield from (written[one] for one in stems if one in written)


def contradiction(reading: Reading, near: Near, proposition: Proposition) -> str:
    """Why a denial is news although its words are known."""
    return f"{reading.wording.party} {reading.claim.stance} for the first time what others say: {_cited(near, proposition)}."


def new_number(counted: Counted, sentence: str) -> str:
    """Why a figure is the first of its series."""
    quantity = counted.quantity
    if _counted_alone(quantity):
        known = f"no figure in {quantity.unit} known so far" if quantity.unit else "no figure known so far"
        return f"“{quantity.surface}” is the first of its kind: {known} belongs with it."
    return f"“{quantity.surface}” is the first figure for {_counted(quantity, sentence)}."


def number_changed(counted: Counted, sentence: str, tolerance: float) -> str:
    """Why a figure is a change."""
    series, nearest = counted.series, counted.nearest
    if series is None or nearest is None:
        raise ValueError("only a figure of a known series can have changed")
    count = len({(known.quantity.low, known.quantity.high, known.quantity.qualifier) for known in series.figures})
    given = {1: "the only figure given before", 2: "both figures given before"}.get(count, f"all {count} figures given before")
    what = _counted(counted.quantity, sentence)
    return (
        f"“{counted.quantity.surface}” lies more than {tolerance:.0%} outside {given} for {what}; "
        f"nearest is “{nearest.quantity.surface}” ({_voice(nearest.speaker or nearest.org, nearest.carrier.outlet)}, "
        f"{day(nearest.carrier.published)})."
    )


def _counted_alone(quantity: Quantity) -> bool:
    """Whether the figure says in what it counts, money or a share, and not of what; or not even that."""
    measured = not quantity.unit or quantity.unit == "percent" or (len(quantity.unit) == 3 and quantity.unit.isupper())
    return measured and quantity.what in {"", quantity.unit}


def _counted(quantity: Quantity, sentence: str) -> str:
    """What a figure counts, with its place where that stands close behind it: "people in Turkey"."""
    if _counted_alone(quantity):
        return f"what is counted in {quantity.unit}" if quantity.unit else "what is counted"
    what, place = quantity.what or quantity.unit, quantity.place
    behind = sentence.partition(quantity.surface)[2][: len(what) + CLOSE]
    named = place is not None and f"in {place}" in behind and place.casefold() not in what.casefold()
    return f"{what} in {place}" if named else what


def position_change(turn: Turn, ends: tuple[str, str]) -> str:
    """Why a stance is a turn. ends: where the party stood and stands, in words."""
    last = turn.last
    was = PAST[last.stance] if ends[0] == last.stance else f"stood at “{ends[0]}”"
    return (
        f"{last.party} {was} on {day(last.carrier.published)} ({last.carrier.outlet}) and now "
        f"{ends[1] if ends[0] == last.stance else f'at “{ends[1]}”'}; before: {quote(worded(turn.proposition.claim))}"
    )


def repeat(near: Near, proposition: Proposition) -> str:
    """Why a claim is known."""
    return f"Says what was said before: {_cited(near, proposition)}."


def held(other: Reading, reading: Reading) -> str:
    """Why a claim waits: another of its batch speaks."""
    same = other.answer.number == reading.answer.number
    where = "same entry" if same else "same poll"
    outlet = "" if same else f" ({other.answer.carrier.outlet})"
    return f"The {where} says it more plainly: {quote(worded(other.claim))}{outlet}."


def one_more_voice(reason: str, carrier: Carrier) -> str:
    """Why a known claim is one more independent voice for a development."""
    return f"{reason} {carrier.origin} is one more independent voice for it."


def silent(reading: Reading, kind: VerdictKind, told_from: float, known: Proposition | None) -> str:
    """Why a claim that is not known is not told either."""
    why = "Told as past history" if kind is VerdictKind.BACKGROUND else "Not worth an alert"
    told = f"{why}: {reading.confidence:.0%} likely to be news, and {told_from:.0%} is needed"
    if known is not None and reading.best is not None and reading.best.likelihood >= REMINDS:
        return f"{told}; nearest comes {_cited(reading.best, known)}."
    return f"{told}."


def _cited(near: Near, proposition: Proposition) -> str:
    carrier = proposition.carriers[0]
    claim = proposition.claim
    voice = _voice(claim.speaker or claim.org, carrier.outlet)
    return f"{quote(worded(claim))} ({voice}, {day(carrier.published)}; {near.likelihood:.0%} likely the same)"


def _voice(speaker: str | None, outlet: str) -> str:
    return f"{speaker} in {outlet}" if speaker else outlet
