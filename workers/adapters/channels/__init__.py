"""The ways to a person, one file each, and what opens them by their settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from monitor import ports
from monitor.settings import Channel, Config
from monitor.settings.delivery import (
    AppriseChannel,
    AtomChannel,
    EmailChannel,
    FileChannel,
    TerminalChannel,
)

if TYPE_CHECKING:
    from monitor.alerts.templates import Templates
    from workers.adapters.channels.web import WebChannel
    from workers.adapters.clients import Clients


class Opener:
    """Opens channels by their settings, and closes what they keep open. Each kind is imported only when one of it is opened.

    Its channels are used in one event loop.
    """

    def __init__(self, *, data_dir: Path, environment: Mapping[str, str], terminal: TextIO, clock: ports.Clock) -> None:
        self._data_dir = data_dir
        self._environment = environment
        self._terminal = terminal
        self._clock = clock
        self._clients: Clients | None = None

    def open(self, settings: Channel, config: Config) -> ports.Channel:
        """The channel of these settings."""
        match settings:
            case TerminalChannel():
                from workers.adapters.channels.terminal import Terminal

                return Terminal(self._terminal)
            case FileChannel():
                from workers.adapters.channels.file import JsonLines

                return JsonLines(self._data_dir / Path(settings.path).expanduser())
        from workers.adapters.templates import read_templates

        own = self._data_dir / Path(config.delivery.templates).expanduser() if config.delivery.templates else None
        templates = read_templates(own)
        match settings:
            case AtomChannel():
                from workers.adapters.channels.atom import Atom

                path = self._data_dir / Path(settings.path).expanduser()
                return Atom(path, templates, entries=settings.entries, title=_title(settings, config))
            case EmailChannel():
                from workers.adapters.channels.mail import Mail

                return Mail(settings, self._environment, templates)
            case AppriseChannel():
                from workers.adapters.channels.apprise import Apprise

                return Apprise(settings.url, self._environment, templates, timeout=settings.timeout)
            case _:
                return self._web(settings, config, templates)

    async def close(self) -> None:
        """Closes the connections that channels share. A channel that is used later opens them anew."""
        if self._clients is not None:
            await self._clients.close()

    def _web(self, settings: WebChannel, config: Config, templates: Templates) -> ports.Channel:
        from workers.adapters.channels.web import Web, composer
        from workers.adapters.clients import Clients

        if self._clients is None:
            self._clients = Clients(self._clock)
        compose = composer(settings, templates, self._clock)
        return Web(compose, self._environment, config.http, self._clients, self._clock, timeout=settings.timeout)


def _title(settings: AtomChannel, config: Config) -> str:
    """What a feed is called: after whoever it tells."""
    names = {name for name, channel in config.channels.items() if channel == settings}
    owners = [name for name, subscription in config.subscriptions.items() if names.intersection(subscription.channels)]
    return f"News monitor: {', '.join(owners)}" if owners else "News monitor"
