"""WebSub (W3C Recommendation, 23 January 2018), the subscriber's part. Pure: secrets and times are arguments.

A hub's word that something is new is taken as the word to poll the feed at once: what a push holds is not read, so that entries
come one way only.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha1, sha256, sha384, sha512

from monitor.feeds.values import address
from monitor.records import ParsedFeed
from monitor.records.feeds import Push

RETRY = timedelta(hours=6)
"""After so long a hub is asked again that refused, or did not verify."""
RENEW = 1 / 3
"""The share of a lease that is left when it is renewed."""

_METHODS = {"sha1": sha1, "sha256": sha256, "sha384": sha384, "sha512": sha512}
"""Those that the recommendation names (section 7.1)."""
_LINK = re.compile(r"""<([^<>]{1,2000})>\s*;([^<]{0,500})""")
_RELATION = re.compile(r"""rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)


def hub_of(feed: ParsedFeed, headers: Mapping[str, str], url: str) -> tuple[str, str] | None:
    """The hub and the feed's own address: from the Link header, else from the feed; None where no hub is named.

    url: where the feed was found, which is its own address where it names none (section 4).
    """
    links: dict[str, str] = {}
    for target, parameters in _LINK.findall(headers.get("link", "")):
        if found := _RELATION.search(parameters):
            for relation in (found[1] or found[2]).lower().split():
                links.setdefault(relation, target)
    hub = address(links.get("hub")) or feed.hub
    return (hub, address(links.get("self")) or feed.topic or url) if hub else None


def must_ask(push: Push | None, hub: str, topic: str, *, lease: timedelta, now: datetime) -> bool:
    """Whether the hub is to be asked now: it is new, the lease comes to its end, or it is time for another try."""
    if push is None or (push.hub, push.topic) != (hub, topic):
        return True
    if push.until is None:
        return now - push.asked >= RETRY
    left = push.until - now
    return left <= lease * RENEW and (now - push.asked >= RETRY or left <= timedelta(0))


def request(push: Push, callback: str, *, lease: timedelta) -> dict[str, str]:
    """The form that asks the hub for pushes (section 5.1)."""
    return {
        "hub.callback": callback,
        "hub.mode": "subscribe",
        "hub.topic": push.topic,
        "hub.lease_seconds": str(int(lease.total_seconds())),
        "hub.secret": push.secret,
    }


def is_authentic(secret: str, body: bytes, signature: str) -> bool:
    """Whether the push was signed with the secret: `X-Hub-Signature: method=hexadecimal` (section 7.1)."""
    method, _, given = signature.partition("=")
    known = _METHODS.get(method.strip().lower())
    if known is None:
        return False
    expected = hmac.new(secret.encode(), body, known).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode("utf-8", "replace"))
