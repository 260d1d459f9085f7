"""The ways to a person, one file each, and what opens them by their settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from monitor import ports
from monitor.settings import Channel, Config
from monitor.settings.delivery import (
    AppriseChannel,
    AtomChannel,
    EmailChannel,
    FileChannel,
    TerminalChannel,
)

Open = Callable[[Channel, Config], ports.Channel]


def opener(*, data_dir: Path, environment: Mapping[str, str], terminal: TextIO, clock: ports.Clock) -> Open:
    """What opens a channel by its settings. Each kind is imported only when a channel of its kind is opened."""

    def open_channel(settings: Channel, config: Config) -> ports.Channel:
        own = data_dir / Path(config.delivery.templates).expanduser() if config.delivery.templates else None
        match settings:
            case TerminalChannel():
                from workers.adapters.channels.terminal import Terminal

                return Terminal(terminal)
            case FileChannel():
                from workers.adapters.channels.file import JsonLines

                return JsonLines(data_dir / Path(settings.path).expanduser())
        from workers.adapters.templates import read_templates

        templates = read_templates(own)
        match settings:
            case AtomChannel():
                from workers.adapters.channels.atom import Atom

                return Atom(data_dir / Path(settings.path).expanduser(), templates, entries=settings.entries)
            case EmailChannel():
                from workers.adapters.channels.mail import Mail

                return Mail(settings, environment, templates)
            case AppriseChannel():
                from workers.adapters.channels.apprise import Apprise

                return Apprise(settings.url, environment, templates, timeout=settings.timeout)
            case _:
                from workers.adapters.channels.web import Web, composer

                return Web(composer(settings, templates, clock), environment, config.http, clock, timeout=settings.timeout)

    return open_channel
