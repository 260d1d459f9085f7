"""The unit of work from the poll's commit on."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.records.claims import Answer, Carrier, Claim, Copy, Revision
from monitor.records.ids import Snapshot, TopicSlug
from monitor.records.news import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """An earlier text of the same topic, under the same configuration, that may be nearly the same.

    number: the one it has in the sequence; text: clean; same_entry: it is a former revision of the entry.
    """

    number: int
    text: str
    same_entry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One entry revision under one topic, with its number in the topic's sequence.

    The numbers first..last are its batch: what one poll of one feed brought for this topic, judged together and told in number
    order. snapshot is the configuration in force when the entry was polled. likes: earlier texts that may be nearly the same,
    found when the number was given, so that no later moment matters.
    """

    topic: TopicSlug
    number: int
    first: int
    last: int
    snapshot: Snapshot
    entry: Entry
    likes: tuple[Like, ...] = ()

    def answer(
        self,
        claims: tuple[Claim, ...] = (),
        *,
        failed: str | None = None,
        found: tuple[str, ...] = (),
        copy: Copy | None = None,
        relevance: float | None = None,
        revision: Revision | None = None,
        notices: tuple[str, ...] = (),
    ) -> Answer:
        """What analysis says to this unit. found: the topic's words in it; copy: which earlier unit it repeats; relevance: how
        relevant it is, where that is too little for it to be read; revision and notices: what it leaves out and takes back."""
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
            copy=copy,
            relevance=relevance,
            revision=revision,
            notices=notices,
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
