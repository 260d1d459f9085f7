"""What matched a topic and was not told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.records.ids import EntryId, RevisionId, TopicSlug


class Stage(StrEnum):
    """What stopped a mention on its way, in the order of the way."""

    EXCLUSION = "exclusion"
    LANGUAGE = "language"
    RELEVANCE = "relevance"
    BACKGROUND = "background"
    REPEAT = "repeat"
    SENSITIVITY = "sensitivity"
    CONDITION = "condition"
    LATE = "late"
    MUTE = "mute"
    RATE_LIMIT = "rate limit"
    QUIET_HOURS = "quiet hours"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A mention that was stopped before its entry got a number: by an exclusion, or for its language.

    by: the topic's word that was found; why: the excluded phrase, or the language (ISO 639-1).
    """

    topic: TopicSlug
    stage: Stage
    entry: EntryId
    revision: RevisionId
    outlet: str
    url: str
    sentence: str
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A sentence that was not told, for people: the one stage that stopped it, why, and the setting that would let it through.

    closeness orders them: from 1, it waits and will be told, to 0. at: when it came; id: what `monitor explain` knows it by.
    """

    topic: TopicSlug
    stage: Stage
    at: datetime
    outlet: str
    url: str
    sentence: str
    closeness: float
    why: str
    setting: str
    id: str
