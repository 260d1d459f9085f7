"""Parties that speak by what they do: the sentence quotes nobody, and its subject takes a position by its verb."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.extract.cast import Cast, Voice
from monitor.extract.lexicon import (
    ACTS,
    AUXILIARIES,
    BETWEEN,
    DETERMINERS,
    PERSONAL,
    PREPOSITIONS,
    SUBORDINATORS,
    TEMPORAL,
    is_adverb,
)
from monitor.extract.phrases import Words, head_of, may_be_verb, subject_of
from monitor.extract.verbs import Found
from monitor.records import Stance
from monitor.text.words import words as word_list

_PUBLIC = word_list("people person residents man woman workers witnesses survivors veterans researchers")


def _is_official(voice: Voice) -> bool:
    """Whether the voice, though no actor or state is named with it, holds an office or is a body: "Mayor Marek"."""
    return bool(voice.heads) and not voice.heads & _PUBLIC and (" " in voice.name or not voice.person)


def acts(words: Words, cast: Cast) -> Iterator[Found]:
    """ "Oru's parliament has ratified the pact", "Marek orders a halt", "Lind, the island's neighbour, seized a ship": a party
    speaks by what it does."""
    source = subject_of(words)
    if source is None or words.low[source[1] - 1] in PERSONAL:
        return
    at = source[1]
    if words.text[at : at + 1] == ["("] and ")" in words.text[at : at + 8]:  # "Ivo Marek (Greens)"
        at = words.text.index(")", at) + 1
    if words.text[at : at + 1] == [","]:  # an apposition or relative clause between subject and verb
        at = next((i + 1 for i in range(at + 1, min(at + 20, len(words))) if words.text[i] == ","), at)
    begins = at
    while at < len(words) and (words.low[at] in BETWEEN | AUXILIARIES | TEMPORAL | {"on"} or is_adverb(words.low[at])):
        at += 1
    if (
        at >= len(words)
        or words.name[at]
        or not words.text[at].isalpha()
        or words.low[at] in PREPOSITIONS | SUBORDINATORS | DETERMINERS
    ):
        return
    passive = any(low in _BE for low in words.low[begins:at]) and not words.low[at].endswith("ing")
    voice = cast.describe(words, *source)
    party = cast.org_of(words.text[source[0] : head_of(words, *source)])  # not "the talks between Oru and Lind"
    cue = ACTS.get(words.low[at])
    if passive or voice is None or not (party or _is_official(voice)) or not (cue or may_be_verb(words.low[at]) or at > begins):
        return
    lemma, stance = (cue.lemma, cue.stance) if cue else (words.low[at], Stance.ASSERTS)
    content = (at + 1 if cue else source[0], len(words))
    yield Found(6, source, (at, at + 1), (source[1], at + 1), (content,), lemma, stance)


_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "'s", "'re"})
