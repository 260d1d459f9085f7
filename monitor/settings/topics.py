"""What is tracked, and how it is read and judged."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from monitor.settings.base import DAY, Duration, Model, Slug, Text


class Topic(Model):
    """What a user tracks."""

    title: Text
    """A short name for people."""
    description: str = ""
    """What belongs to the topic, in plain words; a part that begins "Not tracked:" says what does not."""
    keywords: tuple[Text, ...] = Field(min_length=1)
    """Words or phrases; every inflected form of them matches."""
    actors: dict[str, tuple[Text, ...]] = {}
    """The parties: canonical name and its aliases. Actors alone do not make an entry match."""
    exclude: tuple[Text, ...] = ()
    """Words or phrases; a sentence that holds one is not about the topic."""
    formerly: tuple[Slug, ...] = ()
    """Slugs that the topic had before; its ledger is kept under the new one."""
    tolerance: float | None = Field(default=None, gt=0, lt=1)
    """How far, as a share, a figure may lie outside what is known before it counts as changed; unset: `ledger.tolerance`."""
    since: date | None = None
    """What is dated before this day (such as 2024-10-01) is background; unset: `ledger.background_age` decides."""


class NlpSettings(Model):
    """The language pipeline."""

    model: Text | None = None
    """The name or path of a spaCy pipeline of your own; unset: the one that ships with the monitor."""
    max_characters: int = Field(default=60_000, ge=1_000)
    """Characters of an entry that are read; the rest is cut at a paragraph."""


class LedgerSettings(Model):
    """How new is told from known."""

    tolerance: float = Field(default=0.05, gt=0, lt=1)
    """How far, as a share, a figure may lie outside what is known before it counts as changed."""
    background_age: Duration = Field(default=30 * DAY, gt=0)
    """A date in the text that lies further back than this marks background."""
