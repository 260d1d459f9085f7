"""The exact stretches of source, cue and content, as the published corpora of attribution draw them.

The rules that find an attribution settle on a verb and where what is said begins; here each stretch gets its full extent: the
cue its auxiliaries, negation and particle, the content its "that", its quotation marks and no full stop of the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.extract.lexicon import AUXILIARIES, BETWEEN, CUES, TEMPORAL, is_adverb
from monitor.extract.phrases import CLOSING, OPENING, Range, Words
from monitor.extract.verbs import Found
from monitor.text.words import words as word_list

PARTICLES = {"rule": "out", "call": "on for", "speak": "of", "leave": "open", "spell": "out", "point": "out"}
"""Particles that belong to the verb: "ruled [out]", "called [on]"."""
_DECLINING = word_list("declined declines refused refuses refusing declining failed")
_LINKS = frozenset({"that", "whether", "if", "to"})
_LEADING = frozenset({"but", "and", "yet", "so", "still", "meanwhile"})


@dataclass(frozen=True, slots=True)
class Stretches:
    """Word ranges of source, cue and content."""

    source: tuple[Range, ...]
    cue: tuple[Range, ...]
    content: tuple[Range, ...]


def stretches(words: Words, one: Found) -> Stretches:
    """The full extent of an attribution's parts."""
    source, cue = one.source, one.cue
    if source and cue[0] <= source[0] < source[1] <= cue[1]:  # "by [the mayor's] count"
        end = source[1] + (words.text[source[1] : source[1] + 1] in (["'s"], ["’s"], ["'"], ["’"]))
        parts = tuple((a, b) for a, b in ((cue[0], source[0]), (end, cue[1])) if a < b)
        return Stretches(((source[0], end),), parts, _contents(words, one, cue))
    if (cue[1] - cue[0] == 1 or words.low[cue[1] - 1] == "by") and words.text[cue[0]].isalpha() and one.lemma != "cite":
        cue = _verb_group(words, one)
    return Stretches((_source(words, source),) if source else (), (cue,), _contents(words, one, cue))


def _source(words: Words, source: Range) -> Range:
    """With an acronym in brackets, "the Intelligence Service [(NIS)]", and without a comma at its end."""
    start, end = source
    if words.text[end : end + 1] == ["("] and ")" in words.text[end : end + 5]:
        end = words.text.index(")", end) + 1
    while end - start > 1 and words.text[end - 1] == ",":
        end -= 1
    return start, end


def _verb_group(words: Words, one: Found) -> Range:
    """ "[has also said]", "[neither confirmed nor denied]", "[declined to say]", "[did not rule out]", "[was denied by]"."""
    start, end = one.cue
    while start > one.group[0] and _belongs(words, start - 1):
        start -= 1
    while start < one.cue[0] and words.low[start] == "to":  # of a group that began otherwise
        start += 1
    if words.low[one.cue[0]] in _DECLINING and words.low[end : end + 1] == ["to"] and _reports(words, end + 1):
        return start, end + 2
    particle = words.low[end : end + 1]
    return start, end + bool(particle and particle[0] in PARTICLES.get(one.lemma, "").split())


def _reports(words: Words, at: int) -> bool:
    return at < len(words) and (words.low[at] in CUES or words.low[at] in {"comment", "answer", "discuss"})


def _belongs(words: Words, at: int) -> bool:
    low = words.low[at]
    if low in TEMPORAL or words.name[at]:
        return False
    return low in AUXILIARIES or low in BETWEEN or low in _DECLINING or is_adverb(low) or low in CUES or low in {"first", "and"}


def _contents(words: Words, one: Found, cue: Range) -> tuple[Range, ...]:
    taken = [cue] + ([one.source] if one.source else [])
    found = []
    for start, end in one.content:
        begin = max(start, cue[1]) if one.cue[0] < start or start <= cue[0] < end == len(words) else start
        stop = cue[0] if begin < cue[0] < end else end
        if part := _content(words, begin, stop, taken, first=begin == 0 and len(one.content) > 1):
            found.append(part)
    return tuple(found)


def _content(words: Words, start: int, end: int, taken: list[Range], *, first: bool) -> Range | None:
    """The range with its "that" or "to" and its closing quotation mark, without commas around and the sentence's full stop."""
    if first and start < end and words.low[start] in _LEADING:
        start += 1
    while start < end and words.is_punctuation(start) and words.text[start] not in OPENING:
        start += 1
    if start > 0 and words.low[start - 1] in _LINKS and not any(a <= start - 1 < b for a, b in taken):
        start -= 1
    opened = sum(text in OPENING for text in words.text[start:end]) > sum(text in CLOSING for text in words.text[start:end])
    straight = words.text[start:end].count('"') % 2 == 1
    attached = end < len(words) and end > start and not words.tokens[end - 1].whitespace_
    if (
        end < len(words)
        and words.text[end] in CLOSING
        and (opened or straight or (attached and words.text[end] in {"”", '"', "»"}))
    ):
        return start, end + 1
    while end > start and words.is_punctuation(end - 1) and words.text[end - 1] not in CLOSING | {")", "]"}:
        end -= 1
    return (start, end) if end > start else None
