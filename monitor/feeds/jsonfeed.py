"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/) to the records that other formats give, too.

Strict where a wrong type would change the meaning: such an item is left out and told as bozo, the others are read. Lenient where
publishers err and nothing hangs on it: numbers as ids, authors as bare names, addresses relative to the feed.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from urllib.parse import urljoin

import msgspec

from monitor.errors import FeedUnreadable
from monitor.feeds import values
from monitor.records import ParsedEntry, ParsedFeed

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Dates before the web are what broken clocks and empty fields give: no date."""

_VERSIONS = ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1")


class _Item(msgspec.Struct, kw_only=True):
    id: str | int | float | None = None
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None
    author: object = None
    authors: object = None


class _Feed(msgspec.Struct, kw_only=True):
    version: str
    title: str | None = None
    home_page_url: str | None = None
    language: str | None = None
    expired: bool = False
    feed_url: object = None
    hubs: object = None
    items: list[msgspec.Raw]


def is_json(body: bytes) -> bool:
    """Whether the bytes hold a JSON object or array, rather than markup."""
    return _utf8(body[:64]).lstrip()[:1] in (b"{", b"[")


def parse_json(body: bytes, headers: Mapping[str, str]) -> ParsedFeed:
    """See `monitor.feeds.parse.parse`. Raises FeedUnreadable."""
    try:
        feed = msgspec.json.decode(_utf8(body), type=_Feed)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise FeedUnreadable(f"this is JSON, but no JSON Feed that can be read: {values.short(str(error))}") from error
    if not feed.version.startswith(_VERSIONS):
        raise FeedUnreadable(f"this is JSON, but its version {values.short(feed.version)!r} is no JSON Feed of version 1")
    base = headers.get("content-location", "")
    entries = []
    wrong: list[str] = []
    for number, raw in enumerate(feed.items[: values.MOST_ENTRIES], 1):
        try:
            entry = _entry(msgspec.json.decode(raw, type=_Item), base)
        except (msgspec.MsgspecError, RecursionError) as error:
            wrong.append(f"item {number} was left out: {values.short(str(error))}")
            continue
        if entry.title.strip() or entry.summary.strip() or entry.content.strip():
            entries.append(entry)
    if len(feed.items) > values.MOST_ENTRIES:
        wrong.append(f"the feed lists {len(feed.items)} entries; the first {values.MOST_ENTRIES} were read")
    if feed.expired:
        wrong.append("the feed says that it has ended and will bring nothing more")
    return ParsedFeed(
        title=values.name(escape(feed.title or "", quote=False)),
        link=_address(feed.home_page_url, base),
        language=values.language(feed.language) or values.language(headers.get("content-language")),
        entries=tuple(entries),
        bozo=f"{wrong[0]}{f' (and {len(wrong) - 1} more)' if len(wrong) > 1 else ''}" if wrong else None,
        hub=(hub := _hub(feed, base)),
        topic=_address(feed.feed_url, base) if hub and isinstance(feed.feed_url, str) else None,
    )


def _hub(feed: _Feed, base: str) -> str | None:
    """The first hub that speaks WebSub."""
    for hub in feed.hubs if isinstance(feed.hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type")).lower() == "websub" and isinstance(hub.get("url"), str):
            return _address(hub["url"], base)
    return None


def _entry(item: _Item, base: str) -> ParsedEntry:
    """The item as an entry. What the format calls plain text is escaped, since the texts of entries may hold markup."""
    content = item.content_html or escape(item.content_text or "", quote=False)
    summary, content = values.texts(escape(item.summary or "", quote=False), content, whole=True)
    return ParsedEntry(
        guid=values.name(_id(item.id)),
        link=_address(item.url, base) or _address(item.external_url, base),
        title=escape(item.title or "", quote=False)[: values.MOST_NAME],
        summary=summary,
        content=content,
        published=_date(item.date_published) or _date(item.date_modified),
        language=values.language(item.language),
        author=values.name(_author(item)),
    )


def _id(value: str | float | None) -> str:
    """Numbers are no valid ids, but common; a whole number reads the same however it is written."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _author(item: _Item) -> str:
    found = item.authors[0] if isinstance(item.authors, list) and item.authors else item.author
    name = found.get("name") if isinstance(found, dict) else found
    return name if isinstance(name, str) else ""


def _address(value: str | None, base: str) -> str | None:
    if not value:
        return None
    try:
        return values.address(urljoin(base, "".join(value.split())))
    except ValueError:  # such as a bracket that is never closed
        return None


def _date(value: str | None) -> datetime | None:
    """The moment, in UTC; one without a zone is taken as UTC."""
    try:
        date = datetime.fromisoformat((value or "").strip())
        date = (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return date if date >= EARLIEST else None


def _utf8(body: bytes) -> bytes:
    """The bytes in UTF-8 without a mark of byte order; the format allows nothing else; some send UTF-16, or broken bytes."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if body.startswith(mark):
            return body[2:].decode(encoding, "replace").encode()
    return body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").encode()
