"""Which carriers are one voice, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.ledger.origins import MOST, site_of, voice_of, with_carrier
from monitor.records import Carrier, Voice
from monitor.records.ids import EntryId
from monitor.text.agencies import agency_called, credited
from tests.records import a_carrier


def carrier(outlet: str, *, url: str | None = None, publisher: str | None = None, agency: str | None = None) -> Carrier:
    return replace(
        a_carrier(),
        entry=EntryId(f"{outlet}:{url or publisher or agency}"),
        outlet=outlet,
        url=url or f"https://{outlet.lower()}.example/story",
        publisher=publisher,
        agency=agency,
    )


def voices(*carriers: Carrier) -> tuple[Voice, ...]:
    found: tuple[Voice, ...] = ()
    for one in carriers:
        found = with_carrier(found, one)
    return found


def test_outlets_of_their_own_are_voices_of_their_own() -> None:
    assert [voice.name for voice in voices(carrier("Herald"), carrier("Courier"), carrier("Echo"))] == [
        "Herald",
        "Courier",
        "Echo",
    ]


def test_forty_papers_that_carry_one_wire_story_are_one_voice() -> None:
    papers = [carrier(f"Paper{number}", agency="Reuters") for number in range(40)]

    (voice,) = voices(*papers)

    assert voice.name == "Reuters"
    assert len(voice.carriers) == 40
    assert set(voice.why) == {"both carry Reuters"}


def test_the_agency_itself_and_a_paper_that_carries_it_are_one_voice() -> None:
    (voice,) = voices(carrier("Reuters World News"), carrier("Herald", agency="Reuters"))

    assert voice.why == ("both carry Reuters",)


def test_a_paper_with_an_agencys_text_and_the_same_paper_with_its_own_are_two_voices() -> None:
    found = voices(
        carrier("Herald", agency="AFP", url="https://herald.example/a"), carrier("Herald", url="https://herald.example/b")
    )

    assert [voice.name for voice in found] == ["AFP", "Herald"]


def test_outlets_of_one_publisher_are_one_voice() -> None:
    (voice,) = voices(carrier("Herald", publisher="Example Media"), carrier("Courier", publisher="example media"))

    assert (voice.name, voice.why) == ("Example Media", ("both belong to Example Media",))


def test_feeds_of_one_site_are_one_voice_but_not_where_their_publishers_are_known_to_differ() -> None:
    world, business = "https://world.herald.co.uk/1", "https://www.herald.co.uk/2"
    (voice,) = voices(carrier("Herald World", url=world), carrier("Herald Business", url=business))
    apart = voices(carrier("A", url=world, publisher="One"), carrier("B", url=business, publisher="Two"))

    assert voice.why == ("both stand at herald.co.uk",)
    assert len(apart) == 2


def test_a_carrier_that_repeats_the_words_of_another_is_no_voice_of_its_own() -> None:
    first = carrier("Herald")

    (voice,) = with_carrier((voice_of(first),), carrier("Courier"), copied=first.entry)

    assert voice.why == ("says it in the same words as Herald",)


def test_another_revision_of_an_entry_is_no_voice_of_its_own() -> None:
    first = carrier("Herald")
    (voice,) = voices(first, replace(first, revision=replace(first, title="x").entry))  # type: ignore[arg-type]  # any other name

    assert voice.why == ("another revision of the same entry",)


def test_more_copies_than_are_listed_change_nothing_and_a_new_voice_still_counts() -> None:
    full = voices(*(carrier(f"Paper{number}", agency="AFP") for number in range(MOST)))

    assert with_carrier(full, carrier("Last", agency="AFP")) == full
    assert [voice.name for voice in with_carrier(full, carrier("Herald"))] == ["AFP", "Herald"]


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.news.co.uk/a", "news.co.uk"),
        ("https://someone.blogspot.com/x", "someone.blogspot.com"),
        ("http://127.0.0.1:8000/x", None),
        ("http://[::1]/x", None),
        ("http://localhost/x", None),
        ("nonsense", None),
        ("http://[broken", None),
    ],
)
def test_the_site_of_an_address_is_its_registrable_domain(url: str, site: str | None) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("author", "text", "agency"),
    [
        (None, "MARROW, May 4 (Reuters) - Dockers walked out.", "Reuters"),
        (None, "MARROW (AP) — Dockers walked out.", "Associated Press"),
        (None, "Dockers walked out. (AFP)", "AFP"),
        (None, "Dockers walked out. Source: Xinhua", "Xinhua"),
        (None, "Dockers walked out. – dpa", "dpa"),
        ("Reuters Staff", "", "Reuters"),
        ("By Ana Moreno, Associated Press", "", "Associated Press"),
        (None, "The minister told Reuters that dockers walked out.", None),
        (None, "Dockers walked out (Reuters reported on Monday).", None),
        (None, "He put the AP on the wall.", None),
        ("Ana Moreno", "Dockers walked out.", None),
        (None, "", None),
    ],
)
def test_a_text_is_credited_to_an_agency_by_its_byline_dateline_or_last_line(
    author: str | None, text: str, agency: str | None
) -> None:
    assert credited(author, (text,)) == agency


def test_an_outlet_may_be_an_agency_by_its_name() -> None:
    assert [agency_called(name) for name in ("Reuters World News", "The Associated Press", "Herald", "ap", None)] == [
        "Reuters",
        "Associated Press",
        None,
        None,
        None,
    ]
