"""Judges to test with, where a test must not hang on what the shipped one was trained on."""

from __future__ import annotations

from monitor.ledger.judge import Judge, shipped


class Eager(Judge):
    """The shipped judge, sure of everything: the more is told, the more can be lost."""

    def __init__(self) -> None:
        self.__dict__.update(vars(shipped()))

    def confidence(self, worth: float, *, headlines: bool) -> float:
        """Whatever the claim is worth."""
        del worth, headlines
        return 0.99
