"""Why an entry or a development was told, or was not: the sections of `monitor explain`, as harmless single lines.

A development's receipt: before -> after, the exact sentence, who carried it, the rule, what came nearest. An entry's account:
what each stage made of it, up to the one that ended its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.alerts.lines import link, moment, one_line
from monitor.alerts.render import LABELS, SHORT_ID, render, said_by
from monitor.records import ALERT_KINDS, Account, Carrier, Copy, Development, Judged, Message, Rule, Series, VerdictKind, Voice

HELD = {
    VerdictKind.CORROBORATION: "One more voice",
    VerdictKind.REPEAT: "Known",
    VerdictKind.BACKGROUND: "Background",
    VerdictKind.MINOR: "Of no weight",
}
"""How people call the verdicts that are not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One matter under its label."""

    label: str
    lines: tuple[str, ...]


RULES = {
    Rule.JUDGE: "the learned judge, which weighs the claim beside all that was said before",
    Rule.COPY: "a sentence that was said before, its figures included, is a repeat",
    Rule.FIGURE_IN_COPY: "a copy of a sentence with a figure outside all those given before is a changed number",
    Rule.TURN: "a party that moves to another camp on the same matter changes its position",
    Rule.CONTRADICTION: "a party's first denial of what others say is a claim of its own",
    Rule.PLAINER: "of claims of one batch that say the same, the plainest is told",
    Rule.CORRECTED: "a person set it right (`monitor corrections`)",
    Rule.MUTED: "a person marked it, or what says the same, as noise (`monitor corrections`)",
    Rule.UNREAD: "what is in a language that is not read is told once for each group of near-duplicates",
}
"""What decided, in words."""


def receipt_sections(development: Development, message: Message, series: Series | None) -> list[Section]:
    """The receipt of a development. message: as a subscription would be sent it; series: the one that its figure belongs to."""
    shown = render(message)
    voices = development.voices or (Voice(name=development.carrier.origin, carriers=(development.carrier,), why=()),)
    found = [
        Section(label="What", lines=(f"{shown.label}: {shown.change}",)),
        Section(label="Sentence", lines=(f"“{one_line(development.claim.evidence.text)}”", _where(development))),
        Section(label="Said by", lines=(f"{shown.said_by} ({development.claim.stance})",)),
        Section(label="From", lines=(carrier_line(development.carrier), *_links([development.carrier]))),
        Section(label="Before", lines=(shown.known or "nothing was known of it",)),
        Section(label="Why", lines=(one_line(development.reason),)),
        Section(label="Rule", lines=(RULES[development.rule],)),
        *_nearest(development),
        Section(label="Confidence", lines=(_sure(development),)),
        Section(label="Carried by", lines=(*_count(voices), *voice_lines(voices))),
    ]
    if series is not None and len(series.figures) > 1:
        found.append(Section(label="Series", lines=tuple(series_lines(series))))
    return found


def account_sections(account: Account) -> list[Section]:
    """What each stage made of an entry."""
    words = ", ".join(one_line(word).removeprefix("actor:") for word in account.found)
    found = [Section(label="Matched", lines=(f"by {words}" if words else "by the words of the topic",))]
    if account.failed is not None:
        return [*found, Section(label="Set aside", lines=(one_line(account.failed), "see `monitor dead-letters list`"))]
    if account.relevance is not None:
        why = f"relevance {account.relevance:.2f}: it seems to be about something else"
        return [*found, Section(label="Passed over", lines=(why, "a lower `relevance` of the topic would have let it through"))]
    if account.copy is not None:
        found.append(_copy(account, account.copy))
        if not account.copy.fresh:
            return found
    if not account.judged:
        return [*found, Section(label="Read", lines=("nothing in it is a claim about the topic",))]
    told = sum(one.kind in ALERT_KINDS for one in account.judged)
    count = len(account.judged)
    new = ("new" if told else "not new") if count == 1 else f"{told or 'none'} of them new"
    found.append(Section(label="Read", lines=(f"{count} {'claim' if count == 1 else 'claims'}, {new}",)))
    ordered = sorted(account.judged, key=lambda one: one.kind not in ALERT_KINDS)
    return [*found, *(_judged(one) for one in ordered)]


def carrier_line(carrier: Carrier) -> str:
    """Who carried it, and when."""
    return f"{one_line(carrier.outlet)}, {moment(carrier.published)}: {one_line(carrier.title)}"


def voice_lines(voices: Iterable[Voice]) -> Iterator[str]:
    """Each independent origin with its carriers, and why several count as one."""
    for voice in voices:
        first, *others = voice.carriers
        name = "" if voice.name == first.outlet else f"{one_line(voice.name)}: "
        yield f"{name}{one_line(first.outlet)}, {moment(first.published)}"
        for carrier, why in zip(others, voice.why, strict=True):
            yield f"  + {one_line(carrier.outlet)}, {moment(carrier.published)}; not counted: {one_line(why)}"


def series_lines(series: Series) -> Iterator[str]:
    """The figures of a series, oldest first."""
    for figure in series.figures:
        voice = one_line(figure.speaker or figure.org or figure.carrier.outlet)
        yield f"{one_line(figure.quantity.surface)} ({voice}, {moment(figure.carrier.published)})"


def _copy(account: Account, copy: Copy) -> Section:
    """What the entry repeats, and what of it was read."""
    original = account.original
    whose = (
        f"“{one_line(original.title)}” ({one_line(original.outlet)}, {moment(original.published)})" if original else "an entry"
    )
    lines = [f"repeats {whose}, number {copy.number}"]
    if copy.fresh:
        lines.append(f"but for {copy.fresh} {'sentence' if copy.fresh == 1 else 'sentences'}: only these were read")
    else:
        lines.append("and says nothing else, so that it was not read again")
    claims = len({one.proposition for one in account.carried})
    lines.append(
        f"recorded as a carrier of {claims} {'claim' if claims == 1 else 'claims'}" if claims else "which carries no claim"
    )
    return Section(label="Copy", lines=tuple(lines))


def _count(voices: Sequence[Voice]) -> Iterator[str]:
    carriers = sum(len(voice.carriers) for voice in voices)
    if carriers > 1:
        yield f"{len(voices)} independent {'voice' if len(voices) == 1 else 'voices'}, {carriers} carriers"


def _nearest(development: Development) -> Iterator[Section]:
    """What came nearest, unless the reason says it already."""
    if development.nearest and development.nearest not in development.reason:
        yield Section(label="Nearest", lines=(one_line(development.nearest),))


def _judged(judged: Judged) -> Section:
    label = LABELS.get(judged.kind) or HELD.get(judged.kind, str(judged.kind))
    who = said_by(judged.speaker, judged.org) if judged.speaker or judged.org else ""
    said = f"“{one_line(judged.evidence.text)}”" + (f" ({who}, {judged.stance})" if who else "")
    lines = [said, one_line(judged.reason)]
    if judged.development is not None:
        adds = judged.kind is VerdictKind.CORROBORATION
        verb = "told as" if judged.kind in ALERT_KINDS else "adds a voice to" if adds else "carries"
        lines.append(f"{verb} {judged.development[:SHORT_ID]}, confidence {judged.confidence:.2f}")
    return Section(label=label, lines=tuple(lines))


def _where(development: Development) -> str:
    evidence = development.claim.evidence
    return f"{evidence.field}, characters {evidence.start} to {evidence.end}"


def _links(carriers: Iterable[Carrier]) -> Iterator[str]:
    for carrier in carriers:
        if address := link(carrier.url):
            yield address


def _sure(development: Development) -> str:
    judge = f", by judge {development.judge}" if development.judge else ""
    return f"{development.confidence:.2f}{judge}"
