"""An Atom feed (RFC 4287) of developments in a file: any feed reader can follow a subscription of the monitor.

The file is replaced whole, atomically, so that a reader never sees half of it. It is its own memory: what it holds is read back
before an entry is added, and an entry that is there already is not added again.
"""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from monitor.alerts.bulletin import bulletin
from monitor.alerts.templates import Templates
from monitor.errors import DeliveryFailed
from monitor.records import Message
from monitor.records.ids import digest
from workers.adapters.threads import call_within

NAMESPACE = "http://www.w3.org/2005/Atom"
TIME_LIMIT = 30.0
"""Seconds after which a disk that does not answer counts as a failed attempt."""
_ATOM = f"{{{NAMESPACE}}}"

ElementTree.register_namespace("", NAMESPACE)


class Atom:
    """One file. entries: how many of the latest developments it holds."""

    def __init__(self, path: Path, templates: Templates, *, entries: int) -> None:
        self._path = path
        self._templates = templates
        self._entries = entries

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Adds the message's developments, newest first. Raises DeliveryFailed where the file cannot be written."""
        del attempt  # every attempt looks first
        try:
            await call_within(TIME_LIMIT, lambda: self._add(message), name=f"atom {self._path.name}")
        except OSError as error:  # TimeoutError is one too
            why = error.strerror or f"no answer from the disk within {TIME_LIMIT:.0f} s"
            raise DeliveryFailed(f"cannot write to {self._path}: {why}") from error

    def _add(self, message: Message) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(f".{self._path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # other outboxes and processes may write to the same file
            entries = self._known()
            known = {entry.findtext(f"{_ATOM}id") for entry in entries}
            new = [self._entry(alert) for alert in message.alerts if _name(alert.key) not in known]
            if not new:
                return
            feed = self._feed(message, [*reversed(new), *entries][: self._entries])
            temporary = self._path.with_name(f".{self._path.name}.new")
            with temporary.open("wb") as file:
                ElementTree.ElementTree(feed).write(file, encoding="utf-8", xml_declaration=True)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)

    def _known(self) -> list[ElementTree.Element]:
        try:
            return ElementTree.parse(self._path).getroot().findall(f"{_ATOM}entry")  # noqa: S314  our own file
        except FileNotFoundError:
            return []
        except ElementTree.ParseError as error:
            raise DeliveryFailed(f"{self._path} holds something else than our feed ({error}); move it away") from error

    def _feed(self, message: Message, entries: list[ElementTree.Element]) -> ElementTree.Element:
        feed = ElementTree.Element(f"{_ATOM}feed")
        _text(feed, "id", _name(digest("atom", message.subscription, message.channel)))
        _text(feed, "title", f"News monitor: {message.subscription}")
        _text(feed, "updated", entries[0].findtext(f"{_ATOM}updated") or "")
        _text(ElementTree.SubElement(feed, f"{_ATOM}author"), "name", "News monitor")
        feed.extend(entries)
        return feed

    def _entry(self, alert: Message) -> ElementTree.Element:
        found = bulletin(alert)
        entry = ElementTree.Element(f"{_ATOM}entry")
        _text(entry, "id", _name(alert.key))
        _text(entry, "title", found.title)
        _text(entry, "updated", _moment(alert.told))
        _text(entry, "published", _moment(alert.told))
        for told in found.alerts:
            if told.url:
                ElementTree.SubElement(entry, f"{_ATOM}link", rel="alternate", href=told.url)
            ElementTree.SubElement(entry, f"{_ATOM}category", term=alert.news.development.topic, label=told.topic)
        content = _text(entry, "content", self._templates.write("telegram", found).replace("\n", "<br>\n"))
        content.set("type", "html")
        return entry


def _text(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{_ATOM}{name}")
    child.text = text
    return child


def _name(key: str) -> str:
    return f"urn:news-monitor:{key}"


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
