"""The rungs of an act: considered, threatened, announced, in force, suspended, ended, or refused.

"Weighs a tariff", "threatens a tariff", "imposes a tariff", "suspends the tariff" share all but one word, and are four pieces of
news. The rung is read from stems, so that wordings said before can be read in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from monitor.records import Stance
from monitor.text.terms import stem

_WORDS = {
    "considered": """consider weigh mull study review explore discuss think open ponder examine contemplate debate float hint
        signal ask seek urge propose suggest talks negotiate eye""",
    "threatened": "threaten warn vow ultimatum caution menace",
    "announced": """promise pledge plan announce agree offer order decide vote approve commit accept endorse back intend prepare
        ready prepared willing announcement authorise authorize grant permit allow adopt""",
    "in_force": """impose begin start launch sign ratify send deliver deploy join return resume arrive enact implement enter take
        ship transfer hit strike seize fire release free hand reopen restart renew extend complete""",
    "suspended": "suspend pause halt hold postpone delay freeze stop defer shelve withhold interrupt block",
    "ended": """end withdraw cancel drop lift scrap revoke leave quit abandon reverse resign retract rescind terminate repeal pull
        exit concede admit acknowledge backtrack""",
    "refused": "refuse reject rule oppose decline veto deny dismiss exclude resist unacceptable",
}
RUNGS = tuple(_WORDS)
_RUNGS: dict[str, set[str]] = {}
for _rung, _words in _WORDS.items():
    for _word in _words.split():
        _RUNGS.setdefault(stem(_word), set()).add(_rung)
_BY_STANCE = {
    Stance.CONSIDERS: "considered",
    Stance.WARNS: "threatened",
    Stance.PROMISES: "announced",
    Stance.REFUSES: "refused",
    Stance.DENIES: "refused",
}


def ends(before: Collection[str], was: Stance, after: Collection[str], now: Stance) -> tuple[str, str] | None:
    """Both ends of a party's move, in words: its stances, and where these are the same the rungs that it left and came to.

    before and after are stems of what it said. None where neither differs.
    """
    if was is not now:
        return str(was), str(now)
    old, new = rungs_of(before, was), rungs_of(after, now)
    left, came = [rung for rung in RUNGS if rung in old - new], [rung for rung in RUNGS if rung in new - old]
    if not left and not came:
        return None
    return _named(left) or str(was), _named(came) or str(now)


def _named(rungs: Sequence[str]) -> str:
    return " and ".join(rung.replace("_", " ") for rung in rungs)


def rungs_of(terms: Collection[str], stance: Stance) -> frozenset[str]:
    """The rungs that a wording's words and stance speak of; often none, sometimes several."""
    found = {rung for term in terms for rung in _RUNGS.get(term, ())}
    if stance in _BY_STANCE:
        found.add(_BY_STANCE[stance])
    return frozenset(found)
