"""Where a story stands: what a ledger knows when it has been filled, for people. It is no news, and says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from monitor.alerts.figures import amount
from monitor.alerts.lines import day, one_line, shortened
from monitor.alerts.render import said_by, without_noun
from monitor.records import Carrier, Figure, Ledger, Notice, NoticeKind, Position, Proposition, Series
from monitor.records.ids import digest
from monitor.settings import Topic

FIGURES, STANDS, SAID, FEW = 8, 8, 5, 3
"""Lines of each kind: a message that tells everything is read by nobody."""
SENTENCE, SHORT = 160, 120
"""Characters of what a party or a sentence says, and of a figure's sentence."""
NEUTRAL = frozenset({"asserts", "estimates", "considers"})
"""Stances that are no position on what others say."""


def standing(ledger: Ledger, topic: Topic, *, since: datetime) -> Notice | None:
    """The notice; None for a ledger that knows nothing. since: when the topic's warm-up began, which names it."""
    series = _foremost(ledger)
    positions = _positions(ledger, topic)
    sentences = {p.claim.evidence.key: _sentence(p) for p in ledger.propositions.values()}
    figures, stands = [_figure(one, sentences) for one in series], [_stand(position, about) for position, about in positions]
    told = {figure.evidence for one in series for figure in one.figures} | {p.claim.evidence.key for _, p in positions}
    said = list(_said(ledger, told))
    if not (figures or stands or said):
        return None
    carriers = {(c.entry, c.revision): c for proposition in ledger.propositions.values() for c in proposition.carriers}
    outlets = {carrier.outlet for carrier in carriers.values()}
    first, last = (pick(carrier.published for carrier in carriers.values()) for pick in (min, max))
    days = " to ".join(dict.fromkeys((day(first), day(last))))
    outlets_told = f"{len(outlets)} outlet{'' if len(outlets) == 1 else 's'}"
    read = f"Known from {len(carriers):,} {'entry' if len(carriers) == 1 else 'entries'} of {outlets_told}, {days}."
    end = "This is no news: what is new from now on is told as it comes."
    return Notice(
        id=digest("standing", ledger.topic, since.isoformat()),
        kind=NoticeKind.STANDING,
        title=f"{one_line(topic.title)}: where the story stands",
        topic=ledger.topic,
        lines=(*figures, *stands, *said[:SAID], read, end),
    )


def _foremost(ledger: Ledger) -> list[Series]:
    """The series that say most: several figures, or one that was worth telling; those with most figures first. Where there are
    few of them, others fill up."""
    ordered = sorted(ledger.series.values(), key=lambda s: (-len(s.figures), -_latest(s).carrier.published.timestamp(), s.id))
    strong = [one for one in ordered if len(one.figures) > 1 or one.development is not None]
    weak = [one for one in ordered if one not in strong]
    return [*strong, *weak[: max(FEW - len(strong), 0)]][:FIGURES]


def _figure(series: Series, sentences: Mapping[str, str]) -> str:
    """The latest figure of the series, from whom; with its sentence, else the latest sentence that is known of the series (by
    evidence key): "people" alone says little."""
    latest = _latest(series)
    what = one_line(series.what) or one_line(latest.quantity.what) or series.unit
    figure = without_noun(one_line(amount(latest.quantity)), (what, one_line(latest.quantity.what), series.unit))
    known = sorted(series.figures, key=lambda one: one.carrier.published, reverse=True)
    said = next((sentences[one.evidence] for one in (latest, *known) if one.evidence in sentences), None)
    more = f"; {len(series.figures)} figures so far" if len(series.figures) > 1 else ""
    if said is not None:
        more += f"{':' if latest.evidence in sentences else ', as in'} “{shortened(said, SHORT)}”"
    return f"{what}: {figure} ({said_by(latest.speaker, latest.org)}, {_carried(latest.carrier)}{more})"


def _latest(series: Series) -> Figure:
    return max(series.figures, key=lambda figure: figure.carrier.published)


def _positions(ledger: Ledger, topic: Topic) -> list[tuple[Position, Proposition]]:
    """Where the topic's parties stand on what others say, too, the latest first; of a topic that names none, all with a name."""
    found = [
        (position, proposition)
        for proposition in ledger.propositions.values()
        for position in _last_of_each(proposition)
        if position.stance not in NEUTRAL and not proposition.claim.background
        if (position.party in topic.actors if topic.actors else position.party[:1].isupper())
    ]
    return sorted(found, key=lambda pair: (-pair[0].carrier.published.timestamp(), pair[0].party, pair[1].id))[:STANDS]


def _stand(position: Position, proposition: Proposition) -> str:
    what = one_line(proposition.claim.proposition).removeprefix("That ").removeprefix("that ") or _sentence(proposition)
    return f"{one_line(position.party)} {position.stance}: {shortened(what, SENTENCE)} ({_carried(position.carrier)})"


def _last_of_each(proposition: Proposition) -> Iterator[Position]:
    yield from {
        position.party: position for position in sorted(proposition.positions, key=lambda p: p.carrier.published)
    }.values()


def _said(ledger: Ledger, told: set[str]) -> Iterator[str]:
    """What most outlets carried; where little of it was worth telling, some of the rest. told: the evidence of what is told by
    itself."""
    left = [p for p in ledger.propositions.values() if p.claim.evidence.key not in told]
    found = [
        (p.development is not None, len({carrier.origin for carrier in p.carriers}), p)
        for p in left
        if p.development is not None or not p.claim.background
    ]
    found.sort(key=lambda one: (not one[0], -one[1], -_first(one[2]).published.timestamp(), one[2].id))
    for number, (worth, origins, proposition) in enumerate(found):
        if not worth and number >= FEW - len(told):
            return
        carrier = _first(proposition)
        by = _carried(carrier) if origins == 1 else f"{origins} origins, first {_carried(carrier)}"
        yield f"{shortened(_sentence(proposition), SENTENCE)} ({by})"


def _first(proposition: Proposition) -> Carrier:
    return proposition.carriers[0]


def _sentence(proposition: Proposition) -> str:
    return one_line(proposition.claim.evidence.text or proposition.claim.sentence)


def _carried(carrier: Carrier) -> str:
    return f"{one_line(carrier.outlet)}, {day(carrier.published)}"
