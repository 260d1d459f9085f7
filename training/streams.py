"""Annotated streams as training and benchmarks need them: batches of analysed claims, and what each claim carries."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML

from monitor.extract.pipeline import load_pipeline
from monitor.ports import Relevant
from monitor.records import Claim, Quantity
from monitor.settings import Config
from workers.exported import COMPLETE, read_corrections
from workers.reading import by_model
from workers.replay import Batch, Line, analysed, read_lines

STREAMS = Path(__file__).parents[1] / "seeds" / "streams"

pipeline = cache(load_pipeline)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a sentence carries: developments by name, those due at its entry, and borderline ones due or not."""

    developments: frozenset[str] = frozenset()
    due: frozenset[str] = frozenset()
    borderline: bool = False


@dataclass(slots=True, kw_only=True)
class Stream:
    """An annotated stream, analysed."""

    name: str
    path: Path
    config: Config
    lines: dict[str, Line]
    batches: list[Batch]
    gold: list[dict[str, Any]]
    optional: list[dict[str, Any]]
    carried: dict[tuple[str, str], Carried] = field(default_factory=dict)
    judged: frozenset[str] | None = None
    """The evidence keys that somebody has judged, where the annotations are a team's corrections; None: all is annotated."""

    def teaches(self, claim: Claim) -> bool:
        """Whether anybody has said what the claim is."""
        return self.judges(claim.evidence.key)

    def judges(self, *keys: str) -> bool:
        """Whether somebody has judged all that stands at those evidence keys."""
        return self.judged is None or self.judged >= set(keys)

    def of(self, batch: Batch, number: int, claim: Claim) -> Carried:
        """What a claim of the batch's answer of that number carries."""
        return self.carried.get((batch.lines[number], f"{claim.topic}:{claim.evidence.key}"), Carried())

    def series_of(self, batch: Batch, number: int, claim: Claim, quantity: Quantity) -> frozenset[str]:
        """The series, by name, that the annotations file a claim's figure under; none where they do not speak of it."""
        return frozenset(
            f"{self._root(int(name))}:{place}"
            for name in self.of(batch, number, claim).developments
            if int(name) < len(self.gold)
            for place, known in enumerate(self.gold[int(name)]["quantities"])
            if _close(quantity, known)
        )

    def _root(self, number: int) -> str:
        """The first development of the chain of changed numbers that a development belongs to."""
        named = {development["dev"]: development for development in self.gold}
        development = self.gold[number]
        while development["kind"] == "number_changed" and development["previous"] in named:
            development = named[development["previous"]]
        return str(development["dev"])


def _close(quantity: Quantity, known: dict[str, Any]) -> bool:
    """Whether a figure is the annotated one: a bound of it within 1 %, as the scorer has it."""
    ours = [value for value in (quantity.low, quantity.high) if value is not None]
    theirs = [value for value in (known["low"], known["high"]) if value is not None]
    return any(abs(one - other) <= 0.01 * max(abs(one), abs(other)) for one in ours for other in theirs)


def names(folder: Path = STREAMS) -> list[str]:
    """The streams of a folder."""
    return sorted(path.parent.name for path in folder.glob("*/gold.jsonl"))


def load(
    path: Path,
    *,
    headlines: bool = False,
    capitals: bool = False,
    settled: Callable[[Config], Config] | None = None,
    relevant: Relevant = by_model,
) -> Stream:
    """Reads and analyses a stream.

    headlines: as a feed would bring it that gives titles and summaries only. capitals: with titles that capitalise every word.
    settled: makes of the stream's configuration the one that is used.
    """
    config = Config.from_plain(YAML(typ="safe").load((path / "topics.yaml").read_text(encoding="utf-8")))
    config = settled(config) if settled else config
    lines = read_lines(path / "entries.jsonl")
    gold, optional = read_jsonl(path / "gold.jsonl"), read_jsonl(path / "optional.jsonl")
    if headlines:
        lines = [msgspec.structs.replace(line, content="") for line in lines]
        gold, optional = _without_content(gold, lines), _without_content(optional, lines)
    if capitals:
        lines = [msgspec.structs.replace(line, title=capitalised(line.title)) for line in lines]
    stream = Stream(
        name=path.name,
        path=path,
        config=config,
        lines={line.id: line for line in lines},
        batches=list(analysed(lines, config, pipeline(config.nlp.model), relevant=relevant)),
        gold=gold,
        optional=optional,
        judged=None if (path / COMPLETE).exists() else _judged(path / "corrections.jsonl"),
    )
    _label(stream)
    return stream


def _judged(path: Path) -> frozenset[str] | None:
    """The evidence keys of exported corrections; None where there are none."""
    if not path.exists():
        return None
    return frozenset(evidence.key for one in read_corrections(path) for evidence in one.evidence)


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file; none where there is no file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()] if path.exists() else []


def capitalised(title: str) -> str:
    """The title as papers write it that capitalise every word but the smallest; as long as before."""
    return re.sub(r"(?<![\w'’])[a-z](?=\w{3})", lambda first: first[0].upper(), title)


def _without_content(developments: list[dict[str, Any]], lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The developments as titles and summaries alone carry them; those that only a content carries are gone."""
    heads = {line.id: f"{line.title}\n{line.summary}" for line in lines}
    kept = []
    for development in developments:
        carriers = [carrier for carrier in development["carriers"] if carrier["evidence"] in heads[carrier["entry"]]]
        if carriers:
            kept.append(development | {"carriers": carriers})
    return kept


def _label(stream: Stream) -> None:
    spans: dict[tuple[str, str], list[tuple[str, str, int, int, bool, bool]]] = defaultdict(list)
    for number, development in enumerate([*stream.gold, *stream.optional]):
        borderline = number >= len(stream.gold)
        first = development["carriers"][0]["entry"]
        for carrier in development["carriers"]:
            line = stream.lines[carrier["entry"]]
            for name in ("title", "summary", "content"):
                start = getattr(line, name).casefold().find(carrier["evidence"].casefold())
                if start >= 0:
                    end = start + len(carrier["evidence"])
                    item = (name, f"{number}", start, end, carrier["entry"] == first, borderline)
                    spans[carrier["entry"], development["topic"]].append(item)
    for batch in stream.batches:
        for answer in batch.answers:
            entry = batch.lines[answer.number]
            for claim in answer.claims:
                stream.carried[entry, f"{claim.topic}:{claim.evidence.key}"] = _carried(claim, spans[entry, claim.topic])


def _carried(claim: Claim, spans: list[tuple[str, str, int, int, bool, bool]]) -> Carried:
    evidence = claim.evidence
    found, due, borderline = set(), set(), False
    for name, development, start, end, first, optional in spans:
        shared = min(end, evidence.end) - max(start, evidence.start)
        if name != evidence.field or shared * 2 < min(end - start, evidence.end - evidence.start):
            continue
        found.add(development)
        if first and not optional:
            due.add(development)
        borderline |= optional
    return Carried(frozenset(found), frozenset(due), borderline)
