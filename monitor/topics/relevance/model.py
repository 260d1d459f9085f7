"""A logistic regression over signs: small enough to be read by a person, and asked of one entry at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelData:
    """A model as it is stored: a weight for each sign, its bias, and the likelihoods from which on an entry is relevant: one that
    holds a keyword of the topic (matched), and one that holds none (unmatched)."""

    weights: Mapping[str, float]
    bias: float
    matched: float
    unmatched: float


def likelihood(data: ModelData, signs: Mapping[str, float]) -> float:
    """How likely an entry with these signs carries a development of the topic. Raises KeyError where a sign is missing."""
    score = data.bias + sum(weight * signs[sign] for sign, weight in data.weights.items())
    return 1 / (1 + math.exp(-max(min(score, 30.0), -30.0)))


def relevance(data: ModelData, signs: Mapping[str, float]) -> float:
    """The likelihood, shifted so that 0.5 is where an entry begins to be relevant; four decimals."""
    enough = data.matched if signs["keyword"] else data.unmatched
    likely = likelihood(data, signs)
    for_it, against = likely * (1 - enough), (1 - likely) * enough
    return round(for_it / (for_it + against), 4)
