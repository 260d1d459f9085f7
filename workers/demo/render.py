"""Feeds and pages of the demo as bytes. Pure: the same entries give the same bytes.

Written with the standard library because one module for the three formats (RSS 2.0, Atom 1.0, RSS 1.0 = RDF) is shorter than
what the available feed writers need, none of which knows RSS 1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from workers.demo.story import DemoOutlet, StandingEntry

CONTENT_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml"}

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def render_feed(slug: str, outlet: DemoOutlet, entries: Sequence[StandingEntry], *, changed: datetime) -> bytes:
    """The outlet's feed in its format, UTF-8. entries: newest first. changed: when the feed last changed."""
    writers = {"rss": _rss, "atom": _atom, "rdf": _rdf}
    root = writers[outlet.format](slug, outlet, entries, changed)
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def render_page(outlet: DemoOutlet, standing: StandingEntry) -> str:
    """The entry as a page for people."""
    entry = standing.entry
    body = f"<p><strong>{escape(entry.summary)}</strong></p>\n{_paragraphs(entry.content)}"
    heading = f"<p>{escape(outlet.title)}, {standing.published:%d %B %Y, %H:%M} UTC</p>\n<h1>{escape(entry.title)}</h1>"
    return _page(entry.title, outlet.language, f"{heading}\n{body}\n<p><em>An invented outlet of the demo story.</em></p>")


def render_index(feeds: Iterable[tuple[str, DemoOutlet, Sequence[StandingEntry]]]) -> str:
    """The outlets, their feeds and what stands in them, as a page for people."""
    parts = ["<h1>The demo's outlets</h1>"]
    for slug, outlet, entries in feeds:
        parts.append(f'<h2>{escape(outlet.title)} (<a href="/{slug}.xml">{outlet.format}</a>)</h2>\n<ul>')
        parts += [f'<li><a href="{escape(standing.entry.path)}">{escape(standing.entry.title)}</a></li>' for standing in entries]
        parts.append("</ul>")
    return _page("The demo's outlets", "en", "\n".join(parts))


def _page(title: str, language: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _rss(slug: str, outlet: DemoOutlet, entries: Sequence[StandingEntry], changed: datetime) -> ET.Element:
    root = ET.Element("rss", {"version": "2.0", "xmlns:content": _CONTENT})
    channel = ET.SubElement(root, "channel")
    _texts(channel, title=outlet.title, link=_home(slug), description=f"News from {outlet.publisher}", language=outlet.language)
    _texts(channel, lastBuildDate=_rfc822(changed))
    for standing in entries:
        entry = standing.entry
        item = ET.SubElement(channel, "item")
        _texts(item, title=entry.title, link=entry.url, description=entry.summary, pubDate=_rfc822(standing.published))
        guid = ET.SubElement(item, "guid", {"isPermaLink": "true" if entry.guid == entry.url else "false"})
        guid.text = entry.guid
        if entry.content:
            ET.SubElement(item, "content:encoded").text = _paragraphs(entry.content)
    return root


def _atom(slug: str, outlet: DemoOutlet, entries: Sequence[StandingEntry], changed: datetime) -> ET.Element:
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": outlet.language})
    _texts(root, id=_home(slug), title=outlet.title, updated=changed.astimezone(UTC).isoformat(timespec="seconds"))
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": _home(slug)})
    _texts(ET.SubElement(root, "author"), name=outlet.publisher)
    for standing in entries:
        entry = standing.entry
        item = ET.SubElement(root, "entry")
        _texts(
            item,
            id=entry.guid,
            title=entry.title,
            published=standing.first_published.isoformat(),
            updated=standing.published.isoformat(),
        )
        ET.SubElement(item, "link", {"rel": "alternate", "type": "text/html", "href": entry.url})
        _texts(item, summary=entry.summary)
        if entry.content:
            ET.SubElement(item, "content", {"type": "html"}).text = _paragraphs(entry.content)
    return root


def _rdf(slug: str, outlet: DemoOutlet, entries: Sequence[StandingEntry], changed: datetime) -> ET.Element:
    spaces = {"xmlns": "http://purl.org/rss/1.0/", "xmlns:rdf": _RDF, "xmlns:dc": _DC, "xmlns:content": _CONTENT}
    root = ET.Element("rdf:RDF", spaces)
    channel = ET.SubElement(root, "channel", {"rdf:about": _home(slug)})
    _texts(channel, title=outlet.title, link=_home(slug), description=f"News from {outlet.publisher}")
    ET.SubElement(channel, "dc:language").text = outlet.language
    ET.SubElement(channel, "dc:date").text = changed.astimezone(UTC).isoformat(timespec="seconds")
    listed = ET.SubElement(ET.SubElement(channel, "items"), "rdf:Seq")
    for standing in entries:
        entry = standing.entry
        ET.SubElement(listed, "rdf:li", {"rdf:resource": entry.guid})
        item = ET.SubElement(root, "item", {"rdf:about": entry.guid})
        _texts(item, title=entry.title, link=entry.url, description=entry.summary)
        ET.SubElement(item, "dc:date").text = standing.published.isoformat()
        if entry.content:
            ET.SubElement(item, "content:encoded").text = _paragraphs(entry.content)
    return root


def _texts(parent: ET.Element, **texts: str) -> None:
    for tag, text in texts.items():
        ET.SubElement(parent, tag).text = text


def _home(slug: str) -> str:
    return f"https://{slug}.example/"


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in text.split("\n\n") if paragraph)


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
