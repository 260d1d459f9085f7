"""A topic's ledger in Redis: looked up by cell, number and id, read whole, and written in one step.

`monitor.ledger.cells` says what the cells hold, `monitor.ledger.part` what is kept beside the records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from redis import Redis

from monitor.ledger.part import NO_UPKEEP, Asked, Found, Totals, Upkeep
from monitor.records import Account, Development, Event, Ledger, Proposition, Series
from monitor.records.codec import decode, encode
from monitor.records.ids import DevelopmentId, PropositionId, SeriesId, TopicSlug
from workers.adapters.redis import keys, scripts

WORKS_KEPT = 5_000
"""Newest work ids that a topic remembers. They bridge a crash between a poll's two commits; the feed's own memory of its
entries keeps older ones from coming again. As many accounts are kept for those who ask why."""

COMMITTED = (
    *("lease:decide", "epoch:decide", "decided", "answers", "events", "counts", "works", "attempt", "ages", "totals"),
    *("propositions", "series", "developments", "dead", "accounts", "cells", "terms", "places"),
)
"""The parts of a topic that `commit_batch.lua` takes, in its order."""
LEDGER = ("ages", "totals", "propositions", "series", "developments", "cells", "terms", "places")
"""The parts that are the ledger."""

R = TypeVar("R")
Pairs = Sequence[tuple[str | int, bytes | int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """What one commit writes. first is None without a batch; gone: records to delete, dead: numbers with their dead letters."""

    first: int | None = None
    last: int = 0
    propositions: Sequence[Proposition] = ()
    series: Sequence[Series] = ()
    developments: Sequence[Development] = ()
    gone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    dead: Pairs = ()
    accounts: Sequence[Account] = ()
    events: Sequence[Event] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    keeping: Upkeep = NO_UPKEEP


def look_up(redis: Redis, topic: TopicSlug, asked: Asked) -> Found:
    """See `monitor.ports.Decisions.look_up`. One round trip."""
    pipe = redis.pipeline(transaction=False)
    pipe.hmget(keys.topic(topic, "totals"), ["wordings", "entries", "last"])
    wanted: list[tuple[str, Sequence[str | int]]] = [
        ("cells", asked.cells),
        ("terms", asked.terms),
        ("places", asked.numbers),
        ("propositions", asked.propositions),
        ("series", asked.series),
        ("developments", asked.developments),
        ("accounts", asked.accounts),
    ]
    for part, fields in wanted:
        if fields:
            pipe.hmget(keys.topic(topic, part), [str(name) for name in fields])
    answers = iter(pipe.execute())
    wordings, entries, last = (int(value or 0) for value in next(answers))
    found: dict[str, Any] = {part: next(answers) if fields else () for part, fields in wanted}
    return Found(
        totals=Totals(wordings=wordings, entries=entries, last=last),
        cells=[data or b"" for data in found["cells"]],
        terms=[int(data or 0) for data in found["terms"]],
        places=[data.decode() if data else None for data in found["places"]],
        propositions=_decoded(found["propositions"], Proposition),
        series=_decoded(found["series"], Series),
        developments=_decoded(found["developments"], Development),
        accounts=_decoded(found["accounts"], Account),
    )


def _decoded(found: Iterable[bytes | None], kind: type[R]) -> list[R | None]:
    return [decode(data, kind) if data else None for data in found]


def load(redis: Redis, topic: TopicSlug) -> Ledger:
    """The whole ledger as it stands, for people to look at: no role needs it."""
    pipe = redis.pipeline(transaction=True)
    pipe.get(keys.topic(topic, "decided"))
    for part in ("propositions", "series", "developments"):
        pipe.hgetall(keys.topic(topic, part))
    decided, propositions, series, developments = pipe.execute()
    return Ledger(
        topic=topic,
        decided=int(decided or 0),
        propositions={PropositionId(i.decode()): decode(data, Proposition) for i, data in sorted(propositions.items())},
        series={SeriesId(i.decode()): decode(data, Series) for i, data in sorted(series.items())},
        developments={DevelopmentId(i.decode()): decode(data, Development) for i, data in sorted(developments.items())},
    )


def latest(redis: Redis, topic: TopicSlug, most: int) -> Ledger:
    """The part of a ledger that was carried last, for people to look at: at most so many claims and series, with what hangs on
    them. What it costs does not grow with the ledger."""
    numbers: Any = redis.zrevrange(keys.topic(topic, "ages"), 0, most - 1)
    places = [place for place in look_up(redis, topic, Asked(numbers=[int(number) for number in numbers])).places if place]
    by_kind = {kind: [place[1:] for place in places if place[0] == kind] for kind in "ps"}
    found = look_up(redis, topic, Asked(propositions=by_kind["p"], series=by_kind["s"]))
    propositions = {one.id: one for one in found.propositions if one}
    series = {one.id: one for one in found.series if one}
    hung = [one.development for one in propositions.values()] + [one.development for one in series.values()]
    developments = look_up(redis, topic, Asked(developments=[key for key in hung if key])).developments
    return Ledger(
        topic=topic,
        decided=sizes(redis, topic)[3],
        propositions=propositions,
        series=series,
        developments={one.id: one for one in developments if one},
    )


def sizes(redis: Redis, topic: TopicSlug) -> tuple[int, int, int, int]:
    """How many developments, propositions and series a ledger holds, and the last number that it has decided."""
    pipe = redis.pipeline(transaction=False)
    for part in ("developments", "propositions", "series"):
        pipe.hlen(keys.topic(topic, part))
    pipe.get(keys.topic(topic, "decided"))
    developments, propositions, series, decided = pipe.execute()
    return developments, propositions, series, int(decided or 0)


def commit(redis: Redis, topic: TopicSlug, writes: Writes, *, owner: str, epoch: int) -> int:
    """Writes in one step; 1, or what `commit_batch.lua` says where the lease is lost or the topic has moved on."""
    names = [keys.topic(topic, part) for part in COMMITTED]
    return int(scripts.call(redis, "commit_batch", names, arguments_of(writes, owner=owner, epoch=epoch)))


def arguments_of(writes: Writes, *, owner: str, epoch: int) -> list[scripts.Value]:
    """What `commit_batch.lua` is given."""
    keeping, totals = writes.keeping, writes.keeping.totals
    lists: list[Pairs] = [
        _records(writes.propositions, writes.gone.get("propositions", ())),
        _records(writes.series, writes.gone.get("series", ())),
        _records(writes.developments, writes.gone.get("developments", ())),
        writes.dead,
        [(account.number, encode(account)) for account in writes.accounts],
        list(keeping.cells.items()),
        [(term, frequency or b"") for term, frequency in keeping.terms.items()],
        [(number, place.encode()) for number, place in keeping.places.items()],
        [] if totals is None else [("wordings", totals.wordings), ("entries", totals.entries), ("last", totals.last)],
        [(number, b"" if age is None else round(age)) for number, age in keeping.ages.items()],
    ]
    arguments: list[scripts.Value] = [owner, epoch, "" if writes.first is None else writes.first, writes.last, WORKS_KEPT]
    arguments += [*(len(pairs) for pairs in lists), len(writes.events), len(writes.counts)]
    for pairs in lists:
        arguments += [value for pair in pairs for value in pair]
    arguments += [encode(event) for event in writes.events]
    for name, increment in sorted(writes.counts.items()):
        arguments += [name, increment]
    return arguments


def _records(records: Sequence[Proposition] | Sequence[Series] | Sequence[Development], gone: Sequence[str]) -> Pairs:
    return [*((record.id, encode(record)) for record in records), *((key, b"") for key in gone)]
