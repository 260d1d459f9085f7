"""The spaCy pipeline that extraction runs on: the one that ships with the package, or one that the user names.

The one module of the core that reads files, and only while loading: weights are code of another kind.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from monitor.errors import ConfigurationError, Problem
from monitor.extract.relations import scheme_of
from monitor.text.sentences import sentence_spans

SHIPPED = Path(__file__).parent / "model"
MAX_CHARACTERS = 10_000_000  # spaCy refuses longer texts; entries are cut long before (nlp.max_characters)
_DIGEST = "monitor_digest"


@Language.component("monitor_sentences", assigns=["token.is_sent_start", "doc.sents"], retokenizes=False)
def mark_sentences(doc: Doc) -> Doc:
    """Sets sentence starts by `monitor.text.sentences`; white space after a sentence belongs to it. A parser
    behind it keeps them."""
    starts = iter([start for start, _ in sentence_spans(doc.text)])
    following = next(starts, None)
    marks: list[int] = []
    for token in doc:
        begins = token.i == 0
        while following is not None and following < token.idx + len(token.text):
            begins = begins or not token.is_space
            following = next(starts, None)
        marks.append(1 if begins else -1)
    # all at once: `Token.is_sent_start = ...` looks through the whole document for a parse, for every token
    column: Any = np.array(marks, dtype=np.int64).astype(np.uint64)  # unsigned, which spaCy's type hint does not know
    return doc.from_array(["SENT_START"], column) if marks else doc


def load_pipeline(name: str | None) -> Language:
    """The installed spaCy pipeline of that name, or the one in that folder; None: the one that ships with the monitor.

    Raises ConfigurationError where there is no such pipeline, where it lacks a parser, or where its dependency
    labels are of no known scheme.
    """
    try:
        nlp = spacy.load(SHIPPED if name is None else name)
    except OSError as error:
        raise _unusable(
            f"spaCy finds no pipeline named {name!r}",
            "install it (python -m spacy download ...), name a folder, or leave nlp.model out",
        ) from error
    except ValueError as error:  # of a spaCy version that this one cannot read, or with components that are not installed
        raise _unusable(
            f"the pipeline {name!r} cannot be loaded ({error})",
            "install what it needs beside the monitor, or leave nlp.model out",
        ) from error
    scheme_of(nlp)
    nlp.meta[_DIGEST] = _digest(nlp.path)
    nlp.max_length = MAX_CHARACTERS
    if "monitor_sentences" not in nlp.pipe_names:
        nlp.add_pipe("monitor_sentences", first=True)
    return nlp


def model_id(nlp: Language) -> str:
    """Name, version and digest of the files of a pipeline that `load_pipeline` gave: stored with whatever was
    read by it, so that a change shows."""
    return f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}+{nlp.meta[_DIGEST]}"


def _digest(folder: Path | None) -> str:
    if folder is None:
        raise ValueError("a pipeline that was not loaded from files has no digest")
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in {".md", ".txt"} and p.name != "LICENSE"):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _unusable(message: str, fix: str) -> ConfigurationError:
    return ConfigurationError((Problem(file="configuration", line=1, column=1, key="nlp.model", message=message, fix=fix),))
