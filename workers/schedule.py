"""The schedule role: feeds that are due become polls in the queue.

    APScheduler, one tick a second --> due feeds -- release --> polls

The feeds' times stand in the store and one script takes those that are due, so that the cost does not grow with the number of
feeds, and a machine that slept catches up once. Of several schedulers one leads; were there two for a moment, nothing would be
released twice.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, timedelta

from monitor.errors import MonitorError, StoreUnavailable
from monitor.ports import Clock, Configurations, Leadership, Schedule, Units
from monitor.records.ids import FeedId, Snapshot
from monitor.settings import Config

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at what is due."""
AT_ONCE = 1_000
"""Polls that one tick releases at most."""


class Scheduler:
    """Plans the feeds of the configuration in force and releases those that are due."""

    def __init__(
        self,
        schedule: Schedule,
        leadership: Leadership,
        units: Units,
        configurations: Configurations,
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._schedule = schedule
        self._leadership = leadership
        self._units = units
        self._configurations = configurations
        self._clock = clock
        self._jitter = jitter
        self._planned = Snapshot(0)
        self._waiting = False
        self._leading = False

    def tick(self) -> int:
        """Plans again where the configuration has changed, then releases what is due; how many polls it released.

        Nothing is released while another scheduler leads, or while more units wait for analysis than `schedule.max_backlog`.
        """
        if not self._leads():
            return 0
        snapshot = self._configurations.current()
        if not snapshot:
            return 0
        config = self._configurations.load(snapshot)
        if snapshot != self._planned:
            self._plan(config)
            self._planned = snapshot
        if self._overloaded(config.schedule.max_backlog):
            return 0
        return self._schedule.release_due(self._clock(), interval=config.schedule.interval, limit=AT_ONCE)

    def _leads(self) -> bool:
        leading = self._leadership.lead()
        if leading != self._leading:
            self._leading = leading
            self._planned = Snapshot(0)  # whoever led before may have planned another configuration
            log.info("this scheduler leads" if leading else "another scheduler leads; this one stands by")
        return leading

    def _plan(self, config: Config) -> None:
        """New feeds are due at once, spread over the jitter's share of their interval so that a start is no stampede."""
        now = self._clock()
        due = {}
        for slug, feed in config.feeds.items():
            spread = config.schedule.jitter * (feed.interval or config.schedule.interval)
            due[FeedId(slug)] = now + timedelta(seconds=spread * self._jitter())
        self._schedule.plan(due)
        log.info("%d feeds are scheduled", len(due))

    def _overloaded(self, most: int) -> bool:
        backlog = self._units.backlog()
        if (backlog > most) != self._waiting:
            self._waiting = backlog > most
            if self._waiting:
                log.warning("polls wait: %d entries are queued for analysis, more than schedule.max_backlog (%d)", backlog, most)
            else:
                log.info("polls go on: %d entries are queued for analysis", backlog)
        return self._waiting


def run(
    schedule: Schedule,
    leadership: Leadership,
    units: Units,
    configurations: Configurations,
    *,
    clock: Clock,
    stop: threading.Event,
    jitter: Callable[[], float] = random.random,
    every: float = TICK,
) -> None:
    """Ticks until `stop` is set."""
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = Scheduler(schedule, leadership, units, configurations, clock, jitter)

    def tick() -> None:
        try:
            scheduler.tick()
        except StoreUnavailable as error:
            log.warning("%s", error)
        except MonitorError:
            log.exception("the schedule stands still until this is put right")

    background = BackgroundScheduler(timezone=UTC)
    background.add_job(
        tick, "interval", seconds=every, next_run_time=clock(), coalesce=True, misfire_grace_time=None, max_instances=1
    )
    background.start()
    try:
        stop.wait()
    finally:
        background.shutdown()
        try:
            leadership.step_down()
        except StoreUnavailable as error:
            log.warning("%s", error)
