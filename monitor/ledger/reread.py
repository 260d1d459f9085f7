"""Stored evidence that is read again: what a record becomes where another model reads the sentences that it was made from.

    record -- evidence keys --> read --> Again --> the same record, with what was read from its sentences made anew

Ids, evidence, carriers, times, what was told and what people set right stand. A field that a reading gives needs a line here only
where neither `worded` nor `figure_of` makes it. What cannot be read any more stays as it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.ledger.part import Bookkeeper, Part, Upkeep
from monitor.ledger.positions import with_position
from monitor.ledger.series import figure_of
from monitor.ledger.wordings import counted, worded
from monitor.records import Claim, Figure, Position, Proposition, Quantity, Series, Wording
from monitor.records.corrections import Corrected


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is read at some evidence now. alone: from its sentence alone, since the entry is kept no longer: then who speaks may
    not be known from it, and offsets count from the sentence."""

    claim: Claim
    alone: bool = False

    def names(self, known: str | None) -> bool:
        """Whether it tells who says it, better than was known: a sentence alone has no full names."""
        said = self.claim.speaker or self.claim.org
        return said is not None and not (self.alone and known is not None and set(said.split()) <= set(known.split()))


Read = Callable[[str], Again | None]
"""What is read at the evidence of that key; None where nothing is known of its text, or no claim is read there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """Records that are read otherwise now, each with what it was before."""

    propositions: Sequence[tuple[Proposition, Proposition]] = ()
    series: Sequence[tuple[Series, Series]] = ()

    def __len__(self) -> int:
        return len(self.propositions) + len(self.series)


def reread(propositions: Sequence[Proposition], series: Sequence[Series], read: Read) -> Reread:
    """The records that come out otherwise."""
    pairs = [(one, read_proposition(one, read)) for one in propositions]
    counted_pairs = [(one, read_series(one, read)) for one in series]
    return Reread(
        propositions=[(was, now) for was, now in pairs if was != now],
        series=[(was, now) for was, now in counted_pairs if was != now],
    )


def upkeep_of(found: Reread, part: Part) -> Upkeep:
    """What is to be written beside the records. part: the cells and counts of all wordings and figures, old and new."""
    keeper = Bookkeeper(part)
    for before, after in found.propositions:
        keeper.reword(before, after)
    for was, now in found.series:
        keeper.recount(was, now)
    return keeper.upkeep()


def read_proposition(old: Proposition, read: Read) -> Proposition:
    """The proposition as it is read now; one that could not be read for its language stays as it is."""
    if old.claim.unread is not None:
        return old
    wordings = tuple(_wording(one, read) for one in old.wordings)
    return replace(old, claim=_claim(old, read), wordings=wordings, positions=_positions(old, wordings))


def read_series(old: Series, read: Read) -> Series:
    """The series with its figures as they are read now, and named after its first one as it was."""
    figures = tuple(_figure(one, read) for one in old.figures)
    first, now = old.figures[0].quantity, figures[0].quantity
    if (old.what, old.unit) == (first.what, first.unit):
        return replace(old, figures=figures, what=now.what, unit=now.unit)
    return replace(old, figures=figures)


def read_correction(
    old: Corrected, read: Read, decoded: Callable[[str], Proposition], encoded: Callable[[Proposition], str]
) -> Corrected:
    """A correction with the propositions that it left and would put back as they are read now, so that it can be taken back."""
    before: Mapping[str, Mapping[str, str | None]] = {
        part: {
            name: encoded(read_proposition(decoded(data), read)) if part == "propositions" and data is not None else data
            for name, data in fields.items()
        }
        for part, fields in old.before.items()
    }
    return replace(old, before=before, made=tuple(read_proposition(one, read) for one in old.made))


def _wording(old: Wording, read: Read) -> Wording:
    again = read(old.key)
    if again is None:
        return old
    claim = replace(again.claim, quantities=_placed(again, old.figures))
    new = replace(worded(claim, old.published), key=old.key, entry=old.entry)
    return replace(new, party=old.party, stance=old.stance) if again.alone and not again.names(old.party) else new


def _claim(old: Proposition, read: Read) -> Claim:
    """The claim that stands for the proposition. Where it was told, its voice may be that of a line that it speaks for
    (`monitor.ledger.speakers`), which is not read from its own sentence."""
    claim, again = old.claim, read(old.claim.evidence.key)
    if again is None:
        return claim
    keeps = not again.names(claim.speaker or claim.org) and (again.alone or old.development is not None)
    new, voice = again.claim, claim if keeps else again.claim
    if again.alone:
        new = replace(claim, terms=new.terms, quantities=_placed(again, claim.quantities))
    return replace(new, topic=claim.topic, evidence=claim.evidence, speaker=voice.speaker, org=voice.org, stance=voice.stance)


def _positions(old: Proposition, wordings: Sequence[Wording]) -> tuple[Position, ...]:
    """The positions as the wordings are read now, in order of publication. One whose wording was not kept stays."""
    before = [(one.entry, one.party, one.stance) for one in old.wordings]
    if before == [(one.entry, one.party, one.stance) for one in wordings]:
        return old.positions
    carriers = {f"{one.entry}:{one.revision}": one for one in old.carriers}
    standing = [one for one in old.positions if (one.carrier.entry, one.party, one.stance) not in before]
    for wording in wordings:
        carrier = carriers.get(wording.key.rsplit(":", 2)[0])
        if carrier is not None and wording.party is not None:
            standing.append(Position(party=wording.party, stance=wording.stance, carrier=carrier))
    positions: tuple[Position, ...] = ()
    for one in sorted(standing, key=lambda one: one.carrier.published):
        positions = with_position(positions, one.party, one.stance, one.carrier)
    return positions


def _figure(old: Figure, read: Read) -> Figure:
    again = read(old.evidence)
    if again is None:
        return old
    placed = replace(again.claim, quantities=_placed(again, (old.quantity,)))
    known = next((one for one in counted(placed) if _overlap(one, old.quantity)), None)
    if known is None:
        return old
    # a figure is known by where it begins: it stays where it was found first
    known = replace(known, start=old.quantity.start, end=old.quantity.end)
    new = replace(figure_of(placed, known, old.carrier), evidence=old.evidence)
    return replace(new, speaker=old.speaker, org=old.org) if again.alone and not again.names(old.speaker or old.org) else new


def _placed(again: Again, old: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """The figures as they are read now; those that were read from a sentence alone stand where the same words stood before, and
    one of which it does not say what it counts stays as it was read."""
    if not again.alone:
        return again.claim.quantities
    known = {one.surface: one for one in reversed(old)}
    return tuple(_beside(known.get(one.surface), one) for one in again.claim.quantities)


def _beside(old: Quantity | None, new: Quantity) -> Quantity:
    if old is None:
        return new
    return replace(new, start=old.start, end=old.end) if new.what else old


def _overlap(one: Quantity, other: Quantity) -> bool:
    return one.start < other.end and other.start < one.end
