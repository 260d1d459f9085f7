"""Who says it: source, cue and stance of a sentence."""

from __future__ import annotations

import re

from monitor.extract.lexicon import CUES
from monitor.records import Stance

_NAME = r"(?:[A-Z][\w’'-]+(?:\s(?:[A-Z][\w’'-]+|of|the|for))*\s)?[A-Z][\w’'-]+"
_VERB = "|".join(sorted(CUES))
_AFTER = re.compile(rf",[”\"]?\s(?:the\s)?(?P<who>{_NAME})\s(?P<cue>{_VERB})\b|,[”\"]?\s(?P<cue2>said)\s(?P<who2>{_NAME})")
_BEFORE = re.compile(rf"(?P<who>{_NAME})\s(?:has\s|had\s|have\s)?(?P<cue>{_VERB})\b")
_ACCORDING = re.compile(rf"\b[Aa]ccording to\s(?:the\s)?(?P<who>{_NAME})")
_COLON = re.compile(rf"\A(?P<who>{_NAME}):\s")


def attribution_of(sentence: str) -> tuple[str | None, Stance]:
    """The speaker as written, or None where nobody is quoted, and the stance."""
    if found := _ACCORDING.search(sentence) or _COLON.search(sentence):
        return found["who"], Stance.ASSERTS
    if found := _AFTER.search(sentence):
        return found["who"] or found["who2"], CUES[(found["cue"] or found["cue2"]).casefold()]
    if found := _BEFORE.search(sentence):
        return found["who"], CUES[found["cue"].casefold()]
    return None, Stance.ASSERTS
