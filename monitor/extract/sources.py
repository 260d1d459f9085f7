"""The forms in which a sentence names its source, but for verbs (`verbs`, `acts`). One function a form, each with its example."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.extract.acts import acts
from monitor.extract.cast import Cast
from monitor.extract.lexicon import BODIES, CUES, HEARSAY, PERSONAL, PREPOSITIONS, RELATIVES, ROLES, SUBORDINATORS
from monitor.extract.nouns import nouns
from monitor.extract.phrases import OPENING, Range, Words, head_of, left_phrase, right_phrase, skip_left, speaks
from monitor.extract.relations import Relations
from monitor.extract.verbs import Found, phrases, publisher, verbs
from monitor.records import Stance
from monitor.text.places import known_at
from monitor.text.words import words as word_list


def find(words: Words, cast: Cast, relations: Relations | None) -> list[Found]:
    """All attributions of the sentence, the main one first."""
    told = [*verbs(words), *phrases(words)]
    found = [*_colon(words, cast), *_according(words), *_citing(words, told), *told, *_agents(words), *_hearsay(words)]
    found += [*nouns(words), *_figures(words), *_standpoint(words)]
    if any(one.source and one.rank <= 1 and _is_unnamed(words, one.source) for one in told):
        found = [replace(one, rank=-1) if _opens_with_name(words, one) else one for one in found]
    if not any(one.source for one in found):
        found += acts(words, cast, relations)
    return sorted(found, key=lambda one: (one.rank + _is_pronoun(words, one), -one.cue[0] if one.rank == 0 else one.cue[0]))


def _is_pronoun(words: Words, one: Found) -> bool:
    return one.source is not None and words.low[one.source[0]] in PERSONAL


_UNNAMED = word_list("official officials source sources people person diplomat diplomats aide aides witnesses")


def _is_unnamed(words: Words, source: Range) -> bool:
    return not any(words.name[slice(*source)]) and bool(_UNNAMED & set(words.low[slice(*source)]))


def _opens_with_name(words: Words, one: Found) -> bool:
    """ "[Marek told ministers that the pass would close], people in the room said": what counts is what Marek said."""
    return (
        one.source is not None
        and one.source[0] == 0
        and one.cue[0] < one.source[1] + 3
        and any(words.name[slice(*one.source)])
        and words.low[one.content[0][0] - 1 : one.content[0][0]] == ["that"]
    )


def _colon(words: Words, cast: Cast) -> Iterator[Found]:
    """ "Marek: no more ships for Oru" and "No more ships for Oru: ministry"."""
    if ":" not in words.text:
        return
    at = words.text.index(":")
    if 0 < at <= 8 and at + 2 < len(words) and _is_voice(words, 0, at, cast):
        rank = 4 if any(low in {"says", "say"} for low in words.low[at + 1 :]) else 0  # "Oru: 66 missing, says governor"
        yield Found(rank, (0, at), (at, at + 1), (at, at + 1), ((at + 1, len(words)),), "say", Stance.ASSERTS)
    comma = max((i for i in range(1, min(at, 6)) if words.text[i] == ","), default=0)
    if 0 < comma < at - 1 and at + 2 < len(words) and words.text[at + 1] in OPENING and _is_voice(words, comma + 1, at, cast):
        yield Found(0, (comma + 1, at), (at, at + 1), (at, at + 1), ((at + 1, len(words)),), "say", Stance.ASSERTS)
    last = len(words) - 1 - words.text[::-1].index(":")
    end = len(words) - (words.text[-1] in {".", "!"})
    if last >= 3 and 0 < end - last - 1 <= 5 and _is_voice(words, last + 1, end, cast):
        yield Found(0, (last + 1, end), (last, last + 1), (last, last + 1), ((0, last),), "say", Stance.ASSERTS)


def _is_voice(words: Words, start: int, end: int, cast: Cast) -> bool:
    """Whether a label beside a colon is somebody who can speak: a known actor, person, state, body or role, and no verb."""
    if any(words.is_verb(i) or words.is_punctuation(i) or words.low[i] in SUBORDINATORS for i in range(start, end)):
        return False
    low = words.low[start:end]
    if (
        cast.actor_at(words.text[start:end], 0) is not None
        or low[-1] in ROLES
        or low[-1] in BODIES - {"report", "statement", "study", "survey", "monitor"}
    ):
        return True
    known = known_at(words.text[start:end], 0)
    if (known is not None and known[0] == end - start) or low[-1] in cast.full:
        return True
    label = start == 0 and end <= 3 and len(words) - end > 3 and words.text[-1] not in {".", "!", "?"}
    return label and not words.shouted and low[0] not in _RUBRICS and all(words.name[start:end])


_RUBRICS = word_list(
    """
    analysis opinion live video watch exclusive breaking update explainer explained factbox timeline comment editorial letters
    podcast photos pictures gallery profile interview column review obituary correction briefing newsletter report special
    """
)
"""What papers print before a colon that is nobody's name."""


def _according(words: Words) -> Iterator[Found]:
    """ "Two ships sank, according to the ministry"; "by the count of the union"; "By the mayor's count, two ships sank"."""
    for index in range(len(words) - 1):
        low = words.low[index]
        size = 0
        if low == "according" and words.low[index + 1] == "to":
            size = 2
        elif low in {"by", "on", "in"} and words.low[index + 1] == "the":
            of = next((i for i in (index + 3, index + 4) if words.low[i : i + 1] == ["of"]), 0)
            size = of + 1 - index if of and words.low[of - 1] in _RECKONINGS else 0
        if size and (source := _long_right(words, index + size)):
            source = publisher(words, source)
            yield Found(
                1,
                source,
                (index, index + size),
                (index, index + size),
                _around(words, index, source[1]),
                "say",
                _counted(words, index),
            )
        owner = _owner(words, index + 1) if low in {"by", "in", "on"} else None
        if owner and (index == 0 or words.is_punctuation(index - 1) or _closes(words, owner[1])):
            yield Found(1, owner[0], (index, owner[1]), (index, owner[1]), _around(words, index, owner[1]), "say", owner[2])


def _closes(words: Words, at: int) -> bool:
    return all(words.is_punctuation(index) for index in range(at, len(words))) or words.is_punctuation(at)


_RECKONINGS = {"count", "reckoning", "estimate", "account", "words", "view", "tally", "calculations"}


def _counted(words: Words, index: int) -> Stance:
    guessed = {"reckoning", "estimate", "calculations"} & set(words.low[index + 2 : index + 4])
    return Stance.ESTIMATES if guessed else Stance.ASSERTS


def _owner(words: Words, start: int) -> tuple[Range, int, Stance] | None:
    """The owner in "by [the mayor]'s latest count" and "by [his] reckoning", with where the phrase ends and what it claims."""
    nouns = {
        "count": Stance.ASSERTS,
        "tally": Stance.ASSERTS,
        "account": Stance.ASSERTS,
        "words": Stance.ASSERTS,
        "figures": Stance.ASSERTS,
    }
    nouns |= {"reckoning": Stance.ESTIMATES, "estimate": Stance.ESTIMATES, "estimates": Stance.ESTIMATES, "view": Stance.ASSERTS}
    for index in range(start, min(start + 10, len(words))):
        if words.is_punctuation(index) and words.text[index] not in {"'", "’"}:
            return None
        if words.low[index] in nouns and index > start:
            for mark in range(index - 1, start - 1, -1):
                if words.text[mark] in {"'s", "’s", "'", "’"}:
                    return ((start, mark), index + 1, nouns[words.low[index]]) if speaks(words, start, mark) else None
            if words.low[start] in {"his", "her", "its", "their"}:
                return (start, start + 1), index + 1, nouns[words.low[index]]
    return None


def _long_right(words: Words, start: int) -> Range | None:
    """The phrase from `start` to the next comma or clause, prepositions included: "officials in Oru who were briefed"."""
    end = start
    while (
        end < len(words)
        and not words.is_punctuation(end)
        and words.low[end] not in RELATIVES | SUBORDINATORS
        and not words.is_verb(end)
    ):
        end += 1
    return (start, end) if end > start and end - start <= 16 else None


def _around(words: Words, start: int, end: int) -> tuple[Range, ...]:
    """The sentence without the words start..end."""
    return tuple((a, b) for a, b in ((0, start), (end, len(words))) if b - a > 1)


def _citing(words: Words, told: Sequence[Found]) -> Iterator[Found]:
    """ "Two ships sank, a newspaper reported, citing the navy": the navy, for it is named (unnamed ones are not)."""
    reports = (CUES[low].lemma for low in words.low if low in CUES)
    if not any(
        lemma in {"report", "say", "write", "tell", "add"} for lemma in reports
    ):  # "Oru raises its duties, citing Lind's arrears" gives a reason
        return
    for index, low in enumerate(words.low):
        if low == "citing" and index + 1 < len(words) and (source := _long_right(words, index + 1)):
            definite = (
                words.low[source[0]] == "the" or words.name[source[0]] or words.low[source[0]] in {"its", "his", "her", "their"}
            )
            before = next((one.content for one in told if one.content and one.content[0][0] == 0 and one.cue[0] < index), None)
            rank = 0 if definite else 4
            yield Found(rank, source, (index, index + 1), (index, index + 1), before or ((0, index),), "cite", Stance.ASSERTS)


def _agents(words: Words) -> Iterator[Found]:
    """ "The report was denied by the ministry", "The group was accused by Oru of arson"."""
    for index in range(1, len(words) - 2):
        cue = CUES.get(words.low[index])
        if cue is None or words.low[index + 1] != "by" or words.low[index].endswith(("s", "ing")) or cue.lemma in {"say", "tell"}:
            continue
        verb = skip_left(words, index)
        source = right_phrase(words, index + 2)
        quoted = words.low[index - 1] == "as"  # "as reported by the union"
        told = verb and (quoted or any(low in _BE for low in words.low[verb:index]))
        if source and source[0] == index + 2 and told:
            parts = ((0, verb - quoted), (source[1], len(words)))
            content = tuple((a, b) for a, b in parts if b - a > (a > 0))
            yield Found(1, source, (index, index + 2), (verb, index + 2), content, cue.lemma, cue.stance)


_COUNTED = word_list(
    "figure number toll total count death cost sum losses damage casualties share price size strength stock value"
)


def _figures(words: Words) -> Iterator[Found]:
    """ "The mayor put the figure at 300", "Oru's army puts its losses at 40 tanks", "He put the number of injured at 1,200"."""
    for index in range(1, len(words) - 3):
        if words.low[index] not in {"put", "puts"}:
            continue
        at = next((i for i in range(index + 2, min(index + 14, len(words) - 1)) if words.low[i] == "at"), 0)
        source = left_phrase(words, index)
        source = publisher(words, source) if source else None
        if at and source and _COUNTED & set(words.low[index + 1 : at]) and _is_number(words, at + 1):
            yield Found(2, source, (index, index + 1), (index, index + 1), ((index + 1, len(words)),), "put", Stance.ASSERTS)


def _is_number(words: Words, at: int) -> bool:
    """Whether a number begins there, bounds before it passed over: "at [about 300]", "at [least] 40", "at [$5bn]"."""
    return any(
        words.tokens[i].like_num or words.text[i][0].isdigit() or words.text[i] in {"$", "€", "£"}
        for i in range(at, min(at + 4, len(words)))
    )


def _standpoint(words: Words) -> Iterator[Found]:
    """ "For the unions, the offer is an insult": it is so to them, whoever they are."""
    if words.low[0] != "for" or "," not in words.text[2:10]:
        return
    comma = words.text.index(",", 2)
    source = (1, comma)
    plain = not any(words.is_verb(i) or words.low[i] in PREPOSITIONS - {"in", "at"} for i in range(*source))
    head = words.low[head_of(words, *source) - 1]
    party = head in ROLES | BODIES or head.rstrip("s") in BODIES or words.name[comma - 1]
    if plain and party and any(words.is_verb(i) for i in range(comma + 1, len(words))):
        yield Found(4, source, (0, 1), (0, 1), ((comma + 1, len(words)),), "for", Stance.ASSERTS)


_BE = frozenset({"is", "are", "was", "were", "be", "been", "being"})
_FATES = frozenset({"to", "that", "dead", "missing", "lost", "whether"})


def _hearsay(words: Words) -> Iterator[Found]:
    """ "Two ships are believed to have sunk"; "it is feared that": nobody is named."""
    for index in range(1, len(words) - 1):
        stance = HEARSAY.get(words.low[index])
        if stance is None or words.low[index + 1] not in _FATES:
            continue
        verb = skip_left(words, index)
        if any(low in _BE for low in words.low[verb:index]):
            behind = (index + 1 + (words.low[index + 1] in {"to", "that", "whether"}), len(words))
            before = () if words.low[:verb] == ["it"] else ((0, verb),)
            yield Found(5, None, (index, index + 1), (verb, index + 1), (*before, behind), words.low[index], stance)
