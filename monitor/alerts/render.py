"""How an alert reads: its parts as safe single lines.

Every channel builds its text from the same `Rendering`, so that what is said is decided once; `monitor.alerts.bulletin` puts the
renderings of a message together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.alerts.figures import amount, figure
from monitor.alerts.lines import day, link, moment, one_line, shortened
from monitor.records import Carrier, Development, Event, Known, Message, NoticeKind, Quantity, VerdictKind

LABELS = {
    VerdictKind.NEW_CLAIM: "New claim",
    VerdictKind.NEW_NUMBER: "New number",
    VerdictKind.NUMBER_CHANGED: "Number changed",
    VerdictKind.POSITION_CHANGE: "Position changed",
    VerdictKind.UNREAD: "Not read",
    VerdictKind.WITHDRAWN: "Withdrawn",
}
NOTICES = {
    NoticeKind.HEALTH: "Health",
    NoticeKind.STANDING: "Where the story stands",
    NoticeKind.WATCHING: "Still watching",
}
SHORT_ID = 8
"""Digits of a development's id that people see; `monitor explain` and `monitor snooze` accept them."""
FIRST_LOOK = 80
"""Characters that a telephone shows of a message: the change stands in them."""
BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One figure of a series: the day, the amount, who gave it, and its height among the others, 0 to 100."""

    day: str
    amount: str
    voice: str
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """An alert's parts, each one line of text for people. None where there is nothing to say.

    change is the whole news in one line; before and after are its two ends, steps what lay between them; subject is what is
    counted or who moved. known tells what was known before and from whom; confirmed the carrier that made the subscription's
    conditions hold, where that is not the first one; trend the series' figures, bars the same as a line of blocks; id is short.
    """

    kind: VerdictKind
    label: str
    topic: str
    change: str
    subject: str | None
    before: str | None
    after: str | None
    steps: tuple[str, ...]
    sentence: str
    said_by: str
    outlet: str
    url: str | None
    published: str
    known: str | None
    confirmed: str | None
    origins: str | None
    reason: str | None
    trend: tuple[Point, ...]
    bars: str
    id: str

    @property
    def sentence_says_more(self) -> bool:
        """Whether the sentence is more than the change said again, as it often is for a new claim."""
        return self.sentence.rstrip(" .").casefold() != self.change.rstrip(" .").casefold()

    @property
    def unchanged(self) -> bool:
        """Whether it ends, after steps in between, where it began."""
        return bool(self.steps) and self.before == self.after


def render(message: Message, *, earlier: Sequence[Message] = ()) -> Rendering:
    """The parts of the message's own alert; `message.more` is not looked at.

    earlier: alerts of the same story that are told together with this one, oldest first: the change begins where the first of
    them began, and the others are steps of it.
    """
    event, development = message.news, message.news.development
    claim = development.claim
    subject, before, after, steps = _ends(message, earlier) if development.withdrawn is None else (None, None, None, ())
    points = _trend(event, message.zone)
    return Rendering(
        kind=kind_of(development),
        label=LABELS.get(kind_of(development), str(development.kind)),
        topic=one_line(message.title) or one_line(development.topic.replace("-", " ").capitalize()),
        change=_change(development, subject, (before, *steps, after)),
        subject=subject,
        before=before,
        after=after,
        steps=steps,
        sentence=one_line(claim.sentence),
        said_by=said_by(claim.speaker, claim.org),
        outlet=one_line(development.carrier.outlet),
        url=link(development.carrier.url),
        published=_published(development.carrier, message.zone),
        known=_known(development.before, message.zone) if development.before else None,
        confirmed=_later(development.carrier, event.carrier, message.zone) if development.withdrawn is None else None,
        origins=_origins(development, event.carrier, message.zone),
        reason=one_line(development.withdrawn or development.reason),
        trend=points,
        bars="".join(BARS[point.height * (len(BARS) - 1) // 100] for point in points),
        id=development.id[:SHORT_ID],
    )


def kind_of(development: Development) -> VerdictKind:
    """What people are told that it is: its kind, or that it was withdrawn."""
    return development.kind if development.withdrawn is None else VerdictKind.WITHDRAWN


def _published(carrier: Carrier, zone: str) -> str:
    """When it was published; where it came so late that it was not told at once, with how late."""
    when = moment(carrier.published, zone)
    if carrier.late is None:
        return when
    days = (carrier.seen - carrier.published).days
    return f"{when} (seen {f'{days} days' if days > 1 else 'a day'} later)"


def said_by(speaker: str | None, org: str | None) -> str:
    """Who said it: "Speaker (Org)", one of the two, or the outlet itself."""
    if speaker and org and one_line(org).casefold() not in one_line(speaker).casefold():
        return f"{one_line(speaker)} ({one_line(org)})"
    return one_line(speaker or org or "") or "the outlet itself"


def short_end(development: Development) -> str | None:
    """Where the change ends, in short: the figure or the stance; None for a claim without figure."""
    if development.kind is VerdictKind.POSITION_CHANGE:
        return development.ends[1] if development.ends else str(development.claim.stance)
    return one_line(amount(development.quantity)) if development.quantity else None


def _ends(message: Message, earlier: Sequence[Message]) -> tuple[str | None, str | None, str | None, tuple[str, ...]]:
    """Subject, before, after, and the steps between."""
    development = message.news.development
    first = earlier[0] if earlier else message
    began = first.news.development
    known = began.ends[0] if began.ends else _short(began.before) if began.before else None
    known = (first.since or known) if earlier else (known or first.since)
    after = short_end(development)
    steps: list[str] = []
    for step in (short_end(one.news.development) for one in earlier):
        if step and step not in (known, after) and step not in steps[-1:]:
            steps.append(step)
    if development.kind is VerdictKind.POSITION_CHANGE:
        party = one_line(development.claim.org or development.claim.speaker or "") or None
        return party, known, after, tuple(steps)
    if development.quantity is None:
        return None, known, None, ()
    what = counted(message.news)
    nouns = (what, one_line(development.quantity.what), development.quantity.unit)
    if known:
        known = without_noun(known, nouns)
    return what, known, after, tuple(steps)


def counted(event: Event) -> str:
    """What the development's figure counts, where a place is stated with it: "North Korean soldiers in Kursk"."""
    quantity = event.development.quantity
    if quantity is None:
        return ""
    own, series = one_line(quantity.what) or one_line(quantity.unit), one_line(event.counted or "")
    what = series if len(series.split()) > len(own.split()) else own
    place = one_line(quantity.place or event.development.claim.place or "")
    return f"{what} in {place}" if place and place.casefold() not in what.casefold() else what


def _short(before: Known) -> str:
    if before.stance is not None:
        return str(before.stance)
    return one_line(amount(before.quantity) if before.quantity else before.text)


def _change(development: Development, subject: str | None, ends: tuple[str | None, ...]) -> str:
    """The news in one line. The arrow and what stands on both its sides come within the first 80 characters."""
    claim = development.claim
    proposition = one_line(claim.proposition) or one_line(claim.sentence)
    if development.withdrawn is not None:
        return f"No longer stands: {proposition}"
    if development.kind is VerdictKind.NEW_NUMBER and development.quantity and len([end for end in ends if end]) < 3:
        told = one_line(figure(development.quantity))
        return proposition if proposition.casefold().startswith(told.casefold()) else f"{told}: {proposition}"
    if development.kind in {VerdictKind.NEW_NUMBER, VerdictKind.NUMBER_CHANGED, VerdictKind.POSITION_CHANGE} and ends[-1]:
        step = " -> ".join(end for end in ends if end)
        if subject:
            step = f"{shortened(subject, max(FIRST_LOOK - len(step) - 2, 12))}: {step}"
        if development.kind is VerdictKind.POSITION_CHANGE:
            return f"{step}: {proposition}"
        voice = one_line(claim.speaker or claim.org or "")
        return f"{step}, {voice}" if voice else step
    return proposition


def without_noun(text: str, nouns: tuple[str, ...]) -> str:
    """ "3,000 soldiers" beside the subject "soldiers" is "3,000"."""
    for noun in nouns:
        if noun and text.casefold().endswith(f" {noun.casefold()}"):
            return text[: -len(noun)].rstrip()
    return text


def _known(before: Known, zone: str) -> str:
    text, speaker = one_line(before.text), one_line(before.speaker or "")
    named = f"{speaker}, " if speaker and not text.startswith(speaker) else ""
    return f"{text} ({named}{one_line(before.outlet)}, {moment(before.published, zone)})"


def _later(first: Carrier, latest: Carrier, zone: str) -> str | None:
    if (first.entry, first.revision) == (latest.entry, latest.revision):
        return None
    return f"{one_line(latest.outlet)}, {moment(latest.published, zone)}"


def _origins(development: Development, latest: Carrier, zone: str) -> str:
    """How many independent voices carry it; of what nobody stands by any more, who took it back."""
    if development.withdrawn is not None:
        return f"no origin is left: taken back by {_later(development.carrier, latest, zone) or one_line(latest.outlet)}"
    names = sorted({one_line(origin) for origin in development.origins})
    return f"{len(names)} {'origin' if len(names) == 1 else 'origins'}: {', '.join(names)}"


def _trend(event: Event, zone: str) -> tuple[Point, ...]:
    """The series' figures, where there are two or more that can be compared; what one entry says twice stands there once."""
    figures: list[Known] = []
    for known in event.trend:
        last = figures[-1] if figures else None
        again = last is not None and (last.outlet, last.published) == (known.outlet, known.published)
        if known.quantity is not None and not (again and last and _value(last) == _value(known)):
            figures.append(known)
    values = [value_of(known.quantity) for known in figures if known.quantity]
    if len(figures) < 2 or any(value is None for value in values):
        return ()
    most = max(abs(value) for value in values if value is not None) or 1.0
    return tuple(
        Point(
            day=day(known.published, zone),
            amount=one_line(amount(known.quantity)) if known.quantity else "",
            voice=one_line(known.speaker or known.outlet),
            height=round(100 * abs(value or 0.0) / most),
        )
        for known, value in zip(figures, values, strict=True)
    )


def _value(known: Known) -> float | None:
    return value_of(known.quantity) if known.quantity else None


def value_of(quantity: Quantity) -> float | None:
    """One number for a figure: the middle of its bounds, or the one that is stated; None where neither is."""
    bounds = [bound for bound in (quantity.low, quantity.high) if bound is not None]
    return sum(bounds) / len(bounds) if bounds else None
