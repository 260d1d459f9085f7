"""How likely a claim of this kind tells something at all, before anything is known of what was said before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.records import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of a claim's place. position counts clauses from the start of the field.

    headed: title or summary hold a keyword; followed: the clause before in the same field held one; carried: the speaker is
    carried on from before.
    """

    field: Field
    position: int
    headed: bool
    followed: bool
    keywords: int
    actors: int
    quantities: int
    words: int
    source: bool
    carried: bool
    background: bool
    dated: bool


def features(setting: Setting) -> dict[str, float]:
    """What a claim is like, as named numbers between 0 and 1."""
    return {
        "title": float(setting.field is Field.TITLE),
        "summary": float(setting.field is Field.SUMMARY),
        "lead": float(setting.field is Field.CONTENT and setting.position == 0),
        "position": min(setting.position, 20) / 20,
        "headed": float(setting.headed),
        "followed": float(setting.followed),
        "keyword": float(setting.keywords > 0),
        "keywords": min(setting.keywords, 4) / 4,
        "actor": float(setting.actors > 0),
        "actors": min(setting.actors, 4) / 4,
        "both": float(setting.keywords > 0 and setting.actors > 0),
        "quantity": float(setting.quantities > 0),
        "quantities": min(setting.quantities, 4) / 4,
        "short": float(setting.words < 8),
        "words": min(setting.words, 60) / 60,
        "source": float(setting.source),
        "carried": float(setting.carried),
        "background": float(setting.background),
        "dated": float(setting.dated),
    }


_BIAS = -3.82
_WEIGHTS: Mapping[str, float] = {
    "title": 0.51,
    "summary": -0.15,
    "position": -3.79,
    "headed": 0.83,
    "followed": 0.09,
    "keyword": 0.28,
    "keywords": 1.67,
    "actor": 0.41,
    "actors": 1.13,
    "both": 0.03,
    "quantity": 0.05,
    "quantities": -0.29,
    "short": -0.02,
    "words": 0.96,
    "source": 0.79,
    "carried": 0.28,
    "dated": 0.07,
}
"""A logistic regression fitted on the annotated streams; `python -m training.worth` prints it."""


def worth(values: Mapping[str, float]) -> float:
    """The likelihood, from 0 to 1. Background is too rare in the streams to be learned from: it halves the rest."""
    score = _BIAS + sum(weight * values[name] for name, weight in _WEIGHTS.items())
    return round((1.0 - values["background"] / 2) / (1 + math.exp(-score)), 4)
