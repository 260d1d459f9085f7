"""How sure the monitor must be before it tells: what `sensitivity` means in confidences."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.records import Sensitivity


@dataclass(frozen=True, slots=True)
class Bounds:
    """Confidences from 0 to 1: told at once from `at_once` on, in a digest from `digest` on, and below only recorded."""

    at_once: float
    digest: float


BOUNDS: dict[Sensitivity, Bounds] = {
    "strict": Bounds(at_once=0.6, digest=0.4),
    "balanced": Bounds(at_once=0.4, digest=0.2),
    "wide": Bounds(at_once=0.2, digest=0.1),
}
"""Measured on streams left out (docs/alerts.md): what each setting tells at once, how much of it is right, how much it misses."""
