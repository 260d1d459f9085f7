"""Universal Dependencies files (CoNLL-U) to spaCy documents: tags, features, lemmas, trees and sentence starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

SENTENCES_PER_DOCUMENT = 8  # enough context to learn where sentences end, short enough for batches of even size


@dataclass(slots=True)
class Word:
    """One syntactic word: the columns of CoNLL-U that are used, and whether a blank follows it in the text."""

    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: int  # index in the sentence, counted from 0; the word itself for the root
    label: str
    space: bool
    misc: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sentence:
    """words, the document it stands in, and whether a paragraph begins with it."""

    document: str
    paragraph: bool
    words: list[Word]


def sentences(lines: Iterable[str]) -> Iterator[Sentence]:
    """The sentences of a CoNLL-U file. Multi-word ranges ("do" + "n't") become words without a blank between;
    empty nodes are left out."""
    document, paragraph, rows = "", True, list[list[str]]()
    for raw in lines:
        line = raw.rstrip("\n")
        if line.startswith("# newdoc"):
            document, paragraph = line.partition("=")[2].strip(), True
        elif line.startswith("# newpar"):
            paragraph = True
        elif line and not line.startswith("#"):
            rows.append(line.split("\t"))
        elif not line and rows:
            yield Sentence(document, paragraph, _words(rows))
            paragraph, rows = False, []
    if rows:
        yield Sentence(document, paragraph, _words(rows))


def _words(rows: list[list[str]]) -> list[Word]:
    words: list[Word] = []
    glued_until, range_spaced = 0, True
    for row in rows:
        number, form, lemma, upos, xpos, feats, head, label, _, misc = row
        pairs = dict(pair.partition("=")[::2] for pair in misc.split("|") if "=" in pair)
        spaced = pairs.get("SpaceAfter") != "No"
        if "-" in number:
            glued_until, range_spaced = int(number.split("-")[1]), spaced
            continue
        if "." in number:
            continue
        index = int(number)
        if index < glued_until:
            spaced = False
        elif index == glued_until:
            spaced = range_spaced
        target = int(head) - 1 if head != "0" else index - 1
        words.append(
            Word(
                form,
                lemma,
                upos,
                "" if xpos == "_" else xpos,
                "" if feats == "_" else feats,
                target,
                "ROOT" if label == "root" else label,
                spaced,
                pairs,
            )
        )
    return words


def documents(lines: Iterable[str], vocab: Vocab, *, breaks: bool, size: int = SENTENCES_PER_DOCUMENT) -> Iterator[Doc]:
    """Documents of at most `size` sentences that follow each other in one source document.

    breaks: a new paragraph is a token of two line breaks that hangs on the word before it, as real text has it (for
    training); otherwise paragraphs run on after a blank, so that every figure is about words and no sentence boundary is
    given away (for scoring).
    """
    group: list[Sentence] = []
    for sentence in sentences(lines):
        if group and (len(group) == size or sentence.document != group[0].document):
            yield document(group, vocab, breaks=breaks)
            group = []
        group.append(sentence)
    if group:
        yield document(group, vocab, breaks=breaks)


def document(group: list[Sentence], vocab: Vocab, *, breaks: bool) -> Doc:
    """One spaCy document of the sentences in `group`."""
    rows: list[tuple[str, bool, Word | None, int, bool]] = []  # text, blank after, word, head, starts a sentence
    for number, sentence in enumerate(group):
        if breaks and number and sentence.paragraph:
            rows[-1] = (rows[-1][0], False, *rows[-1][2:])
            rows.append(("\n\n", False, None, len(rows) - 1, False))
        base = len(rows)
        last = len(sentence.words) - 1
        rows.extend((w.form, w.space or i == last, w, base + w.head, i == 0) for i, w in enumerate(sentence.words))
    words = [word for _, _, word, _, _ in rows]
    return Doc(
        vocab,
        words=[text for text, *_ in rows],
        spaces=[space for _, space, *_ in rows],
        tags=[w.xpos if w else "_SP" for w in words],
        pos=[w.upos if w and w.upos != "_" else "SPACE" for w in words],
        morphs=[w.feats if w else "" for w in words],
        lemmas=[w.lemma if w else text for w, (text, *_) in zip(words, rows, strict=True)],
        heads=[head for *_, head, _ in rows],
        deps=[w.label if w else "dep" for w in words],
        sent_starts=[start for *_, start in rows],
    )


def read(path: Path, vocab: Vocab, *, breaks: bool = False) -> list[Doc]:
    """All documents of the file at `path`."""
    with path.open(encoding="utf-8") as lines:
        return list(documents(lines, vocab, breaks=breaks))
