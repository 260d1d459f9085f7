"""What the encoder's scores say about a sentence as a whole: the best trees over its words, the best run of names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
IMPOSSIBLE = np.float32(-1e9)


def best_heads(scores: Floats) -> list[int]:
    """The heads of the words, 0 for a root, else 1 + the head's place, so that the sum of the scores is highest among all
    ways to hang every word on a root without a circle (Chu, Liu 1965; Edmonds 1967). Several words may be roots.

    scores: word x (1 + word); a word's score as its own head is never read.
    """
    size = len(scores)
    square = np.full((size + 1, size + 1), IMPOSSIBLE, dtype=np.float32)
    square[1:] = scores
    np.fill_diagonal(square, IMPOSSIBLE)
    return _spanning(square)[1:]


def _spanning(scores: Floats) -> list[int]:
    """The heads of all nodes, node 0 being the root of all; its own head is 0."""
    heads: list[int] = scores.argmax(1).tolist()
    heads[0] = 0
    circle = _circle(heads)
    if not circle:
        return heads
    inside = np.array(circle)
    outside = np.array(sorted(set(range(len(heads))) - set(circle)))
    kept = scores[inside, [heads[i] for i in circle]]
    leaving = scores[np.ix_(outside, inside)]  # outer words hung on the circle
    entering = scores[np.ix_(inside, outside)] - kept[:, None]  # the circle broken open at one of its words
    smaller = np.full((len(outside) + 1,) * 2, IMPOSSIBLE, dtype=np.float32)  # the circle is the last node
    smaller[:-1, :-1] = scores[np.ix_(outside, outside)]
    smaller[:-1, -1] = leaving.max(1)
    smaller[-1, :-1] = entering.max(0)
    for place, head in enumerate(_spanning(smaller)):
        if place == len(outside):
            opened = inside[entering[:, head].argmax()]
            heads[opened] = int(outside[head])
        elif place:
            heads[outside[place]] = int(outside[head] if head < len(outside) else inside[leaving[place].argmax()])
    return heads


def _circle(heads: Sequence[int]) -> list[int]:
    """The nodes of one circle of heads; none where every node leads to 0."""
    seen = [0] * len(heads)  # the walk on which a node was met
    seen[0] = -1
    for start in range(1, len(heads)):
        node = start
        while not seen[node]:
            seen[node] = start
            node = heads[node]
        if seen[node] == start:
            circle = [node]
            while heads[circle[-1]] != node:
                circle.append(heads[circle[-1]])
            return circle
    return []


def apart(heads: list[int], ends: Sequence[bool]) -> list[int]:
    """The heads, with roots hung on the root before them unless a sentence may end between their trees: what becomes a
    sentence of its own must be one run of words.

    ends: by word, whether a sentence may end with it.
    """
    result = list(heads)
    if heads.count(0) < 2:
        return result
    top = [_top(heads, word) for word in range(len(heads))]
    reach = {root: word for word, root in enumerate(top)}  # the last word of each tree
    before: int | None = None
    farthest = -1  # the last word of the trees so far
    opened: set[int] = set()
    for word, root in enumerate(top):
        if word and farthest < word and ends[word - 1]:
            before = None
        if root not in opened:
            opened.add(root)
            farthest = max(farthest, reach[root])
            if before is not None:
                result[root] = before + 1
            else:
                before = root
    return result


def _top(heads: Sequence[int], word: int) -> int:
    while heads[word]:
        word = heads[word] - 1
    return word


def best_names(scores: Floats, follows: NDArray[np.bool_]) -> list[int]:
    """The labels of the words whose scores have the highest sum among runs in which each label may follow the one before.

    scores: word x label; follows: label x label, whether the second may stand after the first; what may stand first is
    what may stand after label 0.
    """
    best: list[int] = scores.argmax(1).tolist()
    if all(follows[before, label] for before, label in pairwise([0, *best])):
        return best
    allowed = np.where(follows, np.float32(0), IMPOSSIBLE)
    total = scores[0] + allowed[0]
    back: list[NDArray[np.intp]] = []
    for row in scores[1:]:
        ways = total[:, None] + allowed
        back.append(ways.argmax(0))
        total = ways.max(0) + row
    best = [int(total.argmax())]
    for step in reversed(back):
        best.append(int(step[best[-1]]))
    return best[::-1]
