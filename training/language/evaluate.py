"""Accuracy and speed of a pipeline, corpus by corpus.

Every figure is about raw text: the pipeline's own tokens, and for trees its own sentences. A tree counts as spaCy counts
it (punctuation left out). Names count when span and label are right; a predicted name over a word that the corpus leaves
open counts neither way, and where a corpus has no MISC a predicted MISC is dropped.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc
from spacy.training import Example

from training.language import corpora

Row = dict[str, float]


def trees(nlp: Language, texts: Sequence[str], gold: Sequence[Doc]) -> Row:
    """TAG, UPOS, features, lemma (and lemma without regard to case), UAS, LAS, sentences."""
    examples = [Example(predicted, reference) for predicted, reference in zip(nlp.pipe(texts), gold, strict=True)]
    tags, pos = Scorer.score_token_attr(examples, "tag"), Scorer.score_token_attr(examples, "pos")
    morph = Scorer.score_token_attr(examples, "morph", getter=lambda t, attr: str(getattr(t, attr)))
    lemma = Scorer.score_token_attr(examples, "lemma")
    folded = Scorer.score_token_attr(examples, "lemma", getter=lambda t, _: t.lemma_.lower())
    tree = Scorer.score_deps(
        examples,
        "dep",
        getter=lambda t, _: t.dep_.lower(),
        head_attr="head",
        head_getter=lambda t, _: t.head,
        ignore_labels=("p", "punct"),
    )
    sentences = Scorer.score_spans(examples, "sents", getter=lambda doc, _: doc.sents)
    return {
        "TAG": tags["tag_acc"], "UPOS": pos["pos_acc"], "FEATS": morph["morph_acc"], "lemma": lemma["lemma_acc"],
        "lemma (any case)": folded["lemma_acc"], "UAS": tree["dep_uas"],
        "LAS": tree["dep_las"], "sentences": sentences["sents_f"],
    }  # fmt: skip


def entities(nlp: Language, gold: Sequence[Doc]) -> Row:
    """Precision, recall and F1 of names, and F1 by label."""
    labels = {ent.label_ for doc in gold for ent in doc.ents}
    found: set[tuple[int, int, int, str]] = set()
    wanted: set[tuple[int, int, int, str]] = set()
    for number, (reference, predicted) in enumerate(zip(gold, nlp.pipe([doc.text for doc in gold]), strict=True)):
        open_words = [(t.idx, t.idx + len(t)) for t in reference if t.ent_iob == 0]
        wanted.update((number, ent.start_char, ent.end_char, ent.label_) for ent in reference.ents)
        for ent in predicted.ents:
            spoilt = any(start < ent.end_char and ent.start_char < end for start, end in open_words)
            if ent.label_ in labels and not spoilt:
                found.add((number, ent.start_char, ent.end_char, ent.label_))
    row = _prf(found, wanted)
    for label in sorted(labels):
        row[label] = _prf({f for f in found if f[3] == label}, {w for w in wanted if w[3] == label})["F"]
    return row


def _prf(found: set[tuple[int, int, int, str]], wanted: set[tuple[int, int, int, str]]) -> Row:
    right = len(found & wanted)
    return {
        "P": right / max(len(found), 1),
        "R": right / max(len(wanted), 1),
        "F": 2 * right / max(len(found) + len(wanted), 1),
        "names": float(len(wanted)),
    }


def speed(nlp: Language, texts: Sequence[str]) -> float:
    """Words a second through `nlp.pipe`, in one process by its own time (what other programs take is left out)."""
    list(nlp.pipe(texts[:20]))
    start = time.process_time()
    words = sum(len(doc) for doc in nlp.pipe(texts))
    return words / (time.process_time() - start)


def report(nlp: Language, folder: Path) -> str:
    """A Markdown report over every test set below `folder` (the corpora)."""
    lines = [
        "| test set | TAG | UPOS | FEATS | lemma | lemma (any case) | UAS | LAS | sentences |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    tests = corpora.syntax_tests(folder, nlp.vocab)
    for name, (texts, docs) in tests.items():
        lines.append(f"| {name} | " + " | ".join(f"{value:.3f}" for value in trees(nlp, texts, docs).values()) + " |")
    lines += ["", "| test set | names | P | R | F1 | PER | ORG | LOC | MISC |", "|---|---|---|---|---|---|---|---|---|"]
    _, _, sets = corpora.entities(folder, nlp)
    for name, docs in {**sets, "all together": list(chain.from_iterable(sets.values()))}.items():
        row = entities(nlp, docs)
        kinds = [f"{row[label]:.3f}" if label in row else "" for label in ("PER", "ORG", "LOC", "MISC")]
        lines.append(
            f"| {name} | {row['names']:.0f} | {row['P']:.3f} | {row['R']:.3f} | {row['F']:.3f} | " + " | ".join(kinds) + " |"
        )
    lines += ["", f"Speed: {speed(nlp, tests['ud-pud'][0]):,.0f} words a second in one process."]
    return "\n".join(lines)
