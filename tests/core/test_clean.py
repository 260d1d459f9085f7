"""Markup to plain text, and back to the places it came from."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.records import Entry, Field
from monitor.records.ids import EntryId, FeedId, RevisionId
from monitor.text.clean import clean, document_of, plain

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def entry(title: str = "", summary: str = "", content: str = "") -> Entry:
    return Entry(
        id=EntryId("e"),
        revision=RevisionId("r"),
        feed=FeedId("herald"),
        outlet="Herald",
        publisher=None,
        url="https://herald.example/1",
        title=title,
        summary=summary,
        content=content,
        published=MONDAY,
        seen=MONDAY,
    )


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("One.<br/><br>\n Two.", "One.\n\nTwo."),
        ("<div><ul><li>a<li>b</ul></div>", "a\n\nb"),
        ("A <b>bold</b> word", "A bold word"),
        ("half<wbr>way", "halfway"),
        ("AT&amp;T &lt; R&D &amp; more", "AT&T < R&D & more"),
        ("It&#8217;s &#x2014; &rsquo;ere &#146;", "It’s — ’ere ’"),
        ("escaped twice: &amp;#8217; &amp;amp; &amp;quot;", 'escaped twice: ’ & "'),
        ("a&nbsp;b&nbsp;&nbsp; c", "a b c"),
        ("x?a=1&copy=2&lt=3", "x?a=1&copy=2&lt=3"),
        ("<script>alert('<p>x</p>')</script>kept<style>p {}</style>", "kept"),
        ("before<SCRIPT src=x>never closed", "before"),
        ("a<!-- <p>secret</p> -->b", "ab"),
        ("<![CDATA[5 < 6 <b>]]> done", "5 < 6 <b> done"),
        ("<!DOCTYPE html><?php x ?>y", "y"),
        ("<a href=\"x>y\" title='a>b'>link</a>", "link"),
        ("<a title=\"it's > that\">link</a> it's", "link it's"),
        ("5 < 6 and 7 > 3, <3", "5 < 6 and 7 > 3, <3"),
        ("<name withheld> said <john@example.org>", "<name withheld> said <john@example.org>"),
        ("<o:p>office</o:p><x-y>own</x-y>", "officeown"),
        ('cut off <a href="https://exam', "cut off"),
        ("cut off <a", "cut off"),
        ("zero\u200bwidth so\xadft \x07bell \u202eturned \ufeff", "zerowidth soft bell turned"),
        ("  doubled   spaces\tand tabs ", "doubled spaces and tabs"),
        ("hard\nwrapped\r\nlines\n\nand a paragraph", "hard wrapped lines\n\nand a paragraph"),
        ("<p>hard\n\nwrapped</p>", "hard wrapped"),
        ("“typographic” quotes — and dashes…", "“typographic” quotes — and dashes…"),
        ("a lone \ud800 surrogate", "a lone surrogate"),
        ("&#0;&#x110000;&#55296;nothing&", "\ufffd\ufffd\ufffdnothing&"),
        ("", ""),
        ("<p></p> &nbsp; <br>", ""),
    ],
)
def test_markup_becomes_plain_text(raw: str, text: str) -> None:
    assert plain(raw) == text


def test_a_span_of_the_document_maps_back_to_the_field_as_delivered() -> None:
    summary = "<p>The ministry said 3,000 &ldquo;extra&rdquo; <b>troops</b> had arrived.</p><p>No date.</p>"
    document = document_of(entry(title="Troops arrive", summary=summary, content="All of it, <i>unabridged</i>."))

    assert document.text.startswith("Troops arrive\n\nThe ministry said 3,000 “extra” troops had arrived.\n\nNo date.\n\nAll")
    start = document.text.index("3,000")
    evidence = document.evidence(start, document.text.index(" troops"))
    assert (evidence.field, evidence.text) == (Field.SUMMARY, "3,000 “extra”")
    assert summary[evidence.start : evidence.end] == "3,000 &ldquo;extra&rdquo;"
    title = document.evidence(0, 6)
    assert (title.field, title.start, title.end) == (Field.TITLE, 0, 6)


def test_a_summary_that_repeats_the_beginning_of_the_content_is_left_out() -> None:
    content = "<p>The two sides signed the pact on Monday. It bans tests.</p><p>More.</p>"
    document = document_of(entry(title="Pact signed", summary="The two sides signed the pact on Monday. It […]", content=content))

    assert [segment.field for segment in document.segments] == [Field.TITLE, Field.CONTENT]
    kept = document_of(entry(title="Pact signed", summary="Two sides sign a pact.", content=content))
    assert [segment.field for segment in kept.segments] == [Field.TITLE, Field.SUMMARY, Field.CONTENT]


def test_an_entry_without_any_text_gives_an_empty_document() -> None:
    document = document_of(entry(title="<p> </p>"))

    assert (document.text, document.segments) == ("", ())


words = st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="<&"), min_size=1)


@given(st.lists(words).map(" ".join))
def test_plain_text_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)

    assert cleaned.text == text
    assert cleaned.starts is None


MARKUP = ["<p>", "</p>", "<br>", "<b>", "</b>", "<a href='", '">', "<", ">", "&", "&amp;", "&#8217;", "&bogus;", "<!--", "-->"]
MARKUP += ["<script>", "</script>", "<![CDATA[", "]]>", " ", "\n\n", "\u200b", "\x00", "word", "3 < 4", "='", '="', "<?", "<!x"]
junk = st.lists(st.sampled_from(MARKUP) | st.text(max_size=5)).map("".join)


@given(junk)
def test_no_junk_raises_and_every_character_has_its_place(raw: str) -> None:
    cleaned = clean(raw)

    assert cleaned.text == cleaned.text.strip() == plain(raw)
    if cleaned.starts is None or cleaned.ends is None:
        assert raw.startswith(cleaned.text)
        return
    assert len(cleaned.starts) == len(cleaned.ends) == len(cleaned.text)
    assert list(cleaned.starts) == sorted(cleaned.starts)
    for character, start, end in zip(cleaned.text, cleaned.starts, cleaned.ends, strict=True):
        assert 0 <= start < end <= len(raw)
        if not character.isspace() and end - start == 1:
            assert raw[start] == character


@given(junk, junk, junk, st.data())
def test_evidence_of_any_span_within_a_field_reads_the_same_in_the_field(
    title: str, summary: str, content: str, data: st.DataObject
) -> None:
    document = document_of(entry(title, summary, content))
    raw = {Field.TITLE: title, Field.SUMMARY: summary, Field.CONTENT: content}

    for segment in document.segments:
        start = data.draw(st.integers(segment.start, segment.end - 1))
        end = data.draw(st.integers(start + 1, segment.end))
        evidence = document.evidence(start, end)
        assert evidence.text == document.text[start:end]
        assert 0 <= evidence.start < evidence.end <= len(raw[evidence.field])


JUNK = ["<a ", '<a ="> ', '<a =">" ', "<", "&", "<!--", "<!", "<script>", "&amp;", "&#1;", "<b", "</", "<![CDATA[", " \n", "<p>x"]
JUNK += ["\u200b ", "<a b='\">", "<a-a-a", "='", "<a x=y ", "&amp;amp;amp", "\n", "<a x='", "<p \n"]


@pytest.mark.parametrize("unit", JUNK)
def test_junk_takes_no_more_than_linear_time(unit: str) -> None:
    junk = unit * (400_000 // len(unit)) + ">"  # looked through again for each unit, this takes many minutes

    begun = time.process_time()
    clean(junk)

    assert time.process_time() - begun < 10
