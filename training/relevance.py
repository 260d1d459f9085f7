"""Trains the relevance model on the annotated streams: which entries are about a topic.

    python -m training.relevance            trains, writes monitor/topics/relevance/model.json, prints the figures
    python -m training.relevance --dry-run  prints the figures only
    python -m training.relevance --words    distils the word vectors anew (needs what `training.vectors` names)

A pair of an entry and a topic of its stream is positive where the entry carries a development, first or again. Each pair is
learned from as it is, as a feed would bring it that gives titles and summaries only, and so with titles that capitalise every
word and a description that does not say what is not tracked; and each with and without examples, drawn from the stream.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression

from monitor.records import Document
from monitor.records.codec import encode
from monitor.settings import Config
from monitor.settings.topics import Examples
from monitor.text.clean import document_of
from monitor.topics.relevance.model import ModelData, likelihood, relevance
from monitor.topics.relevance.signs import sense_of, signs
from monitor.topics.relevance.vectors import WIDTH, shipped_words
from training.streams import STREAMS, capitalised, names, read_jsonl
from training.vectors import vectors_of
from workers.replay import Line, entry_of, read_lines

PACKAGE = Path(__file__).parents[1] / "monitor" / "topics" / "relevance"
WORDS = 20_000
STRENGTH = 0.1
"""How freely weights may grow: the inverse of the penalty on their squares."""
KEPT = 0.995
"""Of entries that carry something first, on streams left out; the goal is 0.97, and other feeds are harder than these."""
UNMATCHED = 0.4
"""From which likelihood on an entry is let in that holds no keyword, set where F1 over left-out streams is best."""
WEIGHTS = {"first": 2.0, "later": 1.0, "borderline": 0.3, "none": 1.0}
VARIANTS = ("whole", "heads", "capitals")
SHOWN = 4
"""Examples of each kind that are drawn for a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An entry beside a topic: its signs, and whether it carries a development "first", again ("later"), one that careful readers
    differ about ("borderline"), or "none"."""

    stream: str
    entry: str
    topic: str
    variant: str
    label: str
    values: dict[str, float]


def labels_of(folder: Path) -> dict[tuple[str, str], str]:
    """What each entry carries for each topic; what is not named carries nothing."""
    found: dict[tuple[str, str], str] = {}
    for development in read_jsonl(folder / "optional.jsonl"):
        for carrier in development["carriers"]:
            found[carrier["entry"], development["topic"]] = "borderline"
    gold = read_jsonl(folder / "gold.jsonl")
    for development in gold:
        for carrier in development["carriers"]:
            found[carrier["entry"], development["topic"]] = "later"
    for development in gold:
        found[development["carriers"][0]["entry"], development["topic"]] = "first"
    return found


def config_of(folder: Path) -> Config:
    """The stream's topics."""
    return Config.from_plain(YAML(typ="safe").load((folder / "topics.yaml").read_text(encoding="utf-8")))


def pairs(folder: Path, variants: Sequence[str] = VARIANTS) -> Iterator[Pair]:
    """Every entry of a stream beside every topic of it, in these variants, with and without examples."""
    config, lines, labels = config_of(folder), read_lines(folder / "entries.jsonl"), labels_of(folder)
    for slug, topic in config.topics.items():
        shown, hidden = _examples(lines, labels, slug, random.Random(f"{folder.name} {slug}"))
        for variant in variants:
            told = (
                topic.model_copy(update={"description": topic.description.split("Not tracked")[0]})
                if variant == "capitals"
                else topic
            )
            none: frozenset[str] = frozenset()
            for taught, out in ((told, none), (told.model_copy(update={"examples": shown}), hidden)):
                sense = sense_of(taught, shipped_words())
                for line in lines:
                    if line.id not in out:
                        yield Pair(
                            stream=folder.name,
                            entry=line.id,
                            topic=slug,
                            variant=variant + (" examples" if out else ""),
                            label=labels.get((line.id, slug), "none"),
                            values=signs(_document(line, variant), sense, shipped_words()),
                        )


def _document(line: Line, variant: str) -> Document:
    if variant != "whole":
        line = msgspec.structs.replace(line, content="")
    if variant == "capitals":
        line = msgspec.structs.replace(line, title=capitalised(line.title))
    return document_of(entry_of(line))


def _examples(
    lines: Sequence[Line], labels: dict[tuple[str, str], str], slug: str, dice: random.Random
) -> tuple[Examples, frozenset[str]]:
    """Examples for a topic, and the entries that they are drawn from."""
    alert = [line for line in lines if labels.get((line.id, slug)) in {"first", "later"}]
    silent = [line for line in lines if (line.id, slug) not in labels]
    alert, silent = (dice.sample(some, min(len(some), SHOWN)) for some in (alert, silent))
    made = Examples(alert=tuple(_sentence(line) for line in alert), silent=tuple(_sentence(line) for line in silent))
    return made, frozenset(line.id for line in (*alert, *silent))


def _sentence(line: Line) -> str:
    return f"{line.title}. {line.summary}".strip()


def fit(rows: Sequence[Pair]) -> ModelData:
    """A logistic regression on the pairs, with the weights as they stand beside signs that are not scaled."""
    names = list(rows[0].values)
    table = np.array([list(row.values.values()) for row in rows])
    spread = table.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit(table / spread, [row.label != "none" for row in rows], sample_weight=[WEIGHTS[row.label] for row in rows])
    weights = {name: round(float(value), 4) for name, value in zip(names, model.coef_[0] / spread, strict=True)}
    return ModelData(weights=weights, bias=round(float(model.intercept_[0]), 4), matched=0.5, unmatched=UNMATCHED)


def train(rows: Sequence[Pair]) -> tuple[ModelData, dict[str, ModelData]]:
    """The model of all streams, and for each stream the one that has not seen it.

    All are relevant from where on KEPT of the matched entries that carry a development first are kept, left-out streams together.
    """
    left_out = {name: fit([row for row in rows if row.stream != name]) for name in sorted({row.stream for row in rows})}
    first = [likelihood(left_out[row.stream], row.values) for row in rows if row.label == "first" and row.values["keyword"]]
    matched = round(float(np.quantile(first, 1 - KEPT)), 4)
    return replace(fit(rows), matched=matched), {name: replace(data, matched=matched) for name, data in left_out.items()}


def figures(rows: Sequence[Pair], models: Callable[[str], ModelData]) -> str:
    """Of entries that match by words: how many of those that carry something first are kept and of those that carry nothing
    dropped; of the others how many are let in. models: which one judges a stream."""
    found: Counter[tuple[bool, str, bool]] = Counter()
    for row in rows:
        enough = relevance(models(row.stream), row.values) >= 0.5
        found[bool(row.values["keyword"]), row.label, enough] += 1

    def share(keyword: bool, label: str, enough: bool) -> str:
        part, total = found[keyword, label, enough], found[keyword, label, True] + found[keyword, label, False]
        return f"{part / max(total, 1):.3f} of {total}"

    return (
        f"matched: first carriers kept {share(True, 'first', True)}, later {share(True, 'later', True)}; "
        f"without gold dropped {share(True, 'none', False)}; unmatched: first carriers let in {share(False, 'first', True)}, "
        f"later {share(False, 'later', True)}, without gold {share(False, 'none', True)}"
    )


def make_words() -> None:
    """Distils the vectors of the most frequent words from a sentence encoder."""
    from wordfreq import top_n_list

    chosen = [word for word in top_n_list("en", 60_000) if len(word) > 1 and word.isalpha() and word.isascii()][:WORDS]
    figures = vectors_of(chosen, WIDTH)
    figures = np.clip(np.round(figures / np.abs(figures).max() * 127), -127, 127).astype(np.int8)
    packed = gzip.compress("\n".join(chosen).encode() + b"\0" + figures.tobytes(), mtime=0)
    (PACKAGE / "words.gz").write_bytes(packed)
    print(f"written: {len(chosen)} words, {len(packed):,} bytes")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="print the figures and write nothing")
    parser.add_argument("--words", action="store_true", help="cut the word vectors anew, and nothing else")
    options = parser.parse_args()
    if options.words:
        make_words()
        return
    rows = [pair for name in names() for pair in pairs(STREAMS / name)]
    model, left_out = train(rows)
    for variant in dict.fromkeys(row.variant for row in rows):
        print(f"{variant}, left out: {figures([row for row in rows if row.variant == variant], left_out.__getitem__)}")
    if not options.dry_run:
        (PACKAGE / "model.json").write_bytes(msgspec.json.format(encode(model), indent=1) + b"\n")
        print(f"written, relevant from {model.matched} (matched) and {model.unmatched} (unmatched) on")


if __name__ == "__main__":
    main()
