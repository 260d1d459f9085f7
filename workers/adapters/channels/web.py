"""Channels that are one POST to a web address: what they send, and what an answer means for another attempt."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from monitor.alerts.bulletin import Bulletin, as_title, bulletin, fit
from monitor.alerts.lines import one_line
from monitor.alerts.receipt import receipt
from monitor.alerts.templates import Templates, escape_slack
from monitor.errors import AddressRefused, DeliveryFailed, DeliveryRefused, FetchFailed, SecretMissing
from monitor.feeds.next_poll import retry_after
from monitor.ports import Clock, Fetched
from monitor.records import Message
from monitor.settings import HttpSettings
from monitor.settings.delivery import DiscordChannel, NtfyChannel, SlackChannel, TelegramChannel, WebhookChannel
from workers.adapters.clients import Clients
from workers.adapters.secrets import Resolved, resolve

DISCORD_MOST = 2_000
"""Characters of a message's content (Discord's documentation, "Create Message")."""
SLACK_MOST = 3_000
"""Characters of a section's text (Slack's documentation, "Section block")."""
TELEGRAM_MOST = 4_096
"""UTF-16 units of a message's text (Telegram's documentation, "sendMessage"); its markup is counted here, too."""
NTFY_MOST = 3_900
"""Bytes of a message; ntfy's own limit is 4,096, title and address included in some of its clients."""
TITLE = 120

_TRY_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What one attempt sends, and where to."""

    url: str
    body: bytes
    headers: Mapping[str, str]


Compose = Callable[[Message, Callable[[str], str]], Post]
"""Makes the POST of a message. Its second argument puts the secrets into a setting."""


class Web:
    """One web address. timeout: seconds for an attempt."""

    def __init__(
        self,
        compose: Compose,
        environment: Mapping[str, str],
        http: HttpSettings,
        clients: Clients,
        clock: Clock,
        *,
        timeout: float,
    ) -> None:
        self._compose = compose
        self._environment = environment
        self._http = http.model_copy(update={"total_timeout": timeout, "connect_timeout": min(http.connect_timeout, timeout)})
        self._clients = clients
        self._clock = clock

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Sends the message with its idempotency key. Raises DeliveryFailed or DeliveryRefused, as the answer says."""
        del attempt  # the key is the same for all
        secrets: dict[str, str] = {}

        def fill_in(setting: str) -> str:
            resolved = resolve(setting, self._environment)
            secrets.update(resolved.secrets)
            return resolved.text

        try:
            post = self._compose(message, fill_in)
        except SecretMissing as error:
            raise DeliveryFailed(str(error)) from error  # it may be set by the next attempt
        hidden = Resolved(text="", secrets=secrets)
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.idempotency_key, **post.headers}
        try:
            client = await self._clients.under(self._http)
            answer = await client.post(post.url, post.body, headers)
        except FetchFailed as error:
            raise DeliveryFailed(hidden.hide(str(error)), retry_after=error.retry_after) from None
        except AddressRefused as error:
            raise DeliveryRefused(hidden.hide(str(error))) from None
        self._judge(answer, hidden)

    def _judge(self, answer: Fetched, hidden: Resolved) -> None:
        """Raises where the answer is not that the message was taken."""
        status = answer.status
        if 200 <= status < 300:
            return
        said = one_line(answer.body[:300].decode("utf-8", "replace"))
        text = hidden.hide(f"{urlsplit(answer.url).hostname} answered {status}" + (f": {said}" if said else ""))
        if status in _TRY_AGAIN or status >= 500:
            raise DeliveryFailed(text, retry_after=retry_after(answer.headers, self._clock()) or _asked_in_body(answer.body))
        raise DeliveryRefused(text)


def _asked_in_body(body: bytes) -> float | None:
    """Seconds to wait where the answer's JSON names them: Discord does at its top, Telegram under `parameters`."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    parameters = found.get("parameters")
    value = found.get("retry_after", parameters.get("retry_after") if isinstance(parameters, dict) else None)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


WebChannel = WebhookChannel | SlackChannel | DiscordChannel | TelegramChannel | NtfyChannel


def composer(settings: WebChannel, templates: Templates, clock: Clock) -> Compose:
    """What makes the POSTs of a channel of this kind."""
    match settings:
        case WebhookChannel():
            return webhook(settings, clock)
        case SlackChannel():
            return slack(settings, templates)
        case DiscordChannel():
            return discord(settings, templates)
        case TelegramChannel():
            return telegram(settings, templates)
        case NtfyChannel():
            return ntfy(settings, templates)


def webhook(settings: WebhookChannel, clock: Clock) -> Compose:
    """JSON, signed by the Standard Webhooks convention; `webhook-id` is the idempotency key."""

    def compose(message: Message, fill_in: Callable[[str], str]) -> Post:
        from standardwebhooks import Webhook

        found = bulletin(message)
        data: dict[str, object] = {"form": str(message.form), "title": found.title, "note": message.note}
        if message.notice is not None:
            data["notice"] = receipt(message)
        else:
            data["developments"] = [receipt(alert) for alert in message.alerts]
        told = message.told.astimezone(UTC).isoformat().replace("+00:00", "Z")
        body = _json(
            {"type": "monitor.notice" if message.notice is not None else "monitor.developments", "timestamp": told, "data": data}
        )
        try:
            key = Webhook(fill_in(settings.secret))
        except ValueError as error:
            raise DeliveryRefused("the webhook's secret is not base64; make one with `openssl rand -base64 32`") from error
        now = clock()
        signature = key.sign(message.idempotency_key, now, body.decode())
        headers = {
            "webhook-id": message.idempotency_key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        return Post(url=fill_in(settings.url), body=body, headers=headers)

    return compose


def slack(settings: SlackChannel, templates: Templates) -> Compose:
    """One section of mrkdwn, with the title for notifications."""

    def compose(message: Message, fill_in: Callable[[str], str]) -> Post:
        found = bulletin(message)
        text = fit(found, SLACK_MOST, lambda shorter: templates.write("slack", shorter))
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        content: dict[str, object] = {"text": escape_slack(as_title(found, limit=TITLE)), "blocks": [section]}
        content |= {"unfurl_links": False, "unfurl_media": False}
        return Post(url=fill_in(settings.url), body=_json(content), headers={})

    return compose


def discord(settings: DiscordChannel, templates: Templates) -> Compose:
    """Markdown, in which nothing may mention anybody or unfold a link."""

    def compose(message: Message, fill_in: Callable[[str], str]) -> Post:
        text = fit(bulletin(message), DISCORD_MOST, lambda shorter: templates.write("markdown", shorter), size=_utf16)
        content = {"content": text, "allowed_mentions": {"parse": []}, "flags": 4}  # 4: SUPPRESS_EMBEDS
        return Post(url=fill_in(settings.url), body=_json(content), headers={})

    return compose


def telegram(settings: TelegramChannel, templates: Templates) -> Compose:
    """Telegram's HTML, without a preview of links."""

    def compose(message: Message, fill_in: Callable[[str], str]) -> Post:
        text = fit(bulletin(message), TELEGRAM_MOST, lambda shorter: templates.write("telegram", shorter), size=_utf16)
        content = {"chat_id": settings.chat, "text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
        url = f"{fill_in(settings.server).rstrip('/')}/bot{fill_in(settings.token)}/sendMessage"
        return Post(url=url, body=_json(content), headers={})

    return compose


def ntfy(settings: NtfyChannel, templates: Templates) -> Compose:
    """Plain text, since telephones show it as it is; a touch opens the entry."""

    def compose(message: Message, fill_in: Callable[[str], str]) -> Post:
        found = bulletin(message)
        server, _, topic = fill_in(settings.url).rstrip("/").rpartition("/")
        content: dict[str, object] = {"topic": topic, "title": as_title(found, limit=TITLE)}
        content["message"] = fit(found, NTFY_MOST, lambda shorter: templates.write("text", shorter, titled=True), size=_bytes)
        if (url := _address(found)) is not None:
            content["click"] = url
        headers = {"Authorization": f"Bearer {fill_in(settings.token)}"} if settings.token else {}
        return Post(url=server, body=_json(content), headers=headers)

    return compose


def _address(found: Bulletin) -> str | None:
    return next((alert.url for alert in found.alerts if alert.url), None)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
