"""Who is told what, where, and how hard the monitor tries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from monitor.settings.base import Duration, Model, Slug, Text

Kind = Literal["new_claim", "new_number", "number_changed", "position_change"]


class TerminalChannel(Model):
    """The terminal that the monitor runs in."""

    type: Literal["terminal"]


class FileChannel(Model):
    """A file of JSON Lines, one message a line, appended."""

    type: Literal["file"]
    path: Text
    """Path; a relative one is taken from the data directory."""


class AppriseChannel(Model):
    """Any of the services that Apprise reaches by URL."""

    type: Literal["apprise"]
    url: Text
    """One Apprise URL; `${NAME}` is taken from the environment when a message is sent and is never stored or logged."""
    timeout: Duration = Field(default=30.0, gt=0)
    """Seconds after which an attempt counts as failed."""


Channel = Annotated[TerminalChannel | FileChannel | AppriseChannel, Field(discriminator="type")]


class Subscription(Model):
    """Who wants which developments, and where."""

    topics: tuple[Slug, ...] | Literal["all"] = "all"
    """Topics by slug, or all."""
    kinds: tuple[Kind, ...] = ("new_claim", "new_number", "number_changed", "position_change")
    """Kinds of developments."""
    channels: tuple[Slug, ...] = Field(min_length=1)
    """Channels by name; each has an outbox of its own."""
    min_origins: int = Field(default=1, ge=1)
    """Independent origins that must carry a development before it is told."""
    min_confidence: float = Field(default=0.0, ge=0, le=1)
    """Confidence that a development must have reached before it is told."""


class DeliverySettings(Model):
    """Attempts and their spacing."""

    give_up_after: Duration = 3 * 86400.0
    """Seconds after which a message that no attempt could deliver becomes a dead letter (default 3d)."""
    backoff: Duration = Field(default=5.0, gt=0)
    """Seconds before the second attempt; doubled for each further one."""
    backoff_ceiling: Duration = Field(default=3600.0, gt=0)
    """The longest pause between two attempts (default 1h)."""
