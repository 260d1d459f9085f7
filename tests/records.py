"""Records to test with: sensible values for all that a test does not care about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from monitor.records import (
    Answer,
    Carrier,
    Claim,
    Development,
    Entry,
    Event,
    Evidence,
    Field,
    Known,
    Qualifier,
    Quantity,
    Stance,
    VerdictKind,
    carrier_of,
)
from monitor.records.ids import DevelopmentId, FeedId, PropositionId, Snapshot, TopicSlug, entry_id, revision_id

NOON = datetime(2024, 10, 24, 12, tzinfo=UTC)
TOPIC = TopicSlug("troop-deployment")


def an_entry(
    title: str = "Seoul counts 3,000 soldiers", *, name: str = "one", feed: str = "wire", minutes: float = 0, **texts: str
) -> Entry:
    """An entry whose identity is its name."""
    moment = NOON + timedelta(minutes=minutes)
    summary, content = texts.get("summary", ""), texts.get("content", "")
    return Entry(
        id=entry_id(FeedId(feed), guid=name, link=None, title=title, text=summary),
        revision=revision_id(title, summary, content),
        feed=FeedId(feed),
        outlet=feed.title(),
        publisher=texts.get("publisher"),
        url=f"https://{feed}.example/{name}",
        title=title,
        summary=summary,
        content=content,
        published=moment,
        seen=moment,
    )


def a_quantity(value: float = 3000, *, unit: str = "soldiers", what: str = "North Korean soldiers", **more: object) -> Quantity:
    """An exact figure."""
    surface = f"{value:,.0f}"
    fields: dict[str, object] = {"low": value, "high": value, "qualifier": Qualifier.EXACT, "start": 0, "end": len(surface)}
    return Quantity(unit=unit, what=what, surface=surface, **(fields | more))  # type: ignore[arg-type]  # kept flexible


def a_claim(
    text: str = "Seoul counts 3,000 soldiers.",
    *,
    entry: Entry | None = None,
    quantities: Sequence[Quantity] = (),
    stance: Stance = Stance.ASSERTS,
    speaker: str | None = None,
    org: str | None = None,
    background: bool = False,
    worth: float = 0.9,
    topic: TopicSlug = TOPIC,
) -> Claim:
    """A claim whose evidence is the text at the start of the entry's title."""
    entry = entry or an_entry(text)
    words = [word.strip(".,:\"'").casefold() for word in text.split()]
    return Claim(
        topic=topic,
        evidence=Evidence(entry=entry.id, revision=entry.revision, field=Field.TITLE, start=0, end=len(text), text=text),
        sentence=text,
        proposition=text.rstrip("."),
        terms=frozenset(word for word in words if len(word) > 3 and not word[0].isdigit()),
        actors=frozenset(),
        mentions=("soldiers",),
        speaker=speaker,
        org=org,
        stance=stance,
        quantities=tuple(quantities),
        place=None,
        time=None,
        background=background,
        worth=worth,
    )


def an_answer(
    number: int, *claims: Claim, entry: Entry | None = None, first: int | None = None, last: int | None = None
) -> Answer:
    """An answer to one number; a batch of its own where nothing else is said."""
    entry = entry or an_entry(name=f"entry {number}", minutes=number)
    return Answer(
        topic=TOPIC,
        number=number,
        first=first or number,
        last=last or number,
        snapshot=Snapshot(1),
        carrier=carrier_of(entry),
        claims=claims,
    )


def a_carrier(**entry: str) -> Carrier:
    """Who carried something."""
    return carrier_of(an_entry(**entry))  # type: ignore[arg-type]  # kept flexible


def a_development(
    claim: Claim | None = None,
    *,
    kind: VerdictKind = VerdictKind.NEW_CLAIM,
    name: str = "d1",
    version: int = 1,
    origins: tuple[str, ...] = ("Wire",),
    before: Known | None = None,
    confidence: float = 0.8,
    number: int = 1,
) -> Development:
    """A development as decide would emit it."""
    claim = claim or a_claim()
    return Development(
        id=DevelopmentId(name),
        topic=claim.topic,
        kind=kind,
        number=number,
        snapshot=Snapshot(1),
        claim=claim,
        carrier=a_carrier(),
        reason="nothing like it was known",
        confidence=confidence,
        before=before,
        quantity=claim.quantities[0] if claim.quantities else None,
        proposition=PropositionId("p1"),
        series=None,
        version=version,
        origins=origins,
    )


def an_event(development: Development | None = None, *, cause: VerdictKind | None = None) -> Event:
    """The event of a development's present version."""
    development = development or a_development()
    return Event(development=development, cause=cause or development.kind, carrier=development.carrier)
