"""The inflected forms of a keyword.

Too many forms cost nothing (nobody writes "senter"), a missing one costs an alert; so the regular patterns are applied without
asking for the part of speech, and irregular words are looked up both ways ("sent" also finds "send").
"""

from __future__ import annotations

import re
from itertools import product

from monitor.text.words import words

_IRREGULAR = """
be is are was were been being am|become becomes became becoming|begin begins began begun beginning
bring brings brought bringing|build builds built building|buy buys bought buying|catch catches caught catching
choose chooses chose chosen choosing|come comes came coming|cut cuts cutting|deal deals dealt dealing|die dies died dying
do does did done doing|draw draws drew drawn drawing|drive drives drove driven driving|fall falls fell fallen falling
feed feeds fed feeding|fight fights fought fighting|find finds found finding|flee flees fled fleeing
fly flies flew flown flying|forbid forbids forbade forbidden forbidding|freeze freezes froze frozen freezing
get gets got gotten getting|give gives gave given giving|go goes went gone going|grow grows grew grown growing
have has had having|hit hits hitting|hold holds held holding|keep keeps kept keeping|lay lays laid laying
lead leads led leading|leave leaves left leaving|lend lends lent lending|let lets letting|lose loses lost losing
make makes made making|meet meets met meeting|pay pays paid paying|put puts putting|quit quits quitting|read reads reading
ride rides rode ridden riding|rise rises rose risen rising|run runs ran running|say says said saying
see sees saw seen seeing|seek seeks sought seeking|sell sells sold selling|send sends sent sending|set sets setting
shake shakes shook shaken shaking|shoot shoots shot shooting|shut shuts shutting|sink sinks sank sunk sinking
speak speaks spoke spoken speaking|spend spends spent spending|split splits splitting|spread spreads spreading
stand stands stood standing|steal steals stole stolen stealing|stick sticks stuck sticking
strike strikes struck striking stricken|sweep sweeps swept sweeping|take takes took taken taking
teach teaches taught teaching|tell tells told telling|think thinks thought thinking|throw throws threw thrown throwing
understand understands understood understanding|upset upsets upsetting|win wins won winning
withdraw withdraws withdrew withdrawn withdrawing|write writes wrote written writing
overthrow overthrows overthrew overthrown overthrowing|undergo undergoes underwent undergone undergoing|man men
woman women|child children|person people persons|foot feet|tooth teeth|mouse mice|goose geese|ox oxen
serviceman servicemen|servicewoman servicewomen|airman airmen|fisherman fishermen|policeman policemen|spokesman spokesmen
crisis crises|analysis analyses|basis bases|thesis theses|medium media|datum data|criterion criteria|phenomenon phenomena
knife knives|life lives|wife wives|half halves|loaf loaves|leaf leaves|thief thieves|wolf wolves|shelf shelves|calf calves
memorandum memoranda memorandums|referendum referendums referenda|stratum strata|virus viruses|vaccine vaccines
"""
_FAMILIES: dict[str, frozenset[str]] = {}
for _line in re.split(r"[|\n]", _IRREGULAR):
    _family = frozenset(_line.split())
    for _form in _family:
        _FAMILIES[_form] = _FAMILIES.get(_form, frozenset()) | _family

IRREGULAR_VERBS = frozenset(
    form for family in set(_FAMILIES.values()) if any(f.endswith("ing") for f in family) for form in family
)
"""All forms of verbs that are not inflected by rule."""
_FIXED = words(
    """
    a an the of in on at to for by from with and or not no off up out over into under per than as
    """
)
_VOWELS = "aeiou"
_MOST_FORMS = 4000  # of one phrase; beyond, only the last word is inflected


def forms_of_word(word: str) -> frozenset[str]:
    """Every form that the (case-folded) word may take, itself included."""
    if word in _FIXED or len(word) < 3 or not word.isalpha():
        return frozenset({word, word + "s"}) if word.isalnum() and word not in _FIXED and word else frozenset({word})
    forms = {word}
    for base in _bases(word):
        forms |= _FAMILIES.get(base) or _regular(base)
    return frozenset(forms)


def forms_of_phrase(phrase: str) -> frozenset[str]:
    """Every form of a case-folded phrase whose words are divided by single spaces, with joined spelling ("cease fire")."""
    parts = phrase.split()
    choices = [sorted(forms_of_word(part)) for part in parts]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MOST_FORMS:
        choices[:-1] = [[word] for word in parts[:-1]]
    forms = {" ".join(choice) for choice in product(*choices)}
    if len(parts) == 2 and all(len(part) > 2 for part in parts):
        forms |= {form.replace(" ", "") for form in forms} | _turned(choices[0], choices[1])
    return frozenset(forms)


def _turned(first: list[str], second: list[str]) -> set[str]:
    """A compound taken apart: "tank deliveries" is also "delivery of tanks", "deliveries of the tank"."""
    return {f"{head} of {article}{part}" for head in second for part in first for article in ("", "the ")}


def _bases(word: str) -> set[str]:
    """What the word may be a form of: "deployed" -> "deploy", "parties" -> "party", "planned" -> "plan"."""
    bases = {word}
    if word in _FAMILIES:
        return bases
    if word.endswith("ies") and len(word) > 4:
        bases.add(word[:-3] + "y")
    elif word.endswith("es") and len(word) > 4:
        bases |= {word[:-1]} | ({word[:-2]} if word[-3] in "sxzho" else set())
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        bases.add(word[:-1])
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3 and any(letter in _VOWELS + "y" for letter in stem):
            bases |= {stem, stem + "e"}
            if stem[-1] == stem[-2] and stem[-1] not in "lsz":
                bases.add(stem[:-1])
            if ending == "ed" and stem.endswith("i"):
                bases.add(stem[:-1] + "y")
    return bases


def _regular(base: str) -> set[str]:
    forms = {base}
    if base.endswith(("s", "x", "z", "ch", "sh")):
        forms.add(base + "es")
    elif base.endswith("y") and base[-2:-1] not in _VOWELS:
        forms |= {base[:-1] + "ies", base[:-1] + "ied"}
    else:
        forms.add(base + "s")
    if base.endswith("o"):
        forms.add(base + "es")
    if base.endswith("ie"):
        return forms | {base + "d", base[:-2] + "ying"}
    if base.endswith("e"):
        return forms | {base + "d", base[:-1] + "ing", base + "ing"}
    forms |= {base + "ed", base + "ing"}
    if len(base) >= 3 and base[-1] not in _VOWELS + "wxy" and base[-2] in _VOWELS and base[-3] not in _VOWELS:
        forms |= {base + base[-1] + "ed", base + base[-1] + "ing"}
    return forms
