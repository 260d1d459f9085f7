"""What full precision reads from sentences of the project's own, kept for the test that eight bits read the same."""

from __future__ import annotations

import json
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

LONGEST, COUNT = 400, 60


def own_texts(stream: Path) -> list[str]:
    """Titles and openings of a stream's entries, which the project wrote itself."""
    rows = [json.loads(line) for line in stream.read_text(encoding="utf-8").splitlines() if line]
    return [f"{row['title']}\n\n{row.get('content') or row.get('summary') or ''}"[:LONGEST] for row in rows[:COUNT]]


def reading(doc: Doc) -> list[list[str | int]]:
    """Tag, head, relation and name of each word."""
    return [[t.tag_, t.head.i, t.dep_, f"{t.ent_iob_}-{t.ent_type_}"] for t in doc]


def write(full: Language, texts: list[str], path: Path) -> None:
    """A line a text: its words as the network in full precision reads them."""
    lines = [json.dumps({"text": doc.text, "words": reading(doc)}, ensure_ascii=False) for doc in full.pipe(texts)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
