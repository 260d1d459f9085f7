"""Mails against a real mail server on loopback."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from monitor.errors import DeliveryFailed, DeliveryRefused
from monitor.records import Form
from monitor.settings.delivery import EmailChannel
from tests.alerts import a_changed_number, a_message
from tests.core.test_bulletin import HOSTILE, a_figure, hostile
from workers.adapters.channels.mail import Mail
from workers.adapters.templates import read_templates

ENVIRONMENT = {"PASSWORD": "pa55word"}
TEMPLATES = read_templates()


class Post:
    """A mail server's handler: keeps mails, and answers as it is told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  the library's name
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            self.recipients += envelope.rcpt_tos
        return self.answer


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk", b"pa55word")
    return AuthResult(success=known, handled=False)


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=0, authenticator=login, auth_require_tls=False)
    # port 0: the controller asks its own address whether it has come up, so that it must know it beforehand
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        controller.port = free.getsockname()[1]
    controller.start()
    yield handler, controller.port
    controller.stop()


def mail_settings(port: int, **more: Any) -> EmailChannel:
    return EmailChannel.model_validate(
        {"type": "email", "host": "127.0.0.1", "port": port, "security": "none", "timeout": 5.0}
        | {"sender": "monitor@example.org", "to": "desk@example.org", "user": "desk", "password": "${PASSWORD}", **more}
    )


async def test_a_mail_holds_text_and_html_and_says_which_list_it_is_of(post: tuple[Post, int]) -> None:
    server, port = post
    message = a_message(a_changed_number())
    await Mail(mail_settings(port), ENVIRONMENT, TEMPLATES).deliver(message, attempt=1)
    (mail,) = server.mails
    assert server.recipients == ["desk@example.org"]
    assert mail["Subject"].strip() == "North Korean soldiers: about 3,000 -> 12,000, National Intelligence Service"
    assert mail["List-Id"].endswith("<desk.news-monitor.example.org>")
    assert mail["Message-ID"] == f"<{message.key}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content() for part in mail.iter_parts())
    for part in ("about 3,000 -&gt; 12,000", "up to 12,000 North Korean soldiers were in Kursk.", "https://wire.example/one"):
        assert part in html
    assert "Known before: about 3,000 (Seoul, Wire, 21 Oct 2024, 12:00 UTC)" in text


async def test_what_becomes_of_a_story_is_a_reply_to_the_first_mail_and_a_digest_is_none(post: tuple[Post, int]) -> None:
    server, port = post
    it = Mail(mail_settings(port), ENVIRONMENT, TEMPLATES)
    first = a_message(a_figure(8_000, "a"))
    second = replace(a_message(a_figure(9_000, "b", before=8_000)), thread=first.key)
    for message in (first, second, replace(second, form=Form.DIGEST)):
        await it.deliver(message, attempt=1)
    assert [mail["In-Reply-To"] for mail in server.mails] == [None, server.mails[0]["Message-ID"], None]
    assert server.mails[1]["References"] == server.mails[0]["Message-ID"]


async def test_no_text_of_a_feed_gets_into_a_mails_headers_or_markup(post: tuple[Post, int]) -> None:
    server, port = post
    message = hostile()
    claim = replace(message.event.development.claim, proposition="News\r\nBcc: everyone@example.org\r\n\r\n" + HOSTILE)
    event = replace(message.event, development=replace(message.event.development, claim=claim))
    await Mail(mail_settings(port), ENVIRONMENT, TEMPLATES).deliver(replace(message, event=event), attempt=1)
    (mail,) = server.mails
    assert mail["Bcc"] is None
    assert server.recipients == ["desk@example.org"]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]  # it has one
    assert not re.search(r"<(script|b |img)", html)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("451 4.3.0 try again later", DeliveryFailed),
        ("421 4.3.2 closing", DeliveryFailed),
        ("550 5.1.1 no such person", DeliveryRefused),
        ("554 5.7.1 refused", DeliveryRefused),
    ],
)
async def test_a_mail_servers_answer_says_whether_to_try_again(
    post: tuple[Post, int], answer: str, error: type[Exception]
) -> None:
    server, port = post
    server.answer = answer
    with pytest.raises(error, match=answer[:3]):
        await Mail(mail_settings(port), ENVIRONMENT, TEMPLATES).deliver(a_message(), attempt=1)


async def test_a_mail_server_that_is_away_or_knows_another_password_fails_without_showing_ours(
    post: tuple[Post, int],
) -> None:
    _, port = post
    wrong = {"PASSWORD": "wr0ng-pa55word"}
    with pytest.raises((DeliveryFailed, DeliveryRefused), match="535") as refusal:
        await Mail(mail_settings(port), wrong, TEMPLATES).deliver(a_message(), attempt=1)
    assert "wr0ng" not in str(refusal.value)
    with pytest.raises(DeliveryFailed, match="cannot be used"):
        await Mail(mail_settings(1), ENVIRONMENT, TEMPLATES).deliver(a_message(), attempt=1)


async def test_a_server_without_encryption_gets_no_mail_that_wants_it(post: tuple[Post, int]) -> None:
    server, port = post
    with pytest.raises((DeliveryFailed, DeliveryRefused)):
        await Mail(mail_settings(port, security="starttls"), ENVIRONMENT, TEMPLATES).deliver(a_message(), attempt=1)
    assert server.mails == []
