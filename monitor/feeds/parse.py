"""A feed's bytes to records, whatever the server calls them: JSON Feed (`monitor.feeds.jsonfeed`) is told by its first character.

The only importer of feedparser, which reads RSS 0.9x to 2.0, RDF and Atom, malformed ones too.

feedparser gets bytes in memory and nothing else: given text, it fetches addresses and opens paths. Its sanitising is off: markup
is kept as delivered, since `monitor.text` cleans it with a map back, which costs half the time and keeps evidence exact.
"""

from __future__ import annotations

import calendar
import codecs
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import feedparser

from monitor.errors import FeedUnreadable
from monitor.feeds.dates import LocalDates
from monitor.feeds.jsonfeed import EARLIEST, is_json, parse_json
from monitor.feeds.mend import mended, overgrown
from monitor.feeds.swift import read_rss
from monitor.feeds.values import MOST_ENTRIES, MOST_NAME, address, language, name, short, texts
from monitor.records import ParsedEntry, ParsedFeed

_NO_MARKUP_ERRORS = ("NonXMLContentType", "CharacterEncodingOverride")
"""What feedparser calls bozo although the document itself is sound: a label of the server is wrong."""
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")
_PLACE = re.compile(r"^<unknown>:(\d+):(\d+):")
"""How the XML parser of feedparser says where it stopped."""
_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 7 * 86400.0, "monthly": 30 * 86400.0, "yearly": 365 * 86400.0}
_SKIPPED = re.compile(rb"<skip(hours|days)\b[^>]{0,100}>(.{0,3000}?)</skip", re.IGNORECASE | re.DOTALL)
_DAYS = {b"mon": 0, b"tue": 1, b"wed": 2, b"thu": 3, b"fri": 4, b"sat": 5, b"sun": 6}


def parse(body: bytes, headers: Mapping[str, str]) -> ParsedFeed:
    """The feed that the bytes hold. headers: the answer's, names in lower case; `content-location`: what links are relative to.

    Raises FeedUnreadable where the bytes are no feed, or one that declares entities (which can blow up to any size).
    """
    body = body.lstrip(b" \t\r\n")  # white space before the XML declaration is the commonest damage
    if not body:
        raise FeedUnreadable("the answer is empty, where a feed was expected")
    if is_json(body):
        return parse_json(body, headers)
    _refuse_entities(body, headers)
    if reason := overgrown(body):
        raise FeedUnreadable(f"the feed {reason}, which is refused: no publisher writes so, and reading it would take too long")
    body = mended(body)
    if (common := read_rss(body, headers)) is not None:
        return common
    return read_any(body, headers)


def read_any(body: bytes, headers: Mapping[str, str]) -> ParsedFeed:
    """What feedparser makes of it: everything but JSON Feed. Raises FeedUnreadable."""
    try:
        result = feedparser.parse(BytesIO(body), response_headers=dict(headers), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # hostile bytes make feedparser raise nearly anything (AttributeError, AssertionError)
        raise FeedUnreadable(f"the feed cannot be read: {type(error).__name__}: {short(str(error))}") from error
    found = result.get("entries") or []
    if not result.get("version") and not found:
        raise FeedUnreadable(_not_a_feed(body))
    about = result.get("feed") or {}
    skipped = _skipped(body)
    declared = language(about.get("language")) or language(headers.get("content-language"))
    dates = LocalDates(declared)
    return ParsedFeed(
        title=name(about.get("title")),
        link=address(about.get("link")),
        language=declared,
        entries=tuple(entry for item in found[:MOST_ENTRIES] if _says_anything(entry := _entry(item, dates))),
        bozo=_bozo(result, len(found)),
        ttl=_ttl(about),
        skip_hours=skipped[b"hours"],
        skip_days=skipped[b"days"],
        **_hub(about),
    )


def _hub(about: Any) -> dict[str, str | None]:
    """The hub that the feed names, with its own address; nothing where it names none."""
    links = {str(link.get("rel")): address(link.get("href")) for link in reversed(_mappings(about.get("links")))}
    return {"hub": links["hub"], "topic": links.get("self")} if links.get("hub") else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    """What feedparser calls a list of parts; an element of the same name in the feed makes a text of it."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entry(item: Any, dates: LocalDates) -> ParsedEntry:
    content = max(_contents(item), key=len, default="")
    summary, content = texts(str(item.get("summary") or ""), content, whole=bool(item.get("content")))
    return ParsedEntry(
        guid=name(unescape(str(item.get("id") or ""))),  # feedparser decodes it in well-formed documents only
        link=address(item.get("link")),
        title=str(item.get("title") or "")[:MOST_NAME],
        summary=summary,
        content=content,
        published=_date(item, dates),
        language=None,
        author=name(item.get("author")),
        source_title=name(_mapping(item.get("source")).get("title")),
    )


def _says_anything(entry: ParsedEntry) -> bool:
    return bool(entry.title.strip() or entry.summary.strip() or entry.content.strip())


def _contents(item: Any) -> Iterator[str]:
    """The texts among what an entry gives as content (`content:encoded`, Atom's content); the rest are pictures and the like."""
    for content in _mappings(item.get("content")):
        kind = str(content.get("type") or "text/plain").lower()
        if kind.startswith("text/") or kind.endswith("xhtml+xml"):
            yield str(content.get("value") or "")


def _date(item: Any, dates: LocalDates) -> datetime | None:
    """When the entry says it was published, else changed; aware, in UTC."""
    keys = [key for key in ("published", "created", "updated") if key in item]
    for key in keys:
        parsed = item.get(f"{key}_parsed")
        if isinstance(parsed, tuple):  # a time.struct_time in UTC
            try:
                date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed))
            except (ValueError, OverflowError):
                continue
            if date >= EARLIEST:
                return date
    local = dates.first(str(item.get(key) or "") for key in keys)
    return local if local is not None and local >= EARLIEST else None


def _ttl(about: Any) -> float | None:
    """Seconds between polls that the feed asks for: RSS's ttl (minutes), else the syndication module's period and frequency."""
    try:
        if minutes := float(about.get("ttl") or 0):
            return max(0.0, minutes * 60) or None
        period = _PERIODS.get(str(about.get("sy_updateperiod") or "").strip().lower())
        return period / max(1.0, float(about.get("sy_updatefrequency") or 1)) if period else None
    except (ValueError, OverflowError, TypeError):  # TypeError: an element with attributes comes as a dictionary
        return None


def _skipped(body: bytes) -> dict[bytes, tuple[int, ...]]:
    """Hours and days at which the feed asks not to be polled, read from its bytes: feedparser keeps only the first of each."""
    found: dict[bytes, set[int]] = {b"hours": set(), b"days": set()}
    for kind, inside in _SKIPPED.findall(body.replace(b"\0", b"")):
        words = re.findall(rb">\s*([A-Za-z0-9]{1,12})\s*<", inside)
        if kind.lower() == b"hours":
            found[b"hours"] |= {int(word) % 24 for word in words if word.isdigit() and int(word) <= 24}
        else:
            found[b"days"] |= {_DAYS[day] for word in words if (day := word[:3].lower()) in _DAYS}
    return {kind: tuple(sorted(numbers)) for kind, numbers in found.items()}


def _bozo(result: Any, found: int) -> str | None:
    if found > MOST_ENTRIES:
        return f"the feed lists {found} entries; the first {MOST_ENTRIES} were read"
    error = result.get("bozo_exception") if result.get("bozo") else None
    if error is None or type(error).__name__ in _NO_MARKUP_ERRORS:
        return None
    words = _PLACE.sub(r"line \1, column \2:", short(str(error))) or type(error).__name__
    return f"malformed, read as far as possible: {words}"


def _refuse_entities(body: bytes, headers: Mapping[str, str]) -> None:
    """An entity is declared in a DOCTYPE; both are looked for in every encoding that feedparser might read the bytes in."""
    charsets = {
        name.decode().lower() for name in _CHARSET.findall(body[:1_000] + b" " + headers.get("content-type", "").encode())
    }
    candidates = [body.replace(b"\0", b"")]  # UTF-16 and UTF-32, in either order, become ASCII
    if b"LZ" in body:  # "<!" in EBCDIC, which feedparser knows by a document's first bytes
        charsets.add("cp037")
    for charset in charsets:
        try:
            codec = codecs.lookup(charset)
            if "<!".encode(charset) != b"<!" and codec.name not in {"utf-16", "utf-32"}:
                candidates.append(body.decode(charset, "replace").encode("utf-8", "replace"))
        except (LookupError, ValueError, TypeError):
            continue  # no text encoding that Python knows: feedparser does not read it either
    for text in candidates:
        lower = text.lower()
        if b"<!doctype" in lower and b"<!entity" in lower:
            raise FeedUnreadable("the feed declares XML entities, which is refused: they can blow up to any size")


def _not_a_feed(body: bytes) -> str:
    start = body[:1_000].lower()
    if b"<html" in start or b"<!doctype html" in start:
        return "this is a web page, not a feed; look on it for a link to its RSS or Atom feed"
    return "this is no RSS, Atom or JSON feed"
