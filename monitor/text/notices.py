"""Sentences in which an outlet takes back what it said: corrections, retractions, "an earlier version said"."""

from __future__ import annotations

import re

from monitor.text.sentences import sentence_spans

_STORY = r"(?:article|story|report|piece|post|dispatch|item|headline|version|edition|caption)"
_NOTICE = re.compile(
    rf"^(?:\W*)(?:correction|corrected|clarification|retraction|editor['’]?s['’]? note|kill notice)\s*(?:[:—–-]|$)"
    rf"|\b(?:an?|the) (?:earlier|previous|prior|original) {_STORY}\b.*"
    r"\b(?:said|stated|reported|claimed|gave|named|had|suggested|put)\b"
    rf"|\bthis {_STORY} (?:has been|was|is) (?:retracted|withdrawn|removed|taken down|corrected|amended to correct)\b"
    rf"|\bwe (?:have |hereby )*(?:retract|retracted|withdraw|withdrew|withdrawn)\b"
    rf"|\b(?:has|have) (?:retracted|withdrawn) (?:its|their|the|an?|this) (?:\w+ )?{_STORY}\b"
    rf"|\b(?:was|were) (?:published|reported|stated) in error\b|\bplease disregard\b",
    re.IGNORECASE,
)


def notices(text: str) -> tuple[str, ...]:
    """The sentences of a clean text that take something back, in order."""
    found = (" ".join(text[start:end].split()) for start, end in sentence_spans(text))
    return tuple(sentence for sentence in found if _NOTICE.search(sentence))
