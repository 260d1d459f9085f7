"""URLs of Apprise that it cannot use, or that name several targets, each with its place in the file."""

from __future__ import annotations

import os
from collections.abc import Iterator

from monitor.errors import DeliveryRefused, Problem, SecretMissing
from monitor.settings import Config
from monitor.settings.delivery import AppriseChannel
from workers.adapters.configuration.source import Source
from workers.adapters.secrets import resolve


def service_problems(config: Config, source: Source) -> Iterator[Problem]:
    """A problem for each URL that no attempt could use. One whose secret is not set here is looked at when a message is sent."""
    for slug, channel in config.channels.items():
        if not isinstance(channel, AppriseChannel):
            continue
        from workers.adapters.channels.apprise import open_service

        try:
            open_service(resolve(channel.url, os.environ))
        except SecretMissing:
            continue
        except DeliveryRefused as error:
            path = ("channels", slug, "url")
            yield source.place(path).problem(path, str(error))
