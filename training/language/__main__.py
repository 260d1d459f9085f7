"""`python -m training.language --corpora DIR --output DIR`: trains, assembles, scores and describes the language model.

About an hour and a half on one core. Intermediate files stay in `--work`, and a step whose result is there is not done again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter
from pathlib import Path

import spacy
from spacy.attrs import LOWER
from spacy.cli.train import train
from spacy.language import Language
from spacy.util import load_config, load_model_from_config

from training.language import augment, corpora, evaluate, lemmas, tokenizer, vectors

HERE = Path(__file__).parent
NAME, VERSION = "monitor_news", "1.0.0"
VECTOR_ROWS, VECTOR_WIDTH = 30_000, 64
MIN_COUNT = 2  # a word of the treebanks gets a vector of its own from this count on, however rare it is elsewhere
REGISTERED = (tokenizer.before_init, augment.news, augment.names)  # what the configurations name


def main(arguments: list[str]) -> None:
    """The command. Writes the model with its card to `--output`, replacing what is there."""
    parser = argparse.ArgumentParser(prog="python -m training.language", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with ud-ewt, ud-gum, ner-wikigold, ...")
    parser.add_argument("--output", type=Path, required=True, help="folder of the finished model")
    parser.add_argument("--work", type=Path, default=Path("build/language"), help="folder for intermediate files")
    parser.add_argument("--steps", type=int, help="train both parts for so many steps only, to try the recipe out")
    options = parser.parse_args(arguments)
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    prepare(options.corpora, work)
    for part in ("syntax", "names"):
        learn(part, work, options.steps)
    nlp = assemble(options.corpora, work)
    save(nlp, options.output)
    card(options.corpora, options.output)


def prepare(folder: Path, work: Path) -> None:
    """Documents and word vectors in spaCy's formats."""
    if (work / "vectors").exists():
        return
    nlp = tokenizer.prepare(spacy.blank("en"))
    words: Counter[str] = Counter()
    for part in ("train", "dev"):
        docs = corpora.syntax(folder, nlp.vocab, part)
        corpora.write(work / f"syntax-{part}.spacy", docs)
        if part == "train":
            words.update(token.lower_ for doc in docs for token in doc if token.is_alpha and token.is_ascii)
    learned, chosen, _ = corpora.entities(folder, nlp)
    corpora.write(work / "names-train.spacy", learned)
    corpora.write(work / "names-dev.spacy", chosen)
    known = [word for word, count in words.most_common() if count >= MIN_COUNT]
    bare = spacy.blank("en")
    vectors.build(bare.vocab, known, count=VECTOR_ROWS, width=VECTOR_WIDTH)
    bare.to_disk(work / "vectors")
    keep_vector_key(work / "vectors")


def keep_vector_key(model: Path) -> None:
    """Notes that vectors are keyed by lower-case words: spaCy 3.8 reads that from vectors.cfg but does not write it there."""
    path = model / "vocab" / "vectors.cfg"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "attr": LOWER}), encoding="utf-8")


def learn(part: str, work: Path, steps: int | None) -> None:
    """Trains the components of `part` by its configuration; the best of all evaluations is kept.

    Names start from what the words' encoder has learned from the treebanks: that is most of what a name looks like.
    """
    if (work / part / "model-best").exists():
        return
    overrides = {"paths.train": str(work / f"{part}-train.spacy"), "paths.dev": str(work / f"{part}-dev.spacy")}
    overrides["paths.vectors"] = str(work / "vectors")
    limits = {} if steps is None else {"training.max_steps": steps, "training.eval_frequency": max(1, steps // 2)}
    config = load_config(HERE / f"{part}.cfg", overrides={**overrides, **limits}, interpolate=False)
    filled = work / f"{part}.cfg"
    full = load_model_from_config(config, auto_fill=True, validate=False).config
    if part == "names":
        full["components"]["tok2vec"] = {"source": str(work / "syntax" / "model-best")}
    full.to_disk(filled)
    train(filled, work / part, use_gpu=-1)
    keep_vector_key(work / part / "model-best")


def assemble(folder: Path, work: Path) -> Language:
    """One pipeline of both: the names' component brings its own tok2vec; the lemmatizer is counted from the treebanks."""
    nlp = spacy.load(work / "syntax" / "model-best")
    named = spacy.load(work / "names" / "model-best")
    named.replace_listeners("tok2vec", "ner", ["model.tok2vec"])
    named.vocab.vectors = nlp.vocab.vectors  # the same rows; one table is enough
    nlp.add_pipe("ner", source=named)
    lemmas.add(nlp, corpora.syntax(folder, nlp.vocab, "train"))
    return nlp


def save(nlp: Language, output: Path) -> None:
    """Writes the model without what only training needs (paths, corpora)."""
    for section in ("paths", "corpora", "training", "pretraining", "initialize", "system"):
        nlp.config[section] = {}
    nlp.meta.update(
        name=NAME,
        version=VERSION,
        description="English news text: tags, features, lemmas, dependencies (Universal Dependencies) and names.",
        author="The news monitor's authors",
        license="CC BY-SA 4.0",
        performance={},
        sources=[{"name": name, "license": licence} for name, licence in SOURCES],
    )
    if output.exists():
        shutil.rmtree(output)
    nlp.to_disk(output)
    keep_vector_key(output)
    drop_strings(nlp, output)
    shutil.copy(HERE / "LICENSE-MODEL", output / "LICENSE")


def drop_strings(nlp: Language, output: Path) -> None:
    """Leaves out the words of the training data: what a pipeline needs at run time (labels, features) it adds while it loads."""
    path = output / "vocab" / "strings.json"
    kept = set(spacy.blank("en").vocab.strings)
    kept.update(label for _, pipe in nlp.pipeline for label in getattr(pipe, "labels", ()))
    path.write_text(json.dumps(sorted(kept), ensure_ascii=False), encoding="utf-8")


SOURCES = (
    ("UD English EWT", "CC BY-SA 4.0"),
    ("UD English GUM", "CC BY 4.0 (annotation); CC BY, CC BY-SA or public domain (texts)"),
    ("CrossNER", "MIT; texts of Wikipedia CC BY-SA"),
    ("wikigold", "CC BY 4.0"),
    ("WNUT-17", "CC BY 4.0"),
    ("re3d", "by folder: public domain, OGL, CC BY, CC BY-SA, EU reuse"),
    ("all-MiniLM-L6-v2 (word vectors distilled from it)", "Apache-2.0"),
    ("wordfreq (word list)", "CC BY-SA 4.0"),
)


def card(folder: Path, output: Path) -> None:
    """The model card: the text in card.md with the measured tables in the place of {report}."""
    nlp = spacy.load(output)
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    text = (HERE / "card.md").read_text(encoding="utf-8")
    text = (
        text.replace("{report}", evaluate.report(nlp, folder))
        .replace("{size}", f"{size / 1e6:.1f}")
        .replace("{version}", VERSION)
    )
    (output / "MODEL_CARD.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
