"""What is tracked, and how it is read and judged."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from monitor.records import Sensitivity
from monitor.settings.base import DAY, Duration, Model, Size, Slug, Text, refusal


class Examples(Model):
    """Sentences that show what a topic is about."""

    alert: tuple[Text, ...] = ()
    """Sentences that should be told."""
    silent: tuple[Text, ...] = ()
    """Sentences that should not be told, though they hold the topic's words or resemble what is told."""


class Topic(Model):
    """What a user tracks."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["keywords"]}, {"required": ["query"]}]})

    title: Text
    """A short name for people."""
    description: str = ""
    """What belongs to the topic, in plain words; a part that begins "Not tracked:" says what does not."""
    keywords: tuple[Text, ...] = Field(default=(), min_length=1)
    """Words or phrases; every inflected form of them matches. A topic needs keywords, a query, or both."""
    query: Text | None = None
    """What to look for, such as `(troops OR soldiers) NEAR/8 (deploy OR send) AND NOT film` ([queries](queries.md)). An entry
    that answers it matches, as one does that holds a keyword."""
    actors: dict[str, tuple[Text, ...]] = {}
    """The parties: canonical name and its aliases. Actors alone do not make an entry match."""
    exclude: tuple[Text, ...] = ()
    """Words or phrases; a sentence that holds one is not about the topic."""
    match: Literal["keywords", "meaning"] = "keywords"
    """What makes an entry match: with `keywords` a keyword or the query alone; with `meaning` also a headline and summary that
    are about the topic without any of its words, as a small learned model judges by title, description, actors and examples."""
    relevance: float = Field(default=0.0, ge=0, lt=1)
    """How relevant an entry that matches must be for its claims to be read, as the same model judges; 0 reads all. At 0.5 nearly
    all that bring something new are kept ([relevance](relevance.md))."""
    examples: Examples = Examples()
    """Sentences to tell and sentences to pass over, as headlines put them: they inform which entries are relevant, and
    `monitor check` tries each."""
    other_languages: Literal["ignore", "tell"] = "ignore"
    """What becomes of entries in languages that the monitor does not read (all but English): with `tell`, one that holds a
    keyword or an alias, as it is written here, is told as `unread`, once for each group of near-duplicates."""
    known: tuple[Text, ...] = ()
    """Plain sentences that are taken as known from the start, such as "Some 10,000 North Korean soldiers are in Russia."; each
    must hold one of the topic's keywords. They are read when the topic is new, and each sentence when it is added."""
    formerly: tuple[Slug, ...] = ()
    """Slugs that the topic had before; its ledger is kept under the new one."""
    tolerance: float | None = Field(default=None, gt=0, lt=1)
    """How far, as a share, a figure may lie outside what is known before it counts as changed; unset: `ledger.tolerance`."""
    keep_known: Duration | None = Field(default=None, ge=DAY)
    """For so long the topic's ledger keeps what nobody speaks of any more; unset: `ledger.keep_known`."""
    keep_known_size: Size | None = Field(default=None, ge=10**6)
    """Bytes that the records of the topic's ledger may take; unset: `ledger.keep_known_size`."""
    sensitivity: Sensitivity = "balanced"
    """How sure the monitor must be: `strict` tells little that is wrong and misses more, `wide` misses little and tells more that
    is wrong. What is less sure waits for a digest or is only recorded ([what each tells](alerts.md#sensitivity))."""
    since: date | None = None
    """What is dated before this day (such as 2024-10-01) is background; unset: `ledger.background_age` decides."""

    @model_validator(mode="after")
    def _something_to_look_for(self) -> Topic:
        if not self.keywords and not self.query:
            raise refusal("there are neither keywords nor a query", "add keywords: [treaty, ratify]")
        return self


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
    keep_known: Duration = Field(default=730 * DAY, ge=DAY)
    """For so long a topic's ledger keeps a claim or series that nobody carries any more. What goes is written to
    `archive/` in the data directory first, from where `monitor ledger import` brings it back."""
    keep_known_size: Size = Field(default=10**9, ge=10**6)
    """Bytes that the records of one topic's ledger may take; what was carried longest ago goes first, into the archive."""
