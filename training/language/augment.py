"""Copies of training documents in the spelling of headlines: the same tree over Title Case, CAPITALS, lower case,
other quotes, no full stop."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, LEMMA, MORPH, POS, SENT_START, TAG
from spacy.language import Language
from spacy.tokens import Doc, Span, Token
from spacy.training import Example

SMALL_WORDS = frozenset(
    """
    a an and as at but by for from if in into nor of off on or over per so than the to up via vs with yet 's n't
    """.split()  # noqa: SIM905  # so many quoted words would read worse
)


def title_case(words: list[str]) -> list[str]:
    """As most English papers set headlines: every word but the small ones begins with a capital; the first always does."""
    return [
        w if not w[:1].islower() or (i and w in SMALL_WORDS) or w.startswith(("'", "’")) else w[0].upper() + w[1:]
        for i, w in enumerate(words)
    ]


def curly(words: list[str]) -> list[str]:
    """Typographic quotes and apostrophes; a quote opens where the last one closed."""
    opened, result = False, list[str]()
    for word in words:
        if word in {'"', "``", "''"}:
            result.append("”" if opened else "“")
            opened = not opened
        else:
            result.append(word.replace("'", "’"))
    return result


def respell(example: Example, spell: Callable[[list[str]], list[str]], nlp: Language) -> Example:
    """The same annotation over other spellings, word for word."""
    old = example.reference
    new = Doc(nlp.vocab, words=spell([t.text for t in old]), spaces=[bool(t.whitespace_) for t in old])
    kept = [TAG, POS, MORPH, LEMMA, ENT_IOB, ENT_TYPE, *([DEP, HEAD] if old.has_annotation("DEP") else [SENT_START])]
    return Example(nlp.make_doc(new.text), new.from_array(kept, old.to_array(kept)))


SPELLINGS: tuple[tuple[float, Callable[[list[str]], list[str]]], ...] = (
    (0.40, title_case),
    (0.20, lambda words: [w.upper() for w in words]),
    (0.15, lambda words: [w.lower() for w in words]),
    (0.25, curly),
)


DROPPED = frozenset(["the", "a", "an"])
HEADLINE_LENGTHS = range(5, 26)  # words


def headline(sentence: Span, nlp: Language) -> Example | None:
    """The sentence as a sub-editor sets it, with its tree: "The army will send the tanks." as "Army to send tanks".

    Articles go, and "is", "are", "was", "were" before a participle or predicate, and the full stop; "will" becomes "to".
    None where the sentence is no statement of fitting length with a subject.
    """
    if (
        len(sentence) not in HEADLINE_LENGTHS
        or sentence[-1].text != "."
        or not any(t.dep_ == "nsubj" for t in sentence.root.children)
    ):
        return None
    kept = [t for t in sentence[:-1] if not _dropped(t)]
    if any(t.head not in kept for t in kept) or any(t.is_space for t in kept):
        return None
    place = {t.i: number for number, t in enumerate(kept)}
    root = sentence.root
    future = {t.i for t in root.children if t.lower_ == "will"}
    if sum(t.dep_ == "aux" for t in root.children) > 1:
        future = set()
    words = ["to" if t.i in future else t.text for t in kept]
    words[0] = words[0][0].upper() + words[0][1:]
    doc = Doc(
        nlp.vocab,
        words=words,
        spaces=[bool(t.whitespace_) for t in kept],
        tags=["TO" if t.i in future else t.tag_ for t in kept],
        pos=["PART" if t.i in future else t.pos_ for t in kept],
        morphs=["" if t.i in future else str(t.morph) for t in kept],
        lemmas=["to" if t.i in future else t.lemma_ for t in kept],
        heads=[place[t.head.i] for t in kept],
        deps=["mark" if t.i in future else t.dep_ for t in kept],
    )
    return Example(nlp.make_doc(doc.text), doc)


def _dropped(token: Token) -> bool:
    if token.n_lefts or token.n_rights:
        return False
    be = token.lemma_ == "be" and token.dep_ in {"aux", "aux:pass", "cop"} and token.tag_ in {"VBZ", "VBP", "VBD"}
    if be:
        return not any(sibling.lower_ in {"n't", "n’t"} for sibling in token.head.children)
    return token.tag_ == "DT" and token.lower_ in DROPPED


def copies(level: float, headline_level: float, seed: int) -> Callable[[Language, Example], Iterator[Example]]:
    """Yields for a share `level` of the examples a respelt copy, and for a share `headline_level` one sentence of the
    example told as a headline, half of them in Title Case. The seed makes the choice repeatable."""
    dice = random.Random(seed)
    weights = [weight for weight, _ in SPELLINGS]
    spellings = [spell for _, spell in SPELLINGS]

    def augment(nlp: Language, example: Example) -> Iterator[Example]:
        if dice.random() < level:
            yield respell(example, dice.choices(spellings, weights)[0], nlp)
        if dice.random() < headline_level:
            made = headline(dice.choice(list(example.reference.sents)), nlp)
            if made:
                yield respell(made, title_case, nlp) if dice.random() < 0.5 else made

    return augment
