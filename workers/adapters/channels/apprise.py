"""Any service that Apprise reaches, one target by one URL.

Apprise tells neither status code nor Retry-After, and does not say whether a failure is for good: an attempt is sent, failed
or timed out, and whatever failed is tried again with backoff alone. Only a URL that Apprise cannot use at all is refused. The URL
is read anew for each attempt, since a secret may have changed, and nothing of it is kept: Apprise's persistent storage is off.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from monitor.alerts.bulletin import Bulletin, as_title, bulletin, fit
from monitor.alerts.templates import Templates
from monitor.errors import DeliveryFailed, DeliveryRefused, SecretMissing
from monitor.records import Message
from workers.adapters.secrets import Resolved, resolve
from workers.adapters.threads import call_within

TITLE = 120
"""Characters of a title; more is cut between words."""


class Apprise:
    """One Apprise URL. timeout: seconds for an attempt."""

    def __init__(self, url: str, environment: Mapping[str, str], templates: Templates, *, timeout: float) -> None:
        self._url = url
        self._templates = templates
        self._environment = environment
        self._timeout = timeout

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Sends the alert as title and text.

        Raises DeliveryRefused for a URL that Apprise does not understand or that names several targets, else DeliveryFailed.
        """
        del attempt  # Apprise has no place for an idempotency key; the id in the text is what a reader has
        try:
            resolved = resolve(self._url, self._environment)
        except SecretMissing as error:
            raise DeliveryFailed(str(error)) from error  # it may be set by the next attempt
        found = bulletin(message)
        try:
            reasons = await call_within(self._timeout, lambda: self._send(resolved, found), name="apprise")
        except TimeoutError as error:
            raise DeliveryFailed(f"timed out after {self._timeout:g} s; it may have arrived all the same") from error
        if reasons is not None:
            raise DeliveryFailed(resolved.hide(reasons))

    def _send(self, resolved: Resolved, message: Bulletin) -> str | None:
        """None where it was sent, else why not. The text is made to fit what the service says it takes."""
        service = open_service(resolved)
        title = as_title(message, limit=min(service.title_maxlen or TITLE, TITLE))
        room = service.body_maxlen if service.title_maxlen > 0 else service.body_maxlen - len(title) - 2
        body = fit(message, room, lambda shorter: self._templates.write("text", shorter, titled=True))
        return _notify(service, title, body)


def _keep_to_itself() -> None:
    """Keeps the log lines of Apprise and its HTTP library out of ours: its result carries what they say, and at DEBUG they hold
    the whole URL."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logging.getLogger("urllib3").setLevel(logging.INFO)


def open_service(resolved: Resolved) -> Any:
    """The Apprise service of a URL. Raises DeliveryRefused where it cannot be used, or names more than one target."""
    from apprise import Apprise as Library
    from apprise import AppriseAsset
    from apprise.common import PersistentStoreMode

    _keep_to_itself()
    # The time limit is ours, in a thread that ends with the process; Apprise's own would wait in a pool that does not.
    asset = AppriseAsset(storage_mode=PersistentStoreMode.MEMORY, service_timeout=0, async_mode=False, secure_logging=True)
    asset.app_id = "News monitor"
    try:
        service = Library.instantiate(resolved.text, asset=asset, suppress_exceptions=False)
    except Exception as error:  # plugins raise what they like for a URL that lacks something
        raise DeliveryRefused(resolved.hide(f"Apprise cannot use the channel's URL: {error}")) from error
    if service is None:
        raise DeliveryRefused("Apprise does not know the channel's URL; see its list of services for the form of the URL")
    service.retry = 0  # attempts are ours to space
    if len(service) > 1:
        many = f"the channel's URL names {len(service)} targets, of which one may fail alone"
        raise DeliveryRefused(f"{many}; give each a channel of its own")
    return service


def _notify(service: Any, title: str, body: str) -> str | None:
    """None where it was sent, else why not."""
    from apprise import Apprise as Library
    from apprise import NotifyFormat

    sender = Library(asset=service.asset)
    sender.add(service)
    with sender.notify(body=body, title=title, body_format=NotifyFormat.TEXT) as result:
        if result:
            return None
        said = "; ".join(dict.fromkeys(str(entry.message) for entry in result.logs()))
    return f"Apprise could not send it: {said or 'it does not say why'}"
