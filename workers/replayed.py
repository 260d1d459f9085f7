"""What a replay writes: a line for each alert, in telling order, and for what is taken back; on request for every verdict.

docs/replay.schema.json is the schema of a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from monitor.ledger.reasons import day
from monitor.ledger.wordings import counted
from monitor.records import ALERT_KINDS, Account, Carrier, Changes, Development, Quantity, Verdict, VerdictKind
from monitor.settings import BOUNDS, Config

if TYPE_CHECKING:
    from workers.replay import Batch


def write(
    results: Iterable[tuple[Batch, Changes]],
    target: TextIO,
    config: Config,
    *,
    explain: bool = False,
    all_verdicts: bool = False,
) -> None:
    """Writes the developments of each batch in telling order, one JSON line each."""
    for batch, changes in results:
        for line in lines_of(batch, changes, config, explain=explain, all_verdicts=all_verdicts):
            target.write(json.dumps(line, ensure_ascii=False) + "\n")


def lines_of(
    batch: Batch, changes: Changes, config: Config, *, explain: bool = False, all_verdicts: bool = False
) -> Iterator[dict[str, object]]:
    """The batch's lines, as plain values: what the topic's sensitivity tells at once, and what is taken back of it ("withdrawn");
    with all_verdicts the rest, where what waits for a digest is of the kind "doubtful"."""
    bounds = BOUNDS[config.topics[batch.topic].sensitivity]
    answers = {(answer.carrier.entry, answer.carrier.revision): answer for answer in batch.answers}
    for verdict in changes.verdicts:
        answer = answers[verdict.claim.evidence.entry, verdict.claim.evidence.revision]
        sure = verdict.kind is VerdictKind.UNREAD or verdict.confidence >= bounds.told_at_once(brief=verdict.claim.brief)
        if (verdict.kind in ALERT_KINDS and sure and not answer.carrier.silent) or all_verdicts:
            line = _line(verdict, batch.lines[answer.number])
            if verdict.kind in ALERT_KINDS and not sure:
                line["kind"] = "doubtful"
            if explain:
                carrier = answer.carrier
                line["receipt"] = {
                    "outlet": carrier.outlet,
                    "url": carrier.url,
                    "published": carrier.published.isoformat(),
                    "field": str(verdict.claim.evidence.field),
                    "start": verdict.claim.evidence.start,
                    "end": verdict.claim.evidence.end,
                    "proposition": verdict.proposition,
                    "series": verdict.series,
                    "rule": str(verdict.rule),
                    "nearest": verdict.nearest,
                }
            yield line
    for event in changes.events:
        told = bounds.told_at_once(brief=event.development.claim.brief) <= event.development.confidence
        by = answers.get((event.carrier.entry, event.carrier.revision))
        if event.cause is VerdictKind.WITHDRAWN and by is not None and (told or all_verdicts):
            yield _withdrawn(event.development, batch.lines[by.number])
    if all_verdicts:
        for account in changes.accounts:
            if account.copy is not None and account.original is not None:
                yield _copy(account, account.original, batch.lines[account.number])


def _copy(account: Account, original: Carrier, entry: str) -> dict[str, object]:
    """What is said of an entry that repeats an earlier one; what it says besides has verdicts of its own."""
    fresh = account.copy.fresh if account.copy else 0
    besides = (
        f"but for {fresh} of its sentences, which alone were read" if fresh else "and says nothing else, so that it was not read"
    )
    return {
        "entry": entry,
        "topic": account.topic,
        "kind": "copy",
        "reason": f"Repeats “{original.title}” ({original.outlet}, {day(original.published)}), {besides}.",
    }


def _withdrawn(development: Development, entry: str) -> dict[str, object]:
    """That nobody stands by a development any more. entry: the line that took it back; evidence: what was said."""
    claim = development.claim
    return {
        "entry": entry,
        "topic": claim.topic,
        "kind": str(VerdictKind.WITHDRAWN),
        "evidence": claim.evidence.text,
        "speaker": claim.speaker,
        "org": claim.org,
        "stance": str(claim.stance),
        "quantities": [_quantity(quantity) for quantity in counted(claim)],
        "before": None,
        "reason": development.withdrawn,
        "confidence": round(development.confidence, 2),
    }


def _line(verdict: Verdict, entry: str) -> dict[str, object]:
    claim, before = verdict.claim, verdict.before
    return {
        "entry": entry,
        "topic": claim.topic,
        "kind": str(verdict.kind),
        "evidence": claim.evidence.text,
        "speaker": claim.speaker,
        "org": claim.org,
        "stance": str(claim.stance),
        "quantities": [_quantity(quantity) for quantity in counted(claim)],
        "before": None
        if before is None
        else {
            "text": before.text,
            "speaker": before.speaker,
            "outlet": before.outlet,
            "published": before.published.isoformat(),
        },
        "reason": verdict.reason,
        "confidence": round(verdict.confidence, 2),
    }


def _quantity(quantity: Quantity) -> dict[str, object]:
    return {
        "low": _number(quantity.low),
        "high": _number(quantity.high),
        "unit": quantity.unit,
        "qualifier": str(quantity.qualifier),
        "what": quantity.what,
    }


def _number(value: float | None) -> float | int | None:
    """A whole number without its ".0"."""
    return int(value) if value is not None and value == int(value) else value
