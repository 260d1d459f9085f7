"""Who is told what, where, and how hard the monitor tries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from monitor.settings.base import DAY, HOUR, Duration, Model, Slug, Text, check_service_address

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


def _form(value: object) -> str | None:
    if isinstance(value, list | tuple):
        return "list"
    return "all" if value == "all" else None


Topics = Annotated[
    Annotated[tuple[Slug, ...], Tag("list"), Field(min_length=1)] | Annotated[Literal["all"], Tag("all")],
    Discriminator(
        _form, custom_error_type="topics", custom_error_message="`all` or a list of topics such as [treaty] was expected"
    ),
]


class Subscription(Model):
    """Who wants which developments, and where."""

    topics: Topics = "all"
    """Topics by slug, or all."""
    kinds: tuple[Kind, ...] = Field(
        default=("new_claim", "new_number", "number_changed", "position_change", "unread"), min_length=1
    )
    """Kinds of developments; `unread` comes of topics that set `other_languages: tell`."""
    channels: tuple[Slug, ...] = Field(min_length=1)
    """Channels by name; each has an outbox of its own."""
    min_origins: int = Field(default=1, ge=1)
    """Independent origins that must carry a development before it is told."""
    min_confidence: float = Field(default=0.0, ge=0, le=1)
    """Confidence, from 0 to 1, that a development must have reached before it is told."""


class DeliverySettings(Model):
    """Attempts and their spacing."""

    give_up_after: Duration = Field(default=3 * DAY, gt=0)
    """A message that no attempt could deliver in this time becomes a dead letter."""
    backoff: Duration = Field(default=5.0, gt=0)
    """The pause before the second attempt; doubled for each further one."""
    backoff_ceiling: Duration = Field(default=HOUR, gt=0)
    """The longest pause between two attempts."""
