"""Words of a sentence that tell whether it brings news: general English, no topic's own words."""

from __future__ import annotations

import re

_CUES = {
    "recent": r"""today|tonight|overnight|yesterday|this\ (?:morning|afternoon|evening|week)|now
        |on\ (?:mon|tues|wednes|thurs|fri|satur|sun)day""",
    "past": r"""last\ (?:year|month|week|spring|summer|autumn|fall|winter)
        |(?:years?|months?|weeks?|decades?)\ (?:ago|earlier|before)|earlier|previously|formerly|once|back\ in""",
    "year": r"(?:19|20)\d\d",
    "perfect": r"(?:had|having)\ (?:been|already|\w+ed|said|told|made|taken|given|become|begun|gone)",
    "has": r"(?:has|have)\ (?:been|\w+ed|said|told|made|taken|given|become|begun|gone|put|cut|set)",
    "known": r"""again|still|already|so\ far|as\ before|repeated(?:ly)?|reiterated|recalled|remain(?:s|ed)?
        |continu(?:e|es|ed|ing)|since""",
    "future": r"will|would|(?:is|are)\ to|plans?\ to|intends?\ to|(?:is|are)\ going\ to|(?:is|are)\ expected\ to",
    "hedge": r"may|might|could|appears?|seems?|likely|perhaps|possibly|believed|reportedly|considering|weighing",
    "act": r"""(?:announc|confirm|approv|decid|agree|order|reject|refus|warn|suspend|launch|seiz|halt|lift|withdr|deliver|start
        |accept|adopt|resum|impos|cancel|clos|open|releas|arrest|pledg|promis|offer|declar|reach)\w*|begin|began|signed|signs
        |voted|votes|ruled|rules|denied|denies|deny|bann?(?:s|ed)?|ended|ends""",
    "speech": r"said|says|told|according\ to|added|stated|wrote|informed|put\ (?:the|it)|spokes\w+",
    "change": r"""rose|risen|rises|climb\w*|increas\w+|rais(?:ed|es|ing)|fell|fallen|cut|lower\w*|reduc\w+|revis\w+
        |(?:up|down)\ from|instead\ of|passed|topped|reach\w*|doubl\w+|from\ \S+\ to""",
    "more": r"another|further|additional|extra|more|first|for\ the\ first\ time",
    "total": r"in\ all|in\ total|altogether|total|toll|bringing",
    "not": r"no|not|never|nobody|nothing|neither|nor|\w+n['’]t",
    "should": r"should|must|ought|needs?\ to|has\ to|have\ to|had\ to",
    "person": r"I|my|we|our|us|you|your",
    "if": r"if|unless|whether|although|while",
    "like": r"like|as\ if|never\ mind|of\ course|after\ all|what|why|how|who",
    "after": r"(?:days|weeks|months|hours)\ after|after|following|in\ the\ wake\ of|as",
    "that": r"whose|which|that\ had|who\ had",
    "money": r"dollars|euros|pounds",
}
_COMPILED = {f"cue_{name}": re.compile(rf"\b(?:{pattern})\b", re.VERBOSE) for name, pattern in _CUES.items()}
_MARKS = {"cue_question": "?", "cue_colon": ":", "cue_quote": '"“”„«»', "cue_currency": "$€£¥"}

HEADLINE = 0.6
"""The share of capitalised words from which a sentence is a headline that capitalises every word of weight."""

_TURN = re.compile(
    r"""\b(?:no\ longer|can\ now|all\ but\ (?:admit|confirm|acknowledg)\w*|u-turn|about-face|climb\w*\ down|back(?:s|ed)?\ down
    |revers(?:es|ed|ing|al)|(?:mov|shift|back|turn)(?:e|es|ed|s|ing)?\ away\ from|dropp(?:ed|ing)|drops|abandon(?:s|ed|ing)
    |after\ (?:\w+\ ){0,3}(?:denial|denying|refus\w+|reject\w+|insist\w+)
    |had\ (?:\w+\ )?(?:denied|refused|rejected|dismissed))\b""",
    re.VERBOSE | re.IGNORECASE,
)


def tells_of_turn(sentence: str) -> bool:
    """Whether the words themselves say that somebody has changed position ("no longer denies", "after weeks of refusing")."""
    return bool(_TURN.search(sentence))


def cues(sentence: str) -> dict[str, float]:
    """For each cue whether the sentence holds it. Case counts ("us" is no state) but for the first word and in headlines that
    capitalise every word."""
    words = sentence.split()
    capitals = sum(word[:1].isupper() for word in words)
    if len(words) >= 4 and capitals > HEADLINE * len(words):
        text = sentence.lower()
    else:
        text = sentence if sentence.startswith(("I ", "I’", "I'")) else sentence[:1].lower() + sentence[1:]
    found = {name: float(bool(pattern.search(text))) for name, pattern in _COMPILED.items()}
    return found | {name: float(any(mark in text for mark in marks)) for name, marks in _MARKS.items()}
