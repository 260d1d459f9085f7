"""How well a claim fits a topic, by the words that its user chose, and whether another topic would fit it better.

Topics of one configuration often share their keywords, actors and entries: a toll and a lawsuit after the same fire. What tells
them apart are the words that only one of them uses, and the facets that its description lists.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from monitor.ledger.index import Index
from monitor.ledger.likeness import OTHER_WORD, weight_of
from monitor.settings import Topic
from monitor.text.paraphrases import paraphrases, widened
from monitor.text.terms import terms_of

_NOT_TRACKED = re.compile(r"\bnot tracked\b", re.IGNORECASE)
_FACETS = re.compile(r"[,;:.()]|\b(?:and|or)\b")
_PHRASE = 2
"""Stems that a facet must have to tell anything."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A topic's own words as stems: what is tracked, what is not, its keywords, all that is tracked with what may stand for it
    (wide), and both lists facet by facet."""

    tracked: frozenset[str]
    untracked: frozenset[str]
    keywords: frozenset[str]
    wide: frozenset[str]
    facets: tuple[frozenset[str], ...]
    barred: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profile of the topic that is decided, and those of its rivals: the other topics of the configuration."""

    own: Profile
    rivals: tuple[Profile, ...]

    @property
    def stems(self) -> frozenset[str]:
        """The stems that are weighed even where no claim holds them."""
        facets = [*self.own.facets, *self.own.barred, *(facet for rival in self.rivals for facet in rival.facets)]
        return frozenset[str]().union(*facets)

    @classmethod
    def of(cls, slug: str, topics: Mapping[str, Topic]) -> Profiles:
        """The profiles as the topic of that slug sees them."""
        rivals = tuple(_profile_of(topic) for other, topic in sorted(topics.items()) if other != slug)
        return cls(_profile_of(topics[slug]), rivals)


def _profile_of(topic: Topic) -> Profile:
    return _profile(topic.title, topic.description, topic.keywords)


@lru_cache(maxsize=256)
def _profile(title: str, description: str, keywords: tuple[str, ...]) -> Profile:
    parts = _NOT_TRACKED.split(description, maxsplit=1)
    own = terms_of(" ".join(keywords))
    tracked = terms_of(f"{title} {parts[0]}")
    rest = parts[1] if len(parts) > 1 else ""
    facets = (*(terms_of(keyword) for keyword in keywords), *_facets(parts[0]))
    return Profile(tracked, terms_of(rest) - tracked - own, own, widened(tracked | own), facets, _facets(rest))


def _facets(text: str) -> tuple[frozenset[str], ...]:
    facets = (terms_of(part) for part in _FACETS.split(text))
    return tuple(facet for facet in facets if len(facet) >= _PHRASE)


def fit_signs(terms: frozenset[str], profiles: Profiles, index: Index) -> dict[str, float]:
    """How well stems fit the topic's profile, by itself and beside its rivals."""
    own = profiles.own
    total = weight_of(terms, index) or 1.0
    others: frozenset[str] = frozenset().union(*(rival.tracked | rival.keywords for rival in profiles.rivals))
    mine = own.tracked | own.keywords
    facet = _best(terms, own.facets, index)
    rival_facet = max((_best(terms, rival.facets, index) for rival in profiles.rivals), default=0.0)
    keywords = weight_of(terms & own.keywords, index) / total
    rival_keywords = max((weight_of(terms & rival.keywords, index) / total for rival in profiles.rivals), default=0.0)
    tracked = weight_of(terms & own.tracked, index) / total
    rival_tracked = max((weight_of(terms & rival.tracked, index) / total for rival in profiles.rivals), default=0.0)
    wide = weight_of(terms & own.wide, index) / total
    rival_wide = max((weight_of(terms & rival.wide, index) / total for rival in profiles.rivals), default=0.0)
    return {
        "wide": wide,
        "rival_wide": wide - rival_wide,
        "tracked": tracked,
        "tracked_count": float(len(terms & own.tracked)),
        "untracked": weight_of(terms & own.untracked, index) / total,
        "untracked_count": float(len(terms & own.untracked)),
        "keywords": keywords,
        "keywords_count": float(len(terms & own.keywords)),
        "facet": facet,
        "facet_barred": _best(terms, own.barred, index),
        "rival_tracked": tracked - rival_tracked,
        "rival_keywords": keywords - rival_keywords,
        "rival_facet": facet - rival_facet,
        "mine_alone": weight_of(terms & (mine - others), index) / total,
        "theirs_alone": weight_of(terms & (others - mine), index) / total,
        "mine_alone_count": float(len(terms & (mine - others))),
        "theirs_alone_count": float(len(terms & (others - mine))),
        "topics": float(min(len(profiles.rivals), 1)),
    }


def _best(terms: frozenset[str], facets: tuple[frozenset[str], ...], index: Index) -> float:
    """The greatest weight of a facet's stems that the terms hold, or that one of them may stand for: as a share of the facet,
    times how much that is."""
    best = 0.0
    for facet in facets:
        shared = facet & terms
        held = weight_of(shared, index)
        held += OTHER_WORD * math.fsum(index.weight(stem) for stem in facet - shared if not terms.isdisjoint(paraphrases(stem)))
        if held:
            best = max(best, held * held / weight_of(facet, index))
    return best
