"""Quotations that run over several sentences, and who speaks them: whoever is named at the quotation's end, or before it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from monitor.records import Attribution

Span = tuple[int, int]
_OPENS, _CLOSES, _EITHER = "“«„", "”»", '"'


def quotations(text: str) -> Iterator[Span]:
    """The quotations as spans with their marks; one that is not closed ends with its paragraph."""
    for begin, end in _paragraphs(text):
        start = None
        for index in range(begin, end):
            mark = text[index]
            if start is None and mark in _OPENS + _EITHER:
                start = index
            elif start is not None and mark in _CLOSES + _EITHER:
                yield start, index + 1
                start = None
        if start is not None and end - start > 1:
            yield start, end


def _paragraphs(text: str) -> Iterator[Span]:
    begin = 0
    while begin < len(text):
        end = text.find("\n\n", begin)
        end = len(text) if end < 0 else end
        yield begin, end
        begin = end + 2


def speakers(text: str, units: Sequence[Span], found: Sequence[Attribution | None]) -> dict[int, int]:
    """For each clause that lies in a quotation and names nobody, the clause behind it that names who speaks the quotation.

    "[We got nothing.] [We asked twice," said Marek]: 0 -> 1. units: spans of the clauses.
    """
    heard: dict[int, int] = {}
    for start, end in quotations(text):
        touched = _within(units, start, end)
        named = next((i for i in touched if (said := found[i]) and said.cue and units[i][1] > end), None)
        if named is None or len(touched) == 1:
            continue
        for index in touched:
            said = found[index]
            if index < named and units[index][0] >= start and not (said and said.cue):
                heard[index] = named
    return heard


def _within(spans: Sequence[Span], start: int, end: int) -> range:
    """Which of the spans, in order and apart, share a letter with start..end."""
    return range(bisect_right(spans, start, key=lambda span: span[1]), bisect_left(spans, end, key=lambda span: span[0]))


def joined(text: str, found: Sequence[Attribution | None]) -> Iterator[Attribution]:
    """The attributions with a cue, each with all of its quotation, and with the quotations of its paragraph that have no cue."""
    quoted = list(quotations(text))
    last: int | None = None
    listed: list[Attribution] = []
    ahead: list[Span] = []
    for said in found:
        if said is None:
            continue
        if not said.cue:
            inside = [quoted[i] for span in said.content for i in _within(quoted, *span)]
            if inside and not said.source:
                goes_on = last is not None and listed[last].speaker == said.speaker
                if last is not None and goes_on and "\n\n" not in text[_end(listed[last]) : inside[0][0]]:
                    listed[last] = _with(text, listed[last], said.content)
                else:
                    ahead += said.content
            continue
        begin = said.content[0][0] if said.content else 0
        touching = [span for span in ahead if any(begin < quoted[i][1] for i in _within(quoted, *span))]
        listed.append(_with(text, said, touching))
        ahead, last = [], len(listed) - 1
    yield from listed


def _end(said: Attribution) -> int:
    return max(end for span in (said.source, said.cue, said.content) for _, end in span)


def _with(text: str, said: Attribution, more: Sequence[Span]) -> Attribution:
    """The attribution with further content; stretches that only white space parts become one."""
    spans: list[Span] = []
    for start, end in sorted({*said.content, *more}):
        if spans and not text[spans[-1][1] : start].strip(' ."”'):
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return Attribution(
        source=said.source, cue=said.cue, content=tuple(spans), speaker=said.speaker, org=said.org, stance=said.stance
    )
