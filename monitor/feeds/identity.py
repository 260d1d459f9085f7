"""Which entry is which, over polls, and in which revision.

An entry is recognised by its guid, else its normalised link, else (without a link) its title and text. All the keys it was seen
under are remembered as aliases, so that a guid that changes while the link stays, or the other way round, makes no new entry.
What two different entries of one document share (one guid for all, one live page for many) identifies neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

from monitor.errors import SchemaMismatch
from monitor.records import Entry, ParsedEntry
from monitor.records.ids import EntryId, FeedId, RevisionId, digest, entry_id, normalised, revision_id
from monitor.text.agencies import credited

_PORTS = {"http": "80", "https": "443"}
_TRACKING = re.compile(
    r"(?:utm|at|ns|mc|pk|piwik|mtm|hsa|vero|oly|wt|spm)_\w+|(?:fb|g|d|gb|ms|y|tt|tw)clid|wbraid|gbraid|igshid|cmpid?|ocid|smid|s?cid"
    r"|ref(?:_?src)?|partner|rss|feed(?:type|name)?|xtor|traffic_source|ftag|ncid|sr_share",
    re.IGNORECASE,
)
"""Query parameters that say how a reader came to a page, not which page it is."""


def normalised_link(link: str) -> str:
    """The link as it counts for identity: https, host in lower case without "www.", no default port, fragment or tracking.

    Not for calling: the server may know only the link as published.
    """
    link = "".join(link.split())
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
        port = parts.port
    except ValueError:
        return link
    if parts.scheme not in _PORTS or not host:
        return link
    if ":" in host:
        host = f"[{host}]"
    if port is not None and str(port) not in _PORTS.values():
        host = f"{host}:{port}"
    query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.fullmatch(part.partition("=")[0]))
    return urlunsplit(("https", host, parts.path.rstrip("/"), query, ""))


@dataclass(frozen=True, slots=True)
class Keyed:
    """A parsed entry with what identifies it within its document: guid and link are None where they are shared or missing.

    keys: what it may be known by (`FeedStates.known`), the strongest first.
    """

    parsed: ParsedEntry
    guid: str | None
    link: str | None
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is stored for a key: whose it is, its last revision, and the day it was last in the feed (days since 1970)."""

    entry: EntryId
    revision: RevisionId
    day: int

    def __str__(self) -> str:
        return f"{self.entry}:{self.revision}:{self.day}"

    @classmethod
    def of(cls, text: str) -> Remembered:
        """From the stored form. Raises SchemaMismatch for anything else."""
        entry, _, rest = text.partition(":")
        revision, _, day = rest.partition(":")
        if not (entry and revision and day.isdecimal()):
            raise SchemaMismatch(f"what is remembered of a feed's entries is not readable: {text[:80]!r}")
        return cls(EntryId(entry), RevisionId(revision), int(day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """The feed's part of an entry: its id, outlet and publisher, and the address to show for an entry that has no link."""

    feed: FeedId
    outlet: str
    publisher: str | None
    url: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a document brings: entries that are new or revised, oldest first, and what to remember of all its entries."""

    entries: tuple[Entry, ...]
    remember: Mapping[str, str]
    new: int
    revised: int


def keyed(entries: Sequence[ParsedEntry]) -> tuple[Keyed, ...]:
    """The entries of one document with their keys; those repeated word for word are left out."""
    unique = list(dict.fromkeys(entries))
    links = [normalised_link(entry.link) if entry.link else None for entry in unique]
    guids = [_unspaced(entry.guid) for entry in unique]
    shared_guids, shared_links = _shared(guids, links, unique), _shared(links, guids, unique)
    found = []
    for entry, own_guid, own_link in zip(unique, guids, links, strict=True):
        guid = own_guid if own_guid not in shared_guids else None
        link = own_link if own_link not in shared_links else None
        keys = []
        if guid:
            keys.append("g" + digest(guid))
        if link:
            keys.append("l" + digest(link))
        else:
            keys.append("t" + digest(normalised(entry.title), normalised(entry.summary or entry.content)))
        found.append(Keyed(entry, guid, link, tuple(keys)))
    return tuple(found)


def resolve(
    entries: Sequence[Keyed],
    known: Mapping[str, str],
    *,
    outlet: Outlet,
    seen: datetime,
    plain: Callable[[str], str],
    silent_before: datetime | None = None,
    late: Callable[[datetime], float | None] | None = None,
) -> Resolution:
    """Tells new and revised entries from known ones.

    known: what is stored for those of the entries' keys that are known. plain: markup to clean text, as revisions compare it.
    seen: when the document was fetched, aware and in UTC. silent_before: entries published before it, and undated ones, are
    silent; None for no entry at all. late: from an entry's date to by how many seconds it came too late to be told at once, or
    None; asked for entries that are new, since a revision comes when it comes.
    """
    day = (seen - datetime(1970, 1, 1, tzinfo=UTC)).days
    remember: dict[str, str] = {}
    fresh: dict[tuple[EntryId, RevisionId], Entry] = {}
    new: set[EntryId] = set()
    for item in reversed(entries):  # feeds list the newest first; where dates do not tell, this is the order
        parsed = item.parsed
        before = next((Remembered.of(known[key]) for key in item.keys if key in known), None)
        id_ = before.entry if before else _new_id(item, outlet.feed)
        title, summary, content = plain(parsed.title), plain(parsed.summary), plain(parsed.content)
        revision = revision_id(title, summary, content)
        value = str(Remembered(id_, revision, day))
        remember.update((key, value) for key in item.keys if known.get(key) != value)
        if before and before.revision == revision:
            continue
        if before is None:
            new.add(id_)
        silent = silent_before is not None and (parsed.published is None or parsed.published < silent_before)
        name = plain(parsed.source_title or "")
        entry = _entry(parsed, id_, revision, outlet=outlet, name=name, seen=seen, silent=silent)
        came_late = late(parsed.published) if late and before is None and not silent and parsed.published else None
        agency = credited(parsed.author, (content, summary))
        fresh[id_, revision] = replace(entry, guid=item.guid, late=came_late, agency=agency, revised=before is not None)
    ordered = sorted(fresh.values(), key=lambda entry: entry.published)
    return Resolution(entries=tuple(ordered), remember=remember, new=len(new), revised=len({entry.id for entry in ordered} - new))


def _entry(
    parsed: ParsedEntry, id_: EntryId, revision: RevisionId, *, outlet: Outlet, name: str, seen: datetime, silent: bool
) -> Entry:
    """The entry; name: the outlet that an aggregator took it from, if any."""
    return Entry(
        id=id_,
        revision=revision,
        feed=outlet.feed,
        outlet=name or outlet.outlet,
        publisher=outlet.publisher or name or None,
        url=parsed.link or outlet.url,
        title=parsed.title,
        summary=parsed.summary,
        content=parsed.content,
        published=min(parsed.published or seen, seen),
        seen=seen,
        language=parsed.language or outlet.language,
        silent=silent,
    )


def _new_id(item: Keyed, feed: FeedId) -> EntryId:
    parsed = item.parsed
    return entry_id(feed, guid=item.guid, link=item.link, title=parsed.title, text=parsed.summary or parsed.content)


def _unspaced(guid: str | None) -> str | None:
    return "".join(guid.split()) or None if guid else None


def _shared(names: Sequence[str | None], others: Sequence[str | None], entries: Sequence[ParsedEntry]) -> frozenset[str]:
    """Names under which a document lists different entries: the titles differ, and so does the other name (of a guid: the link).

    Two titles under one guid and one link are an entry listed in two revisions; more are a guid and link that all entries share.
    """
    titles: defaultdict[str, set[str]] = defaultdict(set)
    besides: defaultdict[str, set[str | None]] = defaultdict(set)
    for name, other, entry in zip(names, others, entries, strict=True):
        if name:
            titles[name].add(normalised(entry.title))
            besides[name].add(other)
    return frozenset(
        name for name, different in titles.items() if len(different) > 1 and (len(besides[name]) > 1 or len(different) > 2)
    )
