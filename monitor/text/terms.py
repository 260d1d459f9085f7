"""The stems of what a sentence is about."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

from monitor.text.words import words

_stemmer = snowballstemmer.stemmer("english")
_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")

STOP = words(
    """
    a about above after again against all also am among an and any are as at be because been before being below between
    both but by can cannot could did do does doing down during each either else ever few for from further had has have
    having he her here hers herself him himself his how however i if in into is it its itself just least less like many
    may me might more most much must my near neither no nor not now of off on once only or other our out over own per
    rather same she should since so some such than that the their them themselves then there these they this those though
    through thus to too toward towards under until up upon us very was we were what when where whether which while who
    whom whose why will with within without would yet you your s t re ve ll d m mr mrs ms dr says said say told tell
    according added monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight
    """
)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of one word: case-folded, without possessive, by the Porter2 rules."""
    plain = word.casefold().replace("’", "'").removesuffix("'s").replace(".", "").replace("'", "")
    return str(_stemmer.stemWord(plain))


def terms_of(text: str) -> frozenset[str]:
    """The stems of the words that carry content: names included, numbers and function words not."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        for part in re.split("[-–]", word):
            folded = part.casefold().replace("’", "'").removesuffix("'s")
            if len(folded) > 1 and folded not in STOP and not folded[0].isdigit():
                found.add(stem(folded))
    return frozenset(found)
