"""How well claims are read on the annotated streams: coverage, speaker, organisation, stance, and words a second.

usage: python -m bench.claims [STREAMS_DIR] [--verbose {missed,speaker,stance}] [--model NAME]

Rows: share of developments whose first carrier's sentence is among the claims of its entry and topic; claims an entry; on the
developments that are covered, how often speaker or organisation, both apart, and stance are the annotated ones; words a second
of processor time for matching, for discarding and for extraction.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from monitor.extract.claims import extract
from monitor.extract.paragraphs import Paragraphs
from monitor.extract.pipeline import load_pipeline
from monitor.records import Claim, Document, Field, Segment
from monitor.records.ids import EntryId, RevisionId, TopicSlug
from monitor.settings import Config
from monitor.topics.match import Matcher

ROOT = Path(__file__).resolve().parent.parent
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_SMALL = {"the", "of", "and", "s"}


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def document_of(entry: Mapping[str, Any]) -> Document:
    """The entry of a stream as a document: its texts are plain, so that offsets are those of the fields."""
    text, segments = "", []
    for field in Field:
        if part := entry.get(field):
            text += "\n\n" if text else ""
            segments.append(Segment(field=field, start=len(text), end=len(text) + len(part)))
            text += part
    published = datetime.fromisoformat(entry["published"])
    return Document(
        entry=EntryId(entry["id"]), revision=RevisionId("r"), published=published, text=text, segments=tuple(segments)
    )


def words(text: str | None) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text or "")} - _SMALL


def same_name(one: str | None, other: str | None) -> bool:
    return bool(words(one) & words(other)) if one and other else not one and not other


def best_claim(claims: tuple[Claim, ...], evidence: str) -> Claim | None:
    """The claim whose text holds the evidence, or lies in it, or shares half of the shorter one's words."""

    def shared(claim: Claim) -> int:
        return len(words(claim.evidence.text) & words(evidence))

    fitting = [c for c in claims if shared(c) and shared(c) * 2 >= min(len(words(c.evidence.text)), len(words(evidence)))]
    return max(fitting, key=lambda c: (evidence in c.sentence, shared(c)), default=None)


class Bench:
    """Counts over all streams."""

    def __init__(self, model: str | None, verbose: str | None) -> None:
        self.nlp = load_pipeline(model)
        self.verbose = verbose
        self.count: Counter[str] = Counter()
        self.seconds: dict[str, float] = {"match": 0.0, "extract": 0.0, "discard": 0.0}
        self.others: Matcher | None = None
        self.confusion: Counter[tuple[str, str]] = Counter()

    def read(self, folder: Path) -> dict[tuple[str, str], tuple[Claim, ...]]:
        """The claims of a stream by entry and topic."""
        config = Config.from_plain(YAML(typ="safe").load(folder / "topics.yaml"))
        topics = {TopicSlug(slug): topic for slug, topic in config.topics.items()}
        matcher, others = Matcher(topics), self.others
        self.others = matcher
        found: dict[tuple[str, str], tuple[Claim, ...]] = {}
        for entry in read_jsonl(folder / "entries.jsonl"):
            document = document_of(entry)
            size = len(document.text.split())
            started = time.process_time()
            matched = matcher.match(document)
            self.seconds["match"] += time.process_time() - started
            if others is not None:
                self.discard(others, document, size)
            self.count.update(entries=1, words=size, units=len(matched), read=size * len(matched))
            paragraphs = Paragraphs(self.nlp, document.text)
            for slug, mentions in matched.items():
                started = time.process_time()
                claims = extract(paragraphs, document, mentions, slug, topics[slug])
                self.seconds["extract"] += time.process_time() - started
                found[entry["id"], slug] = claims
                self.count.update(claims=len(claims), background=sum(claim.background for claim in claims))
        return found

    def discard(self, others: Matcher, document: Document, size: int) -> None:
        """Times what it takes to see that the document is about none of the topics of the stream before."""
        started = time.process_time()
        if not others.match(document):
            self.seconds["discard"] += time.process_time() - started
            self.count.update(discarded=size)

    def compare(self, folder: Path, found: Mapping[tuple[str, str], tuple[Claim, ...]]) -> None:
        """Looks for each development of the stream at its first carrier."""
        for development in read_jsonl(folder / "gold.jsonl"):
            carrier = development["carriers"][0]
            claim = best_claim(found.get((carrier["entry"], development["topic"]), ()), carrier["evidence"])
            label = f"{folder.name} {carrier['entry']} {development['topic']}"
            self.count["gold"] += 1
            if claim is None:
                self.tell("missed", f"{label} | {carrier['evidence']}")
                continue
            wanted, given = (development["speaker"], development["org"]), (claim.speaker, claim.org)
            right = {
                "either": any(same_name(g, w) for g in given for w in wanted if w or not any(wanted)),
                "speaker": same_name(given[0], wanted[0]),
                "org": same_name(given[1], wanted[1]),
                "stance": claim.stance == development["stance"],
            }
            self.count.update(covered=1, old=claim.background, **right)
            self.confusion[development["stance"], claim.stance] += 1
            if claim.background:
                self.tell("background", f"{label} | {claim.sentence}")
            if not (right["either"] and right["speaker"]):
                self.tell("speaker", f"{label} | wanted {wanted} got {given} | {claim.sentence}")
            if not right["stance"]:
                self.tell("stance", f"{label} | wanted {development['stance']} got {claim.stance} | {claim.sentence}")

    def tell(self, what: str, line: str) -> None:
        if self.verbose == what:
            print(line)

    def rows(self) -> Iterator[tuple[str, str]]:
        count = self.count
        yield "developments whose first carrier is read", f"{count['covered'] / count['gold']:.3f} of {count['gold']}"
        yield "claims an entry and topic that match", f"{count['claims'] / count['units']:.2f} ({count['units']} of them)"
        yield "claims marked as background", f"{count['background'] / count['claims']:.3f}"
        yield "developments marked as background (errors)", f"{count['old'] / count['covered']:.3f}"
        for row in ("either", "speaker", "org", "stance"):
            yield f"right on covered developments: {row}", f"{count[row] / count['covered']:.3f}"
        for wanted in sorted({pair[0] for pair in self.confusion}):
            given = [f"{pair[1]} {n}" for pair, n in self.confusion.most_common() if pair[0] == wanted]
            yield f"  stance {wanted} read as", ", ".join(given)
        yield "words a second, matching", f"{count['words'] / self.seconds['match']:,.0f}"
        yield "words a second, text that matches no topic", f"{count['discarded'] / self.seconds['discard']:,.0f}"
        yield "words a second, extraction", f"{count['read'] / self.seconds['extract']:,.0f}"


def measured(streams: Path, model: str | None, verbose: str | None = None) -> Bench:
    """The counts over all streams of a folder."""
    bench = Bench(model, verbose)
    for folder in sorted(path.parent for path in streams.glob("*/gold.jsonl")):
        bench.compare(folder, bench.read(folder))
    return bench


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("streams", nargs="?", type=Path, default=ROOT / "seeds" / "streams", help="folder of annotated streams")
    parser.add_argument("--model", help="spaCy pipeline by name or path")
    choices = ["missed", "speaker", "stance", "background"]
    parser.add_argument("--verbose", choices=choices, help="print what was not read as annotated")
    args = parser.parse_args()
    for name, value in measured(args.streams, args.model, args.verbose).rows():
        print(f"{name:52} {value}")


if __name__ == "__main__":
    main()
