"""A document's paragraphs, each of which the pipeline reads by itself, once, and only where it may matter.

    text -- paragraphs --> tokens and sentences of all --> tags and trees of those that are asked for --> one Doc

What a topic's rules never look at costs no model: names of entities and lemmas are not asked for at all.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from monitor.extract.pipeline import mark_sentences
from monitor.extract.quantities import may_hold_figures
from monitor.records import Document, Field, Mention
from monitor.settings import NlpSettings

_LEFT_OUT = frozenset({"monitor_sentences", "ner", "lemmatizer", "trainable_lemmatizer"})
"""Kinds of components that extraction does not ask: sentences are marked here, and no rule reads names or lemmas."""
_PARAGRAPH = re.compile(r"(?:[^\n]|\n(?!\n))*\n*")
_ACTOR = "actor:"
Span = tuple[int, int]


class Paragraphs:
    """The paragraphs of one text. max_characters: how much of it is read; the rest is cut at a paragraph."""

    def __init__(self, nlp: Language, text: str, *, max_characters: int = NlpSettings().max_characters) -> None:
        self._nlp = nlp
        self._text = _beginning(text, max_characters)
        self._spans: list[Span] = []
        self._plain: list[Doc] = []
        self._read: dict[int, Doc] = {}
        self._joined: dict[frozenset[int], Doc] = {}

    def doc(self, document: Document, mentions: Sequence[Mention], within: Sequence[Span] | None = None) -> Doc:
        """The text as one Doc, with tags and trees in the paragraphs that may matter to the topic of these mentions.

        within: the spans from which claims are wanted; None for all of the text. The same document, mentions and spans give the
        same Doc, whatever was asked before.
        """
        if not self._plain:
            self._spans = list(_paragraphs(self._text)) or [(0, 0)]
            self._plain = [mark_sentences(self._nlp.make_doc(self._text[start:end])) for start, end in self._spans]
        wanted = may_matter(document, mentions, self._spans, within)
        missing = sorted(wanted - self._read.keys())
        fresh = [self._nlp.make_doc(self._text[slice(*self._spans[index])]) for index in missing]
        left_out = [name for name in self._nlp.pipe_names if self._nlp.get_pipe_meta(name).factory in _LEFT_OUT]
        read = self._nlp.pipe((mark_sentences(part) for part in fresh), disable=left_out)
        self._read.update(zip(missing, read, strict=True))
        key = frozenset(wanted)
        if key not in self._joined:
            parts = [self._read[index] if index in wanted else part for index, part in enumerate(self._plain)]
            self._joined[key] = _joined(parts)
        return self._joined[key]


def may_matter(
    document: Document, mentions: Sequence[Mention], spans: Sequence[Span], within: Sequence[Span] | None = None
) -> set[int]:
    """Which of the paragraphs may hold a claim, and those beside them, where pronouns find whom they mean.

    A claim needs a mention, or a figure where title or summary are about the topic; title and summary are always read. within:
    only what overlaps one of these spans, and what stands beside it.
    """
    headed = any(
        not mention.by.startswith(_ACTOR) and document.segment_at(mention.start).field is not Field.CONTENT
        for mention in mentions
    )
    starts = [mention.start for mention in mentions]
    holds = [
        index
        for index, (start, end) in enumerate(spans)
        if document.segment_at(start).field is not Field.CONTENT
        or bisect_left(starts, end) > bisect_left(starts, start)
        or (headed and may_hold_figures(document.text, start, end))
    ]
    if within is not None:
        holds = [index for index in holds if any(spans[index][0] < end and start < spans[index][1] for start, end in within)]
    return {beside for index in holds for beside in (index - 1, index, index + 1) if 0 <= beside < len(spans)}


def _joined(parts: Sequence[Doc]) -> Doc:
    if len(parts) == 1:
        return parts[0]
    tensors = ("tensor", "user_data", "spans")  # which only what was read has
    doc = Doc.from_docs(list(parts), ensure_whitespace=False, exclude=tensors) or parts[0]  # type: ignore[call-arg]  # not in the stub
    # a paragraph without a tree has no heads to tell sentences by, so that their starts are set again
    starts: Any = np.concatenate([part.to_array(["SENT_START"]) for part in parts])
    return doc.from_array(["SENT_START"], starts)


def _paragraphs(text: str) -> Iterator[Span]:
    """The paragraphs, each with the blank line behind it."""
    return (found.span() for found in _PARAGRAPH.finditer(text) if found.end() > found.start())


def _beginning(text: str, limit: int) -> str:
    """The text up to the last paragraph that ends within the limit; up to the limit where the first one is longer."""
    if len(text) <= limit:
        return text
    paragraph = text.rfind("\n\n", 0, limit + 2)
    return text[: paragraph if paragraph > 0 else limit]
