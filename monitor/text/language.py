"""In which language a text is, so that nothing is read that the pipeline cannot read.

py3langid scores 140 languages; what is decided from its scores, and how that was measured, stands in docs/decisions/0011.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
READABLE = frozenset({ENGLISH})
"""Languages that the pipeline reads."""
LONGEST = 600
"""Characters that are looked at: more would not change the answer and take a microsecond each."""

_COMMON = frozenset(
    [
        *("the", "of", "and", "to", "with", "that", "for", "from", "has", "have", "was", "were", "will", "his", "her"),
        *("after", "said", "by", "is", "are", "been", "their"),
    ]
)
"""Words of which every eighth of an English text is one, and that no other language has four of in a text of a few lines."""

_UNSURE = 10.0
_DECLARED_ENGLISH = 20.0
_DECLARED_OTHER = 3.0
"""How much likelier (in nats of the classifier, which is far too sure of itself) another language must be than English: a short
English headline full of foreign names looks foreign, while a text that is lost costs an alert. What the feed declares shifts the
bar and no more, since many declare what their software came with."""


def language_of(text: str, declared: str | None) -> str:
    """The language of a clean text (ISO 639-1 where it has such a code). declared: what the feed says of itself, or None."""
    declared = (declared or "").replace("_", "-").split("-")[0].strip().lower()
    sample = text[:LONGEST]
    if not any(letter.isalpha() for letter in sample):
        return declared or ENGLISH
    if _is_plainly_english(sample):
        return ENGLISH
    identifier = _identifier()
    if identifier.classify(sample)[0] == ENGLISH:  # under any bar, then, and a third less work than all the scores
        return ENGLISH
    return decided(dict(identifier.rank(sample)), declared)


def _is_plainly_english(sample: str) -> bool:
    """Whether so many of the words are the commonest English ones that the classifier need not be asked, which takes fifteen
    times as long. On what docs/decisions/0011 was measured on it never says yes where the classifier says no."""
    words = sample.lower().split()
    common = [word for word in words if word in _COMMON]
    return len(common) * 8 >= len(words) and len(set(common)) >= 4


def prepare() -> None:
    """Loads the classifier: a second. Two threads that ask for a language at once, before it is there, would load it twice."""
    _identifier()


def decided(scores: Mapping[str, float], declared: str) -> str:
    """The language by the scores of all languages; declared: the feed's own word for it, empty where it has none."""
    best = max((code for code in scores if code != ENGLISH), key=lambda code: scores[code])
    bar = {"": _UNSURE, ENGLISH: _DECLARED_ENGLISH}.get(declared, _DECLARED_OTHER)
    return best if scores[best] - scores[ENGLISH] > bar else ENGLISH


def is_readable(language: str | None) -> bool:
    """Whether the pipeline reads the language of an entry; None, where nobody looked, counts as English."""
    return language is None or language in READABLE


@cache
def _identifier() -> LanguageIdentifier:
    """The classifier, loaded once a process: a second and 80 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
