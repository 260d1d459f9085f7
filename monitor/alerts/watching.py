"""The sign of life: what was read, matched, told and held back since the last one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from cronsim import CronSim

from monitor.records import Notice, NoticeKind
from monitor.records.health import Counts, SignOfLife
from monitor.records.ids import SubscriptionName, TopicSlug, digest
from monitor.settings import Config, Subscription
from monitor.settings.subscriptions import NEVER

FIRST = timedelta(days=2)
"""A first sign of life says nothing before this time."""


def due(subscription: Subscription, last: SignOfLife, now: datetime) -> bool:
    """Whether the subscription is to be told that it is watched for."""
    if subscription.still_watching == NEVER:
        return False
    start = last.counts.at + (timedelta(0) if last.said else FIRST)
    return next(CronSim(subscription.still_watching, start.astimezone(subscription.zone))) <= now


def sign_of_life(
    name: SubscriptionName, config: Config, last: SignOfLife, counts: Counts, told: Mapping[str, int], alive: int
) -> Notice:
    """The notice. counts, told: what the counters stand at now; alive: how many feeds can be read."""
    subscription = config.subscriptions[name]
    slugs = list(config.topics) if subscription.topics == "all" else list(subscription.topics)
    zone = subscription.zone
    begin, end = last.counts.at.astimezone(zone), counts.at.astimezone(zone)
    feeds = f"{alive} of {len(config.feeds)} feeds are alive"
    lines = [f"{feeds}; {max(0, counts.entries - last.counts.entries)} entries were read."]
    lines += [_of_topic(TopicSlug(slug), config, last, counts, told) for slug in slugs]
    return Notice(
        id=digest("still watching", name, last.counts.at.isoformat()),
        kind=NoticeKind.WATCHING,
        title=f"Still watching: {begin:%d %b} to {end:%d %b}",
        lines=tuple(lines),
    )


def _of_topic(slug: TopicSlug, config: Config, last: SignOfLife, counts: Counts, told: Mapping[str, int]) -> str:
    matched, claims, news = (
        max(0, now.get(slug, 0) - before.get(slug, 0))
        for now, before in ((counts.matched, last.counts.matched), (counts.claims, last.counts.claims), (told, last.told))
    )
    title = config.topics[slug].title
    return f"{title}: {matched} matched, {news} told, {max(0, claims - news)} claims held back."
