"""Words of a sentence that tell whether it brings news: general English, no topic's own words."""

from __future__ import annotations

import re

CUES = {
    "cue_recent": r"\b(?:today|tonight|overnight|yesterday|this (?:morning|afternoon|evening|week)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|now)\b",
    "cue_past": r"\b(?:last (?:year|month|week|spring|summer|autumn|fall|winter)|(?:years?|months?|weeks?|decades?) (?:ago|earlier|before)|earlier|previously|formerly|once|back in)\b",
    "cue_year": r"\b(?:19|20)\d\d\b",
    "cue_perfect": r"\b(?:had|having) (?:been|already|\w+ed|said|told|made|taken|given|become|begun|gone)\b",
    "cue_has": r"\b(?:has|have) (?:been|\w+ed|said|told|made|taken|given|become|begun|gone|put|cut|set)\b",
    "cue_known": r"\b(?:again|still|already|so far|as before|repeated(?:ly)?|reiterated|recalled|remain(?:s|ed)?|continu(?:e|es|ed|ing)|since)\b",
    "cue_future": r"\b(?:will|would|is to|are to|plans? to|intends? to|is going to|are going to|is expected to|are expected to)\b",
    "cue_hedge": r"\b(?:may|might|could|appears?|seems?|likely|perhaps|possibly|believed|reportedly|considering|weighing)\b",
    "cue_act": r"\b(?:announc|confirm|approv|decid|agree|order|sign(?:ed|s)\b|vot(?:ed|es)\b|rul(?:ed|es)\b|reject|den(?:ied|ies|y)\b|refus|warn|suspend|launch|seiz|halt|ban(?:ned|s)?\b|lift|withdr|deliver|begin|began|start|end(?:ed|s)\b|order|accept|adopt|resum|impos|cancel|clos|open|releas|arrest|pledg|promis|offer|declar|reach)",
    "cue_speech": r"\b(?:said|says|told|according to|added|stated|wrote|informed|put (?:the|it)|spokes\w+)\b",
    "cue_change": r"\b(?:rose|risen|rises|climb\w*|increas\w+|rais(?:ed|es|ing)|fell|fallen|cut|lower\w*|reduc\w+|revis\w+|up from|down from|instead of|passed|topped|reach\w*|doubl\w+|from \S+ to)\b",
    "cue_more": r"\b(?:another|further|additional|extra|more|first|for the first time|so far)\b",
    "cue_total": r"\b(?:in all|in total|altogether|total|toll|bringing)\b",
    "cue_not": r"\b(?:no|not|never|nobody|nothing|neither|nor)\b|n['’]t\b",
    "cue_should": r"\b(?:should|must|ought|need(?:s)? to|has to|have to|had to)\b",
    "cue_person": r"\b(?:I|my|we|our|us|you|your)\b",
    "cue_question": r"\?",
    "cue_quote": r"[\"“”„«»]",
    "cue_colon": r":",
    "cue_if": r"\b(?:if|unless|whether|although|while)\b",
    "cue_like": r"\b(?:like|as if|never mind|of course|after all|what|why|how|who)\b",
    "cue_money": r"[$€£¥]|\b(?:dollars|euros|pounds)\b",
}
_COMPILED = {name: re.compile(pattern) for name, pattern in CUES.items()}


def cues(sentence: str) -> dict[str, float]:
    """For each cue whether the sentence holds it."""
    text = sentence[:1].lower() + sentence[1:] if not sentence.startswith(("I ", "I'")) else sentence
    return {name: float(bool(pattern.search(text))) for name, pattern in _COMPILED.items()}
