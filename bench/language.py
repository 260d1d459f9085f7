"""What the language pipeline reads, and how fast, beside published figures.

usage: python -m bench.language [--corpora FOLDER] [--streams FOLDER] [--model PIPELINE] [--skip-corpora]

Rows: tags, trees, lemmas and names on the test parts of the corpora (none of them learned from); figures and attributions on the
halves of the project's own test sets that nobody looks at, attributions on GUM's news too; claims on the annotated streams; words
a second of processor time for matching, for the pipeline, and for both where 1, 10 and 100 % of the entries concern a topic,
against the pipeline over everything. Published figures are on other texts than ours: neighbours, not rivals.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML
from spacy.language import Language

from bench import attribution, gum, quantities
from bench.claims import document_of, measured, read_jsonl
from monitor.extract.claims import claims_in, extract
from monitor.extract.paragraphs import Paragraphs
from monitor.extract.pipeline import load_pipeline
from monitor.records import Claim, Document, Mention
from monitor.records.ids import TopicSlug
from monitor.settings import Config
from monitor.topics.match import Matcher

ROOT = Path(__file__).resolve().parent.parent
Row = tuple[str, str, str]
Made = TypeVar("Made")
_SM = "en_core_web_sm 3.8, own test set: "


def corpora_rows(nlp: Language, folder: Path) -> Iterator[Row]:
    """Tags, trees, lemmas and names on the test parts."""
    from training.language import corpora, evaluate

    beside = {"TAG": "0.973", "UAS": "0.918", "LAS": "0.899; goal 0.84"}
    for name, (texts, trees) in corpora.syntax_tests(folder, nlp.vocab).items():
        row = evaluate.trees(nlp, texts, trees)
        for measure in ("TAG", "lemma", "UAS", "LAS"):
            yield f"{measure}, {name} test", f"{row[measure]:.3f}", _SM + beside[measure] if measure in beside else ""
    tests = corpora.entities(folder, nlp)[2]
    for name, docs in {**tests, "all together": list(chain.from_iterable(tests.values()))}.items():
        peer = _SM + "0.845; a plain CNN 0.77 on dev; goal 0.80" if name == "all together" else ""
        yield f"names F1, {name}", f"{evaluate.entities(nlp, docs)['F']:.3f}", peer


def reading_rows(nlp: Language, corpora: Path | None) -> Iterator[Row]:
    """Figures and attributions."""
    figures = quantities.f1(nlp, "held out")
    peers = {"value": "best published 0.92; goal 0.95", "value and qualifier": "best published 0.88; goal 0.90"}
    for measure, value in figures.items():
        yield f"figures, {measure} F1, held out", f"{value:.3f}", peers.get(measure, "")
    goals = {"source": "0.60; goal 0.65", "cue": "0.56; goal 0.60", "content": "0.46; goal 0.50"}
    tally = attribution.score(nlp, attribution.rows("held out"))[0]
    for kind, peer in goals.items():
        yield f"attribution, {kind} exact F1, held out", f"{tally.f1(kind):.3f}", f"BERT trained on another corpus {peer}"
    for key in ("speaker", "org", "stance"):
        yield f"attribution, {key} right, held out", f"{tally.share(key):.3f}", ""
    if corpora:
        tally = attribution.score(nlp, gum.passages(corpora, "news"))[0]
        for kind in goals:
            yield f"attribution, {kind} exact F1, GUM news", f"{tally.f1(kind):.3f}", "other conventions: bench/gum.py"


def speed_rows(nlp: Language, streams: Path) -> Iterator[Row]:
    """Words a second of processor time."""
    config, inside, outside = _mixed(streams)
    topics = {TopicSlug(slug): topic for slug, topic in config.topics.items()}
    matcher = Matcher(topics)
    words = sum(_words(document) for document in outside)
    seconds, _ = _timed(lambda: [matcher.match(document) for _ in range(5) for document in outside])
    yield "words a second, matching discards", f"{5 * words / seconds:,.0f}", "goal 3,000,000"
    for share in (0.01, 0.10, 1.00):
        documents = _with_share(inside, outside, share)
        size = sum(_words(document) for document in documents)

        def ours(documents: Sequence[Document] = documents) -> list[Claim]:
            found = ((document, Paragraphs(nlp, document.text), matcher.match(document)) for document in documents)
            return [
                claim
                for document, paragraphs, mentions in found
                for slug, mine in mentions.items()
                for claim in extract(paragraphs, document, mine, slug, topics[slug])
            ]

        def everything(documents: Sequence[Document] = documents) -> list[Claim]:
            docs = nlp.pipe((document.text for document in documents), batch_size=64)
            found: list[Claim] = []
            for document, doc in zip(documents, docs, strict=True):
                mentions: Mapping[TopicSlug, tuple[Mention, ...]] = matcher.match(document)
                for slug, mine in mentions.items():
                    found += claims_in(doc, document, mine, slug, topics[slug])
            return found

        fast, claims = _timed(ours)
        slow, same = _timed(everything)
        agree = "the same claims" if set(claims) == set(same) else "OTHER CLAIMS"
        peer = f"nlp.pipe over everything {size / slow:,.0f}: {slow / fast:.1f} times as fast, {agree} ({len(claims)})"
        goal = "; goal 20 times" if share == 0.01 else ""
        yield f"words a second, matching and reading, {share:.0%} match", f"{size / fast:,.0f}", peer + goal
    size = sum(_words(document) for document in inside)
    seconds, _ = _timed(lambda: [nlp(document.text) for document in inside])
    yield "words a second, pipeline alone", f"{size / seconds:,.0f}", ""


def _mixed(streams: Path) -> tuple[Config, list[Document], list[Document]]:
    """The configuration of the first stream, its entries that match, and the entries of all others that do not."""
    folders = sorted(path.parent for path in streams.glob("*/gold.jsonl"))
    config = Config.from_plain(YAML(typ="safe").load(folders[0] / "topics.yaml"))
    matcher = Matcher({TopicSlug(slug): topic for slug, topic in config.topics.items()})
    documents = [[document_of(entry) for entry in read_jsonl(folder / "entries.jsonl")] for folder in folders]
    inside = [document for document in documents[0] if matcher.match(document)]
    outside = [document for others in documents[1:] for document in others if not matcher.match(document)]
    return config, inside, outside


def _with_share(inside: Sequence[Document], outside: Sequence[Document], share: float) -> list[Document]:
    """Documents of which that share matches."""
    if share == 1:
        return list(inside)
    matching = inside[: max(1, round(len(outside) * share / (1 - share)))]
    return [*matching, *outside[: round(len(matching) * (1 - share) / share)]]


def _words(document: Document) -> int:
    return len(document.text.split())


def _timed(work: Callable[[], Made]) -> tuple[float, Made]:
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared" / "corpora", help="the folder of corpora")
    parser.add_argument("--skip-corpora", action="store_true", help="leave out the corpora, which take some minutes")
    parser.add_argument("--streams", type=Path, default=ROOT / "seeds" / "streams", help="folder of annotated streams")
    parser.add_argument("--model", help="a spaCy pipeline instead of the delivered one")
    options = parser.parse_args()
    nlp = load_pipeline(options.model)
    corpora = None if options.skip_corpora else options.corpora
    if corpora and not corpora.is_dir():
        parser.error(f"there is no folder {corpora}; name one with --corpora, or leave them out with --skip-corpora")
    console = Console()
    if not console.is_terminal:
        console = Console(width=180)  # a file or a log has no width of its own
    table = Table(title="Language pipeline")
    for column in ("", "here", "beside it"):
        table.add_column(column)
    sections: list[Iterator[Row]] = [corpora_rows(nlp, corpora)] if corpora else []
    sections += [reading_rows(nlp, corpora), speed_rows(nlp, options.streams)]
    for section in sections:
        for row in section:
            table.add_row(*row)
        table.add_section()
    for name, value in measured(options.streams, options.model).rows():
        table.add_row(f"streams: {name}", value, "")
    console.print(table)


if __name__ == "__main__":
    main()
