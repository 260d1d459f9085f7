"""What is learned, epoch by epoch, and the dev parts, as the network's items."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from monitor.extract.pieces import Pieces
from training.language import augment, corpora
from training.language.examples import Item, Labels, Maker, labels_of

KINDS = ("PER", "ORG", "LOC", "MISC")
LEAST = 2  # a set of features that occurs less often is not learned
RESPELT, HEADLINES = 0.12, 0.2
SEED = 20260101
Augmenter = Callable[[Language, Example], Iterator[Example]]


def load(folder: Path, nlp: Language, pieces: Pieces, epochs: int) -> tuple[Labels, list[list[Item]], list[Item]]:
    """(labels, items of each epoch, items of the dev parts)."""
    trees, dev_trees = (corpora.syntax(folder, nlp.vocab, part) for part in ("train", "dev"))
    names, dev_names, _ = corpora.entities(folder, nlp)
    labels = labels_of(trees, KINDS, least=LEAST)
    maker = Maker(labels, pieces)

    def items(docs: Sequence[Doc], spell: Augmenter | None = None) -> list[Item]:
        examples = (Example(nlp.make_doc(doc.text), doc) for doc in docs)
        told = (each for example in examples for each in (spell(nlp, example) if spell else [example]))
        return [item for example in told for item in maker.items(example)]

    plain = items(trees) + items(names)
    made: list[list[Item]] = []
    for epoch in range(epochs):
        dice = random.Random(SEED + epoch)
        copies = augment.copies(RESPELT, HEADLINES, dice.randrange(2**31))
        made.append(plain + items(trees, copies) + items(names, augment.copies(RESPELT, 0.0, dice.randrange(2**31))))
    return labels, made, items(dev_trees) + items(dev_names)
