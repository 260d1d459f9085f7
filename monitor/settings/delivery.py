"""Where messages can go, and how hard the monitor tries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from monitor.settings.base import DAY, HOUR, Duration, Model, Text, check_service_address

Kind = Literal["new_claim", "new_number", "number_changed", "position_change", "unread"]


class TerminalChannel(Model):
    """The terminal that the monitor runs in."""

    type: Literal["terminal"]


class FileChannel(Model):
    """A file of JSON Lines, one message a line, appended."""

    type: Literal["file"]
    path: Text
    """Path; a relative one is taken from the data directory."""


class AppriseChannel(Model):
    """Any of the services that Apprise reaches by URL (mail, chat, telephone, webhook): https://github.com/caronc/apprise"""

    type: Literal["apprise"]
    url: Annotated[Text, AfterValidator(check_service_address)]
    """One Apprise URL; `${NAME}` is taken from the environment when a message is sent and is never stored or logged."""
    timeout: Duration = Field(default=30.0, gt=0)
    """After this an attempt counts as failed."""


Channel = Annotated[TerminalChannel | FileChannel | AppriseChannel, Field(discriminator="type")]


RECORDS = frozenset({"terminal", "file", "atom"})
"""Channels that call nobody: bursts are not grouped there unless the subscription says so."""
TAKES = {"terminal": 100, "file": 500, "atom": 200, "email": 200, "webhook": 200, "discord": 15, "other": 25}
"""Alerts that one message takes, by the channel's type."""


class DeliverySettings(Model):
    """Attempts and their spacing."""

    give_up_after: Duration = Field(default=3 * DAY, gt=0)
    """A message that no attempt could deliver in this time becomes a dead letter."""
    backoff: Duration = Field(default=5.0, gt=0)
    """The pause before the second attempt; doubled for each further one."""
    backoff_ceiling: Duration = Field(default=HOUR, gt=0)
    """The longest pause between two attempts."""
    breaker_after: int = Field(default=5, ge=1)
    """Attempts that fail in a row, over all outboxes of a channel, after which the channel rests: as long as a pause between
    attempts would be by then, and then one attempt tries it."""
    templates: Text | None = None
    """A folder, relative to the data directory, with templates of your own: `text.j2`, `html.j2`, `markdown.j2`, `slack.j2` or
    `telegram.j2` there take the place of those that ship ([alerts](alerts.md))."""
