"""Fills a topic's ledger with new records as `Refiling` would, at a tenth of the time."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from redis import Redis

from monitor.ledger import cells
from monitor.records import Proposition, Series
from monitor.records.codec import encode
from monitor.records.ids import TopicSlug
from workers.adapters.redis import keys
from workers.adapters.redis.ledgers import LEDGER
from workers.adapters.redis.retention import last_seen

AT_ONCE = 5_000
"""Fields that one command writes."""


class Bulk:
    """All records are new and no two are of one sentence, so that no cell need be read before it is written. Cells that many
    share stand in memory until `finish`."""

    def __init__(self, redis: Redis, topic: TopicSlug) -> None:
        self._redis = redis
        self._names = {part: keys.topic(topic, part) for part in LEDGER}
        self._shared: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=cells.CAP))
        self._values: dict[str, dict[float, int]] = defaultdict(dict)
        self._terms: Counter[str] = Counter()
        self._entry: tuple[str, list[int]] = ("", [])
        self._last = self._wordings = self._entries = self._bytes = 0

    def add(self, propositions: Sequence[Proposition], series: Sequence[Series]) -> None:
        """Some more. Claims of one entry follow each other."""
        found: dict[str, dict[Any, Any]] = defaultdict(dict)
        for proposition in propositions:
            number = self._file(found, "propositions", proposition)
            self._shared[cells.LATEST].append(number)
            for wording in proposition.wordings:
                self._wordings += 1
                self._terms.update(wording.terms)
                if wording.entry != self._entry[0]:
                    self._entry = (wording.entry, [])
                    self._entries += 1
                self._entry[1].append(number)
                for cell in cells.posted(wording):
                    if cell[:2] == "t:":
                        found["cells"][cell] = _packed([number])
                    elif cell[:2] == "e:":
                        found["cells"][cell] = _packed(self._entry[1])
                    else:
                        self._shared[cell].append(number)
                for value in cells.values_of(wording):
                    held = self._values[f"n:{cells.step(value)}"]
                    held.pop(value, None)
                    held[value] = number
        for one in series:
            number = self._file(found, "series", one)
            for cell in cells.series_cells(one.figures[0]):
                self._shared[cell].append(number)
        self._redis.zadd(self._names["ages"], found.pop("ages"))
        for part, fields in found.items():
            self._redis.hset(self._names[part], mapping=fields)

    def finish(self) -> None:
        """Writes what many share."""
        held = {name: _packed(numbers) for name, numbers in self._shared.items()}
        for name, values in self._values.items():
            pairs = list(values.items())[-cells.VALUES :]
            held[name] = np.array(pairs, dtype=[("value", "<f8"), ("number", "<u4")]).tobytes()
        self._write("cells", held)
        self._write("terms", self._terms)
        totals = {"wordings": self._wordings, "entries": self._entries, "last": self._last, "bytes": self._bytes}
        self._write("totals", totals)

    def _write(self, part: str, fields: dict[str, Any]) -> None:
        pairs = list(fields.items())
        for start in range(0, len(pairs), AT_ONCE):
            self._redis.hset(self._names[part], mapping=dict(pairs[start : start + AT_ONCE]))

    def _file(self, found: dict[str, dict[Any, Any]], part: str, record: Proposition | Series) -> int:
        self._last += 1
        data = encode(record)
        self._bytes += len(data)
        found[part][record.id] = data
        found["places"][self._last] = f"{part[0]}{record.id}"
        found["ages"][self._last] = last_seen(record)
        return self._last


def _packed(numbers: Sequence[int] | deque[int]) -> bytes:
    return bytes(np.array(numbers, dtype="<u4"))
