"""Filing: what a batch does to the ledger's records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.ledger.bounds import bounded_carriers, bounded_figures, bounded_positions
from monitor.ledger.figures import covered
from monitor.ledger.origins import voice_of, with_carrier
from monitor.ledger.positions import with_position
from monitor.ledger.series import Counted, Shelf, as_known
from monitor.ledger.signs import Reading
from monitor.records import (
    Answer,
    Carrier,
    Changes,
    Claim,
    Development,
    Event,
    Figure,
    Ledger,
    Proposition,
    Sensitivity,
    Series,
    Verdict,
    VerdictKind,
    Voice,
    Wording,
)
from monitor.records.ids import (
    DevelopmentId,
    EntryId,
    PropositionId,
    SeriesId,
    TopicSlug,
    development_id,
    proposition_id,
    series_id,
)

WORDINGS = 16
"""Distinct wordings that a proposition keeps: the first ones, since later ones are mostly made after them."""
TREND = 8
"""Figures of a series that an event carries."""


class Draft:
    """A ledger under change: what is new or replaced lies over what was."""

    def __init__(self, ledger: Ledger, sensitivity: Sensitivity = "balanced", judge: str = "") -> None:
        self._ledger = ledger
        self._judge = judge
        self._sensitivity = sensitivity
        self._propositions: dict[PropositionId, Proposition] = {}
        self._series: dict[SeriesId, Series] = {}
        self._developments: dict[DevelopmentId, Development] = {}
        self._events: list[Event] = []
        self._verdicts: list[Verdict] = []

    def proposition(self, key: PropositionId) -> Proposition:
        """The proposition as it stands by now."""
        return self._propositions.get(key) or self._ledger.propositions[key]

    def propositions(self) -> Iterator[Proposition]:
        """All of them, as they stand by now, in the order of their ids."""
        for key in sorted(self._ledger.propositions.keys() | self._propositions.keys()):
            yield self.proposition(key)

    def mute(self, key: PropositionId, wording: str) -> None:
        """Marks a wording of the proposition as noise: nothing is told from now on that is nearest to it."""
        self._propositions[key] = muted(self.proposition(key), wording)

    def development(self, key: DevelopmentId) -> Development:
        """The development as it stands by now."""
        return self._developments.get(key) or self._ledger.developments[key]

    def file(self, reading: Reading, target: PropositionId | None) -> Proposition:
        """Files a claim under a proposition, or under a new one that is named after it."""
        claim, carrier = reading.claim, reading.answer.carrier
        if target is None:
            proposition = Proposition(
                id=proposition_id(claim.topic, claim.evidence.key),
                claim=claim,
                wordings=(reading.wording,),
                carriers=(carrier,),
                positions=with_position((), reading.wording.party, claim.stance, carrier),
            )
        else:
            old = self.proposition(target)
            proposition = replace(
                old,
                wordings=_with_wording(old.wordings, reading.wording),
                carriers=bounded_carriers(_with_carrier(old.carriers, carrier)),
                positions=bounded_positions(with_position(old.positions, reading.wording.party, claim.stance, carrier)),
            )
        self._propositions[proposition.id] = proposition
        return proposition

    def count(self, figure: Figure, counted: Counted, topic: TopicSlug, shelf: Shelf) -> Series:
        """Files a figure under its series, or under a new one that is named after it."""
        quantity = figure.quantity
        if counted.series is None:
            key = series_id(topic, figure.evidence, quantity.start)
            series = Series(id=key, what=quantity.what, unit=quantity.unit, figures=(figure,))
        else:
            series = replace(counted.series, figures=bounded_figures((*counted.series.figures, figure)))
        self._series[series.id] = series
        shelf.put(series)
        return series

    def unread(self) -> Iterator[Proposition]:
        """What was told without having been read."""
        for key in self._ledger.propositions.keys() | self._propositions.keys():
            if (one := self.proposition(key)).claim.unread is not None:
                yield one

    def shelve(self, claim: Claim, carrier: Carrier, near: Proposition | None) -> Proposition:
        """Files what was not read, beside its near-duplicate if there is one. It has no wordings: nothing is compared with it."""
        if near is None:
            key = proposition_id(claim.topic, claim.evidence.key)
            proposition = Proposition(id=key, claim=claim, wordings=(), carriers=(carrier,), positions=())
        else:
            proposition = replace(near, carriers=bounded_carriers(_with_carrier(near.carriers, carrier)))
        self._propositions[proposition.id] = proposition
        return proposition

    def tell(self, answer: Answer, verdict: Verdict) -> None:
        """Adds a development, with its event, and hangs it on its proposition, for which it speaks, and series."""
        if verdict.proposition is None:
            raise ValueError("a development needs the proposition that it is filed under")
        carrier = answer.carrier
        development = Development(
            id=development_id(verdict.claim.topic, verdict.kind, verdict.claim.evidence.key),
            topic=verdict.claim.topic,
            kind=verdict.kind,
            number=answer.number,
            snapshot=answer.snapshot,
            claim=verdict.claim,
            carrier=carrier,
            reason=verdict.reason,
            confidence=verdict.confidence,
            before=verdict.before,
            quantity=verdict.quantity,
            proposition=verdict.proposition,
            series=verdict.series,
            version=1,
            origins=(carrier.origin,),
            voices=(voice_of(carrier),),
            rule=verdict.rule,
            nearest=verdict.nearest,
            sensitivity=self._sensitivity,
            ends=verdict.ends,
            judge=self._judge,
        )
        self._developments[development.id] = development
        self._propositions[verdict.proposition] = replace(
            self.proposition(verdict.proposition), claim=verdict.claim, development=development.id
        )
        if verdict.series is not None:
            self._series[verdict.series] = replace(self._series[verdict.series], development=development.id)
        self._events.append(self._event(development, verdict.kind, carrier))

    def carry(self, key: DevelopmentId, carrier: Carrier, copied: EntryId | None = None) -> bool:
        """Adds a carrier to a development; whether that is one more independent voice for it, which is an event.

        copied: the entry whose text or sentence the carrier repeats, where it does.
        """
        old = self.development(key)
        before = old.voices or (voice_of(old.carrier),)
        voices = with_carrier(before, carrier, copied)
        grown = len(voices) > len(before)
        if voices != old.voices:
            origins = tuple(voice.name for voice in voices if not voice.carriers[0].withdrawn)
            withdrawn = None if grown else old.withdrawn
            self._developments[key] = replace(
                old, version=old.version + grown, voices=voices, origins=origins, withdrawn=withdrawn
            )
        if grown:
            self._events.append(self._event(self._developments[key], VerdictKind.CORROBORATION, carrier))
        return grown

    def known(self, key: DevelopmentId) -> Development | None:
        """The development as it stands by now; None for one that is not at hand."""
        return self._developments.get(key) or self._ledger.developments.get(key)

    def withdraw(self, key: DevelopmentId, entry: EntryId, by: Carrier, why: str) -> None:
        """Marks what the entry carried as taken back. Where no voice is left that stands by it, that is an event.

        A voice stands with its first carrier: the others are its copies.
        """
        old = self.development(key)
        voices = tuple(_without(voice, entry) for voice in old.voices or (voice_of(old.carrier),))
        if voices == old.voices or old.withdrawn is not None:
            return
        standing = [voice for voice in voices if not voice.carriers[0].withdrawn]
        self._developments[key] = replace(
            old,
            version=old.version + (not standing),
            voices=voices,
            origins=tuple(voice.name for voice in standing),
            withdrawn=None if standing else why,
        )
        if not standing:
            self._events.append(self._event(self._developments[key], VerdictKind.WITHDRAWN, by))

    def carries(self, key: DevelopmentId, carrier: Carrier) -> bool:
        """Whether the carrier is one of the development's."""
        voices = self.development(key).voices
        return any(one.entry == carrier.entry and one.revision == carrier.revision for voice in voices for one in voice.carriers)

    def repeat(self, key: DevelopmentId, carrier: Carrier, original: Carrier) -> None:
        """Adds a copy to the carriers of a development, with the voice of its original. One that is gone is passed over."""
        if key in self._developments or key in self._ledger.developments:
            self.carry(key, carrier, original.entry)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts so far."""
        return tuple(self._verdicts)

    def _event(self, development: Development, cause: VerdictKind, carrier: Carrier) -> Event:
        """The event, with what a reader wants to see of the development's series."""
        if development.series is None:
            return Event(development=development, cause=cause, carrier=carrier)
        series = self._series.get(development.series) or self._ledger.series[development.series]
        trend = tuple(as_known(figure) for figure in series.figures[-TREND:])
        return Event(development=development, cause=cause, carrier=carrier, counted=series.what or None, trend=trend)

    def note(self, verdict: Verdict) -> None:
        """Keeps a verdict for the record."""
        self._verdicts.append(verdict)

    def changes(self, first: int, last: int) -> Changes:
        """What the batch came to. What a silent entry brought first is known and never told, whoever carries it later."""
        return Changes(
            topic=self._ledger.topic,
            first=first,
            last=last,
            propositions=tuple(self._propositions.values()),
            series=tuple(self._series.values()),
            developments=tuple(self._developments.values()),
            events=tuple(event for event in self._events if not event.development.carrier.silent),
            verdicts=tuple(self._verdicts),
        )


def _without(voice: Voice, entry: EntryId) -> Voice:
    """The voice with what the entry said marked as taken back."""
    carriers = tuple(replace(one, withdrawn=True) if one.entry == entry else one for one in voice.carriers)
    return replace(voice, carriers=carriers)


def muted(proposition: Proposition, key: str) -> Proposition:
    """The proposition with what stands at that evidence marked as noise; with all of its entry where it kept no such wording."""
    entry = key.split(":", 1)[0]
    kept = [one.key for one in proposition.wordings if one.key == key] or [
        one.key for one in proposition.wordings if one.entry == entry
    ]
    keys = dict.fromkeys((*proposition.muted, *(kept or [key])))
    return replace(proposition, muted=tuple(keys))


def _with_wording(wordings: tuple[Wording, ...], new: Wording) -> tuple[Wording, ...]:
    """With the new wording, unless one that is there says all that it says."""
    if len(wordings) >= WORDINGS or any(_contains(old, new) for old in wordings):
        return wordings
    return (*wordings, new)


def _contains(old: Wording, new: Wording) -> bool:
    return (
        new.terms <= old.terms
        and new.stance == old.stance
        and new.party in (None, old.party)
        and all(covered(figure, old.figures, 0.0) for figure in new.figures)
    )


def _with_carrier(carriers: Sequence[Carrier], new: Carrier) -> tuple[Carrier, ...]:
    if any(old.entry == new.entry and old.revision == new.revision for old in carriers):
        return tuple(carriers)
    return (*carriers, new)
