"""What the tree of a sentence tells where its words alone leave open who says or does what.

The rules on words come first (`verbs`, `acts`): they know the forms of news, and a tree of a headline is often wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Span, Token

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
    inside = {token.i for token in words.tokens}
    for index, token in enumerate(words.tokens):
        if token.pos_ != "VERB" or (token.head.i != token.i and token.head.i in inside):
            continue
        source = who(words, relations.agents(token) if relations.patients(token) else relations.subjects(token))
        if _is_finite(token) and source and not source[0] <= index < source[1]:
            yield source, index


def own_clauses(sentence: Span, relations: Relations) -> Iterator[int]:
    """Where a further clause of the sentence begins that tells of a party of its own: its first word's index in the document.

    "Oru opens the pass, [and Lind sends ships]", "Marek meets the envoys [as Lind threatens to leave]", "Oru back the pact
    [but throw out its timetable]".
    """
    root = next((token for token in sentence if token.head.i == token.i and token.pos_ == "VERB"), None)
    if root is None or not relations.subjects(root) + relations.patients(root):
        return
    end = max((token.i for token in sentence if token.is_alpha or token.is_digit), default=sentence.end - 1)
    for verb in relations.coordinated(root):
        begin = verb.left_edge.i
        while begin - 1 > root.i and sentence.doc[begin - 1].lower_ in _JOINTS:
            begin -= 1
        while sentence.doc[begin].is_punct and begin < verb.i:
            begin += 1
        whole = verb.right_edge.i >= end and begin > root.i
        if whole and _is_finite(verb) and _has_news(sentence.doc, begin, verb, relations):
            yield begin


_JOINTS = frozenset({"and", "but", "as", "while"})


def _is_finite(verb: Token) -> bool:
    return verb.tag_ in _FINITE or any(child.tag_ in _FINITE | {"MD"} and child.i < verb.i for child in verb.children)


def _has_news(doc: Doc, begin: int, verb: Token, relations: Relations) -> bool:
    """Whether the clause names its own party, or turns with "but" to what the same party does."""
    joint = doc[begin].lower_
    subjects = relations.own_subjects(verb)
    if not subjects:
        return joint == "but"
    return joint in _JOINTS and any(token.pos_ == "PROPN" for token in subjects[0].subtree)
