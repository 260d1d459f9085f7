"""Word lists as they are written in the rules: many words in one string."""

from __future__ import annotations


def words(listed: str) -> frozenset[str]:
    """The words of a list that are divided by white space."""
    return frozenset(listed.split())
