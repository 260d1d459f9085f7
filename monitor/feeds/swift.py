"""The common case read fast: RSS 2.0 that is well-formed UTF-8 and holds nothing but what this module is sure of.

feedparser takes ten times as long, for the sake of all that publishers get wrong. Here every element, attribute and value must be
of a kind of which it is tested that both give the same records (tests/core/test_swift.py); at the first doubt the answer is None,
and feedparser reads the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from monitor.feeds import values
from monitor.feeds.jsonfeed import EARLIEST
from monitor.records import ParsedEntry, ParsedFeed

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_SELF = "{http://www.w3.org/2005/Atom}link"
_CHANNEL = frozenset(
    (
        "title",
        "link",
        "description",
        "language",
        "copyright",
        "lastBuildDate",
        "generator",
        "docs",
        "item",
        "pubDate",
        "ttl",
        _SELF,
    )
)
_IGNORED = frozenset(("category", "comments", f"{_MEDIA}thumbnail", "{http://purl.org/rss/1.0/modules/slash/}comments"))
"""Of an item: nothing of them is in our records. Their text must be plain, their elements empty of others."""
_ITEM = frozenset(("title", "link", "description", "pubDate", "guid", _CONTENT, _CREATOR)) | _IGNORED
_HEAD = re.compile(
    rb"""(?:<\?xml version=["']1\.0["'](?: encoding=["']utf-8["'])? ?\?>\s*)?"""
    rb"""<rss(?:\s+(?:xmlns:[a-z]+=["']https?://[a-z0-9./-]+["']|version=["']2\.0["']))+\s*>""",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (0[1-9]|1\d|2[0-8]) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ((?:199|20\d)\d)"
    r" ([01]\d|2[0-3]):([0-5]\d):([0-5]\d) (?:GMT|([+-])(0\d|1[0-2])([0-5]\d))",
    re.ASCII,
)
_URL = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[A-Za-z0-9_~%+,=&:@!$-][A-Za-z0-9_.~%+,=&:@!$-]*)*/?"
    r"(?:\?[A-Za-z0-9_.~%+,=&:@!$/-]+)?"
)
_PLAIN_NAME = re.compile(r"[^\x00-\x1f@()<>&,/\x7f-\x9f]{1,200}")
_STRANGE = re.compile("[\x80-\x9f\u2028\u2029]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Doubt(Exception):
    """Something that this module is not sure of."""


def read_rss(body: bytes, headers: Mapping[str, str]) -> ParsedFeed | None:
    """The feed, if it is of the common kind; None where there is any doubt."""
    kind = headers.get("content-type", "").lower()
    if not _HEAD.match(body) or ("charset" in kind and "utf-8" not in kind) or b"<!" in body.replace(b"<![CDATA[", b""):
        return None
    try:
        text = body.decode("utf-8")
        if "\r" in text or "&#" in text or (not text.isascii() and _STRANGE.search(text)):
            return None
        root = ElementTree.fromstring(body)  # noqa: S314  no document type, so no entity either
        return _feed(root, headers)
    except (_Doubt, ElementTree.ParseError, UnicodeDecodeError):
        return None


def _feed(root: ElementTree.Element, headers: Mapping[str, str]) -> ParsedFeed:
    if root.tag != "rss" or root.attrib != {"version": "2.0"} or len(root) != 1 or root[0].tag != "channel" or root[0].attrib:
        raise _Doubt
    channel = root[0]
    _nothing_between(root)
    _nothing_between(channel)
    about: dict[str, str] = {}
    entries = []
    for child in channel:
        if child.tag not in _CHANNEL or (child.attrib and child.tag != _SELF):
            raise _Doubt
        if child.tag == _SELF and (child.get("rel") != "self" or not child.attrib.keys() <= {"rel", "href", "type"}):
            raise _Doubt
        if child.tag == "item":
            entries.append(_entry(child))
        elif child.tag in about or entries:
            raise _Doubt
        else:
            about[child.tag] = _text(child)
        if child.tag == "ttl" and not re.fullmatch(r"[1-9][0-9]{0,4}", about["ttl"]):
            raise _Doubt
    if len(entries) > values.MOST_ENTRIES or not about.get("title"):
        raise _Doubt
    return ParsedFeed(
        title=values.name(about["title"]),
        link=_url(about["link"]) if about.get("link") else None,
        language=values.language(about.get("language")) or values.language(headers.get("content-language")),
        entries=tuple(entries),
        ttl=float(about["ttl"]) * 60 if "ttl" in about else None,
    )


def _entry(item: ElementTree.Element) -> ParsedEntry:
    found: dict[str, str] = {}
    _nothing_between(item)
    for child in item:
        tag = child.tag
        if tag not in _ITEM or (tag in found and tag not in _IGNORED) or (child.attrib and tag not in _IGNORED | {"guid"}):
            raise _Doubt
        if tag in _IGNORED:
            _text(child)
            continue
        if tag == "guid" and ("link" not in found or child.attrib not in ({}, {"isPermaLink": "false"}, {"isPermaLink": "true"})):
            raise _Doubt
        if tag == _CONTENT and not found.get("description"):
            raise _Doubt
        found[tag] = _text(child)
        if tag == "guid" and child.attrib != {"isPermaLink": "false"}:
            _url(found[tag])
    if not found.get("title") or not found.get("link") or "" in found.values():
        raise _Doubt
    author = found.get(_CREATOR)
    if author is not None and not _PLAIN_NAME.fullmatch(author):
        raise _Doubt
    guid = found.get("guid")
    if guid is not None and "&" in guid:
        raise _Doubt
    content = found.get(_CONTENT, "")
    summary, content = values.texts(found.get("description", ""), content, whole=bool(content))
    date = _date(found["pubDate"]) if "pubDate" in found else None
    return ParsedEntry(
        guid=values.name(guid),
        link=_url(found["link"]),
        title=found["title"][: values.MOST_NAME],
        summary=summary,
        content=content,
        published=date if date and date >= EARLIEST else None,
        author=values.name(author),
    )


def _nothing_between(element: ElementTree.Element) -> None:
    if element.text and not element.text.isspace():
        raise _Doubt
    for child in element:
        if child.tail and not child.tail.isspace():
            raise _Doubt


def _text(element: ElementTree.Element) -> str:
    if len(element):
        raise _Doubt
    return (element.text or "").strip()


def _url(text: str) -> str:
    if len(text) > values.MOST_NAME or not _URL.fullmatch(text):
        raise _Doubt
    return text


def _date(text: str) -> datetime:
    found = _DATE.fullmatch(text)
    if found is None:
        raise _Doubt
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    date = datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    if sign is None:
        return date
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return date - offset if sign == "+" else date + offset
