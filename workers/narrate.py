"""What the daemon says in the terminal besides the alerts: that a story is over, or that nothing was new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from rich.console import Console
from rich.markup import escape

from monitor.ports import Configurations
from monitor.settings import Config
from workers.summary import Summaries, Summary

EVERY = timedelta(seconds=1)
CALM_LOOKS = 2
"""Looks in a row that must find nothing in flight: between two queues a unit may be seen in neither."""


class Narrator:
    """Says one thing, once: when every feed has been polled after `since` (in the demo after the story's end) and all is told."""

    def __init__(
        self,
        summaries: Summaries,
        configurations: Configurations,
        console: Console,
        config: Config,
        *,
        since: datetime,
        story: datetime | None,
        warming: Callable[[datetime], datetime | None] = lambda _: None,
    ) -> None:
        self._summaries = summaries
        self._configurations = configurations
        self._console = console
        self._story = story
        self._warming = warming
        self._until = max(since, story) if story else since
        self._before = summaries.read(config)
        self._next = since
        self._calm = 0

    def tick(self, now: datetime) -> None:
        """Looks, at most once a second, whether it is time to speak."""
        if now < self._next or now < self._until or self._calm >= CALM_LOOKS:
            return
        self._next = now + EVERY
        config = self._configurations.load(self._configurations.current())
        settled = self._summaries.polled_since(config, self._until) and not self._summaries.in_flight(config, now)
        self._calm = self._calm + 1 if settled else 0
        if self._calm >= CALM_LOOKS:
            self._speak(self._summaries.read(config), now)

    def _speak(self, found: Summary, now: datetime) -> None:
        new = found.minus(self._before)
        if until := self._warming(now):  # nothing was held back: it is all to become known
            read = f"{_many(new.entries, 'entry', 'entries')} read; what they say becomes known without being told"
            when = f"{until.astimezone():%H:%M}"
            self._console.print(f"[bold]All feeds have been read once[/bold]: {read}, as does what comes until {when}.")
            return
        if new.entries == 0 and new.sent == 0:
            known = f"{_many(found.entries, 'entry', 'entries')} known, {_many(found.sent, 'alert')} told before"
            self._console.print(f"[bold]Nothing new[/bold]: {known}. The monitor keeps watching. {self._again()}")
            return
        head = "The story is over" if self._story else "All feeds have been read once"
        self._console.print(f"[bold]{head}[/bold]: {account(new)}. The monitor keeps watching. {self._again()}")

    def _again(self) -> str:
        if self._story is None:
            return ""
        return escape(
            "`monitor run --demo --fresh` plays the story again; `demo: false` in the configuration turns real feeds on."
        )


def account(summary: Summary) -> str:
    """Entries read, alerts sent, what was held back and why, in one sentence without its full stop."""
    text = f"{_many(summary.entries, 'entry', 'entries')} read, {_many(max(summary.sent - summary.waiting, 0), 'alert')} sent"
    if summary.waiting:
        text += f", {summary.waiting} less sure or late wait for a digest"
    if held := summary.held_back():
        text += f"; held back: {', '.join(held)}"
    if summary.dead:
        text += f"; set aside after errors: {summary.dead}"
    return text


def _many(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
