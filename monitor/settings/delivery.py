"""Where messages can go, and how hard the monitor tries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from monitor.settings.base import (
    DAY,
    HOUR,
    Duration,
    Line,
    Model,
    Text,
    check_mail_address,
    check_references,
    check_service_address,
    check_web_address,
)

Secret = Annotated[Line, AfterValidator(check_references)]
WebAddress = Annotated[Line, AfterValidator(check_web_address)]


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


class EmailChannel(Model):
    """Mails over SMTP, as text and HTML, in threads: what becomes of a story is a reply to the first mail about it."""

    type: Literal["email"]
    host: Line
    """The mail server."""
    port: int = Field(default=587, ge=1, le=65535)
    """Its port."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` begins plain and insists on encryption, `tls` is encrypted from the start (port 465), `none` only for a server
    on this machine."""
    user: Secret | None = None
    """The name to log in with; unset: without."""
    password: Secret | None = None
    """The password, as `${NAME}` or `${file:/path}`."""
    sender: Annotated[Line, AfterValidator(check_mail_address)]
    """The address that mails come from."""
    to: Annotated[Line, AfterValidator(check_mail_address)]
    """One address. For several people: one channel each, or the address of a list; of several, one may be refused alone."""
    timeout: Duration = Field(default=30.0, gt=0)
    """After this an attempt counts as failed."""


class WebhookChannel(Model):
    """A web address that is sent JSON, signed by the Standard Webhooks convention: https://www.standardwebhooks.com"""

    type: Literal["webhook"]
    url: WebAddress
    """The address; `${NAME}` is taken from the environment."""
    secret: Secret
    """The secret that both sides know, `whsec_` and base64, as `${NAME}` or `${file:/path}`."""
    timeout: Duration = Field(default=15.0, gt=0)
    """After this an attempt counts as failed."""


class NtfyChannel(Model):
    """A topic of ntfy, for telephones and desktops: https://ntfy.sh"""

    type: Literal["ntfy"]
    url: WebAddress
    """Server and topic, such as https://ntfy.sh/my-topic."""
    token: Secret | None = None
    """An access token, where the topic wants one."""
    timeout: Duration = Field(default=15.0, gt=0)
    """After this an attempt counts as failed."""


class SlackChannel(Model):
    """A channel of Slack, by an incoming webhook."""

    type: Literal["slack"]
    url: WebAddress
    """The webhook's address, which is a secret: `${SLACK_URL}`."""
    timeout: Duration = Field(default=15.0, gt=0)
    """After this an attempt counts as failed."""


class DiscordChannel(Model):
    """A channel of Discord, by a webhook."""

    type: Literal["discord"]
    url: WebAddress
    """The webhook's address, which is a secret: `${DISCORD_URL}`."""
    timeout: Duration = Field(default=15.0, gt=0)
    """After this an attempt counts as failed."""


class TelegramChannel(Model):
    """A chat of Telegram, by a bot."""

    type: Literal["telegram"]
    token: Secret
    """The bot's token, as `${NAME}` or `${file:/path}`."""
    chat: Line
    """The chat's number, or the @name of a channel, in quotation marks."""
    server: WebAddress = "https://api.telegram.org"
    """Where the bot interface is; a server of your own is possible."""
    timeout: Duration = Field(default=15.0, gt=0)
    """After this an attempt counts as failed."""


class AtomChannel(Model):
    """An Atom feed of developments in a file, so that any feed reader can follow a subscription."""

    type: Literal["atom"]
    path: Text
    """Path; a relative one is taken from the data directory."""
    entries: int = Field(default=100, ge=1, le=5000)
    """How many of the latest developments it holds."""


Channel = Annotated[
    TerminalChannel
    | FileChannel
    | AtomChannel
    | EmailChannel
    | WebhookChannel
    | NtfyChannel
    | SlackChannel
    | DiscordChannel
    | TelegramChannel
    | AppriseChannel,
    Field(discriminator="type"),
]

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
