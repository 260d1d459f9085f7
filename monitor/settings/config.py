"""The whole configuration."""

from __future__ import annotations

import json

from pydantic import Field

from monitor.settings.base import Model, Slug
from monitor.settings.delivery import Channel, DeliverySettings, Subscription
from monitor.settings.feeds import FeedSettings, HttpSettings, ScheduleSettings
from monitor.settings.topics import LedgerSettings, NlpSettings, Topic


class Config(Model):
    """What a configuration file and its includes say.

    Only `topics` is needed: a file with nothing else is valid for `monitor replay`. `include` and `opml` are resolved by the
    reader of the file and are empty here.
    """

    demo: bool = False
    """Play the demo story from feeds that the program serves itself, in a data directory of its own, instead of `feeds`."""
    data_dir: str = "data"
    """Where the embedded Redis and files of the monitor live; relative to the configuration file."""
    redis_url: str | None = None
    """A Redis or Valkey server of your own (7 or later); None: an embedded one. `${NAME}` is taken from the environment."""
    topics: dict[Slug, Topic] = Field(min_length=1)
    """What is tracked, by slug."""
    feeds: dict[Slug, FeedSettings] = {}
    """Subscribed feeds, by slug."""
    channels: dict[Slug, Channel] = {}
    """Where messages can go, by name."""
    subscriptions: dict[Slug, Subscription] = {}
    """Who is told what, by name."""
    http: HttpSettings = HttpSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    nlp: NlpSettings = NlpSettings()
    ledger: LedgerSettings = LedgerSettings()
    delivery: DeliverySettings = DeliverySettings()

    @classmethod
    def from_plain(cls, data: object) -> Config:
        """The configuration from plain values, as a YAML reader gives them. Raises pydantic.ValidationError.

        Read as JSON, where an array is a tuple and a date a string, so that strictness holds without refusing what YAML can say.
        """
        return cls.model_validate_json(json.dumps(data, default=str))

    def unknown_references(self) -> list[tuple[tuple[str, ...], str, list[str]]]:
        """Names that subscriptions use and nothing defines: (key path, the name, names that exist)."""
        found: list[tuple[tuple[str, ...], str, list[str]]] = []
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

    def tolerance(self, topic: Slug) -> float:
        """The topic's tolerance for figures: its own, else the ledger's."""
        return self.topics[topic].tolerance or self.ledger.tolerance
