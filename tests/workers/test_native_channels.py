"""Native channels against real counterparts on loopback: a mail server, an HTTP receiver, a feed reader."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pytest
import pytest_asyncio
from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.errors import DeliveryFailed, DeliveryRefused
from monitor.feeds.parse import parse
from monitor.records import Form, Message
from monitor.settings import Config
from monitor.settings.delivery import EmailChannel
from tests.alerts import a_changed_number, a_changed_position, a_message
from tests.core.test_bulletin import HOSTILE, a_figure, hostile, longest
from tests.core.test_render import SCHEMA
from tests.records import an_event
from workers.adapters.channels import opener
from workers.adapters.channels.atom import Atom
from workers.adapters.channels.mail import Mail
from workers.adapters.templates import read_templates

SECRET = "whsec_" + base64.b64encode(b"a secret that both sides know").decode()
ENVIRONMENT = {"HOOK_SECRET": SECRET, "TOKEN": "t0k3n-t0k3n", "PASSWORD": "pa55word"}
TEMPLATES = read_templates()
NOW = datetime.now(UTC)


Answer = tuple[int, dict[str, str], str]
"""Status, headers and body."""
OK: Answer = (200, {}, "ok")


class Receiver:
    """Answers each request by the next of `answers`, the last one for ever; keeps what it was sent."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[Answer | str] = [OK]
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.received]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.received.append((request.path, {k.lower(): v for k, v in request.headers.items()}, await request.read()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "reset":
            request.transport.abort()  # type: ignore[union-attr]  # a request in hand has one
        status, headers, text = answer if isinstance(answer, tuple) else OK
        return web.Response(status=status, headers=headers, text=text)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    runner = web.ServerRunner(web.Server(found.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # a started site has one
    yield found
    await runner.cleanup()


def channel(settings: dict[str, Any], **http: Any) -> Any:
    """The channel of the settings, as the daemon opens it; loopback is allowed unless `http` says otherwise."""
    plain = {
        "topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}},
        "channels": {"it": settings},
        "http": {"allow_hosts": ["127.0.0.1"], **http},
    }
    config = Config.from_plain(plain)
    open_channel = opener(data_dir=Path(), environment=ENVIRONMENT, terminal=None, clock=lambda: datetime.now(UTC))  # type: ignore[arg-type]
    return open_channel(config.channels["it"], config)


def kinds(url: str) -> dict[str, dict[str, Any]]:
    return {
        "webhook": {"type": "webhook", "url": url + "/hook/${TOKEN}", "secret": "${HOOK_SECRET}", "timeout": 0.5},
        "slack": {"type": "slack", "url": url + "/services/${TOKEN}", "timeout": 0.5},
        "discord": {"type": "discord", "url": url + "/api/webhooks/1/${TOKEN}", "timeout": 0.5},
        "telegram": {"type": "telegram", "server": url, "token": "${TOKEN}", "chat": "@desk", "timeout": 0.5},
        "ntfy": {"type": "ntfy", "url": url + "/my-topic", "token": "${TOKEN}", "timeout": 0.5},
    }


WEB = sorted(kinds(""))


# What is sent


async def test_a_webhook_is_signed_and_holds_each_development_by_the_schema(receiver: Receiver) -> None:
    message = replace(a_message(a_changed_number()), more=(a_message(a_changed_position()),))
    await channel(kinds(receiver.url)["webhook"]).deliver(message, attempt=1)
    ((path, headers, body),) = receiver.received
    assert path == "/hook/t0k3n-t0k3n"
    found = Webhook(SECRET).verify(body, headers)
    assert headers["webhook-id"] == headers["idempotency-key"] == message.idempotency_key
    for development in found["data"]["developments"]:
        jsonschema.Draft202012Validator(SCHEMA).validate(development)
    assert [one["kind"] for one in found["data"]["developments"]] == ["number_changed", "position_change"]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"12,000", b"99,000"), headers)


async def test_slack_gets_a_section_and_a_line_for_notifications(receiver: Receiver) -> None:
    await channel(kinds(receiver.url)["slack"]).deliver(a_message(a_changed_number()), attempt=1)
    (body,) = receiver.bodies
    assert body["text"].startswith("North Korean soldiers: about 3,000 -&gt; 12,000")
    assert body["blocks"][0]["text"]["text"].startswith("*North Korean soldiers: about 3,000 -&gt; 12,000")
    assert "<https://wire.example/one|Wire>" in body["blocks"][0]["text"]["text"]


async def test_discord_gets_markdown_that_mentions_nobody(receiver: Receiver) -> None:
    await channel(kinds(receiver.url)["discord"]).deliver(hostile(), attempt=1)
    (body,) = receiver.bodies
    assert body["allowed_mentions"] == {"parse": []}
    assert "\\@everyone" in body["content"]


async def test_telegram_gets_its_html_at_the_bots_address(receiver: Receiver) -> None:
    await channel(kinds(receiver.url)["telegram"]).deliver(a_message(a_changed_number()), attempt=1)
    assert receiver.received[0][0] == "/bott0k3n-t0k3n/sendMessage"
    (body,) = receiver.bodies
    assert (body["chat_id"], body["parse_mode"]) == ("@desk", "HTML")
    assert body["text"].startswith("<b>North Korean soldiers: about 3,000 -&gt; 12,000")


async def test_ntfy_gets_title_text_and_the_address_to_open(receiver: Receiver) -> None:
    await channel(kinds(receiver.url)["ntfy"]).deliver(a_message(a_changed_number()), attempt=1)
    assert receiver.received[0][1]["authorization"] == "Bearer t0k3n-t0k3n"
    (body,) = receiver.bodies
    assert (body["topic"], body["click"]) == ("my-topic", "https://wire.example/one")
    assert body["title"].startswith("North Korean soldiers: about 3,000 -> 12,000")
    assert body["message"].startswith('"South Korea')


@pytest.mark.parametrize("kind", [kind for kind in WEB if kind != "webhook"])
async def test_the_longest_development_fits_each_channels_own_limit(receiver: Receiver, kind: str) -> None:
    message = a_message(an_event(longest()))
    await channel(kinds(receiver.url)[kind]).deliver(message, attempt=1)
    (body,) = receiver.bodies
    most = {"slack": 3_000, "discord": 2_000, "telegram": 4_096, "ntfy": 4_096}[kind]
    text = body["blocks"][0]["text"]["text"] if kind == "slack" else body.get("content") or body.get("text") or body["message"]
    assert len(text.encode("utf-16-le")) // 2 <= most
    if kind == "ntfy":
        assert len(text.encode()) <= most
    assert message.development[:8] in text
    assert len(text) > most * 0.3  # it is shortened, not gutted


# What answers mean


@pytest.mark.parametrize("kind", WEB)
@pytest.mark.parametrize(
    ("answer", "error", "says", "wait"),
    [
        ((410, {}, ""), DeliveryRefused, "410", None),
        ((404, {}, "no such\x1b[31m room"), DeliveryRefused, r"404: no such \[31m room", None),
        ((302, {"Location": "http://169.254.169.254/"}, ""), DeliveryRefused, "302", None),
        ((429, {"Retry-After": "17"}, ""), DeliveryFailed, "429", 17),
        ((429, {}, '{"retry_after": 2.5}'), DeliveryFailed, "429", 2.5),
        ((429, {}, '{"parameters": {"retry_after": 9}}'), DeliveryFailed, "429", 9),
        ((500, {}, ""), DeliveryFailed, "500", None),
        ((503, {"Retry-After": "60"}, ""), DeliveryFailed, "503", 60),
        ("reset", DeliveryFailed, "127.0.0.1", None),
        ("hang", DeliveryFailed, "no complete answer within 0.5 s", None),
    ],
)
async def test_an_answer_says_whether_and_when_to_try_again(
    receiver: Receiver, kind: str, answer: Any, error: type[Exception], says: str, wait: float | None
) -> None:
    receiver.answers = [answer]
    with pytest.raises(error, match=says) as raised:
        await channel(kinds(receiver.url)[kind]).deliver(a_message(), attempt=1)
    assert "t0k3n" not in str(raised.value) + repr(raised.value.__cause__) + repr(raised.value.__context__)
    assert getattr(raised.value, "retry_after", None) == wait
    assert len(receiver.received) == 1


@pytest.mark.parametrize("kind", WEB)
async def test_each_attempt_carries_the_same_key(receiver: Receiver, kind: str) -> None:
    receiver.answers = [(500, {}, ""), OK]
    it = channel(kinds(receiver.url)[kind])
    with pytest.raises(DeliveryFailed):
        await it.deliver(a_message(), attempt=1)
    await it.deliver(a_message(), attempt=2)
    assert [headers["idempotency-key"] for _, headers, _ in receiver.received] == [a_message().key] * 2


@pytest.mark.parametrize("kind", WEB)
async def test_an_address_inside_is_not_called_unless_the_configuration_allows_it(receiver: Receiver, kind: str) -> None:
    with pytest.raises(DeliveryRefused, match="allow_hosts"):
        await channel(kinds(receiver.url)[kind], allow_hosts=[]).deliver(a_message(), attempt=1)
    assert receiver.received == []


async def test_a_missing_secret_is_named_and_waits_to_be_set(receiver: Receiver) -> None:
    with pytest.raises(DeliveryFailed, match="NOT_THERE is not set"):
        await channel({"type": "slack", "url": receiver.url + "/${NOT_THERE}"}).deliver(a_message(), attempt=1)


async def test_a_secret_may_lie_in_a_file(receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    await channel({"type": "slack", "url": f"{receiver.url}/${{file:{tmp_path}/token}}"}).deliver(a_message(), attempt=1)
    assert receiver.received[0][0] == "/from-a-file"
    with pytest.raises(DeliveryFailed, match="cannot be read"):
        await channel({"type": "slack", "url": f"{receiver.url}/${{file:{tmp_path}/gone}}"}).deliver(a_message(), attempt=1)


# Mail


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
    import socket

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


# Atom


def messages(count: int) -> list[Message]:
    return [a_message(a_figure(1_000 + n, f"f{n}"), told=NOW + timedelta(seconds=n), name=f"f{n}") for n in range(count)]


async def test_feed_readers_read_the_atom_feed_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "feeds" / "desk.xml"
    it = Atom(path, TEMPLATES, entries=100)
    for message in (*messages(3), hostile()):
        await it.deliver(message, attempt=1)
    read = feedparser.parse(path.read_bytes())
    assert not read.bozo
    assert read.feed.title == "News monitor: desk"
    assert len(read.entries) == 4
    assert read.entries[1].title.startswith("1,002 North Korean soldiers")
    assert read.entries[1].link == "https://wire.example/one"
    assert not re.search(r"<(script|b [^>])", read.entries[0].content[0].value)
    ours = parse(path.read_bytes(), {})
    assert ours.bozo is None
    assert [entry.guid for entry in ours.entries] == [entry.id for entry in read.entries]


async def test_the_atom_feed_holds_each_development_once_and_the_latest_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.xml"
    many = messages(8)
    for message in many:
        await Atom(path, TEMPLATES, entries=5).deliver(message, attempt=1)
        await Atom(path, TEMPLATES, entries=5).deliver(message, attempt=2)
    ids = [entry.id for entry in feedparser.parse(path.read_bytes()).entries]
    assert ids == [f"urn:news-monitor:{message.key}" for message in reversed(many[3:])]


async def test_a_digest_comes_into_the_feed_as_its_developments(tmp_path: Path) -> None:
    path = tmp_path / "desk.xml"
    first, *more = messages(4)
    await Atom(path, TEMPLATES, entries=100).deliver(replace(first, more=tuple(more), form=Form.DIGEST), attempt=1)
    assert len(feedparser.parse(path.read_bytes()).entries) == 4


async def test_a_file_that_is_no_feed_of_ours_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.xml"
    path.write_text("my notes")
    with pytest.raises(DeliveryFailed, match="something else than our feed"):
        await Atom(path, TEMPLATES, entries=5).deliver(a_message(), attempt=1)
    assert path.read_text() == "my notes"
