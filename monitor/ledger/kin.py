"""Lines of one entry that tell the same: headline and summary share a story and often hardly a word."""

from __future__ import annotations

import re

from monitor.ledger.figures import covered
from monitor.ledger.index import Index
from monitor.ledger.likeness import pair_signs
from monitor.ledger.series import State
from monitor.ledger.signs import Reading
from monitor.ledger.wordings import counted
from monitor.records import Field

_REFERS = re.compile(
    r"^[\"“‘']?(?:it|he|she|they|that|this|these|those|there|both|his|her|its|their|the (?:move|decision|plan|step|deal|two"
    r"|president|minister|government|company|agency|group|statement|announcement))\b",
    re.IGNORECASE,
)
"""How a line begins that goes on with what another one told."""


def kin_signs(heard: Reading, other: Reading, same: float, index: Index, tolerance: float) -> dict[str, float]:
    """How a line compares with one of the same entry that is told already. same: how likely both are of one proposition."""
    said = counted(heard.claim)
    fresh = [figure.quantity for figure in other.figures if figure.state is not State.KNOWN]
    first, second = heard.claim.evidence, other.claim.evidence
    pair = pair_signs(other.wording, heard.wording, index, tolerance)
    return pair | {
        "same": same,
        "heard_title": float(first.field is Field.TITLE),
        "heard_summary": float(first.field is Field.SUMMARY),
        "other_title": float(second.field is Field.TITLE),
        "other_summary": float(second.field is Field.SUMMARY),
        "same_field": float(first.field == second.field),
        "before": float(other.place < heard.place),
        "steps": float(min(abs(other.place - heard.place), 10)),
        "gap": float(min(max(second.start - first.end, first.start - second.end, 0), 400))
        if first.field == second.field
        else -1.0,
        "lines": float(heard.of),
        "refers": float(bool(_REFERS.match(other.claim.evidence.text))),
        "heard_refers": float(bool(_REFERS.match(heard.claim.evidence.text))),
        "fresh_figures": float(sum(not covered(quantity, said, tolerance) for quantity in fresh)),
        "figures": float(len(other.figures)),
        "heard_figures": float(len(said)),
        "spoken": float(other.wording.party is not None),
        "heard_spoken": float(heard.wording.party is not None),
        "actors_shared": float(len(heard.claim.actors & other.claim.actors)),
        "actors_unsaid": float(len(other.claim.actors - heard.claim.actors)),
        "mentions": float(len(other.claim.mentions)),
        "heard_mentions": float(len(heard.claim.mentions)),
        "known": other.best.likelihood if other.best else 0.0,
        "heard_known": heard.best.likelihood if heard.best else 0.0,
    }
