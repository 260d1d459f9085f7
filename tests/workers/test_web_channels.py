"""Channels that are one POST against a real HTTP receiver on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import pytest_asyncio
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.errors import DeliveryFailed, DeliveryRefused
from monitor.settings import Config
from tests.alerts import a_changed_number, a_changed_position, a_message
from tests.core.test_bulletin import hostile, longest
from tests.core.test_render import SCHEMA
from tests.records import an_event
from tests.workers.serving import serving
from workers.adapters.channels import Opener

SECRET = "whsec_" + base64.b64encode(b"a secret that both sides know").decode()
ENVIRONMENT = {"HOOK_SECRET": SECRET, "TOKEN": "t0k3n-t0k3n"}


Answer = tuple[int, dict[str, str], str]
"""Status, headers and body."""
OK: Answer = (200, {}, "ok")


class Receiver:
    """Answers each request by the next of `answers`, the last one for ever; keeps what it was sent."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.connections: set[Any] = set()
        self.answers: list[Answer | str] = [OK]
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.received]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.connections.add(request.transport)
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
    async with serving(found.handle, patience=0.1) as found.port:
        yield found


@pytest_asyncio.fixture
async def opener() -> AsyncIterator[Opener]:
    found = Opener(data_dir=Path(), environment=ENVIRONMENT, terminal=StringIO(), clock=lambda: datetime.now(UTC))
    yield found
    await found.close()


Open = Callable[..., Any]


@pytest.fixture
def channel(opener: Opener) -> Open:
    """Opens the channel of the settings, as the daemon does; loopback is allowed unless `http` says otherwise."""

    def open_channel(settings: dict[str, Any], **http: Any) -> Any:
        plain = {
            "topics": {"treaty": {"title": "Treaty", "keywords": ["treaty"]}},
            "channels": {"it": settings},
            "http": {"allow_hosts": ["127.0.0.1"], **http},
        }
        config = Config.from_plain(plain)
        return opener.open(config.channels["it"], config)

    return open_channel


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


async def test_a_webhook_is_signed_and_holds_each_development_by_the_schema(receiver: Receiver, channel: Open) -> None:
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


async def test_slack_gets_a_section_and_a_line_for_notifications(receiver: Receiver, channel: Open) -> None:
    await channel(kinds(receiver.url)["slack"]).deliver(a_message(a_changed_number()), attempt=1)
    (body,) = receiver.bodies
    assert body["text"].startswith("North Korean soldiers: about 3,000 -&gt; 12,000")
    assert body["blocks"][0]["text"]["text"].startswith("*North Korean soldiers: about 3,000 -&gt; 12,000")
    assert "<https://wire.example/one|Wire>" in body["blocks"][0]["text"]["text"]


async def test_discord_gets_markdown_that_mentions_nobody(receiver: Receiver, channel: Open) -> None:
    await channel(kinds(receiver.url)["discord"]).deliver(hostile(), attempt=1)
    (body,) = receiver.bodies
    assert body["allowed_mentions"] == {"parse": []}
    assert "\\@everyone" in body["content"]


async def test_telegram_gets_its_html_at_the_bots_address(receiver: Receiver, channel: Open) -> None:
    await channel(kinds(receiver.url)["telegram"]).deliver(a_message(a_changed_number()), attempt=1)
    assert receiver.received[0][0] == "/bott0k3n-t0k3n/sendMessage"
    (body,) = receiver.bodies
    assert (body["chat_id"], body["parse_mode"]) == ("@desk", "HTML")
    assert body["text"].startswith("<b>North Korean soldiers: about 3,000 -&gt; 12,000")


async def test_ntfy_gets_title_text_and_the_address_to_open(receiver: Receiver, channel: Open) -> None:
    await channel(kinds(receiver.url)["ntfy"]).deliver(a_message(a_changed_number()), attempt=1)
    assert receiver.received[0][1]["authorization"] == "Bearer t0k3n-t0k3n"
    (body,) = receiver.bodies
    assert (body["topic"], body["click"]) == ("my-topic", "https://wire.example/one")
    assert body["title"].startswith("North Korean soldiers: about 3,000 -> 12,000")
    assert body["message"].startswith('"South Korea')


@pytest.mark.parametrize("kind", [kind for kind in WEB if kind != "webhook"])
async def test_the_longest_development_fits_each_channels_own_limit(receiver: Receiver, channel: Open, kind: str) -> None:
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
    receiver: Receiver, channel: Open, kind: str, answer: Any, error: type[Exception], says: str, wait: float | None
) -> None:
    receiver.answers = [answer]
    with pytest.raises(error, match=says) as raised:
        await channel(kinds(receiver.url)[kind]).deliver(a_message(), attempt=1)
    assert "t0k3n" not in str(raised.value) + repr(raised.value.__cause__) + repr(raised.value.__context__)
    assert getattr(raised.value, "retry_after", None) == wait
    assert len(receiver.received) == 1


@pytest.mark.parametrize("kind", WEB)
async def test_each_attempt_carries_the_same_key(receiver: Receiver, channel: Open, kind: str) -> None:
    receiver.answers = [(500, {}, ""), OK]
    it = channel(kinds(receiver.url)[kind])
    with pytest.raises(DeliveryFailed):
        await it.deliver(a_message(), attempt=1)
    await it.deliver(a_message(), attempt=2)
    assert [headers["idempotency-key"] for _, headers, _ in receiver.received] == [a_message().key] * 2


@pytest.mark.parametrize("kind", WEB)
async def test_an_address_inside_is_not_called_unless_the_configuration_allows_it(
    receiver: Receiver, channel: Open, kind: str
) -> None:
    with pytest.raises(DeliveryRefused, match="allow_hosts"):
        await channel(kinds(receiver.url)[kind], allow_hosts=[]).deliver(a_message(), attempt=1)
    assert receiver.received == []


async def test_a_missing_secret_is_named_and_waits_to_be_set(receiver: Receiver, channel: Open) -> None:
    with pytest.raises(DeliveryFailed, match="NOT_THERE is not set"):
        await channel({"type": "slack", "url": receiver.url + "/${NOT_THERE}"}).deliver(a_message(), attempt=1)


async def test_a_secret_may_lie_in_a_file(receiver: Receiver, channel: Open, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    await channel({"type": "slack", "url": f"{receiver.url}/${{file:{tmp_path}/token}}"}).deliver(a_message(), attempt=1)
    assert receiver.received[0][0] == "/from-a-file"
    with pytest.raises(DeliveryFailed, match="cannot be read"):
        await channel({"type": "slack", "url": f"{receiver.url}/${{file:{tmp_path}/gone}}"}).deliver(a_message(), attempt=1)


async def test_messages_that_follow_each_other_share_one_connection_which_ends_with_the_process(
    receiver: Receiver, opener: Opener, channel: Open
) -> None:
    slack, discord = (channel(kinds(receiver.url)[kind]) for kind in ("slack", "discord"))
    for it in (slack, discord, slack):
        await it.deliver(a_message(), attempt=1)
    assert len(receiver.connections) == 1
    await opener.close()
    async with asyncio.timeout(2):
        while not all(connection.is_closing() for connection in receiver.connections):  # noqa: ASYNC110  the other side hears of it
            await asyncio.sleep(0.01)
    await slack.deliver(a_message(), attempt=1)
    assert len(receiver.received) == 4
