"""Where what is said begins and ends, beside a reporting verb: behind the person told, the time, the place and "that"."""

from __future__ import annotations

from monitor.extract.lexicon import AUXILIARIES, DETERMINERS, PERSONAL, PREPOSITIONS, RELATIVES, SUBORDINATORS, TEMPORAL, Cue
from monitor.extract.phrases import CLOSING, OPENING, Range, Words
from monitor.text.inflect import IRREGULAR_VERBS
from monitor.text.words import words as word_list

_ADJUNCT = PREPOSITIONS | word_list(
    "when asked speaking days weeks hours months years minutes while as after before earlier later"
)


def opens_adjunct(words: Words) -> bool:
    """Whether the sentence opens with a time, a place or an occasion: "After the vote, ...", "Asked about it, ..."."""
    return words.low[0] in _ADJUNCT


def clause_at(words: Words, at: int) -> bool:
    """Whether what stands behind the verb may be what is said: more than a place or an occasion."""
    return at < len(words) and not words.is_punctuation(at) and words.low[at] not in PREPOSITIONS


def rest(words: Words, before: int, at: int) -> tuple[Range, ...]:
    """What is said goes on behind an inserted "he said", where a comma or a quotation mark follows it.

    "The pass, he said[,] is open", but neither "... he said in a letter" nor "..., he said, shaking his head". before: the end of
    what is said in front.
    """
    comma = at < len(words) and words.text[at] in {",", "–", "—"}
    begin = at + comma
    if len(words) - begin < 3:
        return ()
    if words.text[begin] in OPENING:
        return ((begin, len(words)),)
    quoted = words.text[before - 1] in CLOSING or words.text[before : before + 1] in (['"'], ["”"])
    low = words.low[begin]
    if not comma or quoted or low in RELATIVES or low.endswith("ing") or low in _TURNS:
        return ()
    return ((begin, len(words)),)


_TURNS = word_list("but while though although whereas as when after before citing")
"""Words with which the sentence turns away from what is said."""


def that_follows(words: Words, index: int, cue: Cue) -> bool:
    """Whether a clause follows the verb (", Marek said that the ..."): then the words before are not what is said."""
    at = behind(words, index, cue)
    return at > index + 1 and words.low[at - 1] == "that"


def behind(words: Words, index: int, cue: Cue) -> int:
    """Where what is said begins behind the verb: behind the person told, the time, and "that"."""
    at = behind_time(words, index + 1)
    if cue.lemma in _TELLING:
        at = behind_time(words, _behind_hearer(words, at))
    for look in range(at, min(at + 12, len(words))):
        if words.low[look] == "that" and (look == at or _is_said(words, look)):
            return look + 1
        if words.is_punctuation(look) or words.is_verb(look):
            break
    if words.text[at : at + 1] == [","]:  # "said on Monday, after a long night, that"
        comma = next((i for i in range(at + 2, min(at + 16, len(words))) if words.text[i] == "," and words.low[i - 1] != ","), 0)
        if comma and words.low[comma + 1 : comma + 2] == ["that"]:
            return comma + 2
    return min(at, len(words))


def _is_said(words: Words, that: int) -> bool:
    """Whether "that" opens what is said: neither "to that effect" nor "over a line that broke"."""
    after = words.low[that + 1 : that + 2]
    verb = bool(after) and (after[0] in AUXILIARIES or after[0] in IRREGULAR_VERBS or after[0].endswith("ed"))
    return words.low[that - 1] not in PREPOSITIONS | {",", "of"} and not verb


_TELLING = frozenset({"tell", "inform", "assure"})
_HEARERS = word_list(
    """
    reporters journalists lawmakers deputies senators parliament congress council court committee crowd guests supporters
    inquiry media newspaper agency broadcaster radio television audience officials diplomats colleagues allies voters viewers
    listeners panel jury judge commission newsmen correspondents readers members ministers counterpart counterparts leaders
    conference briefing meeting rally summit assembly magazine daily paper channel press
    """
)
"""Who is told: "told [reporters]", "told [the committee]"."""
_ME = word_list("me us him her them you")


def _behind_hearer(words: Words, at: int) -> int:
    """Behind whom and where it was told: "told [state radio in Oru] ships were lost"; `at` where nobody is named."""
    end = at + (words.low[at : at + 1] != [] and words.low[at] in DETERMINERS)
    head = next((i for i in range(end, min(end + 4, len(words))) if words.low[i] in _HEARERS), None)
    if words.low[at : at + 1] and words.low[at] in _ME:
        end = at + 1
    elif head is not None and not any(words.is_punctuation(i) or words.is_verb(i) for i in range(end, head)):
        end = head + 1
    elif end < len(words) and words.name[end] and not words.shouted:
        while end < len(words) and words.name[end]:
            end += 1
    else:
        return at
    while end + 1 < len(words) and words.low[end] in _WHERE:
        end += 1 + (words.low[end + 1] in DETERMINERS)
        while end < len(words) and words.name[end]:
            end += 1
        if end < len(words) and not words.name[end - 1] and not _starts_clause(words, end):
            end += 1
    return end


_WHERE = frozenset({"in", "at", "of", "behind", "during", "outside", "near", "after"})


def _starts_clause(words: Words, at: int) -> bool:
    low = words.low[at]
    return words.is_punctuation(at) or low in SUBORDINATORS | PERSONAL | DETERMINERS or low == "there" or low in TEMPORAL


def _is_date(words: Words, at: int, index: int) -> bool:
    """Whether the number is of a date or a clock: a word of time stands beside it, or it ends what is said of the saying."""
    if not words.text[index].isdigit():
        return False
    beside = {*words.low[max(index - 1, at) : index], *words.low[index + 1 : index + 2]}
    return bool(beside & TEMPORAL) or (index > at and words.low[index - 1] in {"on", "in", "at"})


def behind_time(words: Words, at: int) -> int:
    """Behind "on Monday evening", "late on 4 May", but not behind "300" in "said 300 men were lost"."""
    end = at
    while end < len(words) and (
        words.low[end] in TEMPORAL or words.low[end] in {"on", "in", "at", "the", "of"} or _is_date(words, at, end)
    ):
        end += 1
    return end if end > at and (words.low[end - 1] in TEMPORAL or words.text[end - 1].isdigit()) else at
