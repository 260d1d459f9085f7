"""Subscription lists (OPML), as programs really write them: often no well-formed XML.

Read by looking for outlines and their attributes, so that a stray ampersand, a missing end or a wrong encoding costs at most one
outline, and declared entities do nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape, unescape

from monitor.errors import FeedUnreadable
from monitor.feeds.values import uncommented

MOST_OUTLINES = 100_000

_TAG = re.compile(r"<(/?)(?:\w+:)?outline\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s*([A-Za-z_:][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)'|([^\s"'<>]+))""")
_END = re.compile(r"\s*(/?)\s*>")
_FEED_SCHEME = re.compile(r"^feed:(?://(?=[^/])|(https?://))", re.IGNORECASE)
"""Some programs write feed://a.example/ or feed:https://a.example/ for the same address over HTTP."""
_ENCODING = re.compile(rb"""^.{0,3}<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9_.:-]{2,40})["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list; slug is unique within the list, groups are the titles of the outlines around it, outermost first."""

    slug: str
    url: str
    title: str | None
    groups: tuple[str, ...] = ()


def read_opml(data: bytes) -> tuple[Outline, ...]:
    """The feeds of the list in their order, each address once. Raises FeedUnreadable where there is no outline at all."""
    text = uncommented(_decoded(data))
    found: list[Outline] = []
    groups: list[str | None] = []  # None: an open outline that is itself a feed
    urls: set[str] = set()
    slugs: dict[str, int] = {}
    outlines = 0
    for tag in _TAG.finditer(text):
        outlines += 1
        if outlines > MOST_OUTLINES:
            raise FeedUnreadable(f"the OPML file has more than {MOST_OUTLINES} outlines; divide it")
        if tag[1]:
            if groups:
                groups.pop()
            continue
        attributes, closed = _attributes(text, tag.end())
        url = _FEED_SCHEME.sub(lambda found: found[1] or "http://", attributes.get("xmlurl", "").strip())
        title = attributes.get("title", "").strip() or attributes.get("text", "").strip() or None
        if url and url not in urls:
            urls.add(url)
            slug = _unique(slug_of(title or url), slugs)
            found.append(Outline(slug=slug, url=url, title=title, groups=tuple(name for name in groups if name)))
        if not closed:
            groups.append(None if url else title)
    if not outlines:
        raise FeedUnreadable("this is no OPML file: it has no <outline>")
    return tuple(found)


def write_opml(feeds: Iterable[tuple[str, str]], *, title: str) -> bytes:
    """A list that any feed reader takes. feeds: title and address of each, in order."""
    lines = [f'    <outline type="rss" text={_quoted(name)} title={_quoted(name)} xmlUrl={_quoted(url)}/>' for name, url in feeds]
    head = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n  <head><title>{escape(title)}</title></head>\n  <body>\n'
    )
    return (head + "".join(f"{line}\n" for line in lines) + "  </body>\n</opml>\n").encode()


def _quoted(text: str) -> str:
    """The text as an attribute's value; characters that XML cannot hold are left out."""
    kept = "".join(character for character in " ".join(text.split()) if character.isprintable())
    return f'"{escape(kept, quote=True)}"'


def slug_of(name: str) -> str:
    """Lower-case letters, digits and single hyphens, at most 60, for a name or address; "feed" where none of it can be kept."""
    name = re.sub(r"^https?://(?:www\.)?", "", name, flags=re.IGNORECASE)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "feed"


def _attributes(text: str, at: int) -> tuple[dict[str, str], bool]:
    """The attributes of the tag whose name ends at `at`, and whether it closes itself."""
    found: dict[str, str] = {}
    while match := _ATTRIBUTE.match(text, at):
        value = match[2] if match[2] is not None else match[3] if match[3] is not None else match[4]
        found.setdefault(match[1].lower(), " ".join(unescape(value).split()))
        at = match.end()
    end = _END.match(text, at)
    return found, bool(end and end[1])


def _unique(slug: str, taken: dict[str, int]) -> str:
    """The slug, or with the first number behind it that makes it unique; taken: the last number tried for each slug."""
    candidate = slug
    while candidate in taken:
        taken[slug] += 1
        candidate = f"{slug}-{taken[slug]}"
    taken[candidate] = 1
    return candidate


def _decoded(data: bytes) -> str:
    declared = _ENCODING.match(data)
    names = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig"]
    if declared:
        names.append(declared[1].decode("ascii"))
    for name in names:
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")
