"""Dates in the words of a feed's language."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.dates import LONGEST, MOST, TRIES, LocalDates
from monitor.feeds.parse import parse

NIGHT = datetime(2026, 11, 26, tzinfo=UTC)
NOON = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Do., 26.11.2026 - 14:30", "de", NOON),
        ("Do., 26.11.2026 - 14:30", None, NOON),
        ("Donnerstag, 26. November 2026 - 14:30 Uhr", None, NOON),
        ("Mi, 02 Dez 2026 08:00:00 +0100", "de-DE", datetime(2026, 12, 2, 7, tzinfo=UTC)),
        ("2. März 2026", None, datetime(2026, 3, 2, tzinfo=UTC)),
        ("26 novembre 2026", "fr", NIGHT),
        ("jeu., 26 nov. 2026 15:30:00 +0100", "fr", NOON),
        ("1er mars 2026 à 09h30", "fr", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("26 de noviembre de 2026, 14:30", "es", NOON),
        ("giovedì 26 novembre 2026", "it", NIGHT),
        ("26 de novembro de 2026", "pt-BR", NIGHT),
        ("26 listopada 2026", "pl", NIGHT),
        ("26. listopada 2026.", "hr", datetime(2026, 10, 26, tzinfo=UTC)),
        ("26 ноября 2026, 14:30", None, NOON),
        ("tor, 26 nov 2026 15:30:00 +0100", "sv", NOON),
        ("26 Kasım 2026", "tr", NIGHT),
        ("26/11/2026 - 14:30", None, NOON),
        ("11/12/2026", "en-US", datetime(2026, 11, 12, tzinfo=UTC)),
        ("11/12/2026", "fr", datetime(2026, 12, 11, tzinfo=UTC)),
    ],
)
def test_dates_are_read_in_the_words_of_their_language(text: str, language: str | None, expected: datetime) -> None:
    assert LocalDates(language).first([text]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "gestern um 14:30",
        "vor 3 Stunden",
        "November 2026",
        "26 November",
        "14:30",
        "2026",
        "1764167400",
        "11/12/2026",  # November or December?
        "26 Blabla 2026",
        "32.11.2026",
        "26 November 2026" + " " * 5 + "x" * LONGEST,
    ],
)
def test_what_needs_the_clock_or_a_guess_is_no_date(text: str) -> None:
    assert LocalDates(None).first([text]) is None


def test_a_document_of_dates_that_are_none_is_given_up_soon() -> None:
    dates = LocalDates("de")

    assert [dates.first([f"{day} Blabla 2026"]) for day in range(1, TRIES + 1)] == [None] * TRIES
    assert dates.first(["26. November 2026"]) is None  # not looked at any more
    assert LocalDates("de").first(["26. November 2026"]) == NIGHT


def test_a_document_of_very_many_local_dates_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.feeds.dates.MOST", 3)
    dates = LocalDates("de")

    assert [dates.first(["26. November 2026"]) for _ in range(5)] == [NIGHT, NIGHT, NIGHT, None, None]
    assert MOST >= 1_000


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789./:-, +TZ26nov\u0661\u0967é", max_size=LONGEST), st.sampled_from([None, "de", "zz", "en-US"]))
def test_nothing_is_raised_and_every_date_is_in_utc(text: str, language: str | None) -> None:
    found = LocalDates(language).first([text])

    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_a_feed_with_local_dates_has_dated_entries(kind: str) -> None:
    rss = (
        "<rss version='2.0'><channel><title>Blatt</title><language>de</language><item><title>Streik</title>"
        "<pubDate>Do., 26.11.2026 - 14:30</pubDate></item></channel></rss>"
    )
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Blatt</title><entry><title>Streik</title><id>1</id>"
        "<updated>26. November 2026, 14:30</updated></entry></feed>"
    )

    (entry,) = parse((rss if kind == "rss" else atom).encode(), {}).entries

    assert entry.published == NOON


def test_a_date_that_is_read_the_usual_way_goes_before_one_in_words() -> None:
    body = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Blatt</title><entry><title>Streik</title><id>1</id>"
        b"<published>27. November 2026</published><updated>2026-11-26T14:30:00Z</updated></entry></feed>"
    )

    assert parse(body, {}).entries[0].published == NOON


def test_feeds_that_need_no_local_dates_never_load_dateparser() -> None:
    code = (
        "import sys; from monitor.feeds.parse import parse; "
        "parse(b'<rss version=\"2.0\"><channel><title>t</title><item><title>x</title></item></channel></rss>', {}); "
        "print('dateparser' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
