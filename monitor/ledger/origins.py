"""Which carriers are one voice: copies of one wire story, outlets of one publisher, feeds of one site.

The first reason that holds counts, strongest first: another revision of the same entry; the same text or sentence; one
agency's credit; one publisher; one outlet; one registrable domain. A text that is credited to an agency speaks for the agency,
whoever carries it; one that belongs to a publisher speaks for the publisher, and its domain tells no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from monitor.records import Carrier
from monitor.records.ids import EntryId
from monitor.records.ledger import Voice
from monitor.text.agencies import agency_called

MOST = 40
"""Carriers that the voices of a development name; more copies of one voice are not listed, more voices are."""


def voice_of(carrier: Carrier) -> Voice:
    """The voice that a carrier is by itself."""
    return Voice(name=carrier.origin, carriers=(carrier,), why=())


def with_carrier(voices: Sequence[Voice], carrier: Carrier, copied: EntryId | None = None) -> tuple[Voice, ...]:
    """The voices with one more carrier: as a voice of its own, or counted with one that is there.

    copied: the entry whose text or sentence it repeats, where it does; the first voice stands for one that is not listed.
    """
    listed = [old for voice in voices for old in voice.carriers]
    if any(old.entry == carrier.entry and old.revision == carrier.revision for old in listed):
        return tuple(voices)
    place, why = next(_shared(voices, carrier, copied), (len(voices), ""))
    if place == len(voices):
        return (*voices, voice_of(carrier))
    if len(listed) >= MOST:
        return tuple(voices)
    voice = voices[place]
    grown = replace(voice, carriers=(*voice.carriers, carrier), why=(*voice.why, why))
    return (*voices[:place], grown, *voices[place + 1 :])


def _shared(voices: Sequence[Voice], carrier: Carrier, copied: EntryId | None) -> Iterator[tuple[int, str]]:
    """The places of voices that the carrier shares, with why, the strongest reason first."""
    pairs = [(place, old) for place, voice in enumerate(voices) for old in voice.carriers]
    yield from ((place, "another revision of the same entry") for place, old in pairs if old.entry == carrier.entry)
    if copied is not None and voices:
        place, old = next(((place, old) for place, old in pairs if old.entry == copied), (0, voices[0].carriers[0]))
        yield place, f"says it in the same words as {old.outlet}"
    ours = speaks_for(carrier)
    for place, old in pairs:
        theirs = speaks_for(old)
        if ours or theirs:
            if ours == theirs:
                yield place, f"both carry {ours}"
        elif carrier.publisher or old.publisher:
            if _same(carrier.publisher or carrier.outlet, old.publisher or old.outlet):
                yield place, f"both belong to {old.publisher or carrier.publisher}"
        elif _same(carrier.outlet, old.outlet):
            yield place, "the same outlet"
        elif (site := site_of(carrier.url)) and site == site_of(old.url):
            yield place, f"both stand at {site}"


def same_voice(one: Carrier, other: Carrier) -> bool:
    """Whether two carriers, whatever their texts, are one voice."""
    return next(_shared((voice_of(one),), other, None), None) is not None


def speaks_for(carrier: Carrier) -> str | None:
    """The agency whose text the carrier brings, or that it is."""
    return carrier.agency or agency_called(carrier.publisher) or agency_called(carrier.outlet)


def site_of(url: str) -> str | None:
    """The registrable domain of an address ("news.example.co.uk" -> "example.co.uk"), by the list of public suffixes that the
    library brings; None for an address of numbers or without a host."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return None
    try:
        ip_address(host)
    except ValueError:
        return _suffixes().privatesuffix(host) if host else None
    return None


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


@cache
def _suffixes() -> PublicSuffixList:
    """Loaded once a process, from the file inside the library: a tenth of a second, and no network."""
    return PublicSuffixList()
