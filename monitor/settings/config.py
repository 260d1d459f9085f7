"""The whole configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from monitor.settings.base import DAY, MINUTE, Duration, Model, Size, Slug, Text, check_server_address, duration_text
from monitor.settings.delivery import Channel, DeliverySettings, WebAddress
from monitor.settings.feeds import FeedSettings, HttpSettings, ScheduleSettings, WarmUpSettings, WebSubSettings
from monitor.settings.sensitivity import BOUNDS
from monitor.settings.subscriptions import Subscription
from monitor.settings.topics import LedgerSettings, NlpSettings, Topic

Path = tuple[str, ...]
"""Where in the configuration something stands: ("topics", "treaty", "keywords", "0")."""


class Config(Model):
    """What a configuration file and its includes say.

    Only `topics` is needed: a file with nothing else is valid for `monitor replay`. What `include` and `opml` name
    (`monitor.settings.file`) is read by then.
    """

    demo: bool = False
    """Play the demo story from feeds that the program serves itself, in a data directory of its own, instead of `feeds`."""
    data_dir: Text = "data"
    """Where the embedded Redis and the files of the monitor live; relative to the configuration file."""
    redis_url: Annotated[Text, AfterValidator(check_server_address)] | None = None
    """A Redis or Valkey server of your own (7 or later); unset: an embedded one. `${NAME}` is taken from the environment."""
    topics: dict[Slug, Topic] = Field(min_length=1)
    """What is tracked, by slug."""
    feeds: dict[Slug, FeedSettings] = {}
    """Subscribed feeds, by slug."""
    channels: dict[Slug, Channel] = {}
    """Where messages can go, by name."""
    subscriptions: dict[Slug, Subscription] = {}
    """Who is told what, by name."""
    full_text: Literal["auto", "never"] = "never"
    """`auto`: the article is taken from an entry's page where the feed gives only a teaser of it and it matches a topic. A feed's
    own `full_text` goes before this."""
    keep_entries: Duration = Field(default=30 * DAY, ge=0)
    """For so long every entry that was read, matching or not, is kept in the data directory, so that topics can be tried on the
    past (`monitor replay --last 14d`) and new topics begin with what was read before them; 0 keeps none."""
    keep_entries_size: Size = Field(default=10**9, ge=16 * 10**6)
    """Bytes that the kept entries may take, compressed; the oldest go first."""
    late_after: Duration = Field(default=3 * DAY, gt=0)
    """An entry that is dated by more than this before its feed was first seen to have it is read, but what is new in it waits for
    the digest (of a subscription without one: 8:00). Time in which the feed or the monitor was down does not count."""
    heartbeat_url: WebAddress | None = None
    """Called (GET) every `heartbeat_every` while polling, analysis and delivery all move, so that a dead man's switch outside
    (healthchecks.io, Uptime Kuma, Dead Man's Snitch) tells you when they do not. `${NAME}` is taken from the environment; a
    server inside your network must be named in `http.allow_hosts`."""
    heartbeat_every: Duration = Field(default=MINUTE, ge=10)
    """How often `heartbeat_url` is called."""
    http: HttpSettings = HttpSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    websub: WebSubSettings = WebSubSettings()
    warm_up: WarmUpSettings = WarmUpSettings()
    nlp: NlpSettings = NlpSettings()
    ledger: LedgerSettings = LedgerSettings()
    delivery: DeliverySettings = DeliverySettings()

    @classmethod
    def from_plain(cls, data: object) -> Config:
        """The configuration from plain values, as a YAML reader gives them. Raises pydantic.ValidationError.

        Read as JSON, where an array is a tuple and a date a string, so that strictness holds without refusing what YAML can say.
        """
        return cls.model_validate_json(json.dumps(data, default=str))

    def unknown_references(self) -> list[tuple[Path, str, list[str]]]:
        """Names that subscriptions use and nothing defines: (key path, the name, names that exist)."""
        found: list[tuple[Path, str, list[str]]] = []
        for name, subscription in self.subscriptions.items():
            if subscription.topics != "all":
                found += [
                    (("subscriptions", name, "topics", str(n)), topic, sorted(self.topics))
                    for n, topic in enumerate(subscription.topics)
                    if topic not in self.topics
                ]
            found += [
                (("subscriptions", name, "channels", str(n)), channel, sorted(self.channels))
                for n, channel in enumerate(subscription.channels)
                if channel not in self.channels
            ]
        return found

    def contradictions(self) -> Iterator[tuple[Path, str, str]]:
        """Settings that are each in order and do not go together: (key path, what is wrong, what to do)."""
        urls: dict[str, str] = {}
        for slug, feed in self.feeds.items():
            if (first := urls.setdefault(feed.url, slug)) != slug:
                yield ("feeds", slug, "url"), f"the feed {first} has the same address", "keep one of the two"
        slugs: dict[str, str] = {}
        for slug, topic in self.topics.items():
            for n, former in enumerate(topic.formerly):
                where = ("topics", slug, "formerly", str(n))
                if former in self.topics:
                    yield where, f"{former} is still a topic", f"take the topic {former} out, or {former} out of formerly"
                elif (first := slugs.setdefault(former, slug)) != slug:
                    yield where, f"the topic {first} was {former}, too", "a ledger can go to one topic only; keep it at one"
        for shorter, longer in (
            (("schedule", "interval"), ("schedule", "ceiling")),
            (("schedule", "floor"), ("schedule", "interval")),
            (("schedule", "interval"), ("schedule", "quiet")),
            (("schedule", "quiet"), ("schedule", "ceiling")),
            (("http", "connect_timeout"), ("http", "total_timeout")),
            (("delivery", "backoff"), ("delivery", "backoff_ceiling")),
        ):
            low, high = (getattr(getattr(self, section), name) for section, name in (shorter, longer))
            if low is not None and high is not None and low > high:
                message = f"{duration_text(low)} is longer than {'.'.join(longer)}, {duration_text(high)}"
                yield shorter, message, f"shorten it, or raise {'.'.join(longer)}"

    def keep_known(self, topic: Slug) -> tuple[float, int]:
        """For how many seconds, and up to how many bytes, the topic's ledger is kept."""
        own = self.topics[topic]
        return own.keep_known or self.ledger.keep_known, own.keep_known_size or self.ledger.keep_known_size

    def told_from(self, slug: Slug, topic: Topic) -> float:
        """The confidence from which what is new of a topic is a development: that of the widest sensitivity that asks for it."""
        asked = [topic.sensitivity]
        asked += [one.sensitivity for one in self.subscriptions.values() if one.sensitivity and _asks_for(one, slug)]
        return min(BOUNDS[one].digest for one in asked)

    def tolerance(self, topic: Slug) -> float:
        """The topic's tolerance for figures: its own, else the ledger's."""
        return self.topics[topic].tolerance or self.ledger.tolerance


def _asks_for(subscription: Subscription, topic: Slug) -> bool:
    return subscription.topics == "all" or topic in subscription.topics
