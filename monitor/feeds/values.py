"""What may stand in a parsed feed's fields, whatever its format: lengths, addresses, languages, names."""

from __future__ import annotations

import re

MOST_ENTRIES = 10_000
"""Entries of one document that are read; the rest is left unread and told as bozo."""
MOST_CHARACTERS = 200_000
"""Characters of one text of an entry that are read: a long book chapter."""
MOST_NAME = 2_000
"""Characters of a title, name or address that are read."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}(?![A-Za-z0-9])")


def address(value: object) -> str | None:
    """An http or https address, or None. White space and control characters have no place in one."""
    text = "".join(character for character in str(value or "") if character.isprintable() and not character.isspace())
    return text if len(text) <= MOST_NAME and text.lower().startswith(("http://", "https://")) else None


def bare(url: str) -> str:
    """A feed's address without what makes no other feed of it: http or https, "www.", a slash at its end."""
    return url.strip().partition("://")[2].removeprefix("www.").rstrip("/")


def language(value: object) -> str | None:
    """A language tag with hyphens, or None."""
    match = _LANGUAGE.match(str(value or "").strip())
    return match[0].replace("_", "-") if match else None


def name(value: object) -> str | None:
    """A text of one line's length, or None where it is empty."""
    return str(value or "").strip()[:MOST_NAME] or None


def texts(summary: str, content: str, *, whole: bool) -> tuple[str, str]:
    """Summary and content as an entry has them: one that only repeats the other is left out, and both are cut to what is read.

    whole: whether the publisher called it content, for two that are alike.
    """
    if content.split(maxsplit=8)[:8] == summary.split(maxsplit=8)[:8] and content.split() == summary.split():
        summary, content = ("", content) if whole else (summary, "")
    return summary[:MOST_CHARACTERS], content[:MOST_CHARACTERS]


def short(text: str) -> str:
    """An error's words as they may be shown: one short line without control characters."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())[:200]


def uncommented(text: str) -> str:
    """Markup without its comments. (A pattern with an open end would look through all the rest again at each start.)"""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join(kept) + text[at:]
