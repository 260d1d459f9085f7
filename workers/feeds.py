"""`monitor feeds`: how each feed does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from redis import Redis
from rich.console import Console
from rich.text import Text

from monitor.alerts.lines import one_line
from monitor.feeds.habit import entries_a_week
from monitor.records.feeds import FeedState
from monitor.records.ids import FeedId
from workers.adapters.redis.configurations import RedisConfigurations
from workers.adapters.redis.feeds import RedisFeedStates, RedisPushes

REMARKED = timedelta(days=7)
"""Time for which it is told that a feed rolled over between two polls."""
_STYLES = {"well": "green", "waiting": "dim", "failing": "red", "gone": "red", "damaged": "yellow"}


def list_all(redis: Redis, console: Console, *, now: datetime, failing: bool = False) -> int:
    """How each feed of the configuration in force does, and what is wrong; failing: only those where something is."""
    configurations = RedisConfigurations(redis)
    current = configurations.current()
    if not current:
        console.print("No configuration is in force yet: start with `monitor run`.")
        return 0
    feeds = configurations.load(current).feeds
    states, pushes = RedisFeedStates(redis), RedisPushes(redis)
    shown = 0
    for slug, settings in feeds.items():
        state = states.load(FeedId(slug))
        condition, problem = condition_of(state)
        if failing and problem is None and not any(remarks(state, now)):
            continue
        shown += 1
        line = Text.assemble((f"{condition:8}", _STYLES[condition]), f" {slug}  ", (_told(state, now), "dim"))
        console.print(line, soft_wrap=True)
        console.print(Text(f"         {one_line(settings.url)}", style="dim"), soft_wrap=True)
        push = pushes.load(state.feed)
        for told in filter(None, (problem, *remarks(state, now), push.error if push else None)):
            console.print(Text(f"         {one_line(told)}"), soft_wrap=True)
    if not shown:
        console.print("All feeds are well." if feeds else "No feeds are configured: add some under `feeds:` or `opml:`.")
    return 0


def condition_of(state: FeedState) -> tuple[str, str | None]:
    """How the feed does in one word, and what is wrong, if anything."""
    if not state.polls:
        return "waiting", None
    if state.gone:
        return "gone", state.error
    if state.failures:
        times = "once" if state.failures == 1 else f"{state.failures} times in a row"
        return "failing", f"failed {times}: {state.error}"
    if state.bozo:
        return "damaged", state.bozo
    return "well", None


def remarks(state: FeedState, now: datetime) -> Iterator[str]:
    """What the feed's owner should know, although it is read well."""
    if state.address:
        yield f"has moved for good, and is read at its new address; put it into the configuration: {state.address}"
    if state.page_error:
        yield f"the full text of an entry could not be read: {state.page_error}"
    if state.rolled_over and now - state.rolled_over < REMARKED:
        ago = _span(now - state.rolled_over)
        yield f"{ago} ago none of its known entries was left in it, so that some may have been missed; it is asked more often now"


def _told(state: FeedState, now: datetime) -> str:
    if not state.polls:
        return "not polled yet"
    parts = [f"{state.entries} entries", f"{state.revisions} revisions", f"{state.matched} matched"]
    if state.pages:
        parts.append(f"{state.pages} full texts from their pages")
    if state.unread:
        parts.append(f"{state.unread} in other languages not read")
    weekly = entries_a_week(state.recent, since=state.since, counted=state.last_success, now=now)
    if weekly is not None:
        parts.append(f"{weekly:.0f} a week" if weekly >= 1 else "less than one a week")
    parts.append(f"read {_span(now - state.last_success)} ago" if state.last_success else "never read")
    if state.next_poll:
        parts.append("next poll is due" if state.next_poll <= now else f"next poll in {_span(state.next_poll - now)}")
    return ", ".join(parts)


def _span(span: timedelta) -> str:
    """A span of time in its largest unit."""
    seconds = max(0, round(span.total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
