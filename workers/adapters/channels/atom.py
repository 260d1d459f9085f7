"""An Atom feed (RFC 4287) of developments in a file: any feed reader can follow a subscription of the monitor.

The file is replaced whole, atomically, so that a reader never sees half of it. It is its own memory: what it holds is read back
before an entry is added, unless this process wrote it last, and an entry that is there already is not added again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

from monitor.alerts.bulletin import bulletin
from monitor.alerts.templates import Templates
from monitor.errors import DeliveryFailed
from monitor.records import Message
from monitor.records.ids import digest
from workers.adapters.channels.together import Together
from workers.adapters.threads import call_within

NAMESPACE = "http://www.w3.org/2005/Atom"
TIME_LIMIT = 30.0
"""Seconds after which a disk that does not answer counts as a failed attempt."""
_ATOM = f"{{{NAMESPACE}}}"
_DECLARED = f' xmlns="{NAMESPACE}"'.encode()

ElementTree.register_namespace("", NAMESPACE)

_Stamp = tuple[int, int, int, int]
"""What tells a file from one that was written since: device, inode, time in nanoseconds, size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feed:
    """What a file holds. entries: by id, newest first, as they are written."""

    id: str
    entries: Mapping[str, bytes]


class Atom:
    """One file. entries: how many of the latest developments it holds; title: what readers call the feed."""

    def __init__(self, path: Path, templates: Templates, *, entries: int, title: str) -> None:
        self._path = path
        self._templates = templates
        self._entries = entries
        self._title = title
        self._together = Together(self._add)
        self._known: tuple[_Stamp, _Feed] | None = None

    async def deliver(self, message: Message, *, attempt: int) -> None:
        """Adds the message's developments, newest first. Raises DeliveryFailed where the file cannot be written."""
        del attempt  # every attempt looks first
        try:
            await call_within(TIME_LIMIT, lambda: self._together.put(message), name=f"atom {self._path.name}")
        except OSError as error:  # TimeoutError is one too
            why = error.strerror or f"no answer from the disk within {TIME_LIMIT:.0f} s"
            raise DeliveryFailed(f"cannot write to {self._path}: {why}") from error

    def _add(self, messages: Sequence[Message]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(f".{self._path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # other processes may write to the same file
            known = self._read()
            new: dict[str, bytes] = {}
            for alert in (alert for message in messages for alert in message.alerts):
                if (name := _name(alert.key)) not in known.entries and name not in new:
                    new[name] = self._entry(alert)
            if not new:
                return
            entries = dict(islice({**dict(reversed(new.items())), **known.entries}.items(), self._entries))
            feed = _Feed(id=known.id, entries=entries)
            temporary = self._path.with_name(f".{self._path.name}.new")
            with temporary.open("wb") as file:
                file.write(_written(feed, title=self._title, updated=_moment(messages[-1].told)))
                file.flush()
                os.fsync(file.fileno())
                stamp = _stamp(os.fstat(file.fileno()))
            temporary.replace(self._path)
            self._known = stamp, feed

    def _read(self) -> _Feed:
        """What the file holds; where there is none, an empty feed that is named after it."""
        try:
            stamp = _stamp(self._path.stat())
            if self._known is not None and self._known[0] == stamp:
                return self._known[1]
            root = ElementTree.parse(self._path).getroot()  # noqa: S314  our own file
        except FileNotFoundError:
            return _Feed(id=_name(digest("atom", str(self._path))), entries={})
        except ElementTree.ParseError as error:
            raise self._other(str(error)) from error
        if root.tag != f"{_ATOM}feed":
            raise self._other("it is no Atom feed")
        entries = {entry.findtext(f"{_ATOM}id") or "": _serialized(entry) for entry in root.findall(f"{_ATOM}entry")}
        return _Feed(id=root.findtext(f"{_ATOM}id") or "", entries=entries)

    def _other(self, why: str) -> DeliveryFailed:
        return DeliveryFailed(f"{self._path} holds something else than our feed ({why}); move it away")

    def _entry(self, alert: Message) -> bytes:
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
        return _serialized(entry)


def _written(feed: _Feed, *, title: str, updated: str) -> bytes:
    """The feed as a document. Its entries were made or read before, so that of many only the new ones cost anything."""
    head = ElementTree.Element(f"{_ATOM}feed")
    _text(head, "id", feed.id)
    _text(head, "title", title)
    _text(head, "updated", updated)
    _text(ElementTree.SubElement(head, f"{_ATOM}author"), "name", "News monitor")
    document: bytes = ElementTree.tostring(head, encoding="utf-8", xml_declaration=True)
    opened, end, _ = document.rpartition(b"</feed>")
    return b"".join((opened, *feed.entries.values(), end, b"\n"))


def _serialized(entry: ElementTree.Element) -> bytes:
    """An entry as it stands inside of the feed, which declares the namespace for all."""
    text: bytes = ElementTree.tostring(entry, encoding="utf-8")
    return text.strip().replace(_DECLARED, b"", 1) + b"\n"


def _stamp(found: os.stat_result) -> _Stamp:
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _text(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{_ATOM}{name}")
    child.text = text
    return child


def _name(key: str) -> str:
    return f"urn:news-monitor:{key}"


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
