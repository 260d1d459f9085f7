"""How sure the monitor must be before it tells: what `sensitivity` means in confidences."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.records import Sensitivity


@dataclass(frozen=True, slots=True)
class Bounds:
    """Confidences from 0 to 1: told at once from `at_once` on, in a digest from `digest` on, and below only recorded.

    brief: what `at_once` is for entries of title and summary alone. The judge doubts those more than it need: on streams of
    headlines left out a lower bound loses nothing, and on a real feed it gains (bench/RESULTS.md).
    """

    at_once: float
    brief: float
    digest: float

    def told_at_once(self, *, brief: bool) -> float:
        """The confidence from which what an entry tells is told at once."""
        return self.brief if brief else self.at_once


BOUNDS: dict[Sensitivity, Bounds] = {
    "strict": Bounds(at_once=0.6, brief=0.5, digest=0.4),
    "balanced": Bounds(at_once=0.5, brief=0.35, digest=0.2),
    "wide": Bounds(at_once=0.2, brief=0.2, digest=0.1),
}
"""Measured on streams left out (docs/alerts.md): what each setting tells at once, how much of it is right, how much it misses."""
