"""How an alert reads: its parts as safe single lines, and the plain text made of them.

Every channel builds its text from the same `Rendering`, so that what is said is decided once. Text from feeds is made harmless
here: one line each, without control characters and without marks that turn the direction of what follows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.alerts.figures import amount, figure
from monitor.records import Carrier, Development, Known, Message, VerdictKind

LABELS = {
    VerdictKind.NEW_CLAIM: "New claim",
    VerdictKind.NEW_NUMBER: "New number",
    VerdictKind.NUMBER_CHANGED: "Number changed",
    VerdictKind.POSITION_CHANGE: "Position changed",
    VerdictKind.UNREAD: "Not read",
}
SHORT_ID = 8
"""Digits of a development's id that people see; `monitor explain` accepts them."""

# C0 and C1 controls, line and paragraph separators, and the marks that embed, override or isolate a writing direction
# (the "Trojan Source" characters, Unicode TR 36): none of them is needed to read a sentence. Joiners stay: scripts need them.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
_LINK = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def one_line(text: str) -> str:
    """The text as one harmless line: controls and turning marks become spaces, runs of white space become one."""
    return " ".join(_UNSAFE.sub(" ", text).split())


def link(url: str) -> str | None:
    """The address where it can be followed (http or https, printable ASCII only), else None."""
    return url if _LINK.fullmatch(url) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """An alert's parts, each one line of text for people. None where there is nothing to say.

    change is the whole news in one line; before and after are its two ends; subject is what is counted or who moved. known tells
    what was known before and from whom; confirmed the carrier that made the subscription's conditions hold, where that is not
    the first one; id is short.
    """

    kind: VerdictKind
    label: str
    topic: str
    change: str
    subject: str | None
    before: str | None
    after: str | None
    sentence: str
    said_by: str
    outlet: str
    url: str | None
    published: str
    known: str | None
    confirmed: str | None
    origins: str
    reason: str
    id: str

    @property
    def sentence_says_more(self) -> bool:
        """Whether the sentence is more than the change said again, as it often is for a new claim."""
        return self.sentence.rstrip(" .").casefold() != self.change.rstrip(" .").casefold()


def render(message: Message) -> Rendering:
    """The message's parts."""
    development = message.event.development
    claim = development.claim
    subject, before, after = _ends(development)
    return Rendering(
        kind=development.kind,
        label=LABELS.get(development.kind, str(development.kind)),
        topic=one_line(development.topic.replace("-", " ").capitalize()),
        change=_change(development, subject, before, after),
        subject=subject,
        before=before,
        after=after,
        sentence=one_line(claim.sentence),
        said_by=said_by(claim.speaker, claim.org),
        outlet=one_line(development.carrier.outlet),
        url=link(development.carrier.url),
        published=moment(development.carrier.published),
        known=_known(development.before) if development.before else None,
        confirmed=_confirmed(development.carrier, message.event.carrier),
        origins=_origins(development.origins),
        reason=one_line(development.reason),
        id=development.id[:SHORT_ID],
    )


def said_by(speaker: str | None, org: str | None) -> str:
    """Who said it: "Speaker (Org)", one of the two, or the outlet itself."""
    if speaker and org and one_line(org).casefold() not in one_line(speaker).casefold():
        return f"{one_line(speaker)} ({one_line(org)})"
    return one_line(speaker or org or "") or "the outlet itself"


def moment(when: datetime) -> str:
    """ "24 Oct 2024, 12:00 UTC"."""
    return f"{when.astimezone(UTC):%d %b %Y, %H:%M} UTC".lstrip("0")


def _ends(development: Development) -> tuple[str | None, str | None, str | None]:
    """Subject, before and after."""
    quantity, before = development.quantity, development.before
    known = _short(before) if before else None
    if development.kind is VerdictKind.POSITION_CHANGE:
        party = one_line(development.claim.org or development.claim.speaker or "") or None
        return party, known, str(development.claim.stance)
    if quantity is None:
        return None, known, None
    what = one_line(quantity.what) or one_line(quantity.unit)
    after = one_line(amount(quantity))
    if known and development.kind is VerdictKind.NUMBER_CHANGED:
        return what, _without_noun(known, (what, quantity.unit)), after
    return what, known, after


def _short(before: Known) -> str:
    if before.stance is not None:
        return str(before.stance)
    return one_line(amount(before.quantity) if before.quantity else before.text)


def _change(development: Development, subject: str | None, before: str | None, after: str | None) -> str:
    proposition = one_line(development.claim.proposition) or one_line(development.claim.sentence)
    if development.kind is VerdictKind.NEW_NUMBER and development.quantity:
        return f"{one_line(figure(development.quantity))}: {proposition}"
    if development.kind in {VerdictKind.NUMBER_CHANGED, VerdictKind.POSITION_CHANGE} and after:
        step = f"{before} -> {after}" if before else after
        step = f"{subject}: {step}" if subject else step
        return step if development.kind is VerdictKind.NUMBER_CHANGED else f"{step}: {proposition}"
    return proposition


def _without_noun(text: str, nouns: tuple[str, ...]) -> str:
    """ "3,000 soldiers" beside the subject "soldiers" is "3,000"."""
    for noun in nouns:
        if noun and text.casefold().endswith(f" {noun.casefold()}"):
            return text[: -len(noun)].rstrip()
    return text


def _known(before: Known) -> str:
    text, speaker = one_line(before.text), one_line(before.speaker or "")
    named = f"{speaker}, " if speaker and not text.startswith(speaker) else ""
    return f"{text} ({named}{one_line(before.outlet)}, {moment(before.published)})"


def _confirmed(first: Carrier, latest: Carrier) -> str | None:
    if (first.entry, first.revision) == (latest.entry, latest.revision):
        return None
    return f"{one_line(latest.outlet)}, {moment(latest.published)}"


def _origins(origins: tuple[str, ...]) -> str:
    names = sorted({one_line(origin) for origin in origins})
    return f"{len(names)} {'origin' if len(names) == 1 else 'origins'}: {', '.join(names)}"


def as_title(rendering: Rendering, *, limit: int = 120) -> str:
    """The news in one line, cut at a word where it is longer than `limit` characters."""
    text = rendering.change
    if len(text) <= limit:
        return text
    return text[: limit - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def as_text(rendering: Rendering) -> str:
    """The message's body in plain text."""
    lines = [
        f"{rendering.label} · {rendering.topic}",
        rendering.change if rendering.sentence_says_more else None,
        "",
        f'"{rendering.sentence}"',
        f"Said by: {rendering.said_by}",
        f"Outlet: {rendering.outlet}, {rendering.published}",
        rendering.url,
        f"Known before: {rendering.known}" if rendering.known else None,
        f"Confirmed by: {rendering.confirmed}" if rendering.confirmed else None,
        rendering.origins,
        f"Why: {rendering.reason}",
        f"Id: {rendering.id}",
    ]
    return "\n".join(line for line in lines if line is not None)
