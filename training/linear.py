"""Models that weigh signs without trees: where examples are few they tell unseen streams better, alone or beside trees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from monitor.ledger.judge import ModelData

GROWING = frozenset({"known_size", "known_entries"})
"""Signs that grow with the ledger: a weight learned on short streams would outweigh all others on a long one."""


def fit_linear(rows: Sequence[Mapping[str, float]], labels: Sequence[int], strength: float) -> ModelData:
    """A logistic regression on the rows. strength: the smaller, the nearer to nothing are the weights kept."""
    signs = tuple(sign for sign in rows[0] if sign not in GROWING)
    table = np.array([[row[sign] for sign in signs] for row in rows])
    scaler = StandardScaler().fit(table)
    model = LogisticRegression(C=strength, max_iter=1000).fit(scaler.transform(table), np.array(labels))
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - (weights * scaler.mean_).sum())
    return ModelData(
        signs=signs, bias=round(bias, 6), trees=(), weights=tuple(float(f"{float(weight):.5g}") for weight in weights)
    )


def averaged(trees: ModelData, linear: ModelData) -> ModelData:
    """Half of either, before the logistic function."""
    weights = dict(zip(linear.signs, linear.weights, strict=True))
    halved = tuple(tuple((*node[:4], round(node[4] / 2, 5)) for node in tree) for tree in trees.trees)
    return replace(
        trees,
        bias=round((trees.bias + linear.bias) / 2, 6),
        trees=halved,
        weights=tuple(weights.get(sign, 0.0) / 2 for sign in trees.signs),
    )
