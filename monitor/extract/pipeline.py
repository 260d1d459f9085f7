"""The spaCy pipeline that extraction runs on."""

from __future__ import annotations

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from monitor.text.sentences import sentence_spans


@Language.component("monitor_sentences", assigns=["token.is_sent_start", "doc.sents"], retokenizes=False)
def mark_sentences(doc: Doc) -> Doc:
    """Sets sentence starts by `monitor.text.sentences`; white space after a sentence belongs to it."""
    starts = iter([start for start, _ in sentence_spans(doc.text)])
    following = next(starts, None)
    for token in doc:
        begins = token.i == 0
        while following is not None and following < token.idx + len(token.text):
            begins = begins or not token.is_space
            following = next(starts, None)
        token.is_sent_start = begins
    return doc


def load_pipeline(name: str | None) -> Language:
    """The pipeline of that name or path; None: the one that ships with the monitor.

    Raises OSError where spaCy finds no such pipeline.
    """
    nlp = spacy.blank("en") if name is None else spacy.load(name)
    nlp.max_length = 10_000_000
    if "monitor_sentences" not in nlp.pipe_names:
        nlp.add_pipe("monitor_sentences", first=True)
    return nlp
