"""How a claim turns from what its party said before, as named numbers: what the judge of "turns" weighs.

A party may say the opposite in any of its former claims, under whatever proposition that was filed: each of those that come near
is tried by itself, and the likeliest is where the party stood.
"""

from __future__ import annotations

import re

from monitor.ledger.cues import tells_of_turn
from monitor.ledger.positions import camp
from monitor.ledger.rungs import RUNGS, rungs_of
from monitor.ledger.signs import Near, Reading
from monitor.records import Stance

TRIED = 12
"""Former claims of its party that a claim is compared with, those likeliest to be the same first."""
_ALIKE = (
    "overlap",
    "in_new",
    "in_old",
    "wide_new",
    "wide_old",
    "rare_shared",
    "names_shared",
    "names_apart",
    "figure_shared",
    "figure_apart",
    "figure_missing",
    "figure_added",
    "same_stance",
    "same_negation",
    "days_apart",
    "heaviest_shared",
    "heaviest_missed",
)
_CAMPS = ("for", "against", "undecided", "warns", "none")
_WORDS = {
    "resumes": r"resum|restart|again\b|anew\b|(?:is|are|steps?|goes|takes?|taken) back|return|reinstat|restor|reimpos|renew",
    "stops": r"suspend|suspension|halt|postpon|put (?:off|back)\b|call\w* off\b|end(?:s|ed|ing)?\b|drop|scrap|cancel|abandon"
    r"|withdr|no longer\b|pause|fr(?:ee|o)z|laps|clos(?:es|ed|ing)\b",
    "yields": r"g(?:ive|ives|ave|iven) (?:in|way|up)\b|yield|relent|conced|admit|acknowledg|accept|after all\b|u-turn"
    r"|turnabout|revers|reconsider|soften|bow(?:s|ed)?\b",
    "lifts": r"lift(?:s|ed|ing)?\b|releas|open|eas(?:e|es|ed|ing)\b|allow|permit",
    "recalls": r"had (?:\w+ )?(?:refus|den|reject|rul|promis|said|insist|threaten|vow|warn|held|oppos|spoken)|until now\b"
    r"|up to now\b|earlier\b|months? of\b|(?:hours|days|weeks|months) after\b|after (?:\w+ )?(?:months|weeks|days)\b",
}
_PATTERNS = {name: re.compile(r"\b(?:" + words + ")", re.IGNORECASE) for name, words in _WORDS.items()}
"""Words that tell of a turn, or of the act that undoes another: general English, no topic's own words."""


def own(reading: Reading) -> list[Near]:
    """What the claim's party said before, as far as it comes near, likeliest to be the same first."""
    party = reading.wording.party
    return [near for near in reading.nearest if party is not None and near.item.wording.party == party][:TRIED]


def turn_signs(reading: Reading, near: Near, rank: int) -> dict[str, float]:
    """How a claim compares with a former one of its party. rank: how many of the party's come nearer."""
    claim, old = reading.claim, near.item.wording
    was, now = _camp(old.stance), _camp(claim.stance)
    left, came = rungs_of(old.terms, old.stance), rungs_of(reading.wording.terms, claim.stance)
    return {
        **{name: near.signs[name] for name in _ALIKE},
        "same": near.likelihood,
        "rank": float(rank),
        **{f"from_{one}": float(was == one) for one in _CAMPS},
        **{f"to_{one}": float(now == one) for one in _CAMPS},
        "camps_apart": float(was != now),
        "positions_apart": float(was != now and "none" not in (was, now)),
        **{f"came_{rung}": float(rung in came - left) for rung in RUNGS},
        **{f"left_{rung}": float(rung in left - came) for rung in RUNGS},
        "rungs_apart": float(bool(left and came) and not left & came),
        "turn_told": float(tells_of_turn(claim.sentence)),
        **{name: float(bool(pattern.search(claim.sentence))) for name, pattern in _PATTERNS.items()},
        "party_acts": float(reading.wording.party in claim.actors),
        "figures": float(len(reading.figures)),
    }


def _camp(stance: Stance) -> str:
    """The camp, and beside the camps of positions: warned, or nothing that tells one."""
    return camp(stance) or ("warns" if stance is Stance.WARNS else "none")
