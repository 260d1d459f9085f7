"""What the tree of a sentence tells where its words alone leave open who says or does what.

The rules on words come first (`verbs`, `acts`): they know the forms of news, and a tree of a headline is often wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from monitor.extract.lexicon import PREPOSITIONS, RELATIVES
from monitor.extract.phrases import Range, Words, speaks
from monitor.extract.relations import Relations

_FINITE = frozenset({"VBZ", "VBD", "VBP"})


def noun_phrase(words: Words, noun: Token) -> Range | None:
    """The words of a noun's phrase, up to its first comma or relative clause: "[the chief of Oru's navy], who ..."."""
    inside = {token.i for token in noun.subtree}
    held = [index for index, token in enumerate(words.tokens) if token.i in inside]
    at = next((index for index in held if words.tokens[index].i == noun.i), None)
    if at is None:
        return None
    start = end = at
    while start - 1 in held and not words.is_punctuation(start - 1):
        start -= 1
    while end + 1 in held and not (words.is_punctuation(end + 1) or words.low[end + 1] in RELATIVES | {"that"}):
        end += 1
    while words.low[start] in PREPOSITIONS and start < at:
        start += 1
    return start, end + 1


def who(words: Words, nouns: Sequence[Token]) -> Range | None:
    """The phrase of the first of the nouns that may speak, its conjuncts included."""
    for noun in nouns[:1]:
        phrase = noun_phrase(words, noun)
        if phrase and speaks(words, *phrase):
            return phrase
    return None


def doers(words: Words, relations: Relations) -> Iterator[tuple[Range, int]]:
    """Who does it and by which verb, of the main clause: "[Oru] [seizes] a ship", "a ship was [seized] by [Oru]"."""
    for index, token in enumerate(words.tokens):
        if token.head.i != token.i or token.pos_ != "VERB":
            continue
        finite = token.tag_ in _FINITE or any(child.tag_ in _FINITE | {"MD"} and child.i < token.i for child in token.children)
        source = who(words, relations.agents(token) if relations.patients(token) else relations.subjects(token))
        if finite and source and not source[0] <= index < source[1]:
            yield source, index
