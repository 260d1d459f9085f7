"""The judge: small boosted trees that weigh signs, shipped as JSON and trained by `training/judge.py`.

A model is a sum of trees over named signs, or of the signs themselves, weighted, put through the logistic function. All trees of
a model are walked together with numpy, one level at a time, so that a batch costs a few array operations whatever its size.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from monitor.errors import SchemaMismatch
from monitor.records.codec import decode

Node = tuple[int, float, int, int, float]
"""Sign, threshold, node where the sign is at most the threshold, node where it is more, value. A leaf leads to itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelData:
    """A model as it is stored: the names of its signs, its bias, its trees as lists of nodes, root first, and where it is linear
    besides, a weight for each sign."""

    signs: tuple[str, ...]
    bias: float
    trees: tuple[tuple[Node, ...], ...]
    weights: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeData:
    """What training writes: the models, how far they can be trusted, and the likelihoods at which `Judge` acts.

    articles and headlines: slope and shift that turn the log odds of worth into those of being right, for entries with a text and
    for those with title and summary alone. ruled: how often what a rule tells is right. All three on streams left out.
    """

    same: ModelData
    belongs: ModelData
    worth: ModelData
    counts: ModelData
    turns: ModelData
    kin: ModelData
    articles: tuple[float, float]
    headlines: tuple[float, float]
    ruled: float
    file: float
    belong: float
    hold: float
    turn: float


class Model:
    """Boosted trees over signs, a weighted sum of signs, or both."""

    def __init__(self, data: ModelData) -> None:
        self._signs = data.signs
        self._bias = data.bias
        self._weights = np.array(data.weights or np.zeros(len(data.signs)), dtype=np.float64)
        sizes = [len(tree) for tree in data.trees]
        self._roots = np.cumsum([0, *sizes])[:-1].astype(np.int64)
        offsets = np.repeat(self._roots, sizes)
        nodes = np.array([node for tree in data.trees for node in tree], dtype=np.float64).reshape(-1, 5)
        self._sign = nodes[:, 0].astype(np.int64)
        self._threshold = nodes[:, 1]
        self._left = nodes[:, 2].astype(np.int64) + offsets
        self._right = nodes[:, 3].astype(np.int64) + offsets
        self._value = nodes[:, 4]
        self._depth = max((_depth(tree) for tree in data.trees), default=0)

    def likelihoods(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """The probability for each row of signs. Raises SchemaMismatch where a row lacks a sign that the model weighs."""
        if not rows:
            return []
        try:
            table: NDArray[np.float64] = np.array([[row[sign] for sign in self._signs] for row in rows], dtype=np.float64)
        except KeyError as error:
            raise SchemaMismatch(
                f"the judge weighs the sign {error}, which is not computed: train it again (training/judge.py)"
            ) from error
        at = np.tile(self._roots, (len(table), 1))
        lines = np.arange(len(table))[:, None]
        for _ in range(self._depth):
            low = table[lines, self._sign[at]] <= self._threshold[at]
            at = np.where(low, self._left[at], self._right[at])
        score = self._bias + self._value[at].sum(axis=1) + (table * self._weights).sum(axis=1)
        return [float(value) for value in 1.0 / (1.0 + np.exp(-score))]


def _depth(tree: Sequence[Node], node: int = 0) -> int:
    _, _, left, right, _ = tree[node]
    return 0 if left == node else 1 + max(_depth(tree, left), _depth(tree, right))


class Judge:
    """The models and the likelihoods at which they are acted on.

    same: two wordings are of one proposition. belongs: two figures are of one series. worth: a claim, beside all that was said
    before, is worth an alert. counts: what is new about a claim that gives a figure is the figure. turns: a
    claim turns from a former one of its party. kin: what a line of an entry brings is what another line of it brings.
    file: from here on a claim is filed under the known proposition, and belong: a figure under the known series. hold: from here
    on a claim waits for a plainer one of its batch that says the same. turn: from here on a claim is a change of position, where
    the party's former one is known. version: a digest of its data, kept with what it decides; "" for one that is being trained.
    """

    def __init__(self, data: JudgeData, version: str = "") -> None:
        self.version = version
        self.same = Model(data.same)
        self.belongs = Model(data.belongs)
        self.worth = Model(data.worth)
        self.counts = Model(data.counts)
        self.turns = Model(data.turns)
        self.kin = Model(data.kin)
        self.ruled = data.ruled
        self._calibration = {False: data.articles, True: data.headlines}
        self.file = data.file
        self.belong = data.belong
        self.hold = data.hold
        self.turn = data.turn

    def confidence(self, worth: float, *, headlines: bool) -> float:
        """How likely a claim of that worth is right to be told. headlines: its entry gave no more than a title and a summary."""
        slope, shift = self._calibration[headlines]
        worth = min(max(worth, 1e-6), 1 - 1e-6)
        return 1.0 / (1.0 + math.exp(-(slope * math.log(worth / (1.0 - worth)) + shift)))


@cache
def shipped() -> Judge:
    """The judge that ships with the monitor."""
    data = files(__name__).joinpath("judge.json").read_bytes()
    return Judge(decode(data, JudgeData), hashlib.sha256(data).hexdigest()[:12])
