"""Ledgers as JSON Lines: what `monitor ledger export` writes, `import` reads, and the archive is made of.

{"monitor_ledger": 2, "written": "2026-11-26T13:00:00+00:00"}
{"topic": "treaty", "reading": "en_monitor_news-2.0.0+..."}
{"topic": "treaty", "proposition": {...}}
{"topic": "treaty", "series": {...}}
{"topic": "treaty", "development": {...}}
{"topic": "treaty", "account": {...}}
{"topic": "treaty", "work": "entry:revision"}
{"topic": "treaty", "counts": {"units": 12}}
{"told": {"subscription": "desk", "telling": "...", "value": "1 2026-11-26T..."}}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from monitor.errors import EntriesUnreadable
from monitor.records import Account, Development, Proposition, Series
from monitor.records.codec import encode
from monitor.records.ids import TopicSlug
from workers.adapters.redis.keys import SCHEMA_VERSION
from workers.adapters.redis.refile import Records


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscription was told: field and value of its told-set."""

    subscription: str
    telling: str
    value: str


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line: what it is of one topic, or one telling. reading: the model that read what follows of the topic."""

    topic: TopicSlug | None = None
    reading: str | None = None
    proposition: Proposition | None = None
    series: Series | None = None
    development: Development | None = None
    account: Account | None = None
    work: str | None = None
    counts: dict[str, int] | None = None
    told: Told | None = None


class Head(msgspec.Struct, frozen=True):
    """The first line."""

    monitor_ledger: int
    written: datetime


def head(now: datetime) -> bytes:
    """The first line of a file."""
    return encode(Head(SCHEMA_VERSION, now)) + b"\n"


def lines_of(topic: TopicSlug, records: Records) -> Iterator[bytes]:
    """The records, a line each."""
    lines = [Line(topic=topic, proposition=one) for one in records.propositions]
    lines += [Line(topic=topic, series=one) for one in records.series]
    lines += [Line(topic=topic, development=one) for one in records.developments]
    return (line_of(line) for line in lines)


def line_of(line: Line) -> bytes:
    """The line, with its end."""
    return encode(line) + b"\n"


def read_lines(raw: Iterable[bytes], name: str) -> Iterator[Line]:
    """The lines of a file. Raises EntriesUnreadable, naming the line, where it is none of ours or of another version."""
    for number, data in enumerate(raw, start=1):
        where = f"{name}:{number}"
        try:
            if number == 1:
                first = msgspec.json.decode(data, type=Head)
                if first.monitor_ledger != SCHEMA_VERSION:
                    raise EntriesUnreadable(
                        f"{where}: written by a monitor whose ledgers have version {first.monitor_ledger}; this one reads "
                        f"{SCHEMA_VERSION}. Export it again with a monitor of this version."
                    )
            elif data.strip():
                yield msgspec.json.decode(data, type=Line)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise EntriesUnreadable(f"{where}: {error}. A file that `monitor ledger export` wrote was expected.") from error
