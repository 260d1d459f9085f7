"""The decide role: a topic's answers in order, each batch judged as a whole, one atomic commit.

    answers -- next batch --> load what it can touch --> decide --> one commit: ledger + events

One decider a topic at a time, by a lease. What it has loaded it remembers, within bounds, as long as it has the lease. What was
computed under a lost lease is dropped and decided again by the new holder.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.errors import LeaseLost, StoreUnavailable
from monitor.ledger.part import NO_UPKEEP, Upkeep
from monitor.ports import Configurations, Decisions
from monitor.records import Answer, Changes
from monitor.records.ids import TopicSlug
from workers.meanwhile import meanwhile
from workers.recall import Decide, Recall, judged

log = logging.getLogger(__name__)

MOST_ERRORS = 3
"""Raised errors after which a batch is set aside."""
MOST_DEATHS = 5
"""Deaths of deciders after which a batch that they had in hand is set aside. A decider has one batch in hand, so that it is
always alone; yet a death proves nothing (the machine may have gone down), and five of them hardly come by chance."""
RENEW_EVERY = 2.0
"""Seconds between two renewals of the lease while a batch is in hand."""
TIDY_EVERY = 600.0
"""Seconds between two looks at what the ledgers need not keep any longer."""
IDLE = 0.1
"""Seconds to wait when no topic has a batch."""


Correct = Callable[[TopicSlug, int], bool]
"""Makes a topic's corrections that wait, under the lease of that epoch; whether there were any. It may raise LeaseLost."""
Reread = Callable[[TopicSlug, int], bool]
"""Reads some of a topic's records again where another model read them (`workers.reread`), under the lease of that epoch; whether
there were any: until there are none, nothing of the topic is decided. It may raise LeaseLost."""


@dataclass(slots=True)
class Held:
    """What is known of a topic under one lease."""

    epoch: int
    decided: int
    recall: Recall


class Retention(Protocol):
    """Lets go of what a topic's ledger holds for too long, or too much of: into the archive, then out of the store."""

    def tidy(self, topic: TopicSlug, *, age: float, size: int, epoch: int) -> int:
        """Lets some records go that were not seen for `age` seconds, or that are too many for `size` bytes; how many.

        Raises LeaseLost; what was written to the archive by then is still in the ledger, too.
        """


class Decider:
    """Decides the topics whose lease it can get. retention: None where nothing is ever let go."""

    def __init__(
        self,
        decisions: Decisions,
        configurations: Configurations,
        decide: Decide,
        retention: Retention | None = None,
        *,
        correct: Correct = lambda *_: False,
        reread: Reread = lambda *_: False,
    ) -> None:
        self._decisions = decisions
        self._configurations = configurations
        self._decide = decide
        self._retention = retention
        self._correct = correct
        self._reread = reread
        self._held: dict[TopicSlug, Held] = {}
        self._errors: dict[tuple[TopicSlug, int], int] = {}
        self._busy: TopicSlug | None = None

    def step(self, topic: TopicSlug) -> bool:
        """Decides the topic's next batch, if there is one and the lease can be had; whether it did."""
        epoch = self._decisions.acquire(topic)
        if not epoch:
            self._held.pop(topic, None)
            return False
        if not self._absorbed(topic):
            return False
        if self._read_again(topic, epoch) or self._corrected(topic, epoch):
            return True
        held = self._held.get(topic)
        if held is None or held.epoch != epoch:
            held = Held(epoch, self._decisions.decided(topic), Recall(self._decisions, topic))
            self._held[topic] = held
        batch = self._decisions.next_batch(topic, held.decided)
        if not batch:
            return False
        try:
            found = self._judge(topic, batch, held)
            if found is not None:
                changes, keeping = found
                self._decisions.commit(changes, keeping, epoch=epoch)
                held.recall.follow(changes, keeping)
                held.decided = changes.last
        except LeaseLost as error:
            log.info("%s; it is decided again", error)
            self._held.pop(topic, None)
        except StoreUnavailable:
            self._held.pop(topic, None)  # whether it was written is not known
            raise
        return True

    def tidy(self) -> bool:
        """Lets go of what the topics in hand need not keep any longer, some records at a time; whether there may be more."""
        more = False
        for topic, held in list(self._held.items()):
            config = self._configurations.load(self._configurations.current())
            if self._retention is None or topic not in config.topics:
                continue
            age, size = config.keep_known(topic)
            try:
                if self._retention.tidy(topic, age=age, size=size, epoch=held.epoch):
                    held.recall = Recall(self._decisions, topic)
                    more = True
            except LeaseLost as error:
                log.info("%s", error)
                self._held.pop(topic, None)
            except OSError as error:
                log.warning("the archive of topic %s cannot be written, so that nothing of its ledger goes: %s", topic, error)
        return more

    def release(self) -> None:
        """Gives all leases back."""
        for topic in self._held:
            self._decisions.release(topic)
        self._held.clear()

    def _read_again(self, topic: TopicSlug, epoch: int) -> bool:
        """Reads some records again where another model read them; whether there were any. What was loaded is loaded anew then."""
        self._busy = topic
        try:
            read = self._reread(topic, epoch)
        except LeaseLost as error:
            log.info("%s; it is read again there", error)
            read = True
        finally:
            self._busy = None
        if read:
            self._held.pop(topic, None)
        return read

    def _corrected(self, topic: TopicSlug, epoch: int) -> bool:
        """Makes the corrections that people have asked for; whether there were any. What was loaded is loaded anew then."""
        try:
            corrected = self._correct(topic, epoch)
        except LeaseLost as error:
            log.info("%s; what was to be corrected is corrected there", error)
            corrected = True
        if corrected:
            self._held.pop(topic, None)
        return corrected

    def _absorbed(self, topic: TopicSlug) -> bool:
        """Whether what was known under the topic's former slugs is in its ledger; until then nothing of it is decided."""
        current = self._configurations.current()
        settings = self._configurations.load(current).topics.get(topic) if current else None
        former_slugs = settings.formerly if settings else ()
        return all(self._decisions.absorb(TopicSlug(former), topic) for former in former_slugs)

    def renew(self) -> None:
        """Keeps the lease of the topic in hand while its batch takes long. May be called from another thread."""
        if (topic := self._busy) is not None:
            self._decisions.acquire(topic)

    def _judge(self, topic: TopicSlug, batch: Sequence[Answer], held: Held) -> tuple[Changes, Upkeep] | None:
        """What the batch does; None where it raised and is to be tried again; nothing but its numbers once that is hopeless."""
        first, last = batch[0].first, batch[0].last
        deaths = self._decisions.begin(topic, first, epoch=held.epoch)
        if deaths >= MOST_DEATHS:
            text = f"it ended its worker {deaths} times"
            log.error("batch %s..%s of topic %s is set aside: %s", first, last, topic, text)
            return _set_aside(topic, batch, text)
        self._busy = topic
        try:
            return judged(batch, held.recall, self._configurations.load(batch[0].snapshot), self._decide)
        except StoreUnavailable:
            raise
        except Exception as error:
            errors = self._errors[topic, first] = self._errors.get((topic, first), 0) + 1
            text = f"{type(error).__name__}: {error}"
            if errors < MOST_ERRORS:
                log.warning("batch %s..%s of topic %s failed and is tried again: %s", first, last, topic, text, exc_info=error)
                return None
            log.exception("batch %s..%s of topic %s is set aside: %s", first, last, topic, text)
            return _set_aside(topic, batch, text)
        finally:
            self._busy = None


def _set_aside(topic: TopicSlug, batch: Sequence[Answer], error: str) -> tuple[Changes, Upkeep]:
    """Nothing but its numbers, and its answers as dead letters."""
    return Changes(topic=topic, first=batch[0].first, last=batch[0].last, failed=error, unread=tuple(batch)), NO_UPKEEP


def run(decider: Decider, decisions: Decisions, *, stop: threading.Event) -> None:
    """Decides until `stop` is set; then gives the leases back."""
    tidy_at = 0.0
    with meanwhile(decider.renew, every=RENEW_EVERY, name="renewal of the lease"):
        while not stop.is_set():
            try:
                # every topic gets its turn: one with a long backlog must not make the others wait
                worked = [decider.step(topic) for topic in decisions.topics()]
                if time.monotonic() >= tidy_at and not decider.tidy():
                    tidy_at = time.monotonic() + TIDY_EVERY
                if not any(worked):
                    stop.wait(IDLE)
            except StoreUnavailable as error:
                log.warning("%s", error)
                stop.wait(1.0)
    decider.release()
