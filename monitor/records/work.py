"""The unit of work from the poll's commit on."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.records.claims import Answer, Carrier, Claim
from monitor.records.ids import Snapshot, TopicSlug
from monitor.records.news import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One entry revision under one topic, with its number in the topic's sequence.

    The numbers first..last are its batch: what one poll of one feed brought for this topic, judged together and told in number
    order. snapshot is the configuration in force when the entry was polled.
    """

    topic: TopicSlug
    number: int
    first: int
    last: int
    snapshot: Snapshot
    entry: Entry

    def answer(self, claims: tuple[Claim, ...] = (), *, failed: str | None = None, found: tuple[str, ...] = ()) -> Answer:
        """What analysis says to this unit. found: the topic's words in it."""
        return Answer(
            topic=self.topic,
            number=self.number,
            first=self.first,
            last=self.last,
            snapshot=self.snapshot,
            carrier=carrier_of(self.entry),
            claims=claims,
            failed=failed,
            found=found,
        )


def carrier_of(entry: Entry) -> Carrier:
    """The entry without its texts."""
    return Carrier(
        entry=entry.id,
        revision=entry.revision,
        feed=entry.feed,
        outlet=entry.outlet,
        publisher=entry.publisher,
        url=entry.url,
        title=entry.title,
        published=entry.published,
        seen=entry.seen,
        silent=entry.silent,
        late=entry.late,
        agency=entry.agency,
    )
