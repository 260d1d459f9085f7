"""The configuration while the demo plays: the same topics and subscriptions, but the story's feeds, polled every second."""

from __future__ import annotations

from monitor.settings import Config, FeedSettings, WarmUpSettings
from workers.demo.story import DemoStory

INTERVAL = 1.0
"""Seconds between two polls of a demo feed: the story's minutes pass in moments."""
HOST = "127.0.0.1"
LONG_AGO = 100 * 365 * 86400.0
"""Seconds: nothing in the story is too old to be told, although its first entries are weeks old when it begins. Nor is there a
warm-up."""


def with_demo_feeds(config: Config, story: DemoStory, base: str) -> Config:
    """The configuration with the story's feeds, served at the base address, in the place of its own."""
    feeds = {
        slug: FeedSettings(url=f"{base}/{slug}.xml", title=outlet.title, publisher=outlet.publisher, interval=INTERVAL)
        for slug, outlet in story.outlets.items()
    }
    own_host = {"per_host": len(feeds), "host_gap": 0.0, "proxy": None}
    http = config.http.model_copy(update={"allow_hosts": (*config.http.allow_hosts, HOST)} | own_host)
    warm_up = WarmUpSettings(age=LONG_AGO, lasts=0.0)
    return config.model_copy(update={"demo": True, "feeds": feeds, "http": http} | _of_its_own_time(warm_up))


def _of_its_own_time(warm_up: WarmUpSettings) -> dict[str, object]:
    """What lets weeks pass in moments: nothing is known at the start, and nothing comes late."""
    return {"warm_up": warm_up, "late_after": LONG_AGO}


def with_demo_feeds_of(config: Config, running: Config) -> Config:
    """An edited configuration with the feeds of the demo that runs: a reload must not end the story."""
    return config.model_copy(
        update={"demo": True, "feeds": running.feeds, "http": running.http} | _of_its_own_time(running.warm_up)
    )
