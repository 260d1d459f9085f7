"""The decision on a batch: which claims are new, which are known, and what that does to the ledger.

assess -> rule -> choose the speakers -> file and give the verdict, claim by claim in order
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.ledger import reasons
from monitor.ledger.accounts import accounts_of
from monitor.ledger.assess import assess, copies
from monitor.ledger.corrections import NONE, Corrections
from monitor.ledger.figures import covered
from monitor.ledger.filing import Draft
from monitor.ledger.index import Index
from monitor.ledger.judge import Judge, shipped
from monitor.ledger.profile import Profiles
from monitor.ledger.rules import Ruling, Turn, contradicted, former, rule, turn_of
from monitor.ledger.rungs import ends
from monitor.ledger.series import Counted, Shelf, State, figure_of, read_figure
from monitor.ledger.signs import Near, Reading
from monitor.ledger.speakers import speakers, voiced
from monitor.ledger.unread import apart, pass_on
from monitor.ledger.withdraw import withdraw
from monitor.ledger.wordings import counted
from monitor.records import Answer, Changes, Claim, Known, Ledger, Proposition, Quantity, Rule, Sensitivity, Verdict, VerdictKind
from monitor.records.ids import PropositionId, SeriesId
from monitor.settings import Config, Topic

FIGURE = 0.5
"""Likelihood from which a figure is the news, and not the claim that it stands in."""


def decide(
    batch: Sequence[Answer],
    ledger: Ledger,
    topic: Topic,
    config: Config,
    *,
    index: Index | None = None,
    judge: Judge | None = None,
    corrections: Corrections = NONE,
) -> Changes:
    """What a batch does to the ledger.

    batch: the answers of one batch, all its numbers in order. index: the ledger's index, where the caller keeps one (it is read
    here, never changed); judge: None for the one that ships; corrections: what people set right of the batch. Raises ValueError
    where the batch does not follow the ledger.
    """
    if not batch or batch[0].number != ledger.decided + 1:
        raise ValueError(f"a batch of topic {ledger.topic} must begin at number {ledger.decided + 1}")
    index = Index.of(ledger) if index is None else index
    judge = shipped() if judge is None else judge
    tolerance = topic.tolerance or config.ledger.tolerance
    told_from = config.told_from(ledger.topic, topic)
    session = _Session(ledger, index, judge, tolerance, told_from, topic.sensitivity, corrections)
    profiles = Profiles.of(ledger.topic, {**config.topics, ledger.topic: topic})
    read, unread = apart(batch)
    readings, rulings, turns = considered(read, ledger, profiles, tolerance, index, judge, corrections)
    spoken = speakers(readings, rulings, judge, index, told_from, tolerance)
    for number, reading in enumerate(readings):
        while unread and unread[0][0].number < reading.answer.number:
            pass_on(*unread.pop(0), session.draft)
        proposition = session.file(number, reading, turns[number])
        series = session.count(number, reading, readings)
        if spoken.by.get(number) == number:
            claim = voiced(number, readings, spoken)
            session.tell(claim, spoken.sure[number], reading, rulings[number], turns[number], proposition, series)
        else:
            speaker = readings[spoken.by[number]] if number in spoken.by else None
            session.keep_silent(reading, rulings[number], proposition, speaker)
    for answer, claim in unread:
        pass_on(answer, claim, session.draft)
    for answer in batch:
        former = ledger.accounts.get(answer.revision.number) if answer.revision else None
        withdraw(answer, former, readings, session.draft)
    accounts = accounts_of(batch, session.draft, ledger.accounts, judge.version)
    changes = session.draft.changes(batch[0].number, batch[-1].number)
    events = tuple(replace(event, snapshot=batch[0].snapshot) for event in changes.events)
    return replace(changes, events=events, accounts=accounts)


def considered(
    batch: Sequence[Answer],
    ledger: Ledger,
    profiles: Profiles,
    tolerance: float,
    index: Index,
    judge: Judge,
    corrections: Corrections = NONE,
) -> tuple[list[Reading], list[Ruling | None], list[Turn | None]]:
    """The claims of a batch beside the ledger as it stood before, and for each what the rules say and the turn that it is."""
    readings = assess(batch, index, Shelf(ledger.series.values()), profiles, tolerance, judge)
    draft = Draft(ledger)
    rulings = [corrections.ruling(reading, draft) or rule(reading, draft, tolerance) for reading in readings]
    return readings, rulings, [turn_of(reading, draft) for reading in readings]


class _Session:
    """Filing and verdicts of one batch."""

    def __init__(
        self,
        ledger: Ledger,
        index: Index,
        judge: Judge,
        tolerance: float,
        told_from: float,
        sensitivity: Sensitivity,
        corrections: Corrections,
    ) -> None:
        self.draft = Draft(ledger, sensitivity, judge.version)
        self.shelf = Shelf(ledger.series.values())
        self._index = index
        self._judge = judge
        self._tolerance = tolerance
        self._told_from = told_from
        self._corrections = corrections
        self._filed: dict[int, PropositionId] = {}

    def file(self, number: int, reading: Reading, turn: Turn | None) -> Proposition:
        """Files a claim where it is likeliest: with what was said before, with a mate of its batch, or by itself."""
        target, likelihood = (turn.proposition.id, 1.0) if turn is not None else (None, 0.0)
        if target is None and reading.best is not None:
            target, likelihood = reading.best.item.proposition, reading.best.likelihood
        for mate in sorted(self._filed.keys() & reading.mates.keys()):
            if reading.mates[mate] > likelihood:
                target, likelihood = self._filed[mate], reading.mates[mate]
        if (bound := self._corrections.target(reading, self.draft)) is not None:
            target, likelihood = bound, 1.0
        elif target is not None and self._corrections.forbids(reading, self.draft.proposition(target)):
            target = None
        proposition = self.draft.file(reading, target if likelihood >= self._judge.file else None)
        if self._corrections.is_noise(reading):
            self.draft.mute(proposition.id, reading.wording.key)
        self._filed[number] = proposition.id
        return proposition

    def count(self, number: int, reading: Reading, readings: Sequence[Reading]) -> dict[Quantity, SeriesId]:
        """Files a claim's figures; what mates of the batch have filed counts as known here."""
        likely = {near.item.wording.key: near.likelihood for near in reading.nearest}
        copied = copies(reading)
        likely |= {readings[mate].wording.key: value for mate, value in reading.mates.items() if mate < number}
        filed = {}
        for quantity in counted(reading.claim):
            figure = figure_of(reading.claim, quantity, reading.answer.carrier)
            place = read_figure(figure, self.shelf, self._index, likely, copied, self._tolerance, self._judge)
            filed[quantity] = self.draft.count(figure, place, reading.claim.topic, self.shelf).id
        return filed

    def tell(
        self,
        claim: Claim,
        sure: float,
        reading: Reading,
        ruling: Ruling | None,
        turn: Turn | None,
        proposition: Proposition,
        series: Mapping[Quantity, SeriesId],
    ) -> None:
        """Gives the verdict on a claim that is told. claim: as it is told, with who says it; sure: its confidence."""
        figure = _main_figure(reading, ruling)
        if turn is None and ruling is None and reading.turns >= self._judge.turn:
            turn = former(reading, self.draft)
        moved = _ends(reading, turn) if turn is not None else None
        turn = turn if moved is not None else None
        kind = ruling.kind if ruling is not None else _kind(reading, turn, figure)
        before: Known | None = None
        nearest = self.draft.proposition(reading.best.item.proposition) if reading.best else None
        if kind is VerdictKind.POSITION_CHANGE and turn is not None and moved is not None:
            reason, before = reasons.position_change(turn, moved), reasons.known_turn(turn)
        elif kind is VerdictKind.NUMBER_CHANGED and figure is not None:
            reason, before = reasons.number_changed(figure, reading.claim.sentence, self._tolerance), reasons.known_figure(figure)
        elif kind is VerdictKind.NEW_NUMBER and figure is not None:
            reason = reasons.new_number(figure, reading.claim.sentence)
        elif (denied := _denied(ruling) or contradicted(reading, self.draft)) is not None:
            reason = reasons.contradiction(reading, denied, self.draft.proposition(denied.item.proposition))
        else:
            reason = reasons.new_claim(reading, nearest, self._index)
        verdict = Verdict(
            kind=kind,
            claim=claim,
            reason=reason,
            confidence=sure,
            proposition=proposition.id,
            series=series.get(figure.quantity) if figure else None,
            before=before,
            quantity=figure.quantity if figure else None,
            ends=moved if kind is VerdictKind.POSITION_CHANGE else None,
            rule=ruling.name if ruling is not None else Rule.JUDGE,
            nearest=reasons.nearest(reading, nearest, self._index) if nearest is not None else None,
        )
        self.draft.tell(reading.answer, verdict)
        self.draft.note(verdict)

    def keep_silent(self, reading: Reading, ruling: Ruling | None, proposition: Proposition, speaker: Reading | None) -> None:
        """Gives the verdict on a claim that is not told: known, past, or of no worth."""
        near = ruling.near if ruling is not None and ruling.near is not None else reading.best
        known = near is not None and (ruling is not None or near.item.proposition == proposition.id)
        kind, why, rule = VerdictKind.MINOR, reading.confidence, ruling.name if ruling is not None else Rule.JUDGE
        if rule in {Rule.MUTED, Rule.CORRECTED}:
            kind, known, why = VerdictKind.MINOR if rule is Rule.MUTED else VerdictKind.REPEAT, False, 1.0
            reason = reasons.set_right(rule, proposition)
        elif speaker is not None:
            kind, rule, reason = VerdictKind.REPEAT, Rule.PLAINER, reasons.held(speaker, reading)
        elif known and near is not None:
            kind, why = VerdictKind.REPEAT, near.likelihood
            reason = reasons.repeat(near, self.draft.proposition(near.item.proposition))
        else:
            kind = VerdictKind.BACKGROUND if reading.claim.background else VerdictKind.MINOR
            nearest = self.draft.proposition(reading.best.item.proposition) if reading.best else None
            reason, why = reasons.silent(reading, kind, self._told_from, nearest), 1.0 - reading.confidence
        if known and near is not None and self._carries(reading, proposition, near):
            kind = VerdictKind.CORROBORATION
            reason = reasons.one_more_voice(reason, reading.answer.carrier)
        verdict = Verdict(kind=kind, claim=reading.claim, reason=reason, confidence=why, proposition=proposition.id, rule=rule)
        self.draft.note(verdict)

    def _carries(self, reading: Reading, proposition: Proposition, near: Near) -> bool:
        """Adds the carrier to the proposition's development; whether that is one more independent voice for it."""
        if proposition.development is None:
            return False
        development = self.draft.development(proposition.development)
        figures = [figure.quantity for figure in reading.figures]
        if development.quantity is not None and not any(covered(development.quantity, [one], self._tolerance) for one in figures):
            return False
        copied = near.item.wording.entry if near.copied_by(reading.wording) else None
        return self.draft.carry(development.id, reading.answer.carrier, copied)


def _denied(ruling: Ruling | None) -> Near | None:
    return ruling.near if ruling is not None and ruling.name is Rule.CONTRADICTION else None


def _ends(reading: Reading, turn: Turn) -> tuple[str, str] | None:
    known = turn.proposition.claim
    return ends(known.terms, turn.last.stance, reading.claim.terms, reading.claim.stance)


def _main_figure(reading: Reading, ruling: Ruling | None) -> Counted | None:
    """The figure that the verdict is about: the first one that is not known, since what is the news stands first; where a rule
    saw a change, the first changed one."""
    changed = ruling is not None and ruling.kind is VerdictKind.NUMBER_CHANGED
    news = {State.CHANGED} if changed else {State.CHANGED, State.FIRST}
    return next((figure for figure in reading.figures if figure.state in news), None)


def _kind(reading: Reading, turn: Turn | None, figure: Counted | None) -> VerdictKind:
    """The kind of a development that no rule named."""
    if turn is not None:
        return VerdictKind.POSITION_CHANGE
    if figure is None or reading.counts < FIGURE:
        return VerdictKind.NEW_CLAIM
    return VerdictKind.NUMBER_CHANGED if figure.state is State.CHANGED else VerdictKind.NEW_NUMBER
