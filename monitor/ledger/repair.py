"""What a correction does to a ledger, and what taking it back does: records in, records out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from monitor.ledger.filing import WORDINGS, muted
from monitor.ledger.origins import voice_of
from monitor.ledger.part import Bookkeeper, Part, Upkeep
from monitor.ledger.positions import with_position
from monitor.ledger.wordings import wording_of
from monitor.records import (
    Answer,
    Carrier,
    Claim,
    Development,
    Event,
    Evidence,
    Judged,
    Ledger,
    Proposition,
    Rule,
    Stance,
    VerdictKind,
    Wording,
)
from monitor.records.corrections import CorrectionKind, Request
from monitor.records.ids import PropositionId, Snapshot, TopicSlug, development_id, proposition_id
from monitor.text.terms import terms_of

T = TypeVar("T", bound=object)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """gone: propositions that are filed anew or are no more; filed: those that stand in their place; changed: those whose
    wordings stay as they are; developments: new or changed ones; lost: developments that go; events: what is to be told."""

    gone: tuple[Proposition, ...] = ()
    filed: tuple[Proposition, ...] = ()
    changed: tuple[Proposition, ...] = ()
    developments: tuple[Development, ...] = ()
    lost: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def made(self) -> tuple[Proposition, ...]:
        """The propositions as the repair leaves them."""
        return (*self.filed, *self.changed)


def repair_of(request: Request, propositions: Sequence[Proposition], developments: Sequence[Development]) -> Repair:
    """What a request asks for. Raises ValueError, in words for people, where the records do not allow it."""
    kind = request.correction.kind
    if len(propositions) != len(request.propositions):
        raise ValueError("what it is about has gone from the ledger meanwhile")
    if kind in {CorrectionKind.REPEAT, CorrectionKind.MERGE}:
        return joined(*propositions, developments=developments)
    if kind is CorrectionKind.NOISE:
        return Repair(changed=tuple(muted(one, request.correction.evidence[0].key) for one in propositions))
    if kind is CorrectionKind.GOOD:
        return Repair()
    if request.claim is None or request.carrier is None:
        raise ValueError("nothing is known of what the entry says")
    if kind is CorrectionKind.SPLIT:
        return split(propositions[0], request.claim, request.carrier)
    return missed(request, propositions)


def joined(kept: Proposition, gone: Proposition, *, developments: Sequence[Development] = ()) -> Repair:
    """One claim of two. developments: those that hang on the one that goes; they move to the one that is kept."""
    if kept.id == gone.id:
        return Repair()
    keys = {wording.key for wording in kept.wordings}
    fresh = [wording for wording in gone.wordings if wording.key not in keys]
    positions = kept.positions
    for position in sorted(gone.positions, key=lambda one: one.carrier.published):
        positions = with_position(positions, position.party, position.stance, position.carrier)
    whole = replace(
        kept,
        wordings=(*kept.wordings, *fresh)[:WORDINGS],
        carriers=_carriers((*kept.carriers, *gone.carriers)),
        positions=positions,
        development=kept.development or gone.development,
        muted=(*kept.muted, *gone.muted),
    )
    moved = tuple(replace(one, proposition=kept.id) for one in developments)
    return Repair(gone=(kept, gone), filed=(whole,), developments=moved)


def split(whole: Proposition, claim: Claim, carrier: Carrier) -> Repair:
    """Two claims of one: what the carrier's entry says becomes a claim of its own.

    Raises ValueError where nothing else would be left.
    """
    entry = carrier.entry
    left = tuple(wording for wording in whole.wordings if wording.entry != entry)
    own = tuple(wording for wording in whole.wordings if wording.entry == entry)
    if whole.claim.evidence.entry == entry or not left:
        raise ValueError("it is this entry that the claim is named after; split off another entry that carries it")
    rest = replace(
        whole,
        wordings=left,
        carriers=tuple(one for one in whole.carriers if one.entry != entry),
        positions=tuple(one for one in whole.positions if one.carrier.entry != entry),
    )
    return Repair(gone=(whole,), filed=(rest, own_claim(claim, carrier, own)))


def claim_at(topic: TopicSlug, evidence: Evidence, said: Judged | None = None, wording: Wording | None = None) -> Claim:
    """A claim as far as it is known from its evidence and what was kept of it."""
    return Claim(
        topic=topic,
        evidence=evidence,
        sentence=evidence.text,
        proposition=evidence.text,
        terms=wording.terms if wording else terms_of(evidence.text),
        actors=frozenset(),
        mentions=(),
        speaker=said.speaker if said else None,
        org=said.org if said else None,
        stance=said.stance if said else Stance.ASSERTS,
        quantities=wording.figures if wording else (),
        place=None,
        time=None,
        background=False,
        worth=1.0,
    )


def own_claim(claim: Claim, carrier: Carrier, wordings: tuple[Wording, ...] = ()) -> Proposition:
    """A claim filed by itself."""
    wording = wording_of(claim, _answer(claim, carrier))
    return Proposition(
        id=proposition_id(claim.topic, claim.evidence.key),
        claim=claim,
        wordings=wordings or (wording,),
        carriers=(carrier,),
        positions=with_position((), wording.party, claim.stance, carrier),
    )


def missed(request: Request, propositions: Sequence[Proposition]) -> Repair:
    """A development of what was held back, filed by itself; told by its event."""
    claim, carrier = request.claim, request.carrier
    if claim is None or carrier is None:
        raise ValueError("nothing is known of what the entry says")
    known = next(iter(propositions), None)
    if known is not None and known.development is None:
        own, repair = replace(known, muted=()), Repair(gone=(known,))
    elif known is not None and len(known.wordings) > 1:
        apart = tuple(one for one in known.wordings if one.key == claim.evidence.key)
        rest = replace(known, wordings=tuple(one for one in known.wordings if one not in apart))
        own, repair = own_claim(claim, carrier, apart), Repair(gone=(known,), filed=(rest,))
    else:
        own, repair = own_claim(claim, carrier), Repair()
    why = f": {request.correction.why}" if request.correction.why else "."
    development = Development(
        id=development_id(claim.topic, VerdictKind.NEW_CLAIM, claim.evidence.key),
        topic=claim.topic,
        kind=VerdictKind.NEW_CLAIM,
        number=request.number,
        snapshot=request.snapshot,
        claim=claim,
        carrier=replace(carrier, silent=False, late=None),
        reason=f"{request.correction.by} says that this was missed{why}",
        confidence=1.0,
        before=None,
        quantity=None,
        proposition=own.id,
        series=None,
        version=1,
        origins=(carrier.origin,),
        voices=(voice_of(carrier),),
        rule=Rule.CORRECTED,
    )
    told = replace(own, claim=claim, development=development.id)
    event = Event(development=development, cause=VerdictKind.NEW_CLAIM, carrier=development.carrier)
    return replace(repair, filed=(*repair.filed, told), developments=(development,), events=(event,))


def taken_back(before: Sequence[Proposition], made: Sequence[Proposition], now: Mapping[PropositionId, Proposition]) -> Repair:
    """What takes a correction back that others have built on since: the records before, with what has come to them since.

    before: the records that the correction changed, as they were; made: as it left them; now: as they stand.
    """
    grown: dict[PropositionId, list[tuple[Proposition, Proposition]]] = {one.id: [] for one in before}
    first = before[0].id if before else None
    for was in made:
        home = was.id if was.id in grown else first
        if (stands := now.get(was.id)) is not None and home is not None:
            grown[home].append((was, stands))
    restored = tuple(_with_growth(one, grown[one.id]) for one in before)
    return Repair(gone=tuple(now[one.id] for one in made if one.id in now), filed=restored)


def _with_growth(one: Proposition, grown: Sequence[tuple[Proposition, Proposition]]) -> Proposition:
    for was, stands in grown:
        one = replace(
            one,
            wordings=(*one.wordings, *_new(stands.wordings, was.wordings))[:WORDINGS],
            carriers=_carriers((*one.carriers, *_new(stands.carriers, was.carriers))),
            positions=(*one.positions, *_new(stands.positions, was.positions)),
        )
    return one


def _new(now: Sequence[T], before: Sequence[T]) -> tuple[T, ...]:
    return tuple(one for one in now if one not in before)


def _carriers(carriers: Sequence[Carrier]) -> tuple[Carrier, ...]:
    """Each revision of an entry once, in order."""
    return tuple({(one.entry, one.revision): one for one in reversed(carriers)}.values())[::-1]


def refiled(part: Part, numbers: Mapping[str, int], repair: Repair) -> Upkeep:
    """What is to be written beside the records. part: the cells and counts of all wordings; numbers: of what goes, by id."""
    topic = part.ledger.topic
    before = Ledger(topic=topic, propositions={one.id: one for one in repair.gone})
    keeper = Bookkeeper(replace(part, ledger=before, numbers=numbers))
    for one in repair.gone:
        keeper.drop_proposition(one)
    dropped = keeper.upkeep()
    cells, terms = {**part.cells, **dropped.cells}, {**part.terms, **dropped.terms}
    totals = dropped.totals or part.totals
    keeper = Bookkeeper(replace(part, ledger=Ledger(topic=topic), numbers={}, cells=cells, terms=terms, totals=totals))
    for one in repair.filed:
        keeper.file(one)
    filed = keeper.upkeep()
    return Upkeep(
        cells={**dropped.cells, **filed.cells},
        terms={**dropped.terms, **filed.terms},
        places={**dropped.places, **filed.places},
        ages={**dropped.ages, **filed.ages},
        totals=filed.totals,
    )


def _answer(claim: Claim, carrier: Carrier) -> Answer:
    """The claim as analysis would have answered it: what a wording is made of."""
    return Answer(topic=claim.topic, number=1, first=1, last=1, snapshot=Snapshot(0), carrier=carrier)
