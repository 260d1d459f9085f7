"""An alert as flat plain values for programs: the line of a file channel (docs/schemas/alert.schema.json), or a notice
(docs/schemas/notice.schema.json)."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.alerts.lines import one_line
from monitor.alerts.render import kind_of, render
from monitor.records import Message, Notice

Plain = str | int | float | None | list[str]


def receipt(message: Message) -> dict[str, Plain]:
    """Everything that the alert rests on. Texts are as extracted; `key` comes first and names the message for ever.

    Times are ISO 8601 in UTC. A bound of a figure is None where it is not stated.
    """
    if message.notice is not None:
        return _notice(message, message.notice)
    development = message.news.development
    claim, carrier, before, quantity = development.claim, development.carrier, development.before, development.quantity
    rendering = render(message)
    return {
        "key": message.key,
        "id": development.id,
        "version": development.version,
        "kind": str(kind_of(development)),
        "topic": development.topic,
        "subscription": message.subscription,
        "channel": message.channel,
        "told": _iso(message.told),
        "change": rendering.change,
        "before": rendering.before,
        "after": rendering.after,
        "sentence": claim.sentence,
        "proposition": claim.proposition,
        "speaker": claim.speaker,
        "org": claim.org,
        "stance": str(claim.stance),
        "quantity_low": quantity.low if quantity else None,
        "quantity_high": quantity.high if quantity else None,
        "quantity_qualifier": str(quantity.qualifier) if quantity else None,
        "quantity_unit": quantity.unit if quantity else None,
        "quantity_what": quantity.what if quantity else None,
        "outlet": carrier.outlet,
        "url": carrier.url,
        "title": carrier.title,
        "published": _iso(carrier.published),
        "evidence": claim.evidence.key,
        "known_text": before.text if before else None,
        "known_speaker": before.speaker if before else None,
        "known_outlet": before.outlet if before else None,
        "known_published": _iso(before.published) if before else None,
        "origins": sorted(set(development.origins)),
        "reason": development.withdrawn or development.reason,
        "rule": str(development.rule),
        "nearest": development.nearest,
        "confidence": development.confidence,
    }


def _notice(message: Message, notice: Notice) -> dict[str, Plain]:
    return {
        "key": message.key,
        "id": notice.id,
        "kind": str(notice.kind),
        "topic": notice.topic,
        "subscription": message.subscription,
        "channel": message.channel,
        "told": _iso(message.told),
        "title": one_line(notice.title),
        "lines": [one_line(line) for line in notice.lines],
    }


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
