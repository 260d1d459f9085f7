"""Pairs that are gathered as a stream is decided: lines of one entry, for the judge's model "kin", and claims beside what
their party said before, for its model "turns"."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.ledger.decide import considered, decide
from monitor.ledger.index import Index
from monitor.ledger.judge import Judge
from monitor.ledger.kin import kin_signs
from monitor.ledger.profile import Profiles
from monitor.ledger.signs import Reading
from monitor.ledger.turns import own, turn_signs
from monitor.records import Answer, Changes, Ledger
from monitor.records.ids import TopicSlug
from monitor.settings import Config, Topic
from training.streams import Stream
from workers.memory import MemoryLedgers
from workers.recall import Recall, judged

TOLERANCE = 0.05
Pairs = tuple[list[dict[str, float]], list[int]]
"""Rows of signs, and their labels."""


class Gatherer:
    """Decides the batches of a stream and keeps, of claims that carry what is due, two kinds of pairs.

    kin: lines of one entry, and whether the second brings nothing that the first does not. turns: claims and what their party
    said before, and whether that is where a change of position began; only where all is annotated, since corrections do not say
    from where a party came.
    """

    def __init__(self, stream: Stream, judge: Judge) -> None:
        self.kin: Pairs = ([], [])
        self.turns: Pairs = ([], [])
        self._said: dict[tuple[TopicSlug, str], frozenset[str]] = {}
        self._numbers = {str(one["dev"]): str(number) for number, one in enumerate(stream.gold)}
        self._stream = stream
        self._batch = stream.batches[0]
        self._judge = judge

    def run(self) -> None:
        """Goes through the stream."""
        store, recalls = MemoryLedgers(), dict[TopicSlug, Recall]()
        for batch in self._stream.batches:
            self._batch, topic = batch, batch.topic
            recall = recalls.setdefault(topic, Recall(store, topic))
            changes, keeping = judged(batch.answers, recall, self._stream.config, self._decide)
            store.commit(changes, keeping)
            recall.follow(changes, keeping)

    def _decide(self, answers: Sequence[Answer], ledger: Ledger, topic: Topic, config: Config, *, index: Index) -> Changes:
        for answer in answers:
            self._gather(answer, ledger, config, index)
        return decide(answers, ledger, topic, config, index=index, judge=self._judge)

    def _gather(self, answer: Answer, ledger: Ledger, config: Config, index: Index) -> None:
        carried = [self._stream.of(self._batch, answer.number, claim) for claim in answer.claims]
        for claim, told in zip(answer.claims, carried, strict=True):
            self._said.setdefault((claim.topic, claim.evidence.key), told.developments)
        due = [told.due for told in carried]
        if not any(due):
            return
        readings = considered([answer], ledger, Profiles.of(ledger.topic, config.topics), TOLERANCE, index, self._judge)[0]
        for one, heard in enumerate(readings):
            for other, reading in enumerate(readings):
                if one != other and due[one] and due[other]:
                    self.kin[0].append(kin_signs(heard, reading, reading.mates.get(one, 0.0), index, TOLERANCE))
                    self.kin[1].append(int(due[other] <= due[one]))
            if due[one] and self._stream.judged is None:
                self._gather_turns(heard, self._before(due[one]))

    def _gather_turns(self, reading: Reading, before: frozenset[str]) -> None:
        for rank, near in enumerate(own(reading)):
            said = self._said.get((reading.claim.topic, near.item.wording.key), frozenset())
            self.turns[0].append(turn_signs(reading, near, rank))
            self.turns[1].append(int(bool(said & before)))

    def _before(self, due: frozenset[str]) -> frozenset[str]:
        """The developments, by number, whose positions those change that are due."""
        developments = [self._stream.gold[int(name)] for name in due]
        former = [one.get("previous") for one in developments if one["kind"] == "position_change"]
        return frozenset(self._numbers[name] for name in former if name in self._numbers)
