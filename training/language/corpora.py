"""Which part of which corpus is learned from, chosen by, and scored on. No test part is ever among the first two."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from training.language import names, treebank

CROSSNER = ("politics", "science", "music", "literature", "ai")


def write(path: Path, docs: Iterable[Doc]) -> None:
    """Stores documents for spaCy's training loop."""
    DocBin(docs=docs, store_user_data=False).to_disk(path)


def syntax(corpora: Path, vocab: Vocab, part: str) -> list[Doc]:
    """Trees of `part` (train, dev) of EWT and GUM, with GUM's names, and blank lines between paragraphs."""
    trees = [list(treebank.read(corpora / name / f"{part}.conllu", vocab, breaks=True)) for name in ("ud-ewt", "ud-gum")]
    names.lay_over(trees[1], names.read_gum(corpora / "ud-gum" / f"{part}.conllu", vocab))
    return [doc for docs in trees for doc in docs]


def syntax_tests(corpora: Path, vocab: Vocab) -> dict[str, tuple[list[str], list[Doc]]]:
    """By treebank: the texts of its test part, with paragraphs parted by blank lines as in their source, and their trees."""
    tests: dict[str, tuple[list[str], list[Doc]]] = {}
    for name in ("ud-ewt", "ud-gum", "ud-pud"):
        path = corpora / name / "test.conllu"
        tests[name] = [doc.text for doc in treebank.read(path, vocab, breaks=True)], treebank.read(path, vocab)
    return tests


def entities(corpora: Path, nlp: Language) -> tuple[list[Doc], list[Doc], dict[str, list[Doc]]]:
    """(train, dev, tests by corpus) of the corpora of names.

    CrossNER and WNUT-17 publish a dev part larger than what it is needed for here: every seventh sentence of it chooses
    the model, the rest is learned. Wikigold and re3d have no parts: the last fifth of wikigold and every fifth document
    of re3d are their tests, as much as half of that their dev. UNER publishes no training part of its own for EWT's texts
    here: its dev part is parted as CrossNER's is. Sentences of tests that stand in a training part too are dropped from
    training.
    """
    train: list[Doc] = []
    dev: list[Doc] = []
    tests: dict[str, list[Doc]] = {}
    for field in CROSSNER:
        parts = {
            part: names.read_tagged(corpora / "ner-crossner" / field / f"{part}.txt", nlp.vocab)
            for part in ("train", "dev", "test")
        }
        train += parts["train"] + [d for i, d in enumerate(parts["dev"]) if i % 7]
        dev += parts["dev"][::7]
        tests[f"crossner-{field}"] = parts["test"]
    wnut = corpora / "ner-wnut17"
    held = names.read_tagged(wnut / "emerging.dev.conll", nlp.vocab)
    train += names.read_tagged(wnut / "wnut17train.conll", nlp.vocab) + [d for i, d in enumerate(held) if i % 7]
    dev += held[::7]
    tests["wnut17"] = names.read_tagged(wnut / "emerging.test.annotated", nlp.vocab)
    gold = names.read_tagged(corpora / "ner-wikigold" / "wikigold.conll.txt", nlp.vocab)
    first, second = len(gold) * 7 // 10, len(gold) * 8 // 10
    train, dev, tests["wikigold"] = train + gold[:first], dev + gold[first:second], gold[second:]
    reports = [doc for _, doc in names.re3d_documents(corpora / "defence-re3d", nlp)]
    tests["re3d"] = reports[::5]
    dev += reports[1::10]
    train += [d for i, d in enumerate(reports) if i % 5 and i % 10 != 1]
    dev += names.read_gum(corpora / "ud-gum" / "dev.conllu", nlp.vocab)
    held = names.read_tagged(corpora / "ner-uner-ewt" / "en_ewt-ud-dev.iob2", nlp.vocab, word=1, tag=2)
    train += [names.opened(d) for i, d in enumerate(held) if i % 7]
    dev += [names.opened(d) for d in held[::7]]
    tests["uner-ewt"] = names.read_tagged(corpora / "ner-uner-ewt" / "en_ewt-ud-test.iob2", nlp.vocab, word=1, tag=2)
    tests["uner-pud"] = names.read_tagged(corpora / "ner-uner-pud" / "en_pud-ud-test.iob2", nlp.vocab, word=1, tag=2)
    known = {_key(doc) for docs in tests.values() for doc in docs} | {_key(doc) for doc in dev}
    return [doc for doc in train if _key(doc) not in known and len(doc) > 1], dev, tests


def _key(doc: Doc) -> str:
    return "".join(doc.text.lower().split())
