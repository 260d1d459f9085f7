"""What a claim is like, by itself, in its entry, and beside all that was said before, as named numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.ledger.cues import cues, tells_of_turn
from monitor.ledger.figures import covered
from monitor.ledger.index import Index, Indexed
from monitor.ledger.likeness import weight_of
from monitor.ledger.positions import camp
from monitor.ledger.profile import Profiles, fit_signs
from monitor.ledger.rungs import RUNGS, rungs_of
from monitor.ledger.series import Counted, State
from monitor.records import Answer, Claim, Field, Stance, Wording
from monitor.text.terms import terms_of

_ENTRY_FIT = ("wide", "rival_wide", "keywords_count", "tracked_count", "facet", "rival_facet")
_FEATURES = {
    "asks": re.compile(r"\?|^(?:how|why|what|who|where|when|is|are|can|will|could|should|did|does)\b", re.IGNORECASE),
    "opines": re.compile(
        r"\b(?:opinion|analysis|editorial|comment|commentary|column|review|podcast|letters?|essay)\b", re.IGNORECASE
    ),
    "tells": re.compile(
        r"^(?:inside|watch|live|meet|behind|the \w+ (?:who|that|of|behind|at the))\b"
        r"|\b(?:explainer|explained|to know|in (?:maps|photos|charts|pictures))\b"
        r"|\b(?:anniversary|years (?:on|after|later)|takeaways|timeline|profile|interview)\b",
        re.IGNORECASE,
    ),
}
"""Headlines of features, opinion and explainers: they ask, they give their label, or they promise a story."""

COPY = 0.85
"""Overlap, by weight of words, from which a sentence counts as a copy of another."""


@dataclass(frozen=True, slots=True)
class Near:
    """A wording said before, with the likelihood that it is of the same proposition, and the signs that say so."""

    item: Indexed
    likelihood: float
    signs: dict[str, float]

    def copied_by(self, wording: Wording) -> bool:
        """Whether a later wording is a copy of this one, figures apart."""
        if self.item.wording.text == wording.text:
            return True
        return self.signs["overlap"] >= COPY and bool(self.signs["same_negation"]) and bool(self.signs["same_stance"])


@dataclass(slots=True, kw_only=True)
class Reading:
    """A claim under judgement. nearest: likeliest first; signs and all that follows are filled in as the judgement goes on.
    turned: of what its party said before that from which it most likely turns.
    """

    answer: Answer
    claim: Claim
    wording: Wording
    place: int
    of: int
    nearest: list[Near]
    mates: dict[int, float] = field(default_factory=dict)
    figures: tuple[Counted, ...] = ()
    signs: dict[str, float] = field(default_factory=dict)
    worth: float = 0.0
    counts: float = 0.0
    turns: float = 0.0
    turned: Near | None = None
    confidence: float = 0.0

    @property
    def best(self) -> Near | None:
        """What came nearest, if anything was said before."""
        return self.nearest[0] if self.nearest else None


def claim_signs(
    reading: Reading, entry: Sequence[Reading], index: Index, profiles: Profiles, tolerance: float
) -> dict[str, float]:
    """All signs of a claim. entry: the readings of its entry, itself included."""
    return {
        **_itself(reading, index),
        **fit_signs(reading.wording.terms, profiles, index),
        **_in_entry(reading, entry, index),
        **_before(reading, index),
        **_figures(reading, index, tolerance),
        **_parties(reading, index),
        **cues(reading.claim.sentence),
    }


def entry_signs(entry: Sequence[Reading], profiles: Profiles, index: Index) -> dict[str, float]:
    """What an entry is like as a whole: how well its heads and its claims fit the topic, and how much of them was heard before.

    Words of the topic stand in film reviews, too; there, few other words are the topic's or the ledger's.
    """
    claims = [one.claim for one in entry]
    headlines = (one.terms for one in claims if one.evidence.field is not Field.CONTENT)
    heads = terms_of(entry[0].answer.carrier.title).union(*headlines)
    terms = heads.union(*(one.terms for one in claims))
    fit, head_fit = fit_signs(terms, profiles, index), fit_signs(heads, profiles, index)
    heard = [term for term in sorted(terms) if index.frequency(term)]
    return {
        **{f"entry_{name}": fit[name] for name in _ENTRY_FIT},
        **{f"heads_{name}": head_fit[name] for name in _ENTRY_FIT},
        "entry_heard": len(heard) / max(len(terms), 1),
        "heads_heard": sum(bool(index.frequency(term)) for term in heads) / max(len(heads), 1),
        "entry_actors": float(len(frozenset().union(*(one.actors for one in claims)))),
        "entry_actor_claims": sum(bool(one.actors) for one in claims) / len(claims),
        "entry_speakers": sum(one.speaker is not None for one in claims) / len(claims),
    }


def _itself(reading: Reading, index: Index) -> dict[str, float]:
    claim = reading.claim
    return {
        "title": float(claim.evidence.field is Field.TITLE),
        "summary": float(claim.evidence.field is Field.SUMMARY),
        "place": reading.place / max(reading.of, 1),
        "ordinal": float(min(reading.place, 30)),
        "offset": math.log1p(claim.evidence.start),
        "words": float(reading.wording.words),
        "terms": float(len(reading.wording.terms)),
        "mentions": float(len(claim.mentions)),
        "mention_rarity": max((weight_of(terms_of(mention), index) for mention in claim.mentions), default=0.0),
        "actors": float(len(claim.actors)),
        "names": float(len(reading.wording.names)),
        "speaker": float(claim.speaker is not None),
        "org": float(claim.org is not None),
        "background": float(claim.background),
        **{f"stance_{stance}": float(claim.stance is stance) for stance in Stance},
    }


def _in_entry(reading: Reading, entry: Sequence[Reading], index: Index) -> dict[str, float]:
    heads = [other for other in entry if other.claim.evidence.field is not Field.CONTENT and other is not reading]
    total = weight_of(reading.wording.terms, index) or 1.0
    in_heads = [weight_of(reading.wording.terms & head.wording.terms, index) / total for head in heads]
    best = [other.best.likelihood if other.best else 0.0 for other in entry]
    title = reading.answer.carrier.title
    mates = sorted(reading.mates.values(), reverse=True)
    return {
        "claims_in_entry": float(reading.of),
        "headline_only": float(all(other.claim.evidence.field is not Field.CONTENT for other in entry)),
        "in_heads": max(in_heads, default=0.0),
        "mates": float(sum(value > 0.5 for value in mates)),
        "nearest_mate": mates[0] if mates else 0.0,
        "entry_known": sum(value > 0.5 for value in best) / max(len(best), 1),
        "entry_copied": sum(other.best is not None and other.best.signs["overlap"] > 0.85 for other in entry)
        / max(len(entry), 1),
        "entry_again": float(index.has_entry(reading.claim.evidence.entry)),
        **{f"headline_{name}": float(bool(pattern.search(title))) for name, pattern in _FEATURES.items()},
        **{f"claim_{name}": float(bool(pattern.search(reading.claim.sentence))) for name, pattern in _FEATURES.items()},
        "entry_figures": float(sum(len(other.figures) for other in entry)),
        "entry_mentions": sum(bool(other.claim.mentions) for other in entry) / max(len(entry), 1),
    }


def _before(reading: Reading, index: Index) -> dict[str, float]:
    terms = reading.wording.terms
    total = weight_of(terms, index) or 1.0
    top = [near.likelihood for near in reading.nearest[:5]] + [0.0] * 5
    union: set[str] = set()
    for near in reading.nearest[:8]:
        union |= near.item.wording.terms
    overlaps = [near.signs["overlap"] for near in reading.nearest]
    inside = [near.signs["in_new"] for near in reading.nearest]
    best = reading.best
    unseen = [term for term in sorted(terms) if not index.frequency(term)]
    return {
        "same_1": top[0],
        "same_2": top[1],
        "same_3": top[2],
        "same_many": float(sum(near.likelihood > 0.3 for near in reading.nearest)),
        "overlap": max(overlaps, default=0.0),
        "inside": max(inside, default=0.0),
        "inside_union": weight_of(terms & union, index) / total,
        "unseen": float(len(unseen)),
        "unseen_weight": weight_of(unseen, index) / total,
        "rare": float(sum(index.frequency(term) <= 2 for term in terms)),
        "names_unseen": float(sum(not index.frequency(name) for name in reading.wording.names)),
        "best_days": best.signs["days_apart"] if best else 10.0,
        "best_names_apart": best.signs["names_apart"] if best else 0.0,
        "best_stance_apart": float(best is not None and not best.signs["same_stance"]),
        "best_party_same": best.signs["same_party"] if best else 0.0,
        "best_missed": best.signs["heaviest_missed"] if best else 0.0,
        "known_size": math.log1p(len(index)),
        "known_entries": math.log1p(index.entry_count),
    }


def _figures(reading: Reading, index: Index, tolerance: float) -> dict[str, float]:
    figures = reading.figures
    near = [one for item in reading.nearest[:6] for one in item.item.wording.figures]
    unseen = not_near = 0
    for counted in figures:
        value = counted.quantity.low if counted.quantity.low is not None else counted.quantity.high
        unseen += value is not None and not index.has_value(value, tolerance)
        not_near += not covered(counted.quantity, near, tolerance)
    states = [counted.state for counted in figures]
    return {
        "figures": float(len(figures)),
        "figures_unseen": float(unseen),
        "figures_not_near": float(not_near),
        "figures_first": float(states.count(State.FIRST)),
        "figures_changed": float(states.count(State.CHANGED)),
        "figures_known": float(states.count(State.KNOWN)),
        "series_score": max((counted.score for counted in figures), default=0.0),
        "figure_place": min((_place(reading.claim.sentence, counted) for counted in figures), default=1.0),
        "figure_large": max((math.log10(abs(_value(counted)) + 1) for counted in figures), default=0.0),
    }


def _place(sentence: str, counted: Counted) -> float:
    """Where in its sentence a figure stands, from 0 to 1: the earlier, the more the sentence is about it."""
    at = sentence.find(counted.quantity.surface)
    return at / max(len(sentence), 1) if at >= 0 else 1.0


def _value(counted: Counted) -> float:
    quantity = counted.quantity
    return quantity.low if quantity.low is not None else quantity.high or 0.0


def _parties(reading: Reading, index: Index) -> dict[str, float]:
    party = reading.wording.party
    said = index.heard(party) if party else 0
    own = [near for near in reading.nearest if party and near.item.wording.party == party]
    last = own[0] if own else None
    rungs = rungs_of(reading.wording.terms, reading.claim.stance)
    before = [rungs_of(near.item.wording.terms, near.item.wording.stance) for near in own]
    others = [rungs_of(near.item.wording.terms, near.item.wording.stance) for near in reading.nearest[:5]]
    return {
        "party_said": float(min(said, 20)),
        "party_unheard": float(party is not None and not said),
        "own_overlap": max((near.signs["in_new"] for near in own), default=0.0),
        "own_same": last.likelihood if last else 0.0,
        "own_days": last.signs["days_apart"] if last else 10.0,
        "own_other_camp": float(last is not None and camp(last.item.wording.stance) != camp(reading.wording.stance)),
        "own_negated": float(last is not None and last.item.wording.negated != reading.wording.negated),
        "own_rung_apart": float(bool(before and rungs and before[0]) and not rungs & before[0]),
        "own_rungs_unsaid": float(len(rungs - frozenset().union(*before))) if before else -1.0,
        "rungs_unsaid": float(len(rungs - frozenset().union(*others))),
        "contradicts": float(_contradicts(reading, own)),
        "turn_told": float(tells_of_turn(reading.claim.evidence.text)),
        **{f"rung_{rung}": float(rung in rungs) for rung in RUNGS},
    }


def _contradicts(reading: Reading, own: Sequence[Near]) -> bool:
    """Whether a party says no to what others say and, as far as can be seen, has not said so before."""
    if reading.wording.party is None or camp(reading.claim.stance) != "against":
        return False
    if any(camp(near.item.wording.stance) == "against" and near.signs["in_new"] >= 0.3 for near in own):
        return False
    return any(near.likelihood >= 0.3 and near.item.wording.party != reading.wording.party for near in reading.nearest)
