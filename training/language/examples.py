"""Training documents as the encoder reads them: one example for each sentence that the rules of
`monitor.text.sentences` find, word for word as the shipped tokenizer cuts it.

What a corpus does not annotate, or annotates over other words than ours, is OPEN: neither learned nor scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc
from spacy.training import Example

from monitor.extract.encoder import MAX_PIECES, windows
from monitor.extract.pieces import Pieces, spelling
from monitor.extract.pipeline import mark_sentences

OPEN = -100
OUTSIDE = "O"


@dataclass(slots=True)
class Labels:
    """What the heads tell apart: Penn tags, part of speech with features ("NOUN|Number=Sing"), relations, and names in
    BIO (O first)."""

    tags: list[str]
    morphs: list[str]
    relations: list[str]
    names: list[str]


@dataclass(slots=True)
class Item:
    """One sentence: word pieces with the spelling of their words, the place of each word's first piece, and for each
    word its labels as numbers. heads: 0 for the root, else 1 + the head's place in the sentence."""

    pieces: list[int]
    spellings: list[int]
    first: list[int]
    tags: list[int]
    morphs: list[int]
    heads: list[int]
    relations: list[int]
    names: list[int]


def labels_of(trees: Iterable[Doc], kinds: Sequence[str], *, least: int) -> Labels:
    """All labels that occur `least` times in the trees (tags and relations: at all)."""
    tags: set[str] = set()
    relations: set[str] = set()
    morphs: dict[str, int] = {}
    for doc in trees:
        for token in doc:
            if not token.is_space:
                tags.add(token.tag_)
                relations.add(token.dep_)
                key = morph_of(token.pos_, str(token.morph))
                morphs[key] = morphs.get(key, 0) + 1
    common = sorted(key for key, count in morphs.items() if count >= least)
    return Labels(sorted(tags - {""}), common, sorted(relations), [OUTSIDE, *(f"{b}-{kind}" for kind in kinds for b in "BI")])


def morph_of(pos: str, feats: str) -> str:
    """ "NOUN|Number=Sing", "ADP"."""
    return f"{pos}|{feats}" if feats else pos


class Maker:
    """Makes items of spaCy examples (predicted: only cut into words; reference: the corpus)."""

    def __init__(self, labels: Labels, pieces: Pieces) -> None:
        self.pieces = pieces
        self._tags = {tag: i for i, tag in enumerate(labels.tags)}
        self._morphs = {morph: i for i, morph in enumerate(labels.morphs)}
        self._relations = {relation: i for i, relation in enumerate(labels.relations)}
        self._names = {name: i for i, name in enumerate(labels.names)}

    def items(self, example: Example) -> Iterator[Item]:
        """The sentences of the example."""
        doc = mark_sentences(example.predicted)
        size = len(doc)
        tags = morphs = relations = [OPEN] * size
        heads: list[int | None] = [None] * size
        names = [OPEN] * size
        if example.reference.has_annotation("DEP"):
            tags = [self._tags.get(t or "", OPEN) for t in example.get_aligned("TAG", as_string=True)]
            pos, feats = example.get_aligned("POS", as_string=True), example.get_aligned("MORPH", as_string=True)
            # spaCy writes "_" for a word without features
            pairs = ((p, "" if f == "_" else f) for p, f in zip(pos, feats, strict=True))
            morphs = [self._morphs.get(morph_of(p, f), OPEN) if p else OPEN for p, f in pairs]
            heads, deps = example.get_aligned_parse(projectivize=False)
            relations = [self._relations.get(dep or "", OPEN) for dep in deps]
        if example.reference.has_annotation("ENT_IOB"):
            names = [self._names.get(bio(tag), OPEN) for tag in example.get_aligned_ner()]
        for window in windows(doc, self.pieces, MAX_PIECES):
            place = {i: number for number, i in enumerate(window, start=1)}
            item = Item([self.pieces.first], [0], [], [], [], [], [], [])
            for i in window:
                token = doc[i]
                numbers = self.pieces.of(token.text)
                item.first.append(len(item.pieces))
                item.pieces += numbers
                item.spellings += [spelling(token.text, i == 0 or bool(doc[i - 1].whitespace_) or doc[i - 1].is_space)] * len(
                    numbers
                )
                item.tags.append(tags[i])
                item.morphs.append(morphs[i])
                head = heads[i]
                inside = head is not None and head != i and head in place
                item.heads.append(OPEN if head is None else place[head] if inside else 0)
                item.relations.append(relations[i] if inside or head == i else OPEN)
                item.names.append(names[i])
            item.pieces.append(self.pieces.last)
            item.spellings.append(0)
            if item.first and (max(item.heads) >= 0 or max(item.names) >= 0):
                yield item


def bio(tag: str | None) -> str:
    """BILUO to BIO; "" for what is open."""
    if tag is None or tag in {"", "-"}:
        return ""
    return {"L": "I", "U": "B"}.get(tag[0], tag[0]) + tag[1:]
