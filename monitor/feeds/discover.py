"""From a web page to the feeds that it may have: those it names, those it links to, and where feeds usually are.

Read by looking for tags and attributes, in time linear in the page's length, so that no damage or malice of a page matters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from monitor.feeds.values import MOST_NAME, address, uncommented

MOST_BYTES = 2 * 2**20
"""Bytes of a page that are looked at: links to feeds stand in its head, or in its foot."""
MOST_FOUND = 20

_TAG = re.compile(r"<(link|a|base)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s*/?\s*([A-Za-z_:][\w:.-]{0,40})(?:\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+)))?""")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json")
_LIKELY = re.compile(r"(?:^|[/._?=-])(?:rss|atom|feeds?|rdf|index\.xml|feed\.json)(?:$|[/._?&=-])", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|replies", re.IGNORECASE)
_USUAL = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feeds/all.rss", "feed.json", "index.rdf")
_HTTP = ("http", "https")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address at which there may be a feed, and what the page calls it."""

    url: str
    title: str | None = None


def named(body: bytes, headers: Mapping[str, str]) -> tuple[Candidate, ...]:
    """The feeds that a page names or links to, the likeliest first: named in its head before linked to, comments last.

    headers: names in lower case; `content-location` is the page's own address.
    """
    base = headers.get("content-location", "")
    found: dict[str, tuple[tuple[bool, bool], Candidate]] = {}
    for tag, attributes in _tags(_decoded(body[:MOST_BYTES], headers)):
        url = _joined(base, attributes.get("href", ""))
        if tag == "base":
            base = url or base
            continue
        if url is None:
            continue
        title = " ".join(attributes.get("title", "").split())[:MOST_NAME] or None
        if tag == "link":
            alternate = "alternate" in attributes.get("rel", "").lower().split()
            if not alternate or not attributes.get("type", "").lower().strip().startswith(_TYPES):
                continue
        elif not _LIKELY.search(urlsplit(url).path + "?" + urlsplit(url).query):
            continue
        rank = (bool(_COMMENTS.search(f"{url} {title or ''}")), tag == "a")
        if url not in found or rank < found[url][0]:
            found[url] = (rank, Candidate(url, title))
    ordered = sorted(found.values(), key=lambda item: item[0])
    return tuple(candidate for _, candidate in ordered[:MOST_FOUND])


def usual(url: str) -> tuple[Candidate, ...]:
    """Where feeds usually are: below the address itself, then below its host."""
    below = url.partition("?")[0].partition("#")[0].rstrip("/") + "/"
    bases = dict.fromkeys((below, urljoin(url, "/")))
    joined = (_joined(base, path) for base in bases for path in _USUAL)
    return tuple(Candidate(candidate) for candidate in dict.fromkeys(joined) if candidate)


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag in _TAG.finditer(uncommented(text)):
        attributes: dict[str, str] = {}
        at = tag.end()
        while (match := _ATTRIBUTE.match(tag.string, at)) and len(attributes) < 40:
            value = next((group for group in match.groups()[1:] if group is not None), "")
            attributes.setdefault(match[1].lower(), unescape(value[:MOST_NAME]))
            at = match.end()
        yield tag[1].lower(), attributes


def _joined(base: str, href: str) -> str | None:
    try:
        url = address(urljoin(base, href.strip()))
        parts = urlsplit(url or "")
        return parts._replace(fragment="").geturl() if parts.scheme in _HTTP and parts.hostname else None
    except ValueError:  # such as a bracket that is never closed
        return None


def _decoded(body: bytes, headers: Mapping[str, str]) -> str:
    for source in (headers.get("content-type", "").encode(), body[:2_000]):
        if match := _CHARSET.search(source):
            try:
                return body.decode(codecs.lookup(match[1].decode()).name, "replace")
            except (LookupError, ValueError, TypeError):
                continue
    return body.decode("utf-8", "replace")
