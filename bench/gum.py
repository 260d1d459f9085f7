"""Attributions of GUM's discourse trees (rs4) as source, cue and content spans of the running text of UD GUM.

A segment related to another as `attribution-positive` or `-negative` holds source and cue; the signals of the relation name the
words of both. Content is what the related node covers. Trees know whole clauses only, so that contents may hold an adverbial
that our own test set leaves out, and cues are the bare verb.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """A document as it was printed, and the offsets of its words."""

    text: str
    words: tuple[Span, ...]


def texts(folder: Path) -> Iterator[tuple[str, Text]]:
    """Every document of a treebank's CoNLL-U files by its name."""
    for file in sorted(folder.glob("*.conllu")):
        name, text, words = "", "", list[Span]()
        skip = 0
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("# newdoc id = "):
                if words:
                    yield name, Text(text, tuple(words))
                name, text, words = line.rpartition(" ")[2], "", []
            elif line.startswith("# newpar") and text:
                text = text.rstrip() + "\n\n"
            elif line and line[0] != "#":
                cells = line.split("\t")
                gap = "" if "SpaceAfter=No" in cells[9] else " "
                if "-" in cells[0]:  # "don't": one word of text, two of syntax
                    first, _, last = cells[0].partition("-")
                    skip = int(last) - int(first) + 1
                    begin = len(text)
                    text += cells[1] + gap
                    words += [(begin, begin + len(cells[1]))] * skip
                elif skip:
                    skip -= 1
                elif "." not in cells[0]:
                    words.append((len(text), len(text) + len(cells[1])))
                    text += cells[1] + gap
        if words:
            yield name, Text(text, tuple(words))


def passages(corpora: Path, genre: str) -> Iterator[dict[str, Any]]:
    """The documents of a genre, each with its attributions, in the form of `bench/data/attribution.jsonl` without speakers."""
    for name, text in texts(corpora / "ud-gum"):
        tree = corpora / "attribution-gum" / f"{name}.rs4"
        if f"_{genre}_" in name and tree.exists():
            yield {"id": name, "form": "GUM", "text": text.text, "attributions": list(_attributions(tree, text))}


def _attributions(file: Path, text: Text) -> Iterator[Mapping[str, Any]]:
    root = ElementTree.parse(file).getroot()
    body = root.find("body")
    assert body is not None, file
    sizes = {segment.get("id", ""): len((segment.text or "").split()) for segment in body.iter("segment")}
    first, at = {}, 0
    for id_, size in sizes.items():
        first[id_], at = at, at + size
    if at != len(text.words):
        raise ValueError(f"{file.name} has {at} words, its text {len(text.words)}: two versions of the corpus are mixed")
    children: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for node in [*body.iter("segment"), *body.iter("group")]:
        children[node.get("parent", "")].append((node.get("id", ""), node.get("relname", "")))
    nuclei = {"span"} | {rel.get("name", "") for rel in root.iter("rel") if rel.get("type") == "multinuc"}
    signals: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for signal in body.iter("signal"):
        numbers = [int(number) - 1 for number in (signal.get("tokens") or "").split(",") if number]
        signals[signal.get("source", "")][signal.get("subtype", "")] += numbers

    def leaves(node: str, *, whole: bool) -> Iterator[str]:
        if node in sizes:
            yield node
        for child, relation in children[node]:
            if whole or relation in nuclei:
                yield from leaves(child, whole=True)

    for node in [*body.iter("segment"), *body.iter("group")]:
        if not node.get("relname", "").startswith("attribution"):
            continue
        mine = signals[node.get("id", "")]
        source, cue = mine["attribution_source"], mine["indicative_word"] + mine["indicative_phrase"]
        content = [first[leaf] + i for leaf in leaves(node.get("parent", ""), whole=False) for i in range(sizes[leaf])]
        yield {
            "source": _spans(text, source),
            "cue": _spans(text, [word for word in cue if word not in source]),
            "content": _spans(text, content),
            "speaker": None,
            "org": None,
            "stance": "asserts",
        }


def _spans(text: Text, numbers: list[int]) -> list[Span]:
    """Runs of words as spans of the text."""
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return [(text.words[a][0], text.words[b][1]) for a, b in spans]
