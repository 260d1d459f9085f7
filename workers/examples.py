"""A topic's examples as its tests, and its keywords beside what was read: the part of `monitor check` that reads language.

example, left out of its topic -- the stages of a replay, on an empty ledger --> told or silent --> as it should be, or why not
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.alerts.lines import one_line
from monitor.alerts.render import LABELS
from monitor.records import ALERT_KINDS, Entry, Mention, Verdict, VerdictKind
from monitor.records.ids import TopicSlug
from monitor.settings import Config, Topic
from monitor.text.clean import document_of
from monitor.text.language import is_readable, language_of
from monitor.topics.match import Matcher, Stopped
from workers.adapters.kept import FOLDER, read_kept
from workers.past import OFTEN
from workers.replay import Line, analysed, decided, entry_of, read_line

if TYPE_CHECKING:
    from spacy.language import Language

MOST = 5_000
"""Kept entries that keywords are tried on: the latest, so that a check takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """An example that is judged otherwise than it says. key: where it stands; why: what became of it."""

    key: str
    sentence: str
    why: str


def tried(config: Config, now: datetime) -> Iterator[Wrong]:
    """Judges each example by itself, with its topic not knowing it as an example. Loads the language pipeline."""
    from monitor.extract.pipeline import load_pipeline

    nlp = load_pipeline(config.nlp.model)
    for slug, topic in config.topics.items():
        for wanted, sentences in (("alert", topic.examples.alert), ("silent", topic.examples.silent)):
            for place, sentence in enumerate(sentences):
                told, why = _judged(sentence, slug, _without(topic, sentence), config, nlp, now)
                if told != (wanted == "alert"):
                    yield Wrong(key=f"topics.{slug}.examples.{wanted}.{place}", sentence=one_line(sentence), why=why)


def how_many(config: Config) -> int:
    """Examples of all topics."""
    return sum(len(topic.examples.alert) + len(topic.examples.silent) for topic in config.topics.values())


def _without(topic: Topic, sentence: str) -> Topic:
    """The topic without the example."""
    examples = topic.examples
    left = {name: tuple(one for one in getattr(examples, name) if one != sentence) for name in ("alert", "silent")}
    return topic.model_copy(update={"examples": examples.model_copy(update=left)})


def _judged(sentence: str, slug: str, topic: Topic, config: Config, nlp: Language, now: datetime) -> tuple[bool, str]:
    """Whether a headline of that wording would be told where nothing is known yet, and why."""
    alone = config.model_copy(update={"topics": {slug: topic}})
    line = Line(id="example", feed="example", outlet="example", published=now, url="", title=sentence, summary="", content="")
    mentions: list[Mention] = []

    def watch(_: Entry, found: Mapping[TopicSlug, tuple[Mention, ...]]) -> None:
        mentions.extend(mention for spans in found.values() for mention in spans)

    results = list(decided(analysed([line], alone, nlp, watch=watch), alone))
    verdicts = [verdict for _, changes in results for verdict in changes.verdicts]
    told = next((verdict for verdict in verdicts if verdict.kind in ALERT_KINDS), None)
    if told is not None:
        words = ", ".join(dict.fromkeys(mention.by for mention in mentions if not mention.by.startswith("actor:")))
        return True, f"it is told as “{LABELS.get(told.kind, told.kind)}”, confidence {told.confidence:.2f}; found by {words}"
    if not mentions:
        return False, _unmatched(entry_of(line), slug, topic)
    relevance = [a.relevance for batch, _ in results for a in batch.answers if a.relevance is not None]
    if relevance:
        return False, f"it seems to be about something else: relevance {relevance[0]:.2f}"
    return False, _silent(verdicts)


def _unmatched(entry: Entry, slug: str, topic: Topic) -> str:
    document = document_of(entry)
    language = language_of(document.text, entry.language)
    if language is not None and not is_readable(language):
        return f"its language is {language}, which is not read"
    stopped: list[Stopped] = []
    Matcher({TopicSlug(slug): topic}).match(document, stopped=stopped)
    phrase = next((one.phrase for one in stopped if one.phrase), None)
    return f"“{phrase}” excludes it" if phrase else "none of the topic's keywords is in it, nor does the query find it"


def _silent(verdicts: list[Verdict]) -> str:
    if not verdicts:
        return "nothing in it is read as a claim about the topic"
    nearest = max(verdicts, key=lambda verdict: -verdict.confidence if verdict.kind is VerdictKind.MINOR else verdict.confidence)
    return one_line(nearest.reason)


def keyword_notes(config: Config, folder: Path) -> Iterator[str]:
    """Keywords that found nothing, or far too much, in what was kept; nothing where little was kept."""
    found: Counter[tuple[str, str]] = Counter()
    matcher = Matcher({TopicSlug(slug): topic for slug, topic in config.topics.items()})
    read = 0
    for raw in _latest(folder):
        document = document_of(entry_of(read_line(raw, FOLDER)))
        read += 1
        for matched, mentions in matcher.match(document).items():
            found.update((str(matched), by) for by in {mention.by for mention in mentions})
    if read < 1 / OFTEN:
        return
    for slug, topic in config.topics.items():
        idle = [keyword for keyword in topic.keywords if not found[slug, keyword]]
        if idle:
            yield f"topics.{slug}.keywords: of {read:,} kept entries none holds {_listed(idle)}"
        for keyword in topic.keywords:
            if (share := found[slug, keyword] / read) > OFTEN:
                yield f"topics.{slug}.keywords: {keyword} is in {share:.0%} of {read:,} kept entries: is there a narrower word?"


def _latest(folder: Path) -> Iterator[bytes]:
    """The latest kept entries."""
    return iter(deque(read_kept(folder), maxlen=MOST) if (folder / FOLDER).is_dir() else ())


def unused_known(config: Config) -> Iterator[str]:
    """Sentences under `known` that no keyword finds: they would be read in vain."""
    for slug, topic in config.topics.items():
        matcher = Matcher({TopicSlug(slug): topic})
        for place, sentence in enumerate(topic.known):
            line = Line(id="", feed="", outlet="", published=_ANY_DAY, url="", title="", summary="", content=sentence)
            if not matcher.match(document_of(entry_of(line))):
                yield f"topics.{slug}.known.{place}: none of the topic's keywords is in “{one_line(sentence)}”; it is not used"


_ANY_DAY = datetime.fromisoformat("2024-01-01T00:00:00Z")


def _listed(words: list[str]) -> str:
    shown = ", ".join(words[:6])
    return f"{shown} and {len(words) - 6} more" if len(words) > 6 else shown
