"""Pairs of lines of one entry, for the judge's model "kin"."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.ledger.decide import considered, decide
from monitor.ledger.index import Index
from monitor.ledger.judge import Judge
from monitor.ledger.kin import kin_signs
from monitor.ledger.profile import Profiles
from monitor.records import Answer, Changes, Ledger
from monitor.records.ids import TopicSlug
from monitor.settings import Config, Topic
from training.streams import Stream
from workers.memory import MemoryLedgers
from workers.recall import Recall, judged

TOLERANCE = 0.05


class Gatherer:
    """Decides the batches of a stream and keeps the pairs of lines of one entry that each carry what is due."""

    def __init__(self, stream: Stream, judge: Judge) -> None:
        self.rows: list[dict[str, float]] = []
        self.labels: list[int] = []
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
        due = [self._stream.of(self._batch, answer.number, claim).due for claim in answer.claims]
        if sum(map(bool, due)) < 2:
            return
        readings = considered([answer], ledger, Profiles.of(ledger.topic, config.topics), TOLERANCE, index, self._judge)[0]
        for one, heard in enumerate(readings):
            for other, reading in enumerate(readings):
                if one != other and due[one] and due[other]:
                    self.rows.append(kin_signs(heard, reading, reading.mates.get(one, 0.0), index, TOLERANCE))
                    self.labels.append(int(due[other] <= due[one]))
