"""Whether an entry is about a topic: a small learned model that reads headline and summary beside what the topic says of itself.

    document, topic -- signs --> named numbers -- model --> relevance

It drops the film review that says "troops", and where a topic asks for it (`match: meaning`) lets through what no keyword finds.
Trained by `training/relevance.py` on the annotated streams.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from monitor.records import Document
from monitor.records.codec import decode
from monitor.settings import Topic
from monitor.topics.relevance.model import ModelData, relevance
from monitor.topics.relevance.signs import Sense, sense_of, signs
from monitor.topics.relevance.vectors import Words, shipped_words

_TOPICS = 256
"""Topics whose sense is kept."""


class Relevance:
    """The model at work: the port `monitor.ports.Relevant`. The same document and topic give the same score, always."""

    def __init__(self, data: ModelData, words: Words) -> None:
        self.data = data
        self._words = words
        self._senses: dict[int, tuple[Topic, Sense]] = {}

    def __call__(self, document: Document, topic: Topic) -> float:
        """From 0, not at all, to 1; 0.5 is where an entry begins to be relevant."""
        return relevance(self.data, signs(document, self._sense(topic), self._words))

    def _sense(self, topic: Topic) -> Sense:
        known = self._senses.get(id(topic))  # a topic holds a mapping and has no hash; the very object must be the same
        if known is None or known[0] is not topic:
            if len(self._senses) >= _TOPICS:
                self._senses.clear()
            known = (topic, sense_of(topic, self._words))
            self._senses[id(topic)] = known
        return known[1]


@cache
def shipped() -> Relevance:
    """The model that ships with the monitor."""
    return Relevance(decode(files("monitor.topics.relevance").joinpath("model.json").read_bytes(), ModelData), shipped_words())
