"""What is known of an entry that the pipeline cannot read: that it names a topic's words."""

from __future__ import annotations

import re

from monitor.records import Claim, Document, Field, Mention, Stance
from monitor.records.ids import TopicSlug

_ACTOR = "actor:"
_LONGEST = 300
"""Characters of the headline, or of whatever stands in its place, that are shown."""
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,}")
"""Scripts that put no space between words (Thai, Lao, Burmese, Khmer, Japanese, Chinese): pairs of letters stand for words."""


def unread_claim(document: Document, mentions: tuple[Mention, ...], slug: TopicSlug, language: str) -> Claim:
    """The headline as a claim that was not read; its terms are the words of headline and summary, for near-duplicates."""
    first = document.segments[0]
    end = min(first.end, first.start + _LONGEST)
    headline = document.text[first.start : end]
    heading = " ".join(document.text[s.start : s.end] for s in document.segments if s.field is not Field.CONTENT)
    return Claim(
        topic=slug,
        evidence=document.evidence(first.start, end),
        sentence=headline,
        proposition=headline,
        terms=_terms(heading or headline),
        actors=frozenset(m.by.removeprefix(_ACTOR) for m in mentions if m.by.startswith(_ACTOR)),
        mentions=tuple(sorted({m.by for m in mentions if not m.by.startswith(_ACTOR)})),
        speaker=None,
        org=None,
        stance=Stance.ASSERTS,
        quantities=(),
        place=None,
        time=None,
        background=False,
        worth=0.5,
        unread=language,
    )


def _terms(text: str) -> frozenset[str]:
    terms: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        unspaced = _UNSPACED.fullmatch(word)
        terms |= {word[n : n + 2] for n in range(len(word) - 1)} if unspaced else {word}
    return frozenset(terms)
