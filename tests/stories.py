"""Short stories to test decisions with: entries written down as they would come from feeds, decided one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.records import ALERT_KINDS, Changes, Event, Verdict, VerdictKind
from monitor.settings import Config
from tests.language import pipeline
from tests.records import NOON
from workers.replay import Batch, Line, analysed, decided

CONFIG = Config.from_plain(
    {
        "topics": {
            "harbour-strike": {
                "title": "The strike in the port of Marrow",
                "description": "The strike in Marrow: how many walk out or are hurt, what the port and the union decide.",
                "sensitivity": "strict",  # what the judge doubts is the judge's business, not the stories'
                "keywords": ["strike", "dockers", "walked out", "injured", "talks", "port of Marrow", "mediator"],
                "actors": {
                    "Port Authority": ["the port", "Lindqvist", "Elsa Lindqvist"],
                    "Dockers' Union": ["the union", "Obasi", "Femi Obasi"],
                    "Government of Ostland": ["Ostland", "the government"],
                },
            }
        }
    }
)


def line(
    name: str, title: str, content: str = "", *, summary: str = "", feed: str = "wire", hours: float = 0, url: str | None = None
) -> Line:
    """An entry of a story."""
    return Line(
        id=name,
        feed=feed,
        outlet=feed,
        published=NOON + timedelta(hours=hours),
        url=url or f"https://{feed}.example/{name}",
        title=title,
        summary=summary,
        content=content,
    )


def told(lines: Sequence[Line], config: Config = CONFIG) -> list[tuple[str, Verdict]]:
    """The developments of a story, each with the id of its entry."""
    return [(name, verdict) for name, verdict in verdicts(lines, config) if verdict.kind in ALERT_KINDS]


def verdicts(lines: Sequence[Line], config: Config = CONFIG) -> list[tuple[str, Verdict]]:
    """All verdicts of a story, each with the id of its entry."""
    found = []
    for batch, changes in run(lines, config):
        names = {(a.carrier.entry, a.carrier.revision): batch.lines[a.number] for a in batch.answers}
        found += [(names[v.claim.evidence.entry, v.claim.evidence.revision], v) for v in changes.verdicts]
    return found


def events(lines: Sequence[Line], config: Config = CONFIG) -> list[Event]:
    """The events of a story."""
    return [event for _, changes in run(lines, config) for event in changes.events]


def run(lines: Sequence[Line], config: Config = CONFIG) -> list[tuple[Batch, Changes]]:
    """Each batch of a story with what it did."""
    return list(decided(analysed(lines, config, pipeline()), config))


__all__ = ["CONFIG", "VerdictKind", "events", "line", "replace", "run", "told", "verdicts"]
