"""How the word tables of the rules are written: plain text in the source, read once on import."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, parted by white space."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[tuple[str, ...]]:
    """The phrases of a text, parted by commas, each as its words."""
    return frozenset(tuple(phrase.split()) for phrase in text.split(","))


def table(text: str) -> dict[str, str]:
    """Every word of a line's right-hand side with the line's left-hand side: "USD: dollar dollars"."""
    listed = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        value, _, keys = line.partition(":")
        listed.update(dict.fromkeys(keys.split(), value.strip()))
    return listed
