"""Nouns of speech: "Oru's claim that ...", "the pledge by Lind to ...", "a warning from the union that ..."."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.extract.lexicon import CUES, PREPOSITIONS, RELATIVES, SUBORDINATORS
from monitor.extract.phrases import Range, Words, left_phrase, right_phrase
from monitor.extract.verbs import Found
from monitor.records import Stance
from monitor.text.words import words as word_list

_STANCES: dict[Stance, str] = {
    Stance.ASSERTS: "statement assertion announcement insistence argument contention declaration remark suggestion complaint",
    Stance.CONFIRMS: "admission acknowledgement acknowledgment confirmation",
    Stance.DENIES: "denial rebuttal",
    Stance.ALLEGES: "claim allegation accusation charge",
    Stance.WARNS: "warning threat ultimatum",
    Stance.PROMISES: "pledge promise vow assurance guarantee commitment undertaking",
    Stance.REFUSES: "refusal rejection",
    Stance.ESTIMATES: "estimate forecast prediction projection assessment",
}
_NOUNS = {form: stance for stance, listed in _STANCES.items() for noun in listed.split() for form in (noun, f"{noun}s")}
_OF = word_list("denial denials threat threats refusal rejection warning warnings admission confirmation")
"""Nouns that what is meant may follow with "of": "its denial [of the loss]"."""
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_OWN = frozenset({"his", "her", "its", "their"})


def nouns(words: Words) -> Iterator[Found]:
    """Every noun of speech that has both a speaker and something said."""
    for index in range(1, len(words) - 2):
        stance = _NOUNS.get(words.low[index])
        if stance is None or words.name[index] or words.is_verb(index):
            continue
        behind = index + 1
        source = _owner(words, index)
        if source is None and words.low[behind] in {"by", "from"}:
            source = right_phrase(words, behind + 1)
            behind = source[1] if source else behind
        content = _content(words, index, behind) if source else None
        if source and content:
            cue = (index, index + 1)
            yield Found(4, source, cue, cue, (content,), words.low[index], stance)


def _owner(words: Words, noun: int) -> Range | None:
    """ "[Oru]'s latest claim", "[its] claim"."""
    for mark in range(noun - 1, max(noun - 4, -1), -1):
        if words.text[mark] in _POSSESSIVES and mark:
            source = left_phrase(words, mark)
            return source if source and source[1] == mark else None
        if words.low[mark] in _OWN:
            return mark, mark + 1
        if words.is_punctuation(mark) or words.is_verb(mark) or words.low[mark] in PREPOSITIONS:
            return None
    return None


def _content(words: Words, noun: int, at: int) -> Range | None:
    """What follows with "that", "to" or "of": up to the comma, or to the verb of which the noun is the subject."""
    opens = words.low[at : at + 1]
    if opens not in (["that"], ["to"]) and not (opens == ["of"] and words.low[noun] in _OF):
        return None
    inside = {token.i for token in words.tokens[noun].subtree}
    end = at + 1
    while end < len(words) and not words.is_punctuation(end):
        if inside - {words.tokens[noun].i} and words.tokens[end].i not in inside and opens == ["that"]:
            break
        if opens != ["that"] and (words.is_verb(end) or words.low[end] in SUBORDINATORS | RELATIVES):
            break
        end += 1
    return (at, end) if end - at > 2 and (opens != ["that"] or _is_clause(words, at, end)) else None


def _is_clause(words: Words, at: int, end: int) -> bool:
    """Whether "that" opens a clause of its own: it has a subject before its verb, unlike "claims [that were false]"."""
    verb = next((i for i in range(at + 1, end) if words.is_verb(i) or words.low[i] in CUES), end)
    return verb > at + 1
