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
    READY,
    ROLES,
    SAID,
    SUBORDINATORS,
    TEMPORAL,
    is_adverb,
)
from monitor.extract.phrases import Range, Words, head_of, may_be_verb, subject_of
from monitor.extract.relations import Relations
from monitor.extract.trees import doers
from monitor.extract.verbs import Found
from monitor.records import Stance
from monitor.text.words import words as word_list


def _party(words: Words, source: Range, cast: Cast, voice: Voice) -> str | None:
    """The actor or state that is the subject: neither "the talks between Oru and Lind" nor "Oru's latest attacks" nor "an Oru
    court case", whose heads are no party."""
    start, end = source[0], head_of(words, *source)
    texts = words.text[start:end]
    owner = next((index for index in range(start, end) if words.text[index] in {"'s", "’s"}), None)
    if owner is not None:
        return cast.org_of(texts) if any(low in ROLES or low in BODIES for low in words.low[owner:end]) else None
    if voice.person or words.low[end - 1] in ROLES | BODIES:
        return cast.org_of(texts)
    return next((party for at in range(len(texts)) if (party := cast.party_named(texts[at:]))), None)


_PUBLIC = word_list("people person residents man woman workers witnesses survivors veterans researchers")


def _is_official(voice: Voice) -> bool:
    """Whether the voice, though no actor or state is named with it, holds an office or is a body: "Mayor Marek"."""
    return bool(voice.heads) and not voice.heads & _PUBLIC and (" " in voice.name or not voice.person or voice.plural)


def acts(words: Words, cast: Cast, relations: Relations | None) -> Iterator[Found]:
    """ "Oru's parliament has ratified the pact", "Marek orders a halt", "Lind, the island's neighbour, seized a ship": a party
    speaks by what it does. Where the words do not show it, the tree may: "Oru Draws Up a List", "seized on Monday by Lind"."""
    found = _by_words(words, cast)
    if found is None and relations is not None:
        found = next((act for source, at in doers(words, relations) if (act := _act(words, cast, source, at, at))), None)
    if found is not None:
        yield found


def _by_words(words: Words, cast: Cast) -> Found | None:
    source = subject_of(words)
    if source is None or words.low[source[1] - 1] in PERSONAL:
        return None
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
        or (words.name[at] and words.low[at - 1] != "to" and not _is_ready(words, at))
        or not words.text[at].isalpha()
        or words.low[at] in PREPOSITIONS | SUBORDINATORS | DETERMINERS
    ):
        return None
    passive = any(low in _BE for low in words.low[begins:at]) and not words.low[at].endswith("ing") and words.low[at] not in READY
    low = words.low[at]
    verb = low in ACTS or _is_ready(words, at) or may_be_verb(low) or at > begins or (words.shouted and low in HEADLINE_VERBS)
    return _act(words, cast, source, at, source[1]) if verb and not passive else None


def _is_ready(words: Words, at: int) -> bool:
    """ "Oru [Ready] to Ease Its Rules": a headline without its "is"."""
    return words.low[at] in READY and words.low[at + 1 : at + 2] == ["to"]


def _act(words: Words, cast: Cast, source: Range, at: int, begins: int) -> Found | None:
    """What the source does by the verb at `at`, if it is one whose acts are positions."""
    voice = cast.describe(words, *source)
    if voice is None or not (_party(words, source, cast, voice) or _is_official(voice)):
        return None
    cue = ACTS.get(words.low[at])
    lemma, stance = (cue.lemma, cue.stance) if cue else (words.low[at], Stance.ASSERTS)
    content = (at + 1 if cue and source[0] < at else source[0] if source[0] < at else 0, len(words))
    return Found(6, source, (at, at + 1), (min(begins, at), at + 1), (content,), lemma, stance, act=lemma not in SAID)


_BE = frozenset({"is", "are", "was", "were", "be", "been", "being", "'s", "'re"})
