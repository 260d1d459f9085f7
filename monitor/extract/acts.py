"""Parties that speak by what they do: the sentence quotes nobody, and its subject takes a position by its verb."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.extract.cast import Cast, Voice
from monitor.extract.lexicon import (
    ACTS,
    AUXILIARIES,
    BETWEEN,
    BODIES,
    DETERMINERS,
    HEADLINE_VERBS,
    PERSONAL,
    PREPOSITIONS,
    ROLES,
    SAID,
    SUBORDINATORS,
    TEMPORAL,
    is_adverb,
)
from monitor.extract.phrases import Range, Words, head_of, may_be_verb, subject_of
from monitor.extract.verbs import Found
from monitor.records import Stance
from monitor.text.words import words as word_list


def _party(words: Words, source: Range, cast: Cast) -> str | None:
    """The actor or state that is the subject: neither "the talks between Oru and Lind" nor "Oru's latest attacks"."""
    end = head_of(words, *source)
    owner = next((index for index in range(source[0], end) if words.text[index] in {"'s", "’s"}), None)
    if owner is not None and not any(low in ROLES or low in BODIES for low in words.low[owner:end]):
        return None
    return cast.org_of(words.text[source[0] : end])


_READY = word_list("prepared ready willing set determined open poised committed opposed bound likely")
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
    passive = (
        any(low in _BE for low in words.low[begins:at]) and not words.low[at].endswith("ing") and words.low[at] not in _READY
    )
    voice = cast.describe(words, *source)
    party = _party(words, source, cast)
    cue = ACTS.get(words.low[at])
    verb = cue or may_be_verb(words.low[at]) or at > begins or (words.shouted and words.low[at] in HEADLINE_VERBS)
    if passive or voice is None or not verb or not (party or _is_official(voice)):
        return
    lemma, stance = (cue.lemma, cue.stance) if cue else (words.low[at], Stance.ASSERTS)
    content = (at + 1 if cue else source[0], len(words))
    yield Found(6, source, (at, at + 1), (source[1], at + 1), (content,), lemma, stance, act=lemma not in SAID)


_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "'s", "'re"})
