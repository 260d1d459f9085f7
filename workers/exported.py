"""Corrections as an annotated stream: `monitor corrections --export FOLDER` (the form: seeds/streams/GUIDE.md).

entries.jsonl: the kept entries that the corrected topics have read; gold.jsonl: the developments that people confirmed, reported
as missed, or named as what others repeat; topics.yaml; and corrections.jsonl, which names the sentences that somebody has judged:
training learns from those alone, and `monitor replay --corrections` decides under them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from redis import Redis
from rich.console import Console
from rich.text import Text
from ruamel.yaml import YAML

from monitor.errors import PermanentError
from monitor.records import Development, Quantity
from monitor.records.codec import decode, encode
from monitor.records.corrections import Correction, CorrectionKind
from monitor.records.ids import TopicSlug
from workers.adapters.kept import FOLDER, read_kept
from workers.adapters.redis import ledgers
from workers.adapters.redis.accounts import RedisAccounts
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.corrections import RedisCorrections
from workers.adapters.redis.units import known_topics

COMPLETE = "complete"
"""The file that says that all of an exported stream was judged, by silence where nobody said anything."""
_TRUE = frozenset({CorrectionKind.GOOD, CorrectionKind.MISSED})
_SAME = frozenset({CorrectionKind.REPEAT, CorrectionKind.MERGE})


def export(redis: Redis, console: Console, target: Path, folder: Path | None, *, complete: bool = False) -> int:
    """Writes the corrections that hold. folder: where entries are kept; None: no entries are written. complete: what was told and
    not corrected was right, and what was held back and not reported, too.

    Raises PermanentError where there are none.
    """
    found = holding(redis)
    if not found:
        raise PermanentError("there are no corrections to export")
    target.mkdir(parents=True, exist_ok=True)
    _write(target / "corrections.jsonl", (encode(one) for one in found))
    topics = sorted({one.topic for one in found})
    config = RedisConfigurations(redis)
    current = config.load(config.current())
    plain = {
        slug: current.topics[slug].model_dump(mode="json", exclude_defaults=True) for slug in topics if slug in current.topics
    }
    with (target / "topics.yaml").open("w", encoding="utf-8") as file:
        YAML().dump({"topics": plain}, file)
    developments = {one.claim.evidence.key: one for topic in topics for one in ledgers.load(redis, topic).developments.values()}
    right = _taken_as_right(found, developments.values()) if complete else []
    gold = gold_of([*right, *found], developments)
    _write(target / "gold.jsonl", (json.dumps(one, ensure_ascii=False).encode() for one in gold))
    (target / COMPLETE).unlink(missing_ok=True)
    if complete:
        (target / COMPLETE).touch()
    entries = list(_entries(redis, topics, folder)) if folder else []
    _write(target / "entries.jsonl", entries)
    held = {msgspec.json.decode(line)["id"] for line in entries}
    lacking = sum(f"{evidence.entry}:{evidence.revision}" not in held for one in found for evidence in one.evidence[:1])
    told = f"{target}: corrections: {len(found)}, entries: {len(entries)}."
    console.print(Text(told), soft_wrap=True)
    if lacking:
        console.print(
            Text(f"Of {lacking} corrections the entry is not kept any more (`keep_entries`): training cannot use them.")
        )
    return 0


def _taken_as_right(corrections: Sequence[Correction], developments: Iterable[Development]) -> list[Correction]:
    """What was told and that nobody corrected, as if each were confirmed. What was silent was told to nobody."""
    known = {evidence.key for one in corrections for evidence in one.evidence}
    return [
        Correction(
            id=one.id, kind=CorrectionKind.GOOD, topic=one.topic, evidence=(one.claim.evidence,), at=one.carrier.seen, by="nobody"
        )
        for one in sorted(developments, key=lambda one: one.number)
        if one.claim.evidence.key not in known and not one.carrier.silent
    ]


def holding(redis: Redis) -> list[Correction]:
    """The corrections of all topics that were made and not taken back, in the order in which they were made."""
    found = [one for topic in known_topics(redis) for one in RedisCorrections(redis).all(topic)]
    found.sort(key=lambda one: (one.correction.at, one.correction.id))
    return [one.correction for one in found if one.undone is None and one.failed is None]


def read_corrections(path: Path) -> list[Correction]:
    """The corrections of a file, or of a folder that was exported. Raises PermanentError."""
    path = path / "corrections.jsonl" if path.is_dir() else path
    try:
        return [decode(line, Correction) for line in path.read_bytes().splitlines() if line.strip()]
    except OSError as error:
        raise PermanentError(f"{path} cannot be read: {error.strerror}") from error


def gold_of(corrections: Sequence[Correction], developments: dict[str, Development]) -> Iterator[dict[str, Any]]:
    """The developments that the corrections name, as annotations: those that are linked are one."""
    groups: list[list[Correction]] = []
    for one in corrections:
        if one.kind not in _TRUE | _SAME:
            continue
        keys = {evidence.key for evidence in one.evidence}
        mine = [group for group in groups if any(e.key in keys for other in group for e in other.evidence)]
        groups = [group for group in groups if group not in mine] + [[*(c for group in mine for c in group), one]]
    for number, group in enumerate(groups, start=1):
        evidence = {e.key: e for one in group for e in reversed(one.evidence)}  # what others repeat comes first
        first = next((developments[key] for key in evidence if key in developments), None)
        yield {
            "dev": f"c{number:02}",
            "topic": group[0].topic,
            "kind": str(first.kind) if first else "new_claim",
            "gist": next(iter(evidence.values())).text,
            "speaker": first.claim.speaker if first else None,
            "org": first.claim.org if first else None,
            "stance": str(first.claim.stance) if first else "asserts",
            "quantities": [_quantity(first.quantity)] if first and first.quantity else [],
            "carriers": [{"entry": f"{e.entry}:{e.revision}", "evidence": e.text} for e in evidence.values()],
            "previous": None,
        }


def _quantity(one: Quantity) -> dict[str, Any]:
    return {"low": one.low, "high": one.high, "qualifier": str(one.qualifier), "unit": one.unit, "what": one.what}


def _entries(redis: Redis, topics: Sequence[TopicSlug], folder: Path) -> Iterator[bytes]:
    """The kept entries that the topics have read, in order."""
    accounts = RedisAccounts(redis)
    read = {f"{one.carrier.entry}:{one.carrier.revision}" for topic in topics for one in accounts.of_topic(topic)}
    if not (folder / FOLDER).is_dir():
        return
    for line in read_kept(folder):
        if msgspec.json.decode(line)["id"] in read:
            yield line.strip()


def _write(path: Path, lines: Iterator[bytes] | Sequence[bytes]) -> None:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
