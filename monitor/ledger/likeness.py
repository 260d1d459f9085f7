"""How alike two wordings are, as named numbers: what the judge of "same proposition" weighs."""

from __future__ import annotations

import math
from collections.abc import Collection

from monitor.ledger.figures import covered, same_unit
from monitor.ledger.index import Index
from monitor.records import Wording
from monitor.text.paraphrases import paraphrases

OTHER_WORD = 0.7
"""What a shared meaning counts beside a shared word."""


def weight_of(terms: Collection[str], index: Index) -> float:
    """The weight of terms together. Summed exactly, so that equal sets give equal sums to the last bit, in whatever order."""
    return math.fsum(map(index.weight, terms))


def _paraphrased(terms: frozenset[str], others: frozenset[str], index: Index) -> float:
    """The weight of the terms for which one of the others may stand, less for being told in another word."""
    return OTHER_WORD * math.fsum(index.weight(term) for term in terms if not others.isdisjoint(paraphrases(term)))


def pair_signs(new: Wording, old: Wording, index: Index, tolerance: float) -> dict[str, float]:
    """How a new wording compares with one said before."""
    shared = new.terms & old.terms
    in_both = weight_of(shared, index)
    in_new, in_old = weight_of(new.terms, index), weight_of(old.terms, index)
    union = in_new + in_old - in_both
    wide_new, wide_old = _paraphrased(new.terms - shared, old.terms, index), _paraphrased(old.terms - shared, new.terms, index)
    names = new.names & old.names
    fewer_names = min(len(new.names), len(old.names))
    figure_shared = any(covered(one, old.figures, tolerance) for one in new.figures)
    comparable = any(same_unit(one, other) for one in new.figures for other in old.figures)
    missed = sorted((index.weight(term) for term in new.terms - shared), reverse=True)
    held = sorted((index.weight(term) for term in shared), reverse=True)
    shorter, longer = sorted((new.words, old.words))
    return {
        "overlap": in_both / union if union else 0.0,
        "in_new": in_both / in_new if in_new else 0.0,
        "in_old": in_both / in_old if in_old else 0.0,
        "wide_new": (in_both + wide_new) / in_new if in_new else 0.0,
        "wide_old": (in_both + wide_old) / in_old if in_old else 0.0,
        "wide": (2 * in_both + wide_new + wide_old) / (in_new + in_old) if in_new + in_old else 0.0,
        "rare_shared": float(min(sum(index.frequency(term) <= 3 for term in shared), 5)),
        "names_shared": len(names) / fewer_names if fewer_names else 0.0,
        "names_apart": float(bool(fewer_names) and not names),
        "figure_shared": float(figure_shared),
        "figure_apart": float(comparable and not figure_shared),
        "figure_missing": float(bool(old.figures) and not new.figures),
        "figure_added": float(bool(new.figures) and not old.figures),
        "same_party": float(new.party is not None and new.party == old.party),
        "other_party": float(new.party is not None and old.party is not None and new.party != old.party),
        "same_stance": float(new.stance == old.stance),
        "same_negation": float(new.negated == old.negated),
        "length_ratio": math.log((longer + 1) / (shorter + 1)),
        "shorter": math.log(shorter + 1),
        "days_apart": math.log1p(abs((new.published - old.published).total_seconds()) / 86400.0),
        "same_entry": float(new.entry == old.entry),
        "heaviest_shared": sum(held[:3]),
        "heaviest_missed": sum(missed[:3]),
    }
