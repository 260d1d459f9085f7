"""Mails over SMTP: one alert a mail as text and HTML, in threads by story."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import aiosmtplib

from monitor.alerts.bulletin import as_title, bulletin
from monitor.alerts.lines import one_line
from monitor.alerts.templates import Templates
from monitor.errors import DeliveryFailed, DeliveryRefused, SecretMissing
from monitor.records import Form, Message
from monitor.settings.delivery import EmailChannel
from workers.adapters.secrets import Resolved, resolve

SUBJECT = 150
"""Characters of a subject; more is cut between words."""


class Mail:
    """One address."""

    def __init__(self, settings: EmailChannel, environment: Mapping[str, str], templates: Templates) -> None:
        self._settings = settings
        self._environment = environment
        self._templates = templates

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Sends the mail. Its Message-ID is made of the idempotency key, so that a mailbox knows one that comes twice.

        Raises DeliveryRefused where the server refuses for good (5xx), else DeliveryFailed.
        """
        del attempt
        settings = self._settings
        mail = compose(message, self._templates, sender=settings.sender, to=settings.to)
        secrets: dict[str, str] = {}
        try:
            user, password = (self._filled_in(text, secrets) for text in (settings.user, settings.password))
        except SecretMissing as error:
            raise DeliveryFailed(str(error)) from error  # it may be set by the next attempt
        hide = Resolved(text="", secrets=secrets).hide
        try:
            await aiosmtplib.send(
                mail,
                sender=settings.sender,
                recipients=[settings.to],
                hostname=settings.host,
                port=settings.port,
                username=user,
                password=password,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                timeout=settings.timeout,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(hide(_said(error.recipients[0])), error.recipients[0].code) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _judged(hide(_said(error)), error.code) from None
        except aiosmtplib.SMTPTimeoutError:
            raise DeliveryFailed(f"{settings.host} did not answer within {settings.timeout:g} s") from None
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise DeliveryFailed(
                hide(f"{settings.host} cannot be used: {one_line(str(error)) or type(error).__name__}")
            ) from None

    def _filled_in(self, text: str | None, secrets: dict[str, str]) -> str | None:
        if text is None:
            return None
        resolved = resolve(text, self._environment)
        secrets.update(resolved.secrets)
        return resolved.text


def _said(error: aiosmtplib.SMTPResponseException) -> str:
    return f"the mail server answered {error.code}: {one_line(error.message)}"


def _judged(text: str, code: int) -> DeliveryFailed | DeliveryRefused:
    """5xx are for good (RFC 5321, 4.2.1), 421 and other 4xx are not."""
    return DeliveryRefused(text) if 500 <= code < 600 else DeliveryFailed(text)


def compose(message: Message, templates: Templates, *, sender: str, to: str) -> EmailMessage:
    """The mail. The headers' values are single lines by then, and the library refuses any other."""
    found = bulletin(message)
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"News monitor <{sender}>"
    mail["To"] = to
    mail["Subject"] = as_title(found, limit=SUBJECT)
    mail["Date"] = format_datetime(message.formed or message.told)
    mail["Message-ID"] = f"<{message.idempotency_key}@{domain}>"
    if message.thread and message.form is not Form.DIGEST and message.thread != message.idempotency_key:
        root = f"<{message.thread}@{domain}>"
        mail["In-Reply-To"] = root
        mail["References"] = root
    mail["List-Id"] = f"News monitor, subscription {message.subscription} <{message.subscription}.news-monitor.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(templates.write("text", found) + "\n")
    mail.add_alternative(templates.write("html", found) + "\n", subtype="html")
    return mail
