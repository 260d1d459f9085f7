"""WebSub's rules: which hub, when to ask it, what to believe."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.parse import parse
from monitor.feeds.websub import hub_of, is_authentic, must_ask, request
from monitor.records.feeds import Push

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LEASE = 9 * DAY
HUB, TOPIC, URL = "https://hub.example/", "https://herald.example/feed", "https://herald.example/rss"
PUSH = Push(hub=HUB, topic=TOPIC, token="t", secret="s", asked=NOON)
RSS = (
    "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Herald</title>{}"
    "<item><title>One</title><link>https://herald.example/1</link></item></channel></rss>"
)
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Herald</title>{}<entry><title>One</title><id>1</id></entry></feed>"


@pytest.mark.parametrize(
    ("body", "headers", "found"),
    [
        (RSS.format(f"<atom:link rel='hub' href='{HUB}'/><atom:link rel='self' href='{TOPIC}'/>"), {}, (HUB, TOPIC)),
        (RSS.format(f"<atom:link rel='hub' href='{HUB}'/>"), {}, (HUB, URL)),
        (RSS.format(f"<atom:link rel='self' href='{TOPIC}'/>"), {}, None),
        (RSS.format("<atom:link rel='hub' href='javascript:x'/>"), {}, None),
        (RSS.format(""), {"link": f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"'}, (HUB, TOPIC)),
        (RSS.format(""), {"link": f"<{HUB}>;rel=hub"}, (HUB, URL)),
        (RSS.format(""), {"link": '<https://herald.example/2>; rel="next"'}, None),
        (ATOM.format(f"<link rel='hub' href='{HUB}'/><link rel='self' href='{TOPIC}'/>"), {}, (HUB, TOPIC)),
    ],
)
def test_the_hub_is_found_in_the_feed_or_in_the_answers_headers(
    body: str, headers: dict[str, str], found: tuple[str, str] | None
) -> None:
    assert hub_of(parse(body.encode(), headers), headers, URL) == found


@pytest.mark.parametrize(
    ("hubs", "found"), [([{"type": "rssCloud", "url": HUB}], None), ([{"type": "WebSub", "url": HUB}], (HUB, TOPIC)), ("x", None)]
)
def test_a_json_feed_names_its_hubs_too(hubs: object, found: tuple[str, str] | None) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "H", "items": [], "feed_url": TOPIC, "hubs": hubs}
    assert hub_of(parse(json.dumps(feed).encode(), {}), {}, URL) == found


@pytest.mark.parametrize(
    ("until", "asked", "now", "ask"),
    [
        (None, NOON, NOON + timedelta(hours=1), False),  # the hub has time to verify
        (None, NOON, NOON + timedelta(hours=6), True),
        (NOON + LEASE, NOON, NOON + 5 * DAY, False),
        (NOON + LEASE, NOON, NOON + 6 * DAY, True),  # a third is left
        (NOON + LEASE, NOON + 6 * DAY, NOON + 6 * DAY + timedelta(hours=5), False),
        (NOON + LEASE, NOON + 6 * DAY, NOON + 6 * DAY + timedelta(hours=6), True),
        (NOON + LEASE, NOON + 9 * DAY, NOON + 9 * DAY, True),  # over
    ],
)
def test_a_hub_is_asked_again_before_the_lease_ends_and_not_too_often(
    until: datetime | None, asked: datetime, now: datetime, ask: bool
) -> None:
    push = Push(hub=HUB, topic=TOPIC, token="t", secret="s", asked=asked, until=until)
    assert must_ask(push, HUB, TOPIC, lease=LEASE, now=now) is ask


def test_another_hub_or_address_is_asked_at_once() -> None:
    assert must_ask(None, HUB, TOPIC, lease=LEASE, now=NOON)
    assert must_ask(PUSH, "https://other.example/", TOPIC, lease=LEASE, now=NOON)
    assert must_ask(PUSH, HUB, URL, lease=LEASE, now=NOON)


def test_the_request_is_the_form_of_the_recommendation() -> None:
    assert request(PUSH, "https://m.example/herald/t", lease=LEASE) == {
        "hub.callback": "https://m.example/herald/t",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": "777600",
        "hub.secret": "s",
    }


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512", "md5", "sha3_256"])
def test_only_what_is_signed_by_a_method_of_the_recommendation_is_believed(method: str) -> None:
    signature = f"{method}={hmac.new(b's', b'body', getattr(hashlib, method)).hexdigest()}"
    good = method.startswith("sha") and "_" not in method
    assert is_authentic("s", b"body", signature) is good
    assert not is_authentic("other", b"body", signature)
    assert not is_authentic("s", b"body!", signature)


@pytest.mark.parametrize("signature", ["", "sha256", "sha256=", "=", "sha256=é", "sha256=" + "0" * 64])
def test_odd_signatures_are_refused(signature: str) -> None:
    assert not is_authentic("s", b"body", signature)
