"""Four plain ways to alert, to measure the monitor against; each gives alerts in the scorer's form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rapidfuzz import fuzz

from monitor.records import Claim, Entry
from monitor.records.ids import TopicSlug
from monitor.text.terms import terms_of
from training.streams import Stream
from workers.replay import entry_of

ALIKE = 85.0
"""Percent of likeness from which a text counts as a copy."""
FAR = 0.6
"""First-story detection: a sentence whose nearest neighbour shares less than this (1 - Jaccard of stems) is a first story."""
_DIGITS = re.compile(r"\d[\d,.]*\d|\d")

Alert = dict[str, object]
Baseline = Callable[[Stream], list[Alert]]


def keyword_entries(stream: Stream) -> list[Alert]:
    """An alert for every entry that matches, the whole article as evidence."""
    return [_article(stream, topic, line) for topic, line in _matched(stream)]


def keyword_entries_less_copies(stream: Stream) -> list[Alert]:
    """The same, less entries whose text is over 85 % like that of an earlier one."""
    kept: dict[TopicSlug, list[str]] = {}
    alerts = []
    for topic, line in _matched(stream):
        text = _text(entry_of(stream.lines[line]))
        earlier = kept.setdefault(topic, [])
        if not any(fuzz.ratio(text, other) > ALIKE for other in earlier):
            alerts.append(_article(stream, topic, line))
        earlier.append(text)
    return alerts


def first_stories(stream: Stream) -> list[Alert]:
    """First-story detection: an alert for every keyword sentence that is unlike every sentence before it."""
    said: dict[TopicSlug, list[frozenset[str]]] = {}
    alerts = []
    for topic, line, claim in _sentences(stream):
        terms = terms_of(claim.sentence)
        earlier = said.setdefault(topic, [])
        if terms and all(len(terms & other) < (1 - FAR) * len(terms | other) for other in earlier):
            alerts.append(_alert(topic, line, claim))
        earlier.append(terms)
    return alerts


def new_numbers(stream: Stream) -> list[Alert]:
    """An alert for every keyword sentence that holds a number whose digits no sentence before it held."""
    seen: dict[TopicSlug, set[str]] = {}
    alerts = []
    for topic, line, claim in _sentences(stream):
        numbers = set(_DIGITS.findall(claim.sentence))
        known = seen.setdefault(topic, set())
        if numbers - known:
            alerts.append(_alert(topic, line, claim))
        known |= numbers
    return alerts


BASELINES: dict[str, tuple[Baseline, bool]] = {
    "keyword alert per entry": (keyword_entries, True),
    "the same less copies": (keyword_entries_less_copies, True),
    "first-story detection": (first_stories, False),
    "new number per keyword sentence": (new_numbers, False),
}
"""Each with whether a whole article may stand as its evidence."""


def _matched(stream: Stream) -> Iterator[tuple[TopicSlug, str]]:
    for batch in stream.batches:
        for answer in batch.answers:
            yield batch.topic, batch.lines[answer.number]


def _sentences(stream: Stream) -> Iterator[tuple[TopicSlug, str, Claim]]:
    for batch in stream.batches:
        for answer in batch.answers:
            for claim in answer.claims:
                if claim.mentions:
                    yield batch.topic, batch.lines[answer.number], claim


def _text(entry: Entry) -> str:
    return f"{entry.title}\n{entry.summary}\n{entry.content}"


def _article(stream: Stream, topic: TopicSlug, line: str) -> Alert:
    return {
        "entry": line,
        "topic": topic,
        "kind": "new_claim",
        "evidence": _text(entry_of(stream.lines[line])),
        "speaker": None,
        "org": None,
        "stance": "asserts",
        "quantities": [],
    }


def _alert(topic: TopicSlug, line: str, claim: Claim) -> Alert:
    numbers = [float(text.rstrip(".,").replace(",", "")) for text in _DIGITS.findall(claim.sentence) if text.count(".") < 2]
    return {
        "entry": line,
        "topic": topic,
        "kind": "new_number" if numbers else "new_claim",
        "evidence": claim.evidence.text,
        "speaker": None,
        "org": None,
        "stance": "asserts",
        "quantities": [{"low": number, "high": number, "unit": ""} for number in numbers],
    }
