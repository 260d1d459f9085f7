"""Copies and revisions: what of them is read, what is told, and who is recorded as a carrier."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.claims import extract
from monitor.extract.paragraphs import Paragraphs
from monitor.records import Entry, Like, Unit, VerdictKind
from monitor.records.ids import Snapshot, TopicSlug
from monitor.text.changes import copied, is_cosmetic, words_in
from monitor.text.clean import document_of
from monitor.text.near import MOST, Nearby, mark_of
from monitor.topics.match import Matcher
from tests.records import an_entry
from tests.stories import CONFIG, line, replace, run, told
from workers.reading import answer_of
from workers.replay import Line, entry_of

TOPIC = TopicSlug("harbour-strike")
HEAD = "Dockers injured in Marrow"
TEXT = (
    "At least 100 dockers were injured in the port of Marrow when police broke up the strike, officials said on Monday.\n\n"
    "The Port Authority denied that it was holding talks with the dockers on an end of the strike.\n\n"
    "Femi Obasi of the Dockers' Union said that the strike would go on until wages rise by ten percent."
)


def story(title: str, content: str, **more: object) -> list[Line]:
    """A report and what comes of it an hour later, from another outlet unless said otherwise."""
    return [line("e0", HEAD, TEXT), line("e1", title, content, hours=1, **{"feed": "courier", **more})]  # type: ignore[arg-type]


def claims_of(lines: list[Line]) -> list[str]:
    """The sentences of the last entry that were read."""
    return [claim.sentence for claim in run(lines)[-1][0].answers[-1].claims]


def kinds_of(lines: list[Line], name: str = "e1") -> list[VerdictKind]:
    return [verdict.kind for entry, verdict in told(lines) if entry == name]


def test_a_copy_with_a_changed_headline_is_not_read_and_not_told() -> None:
    lines = story("Police clash with strikers in Marrow", TEXT)

    assert claims_of(lines) == []
    assert kinds_of(lines) == []


def test_a_whole_copy_never_reaches_the_language_pipeline_and_its_original_does() -> None:
    first, second = (entry_of(one) for one in story("Police clash with strikers in Marrow", TEXT))
    original = document_of(first)

    def read(one: Entry, *likes: Like) -> bool:
        """Whether the pipeline is called for an entry."""
        document = document_of(one)
        called = []

        def make_doc(text: str) -> None:
            called.append(text)
            raise InterruptedError

        pipeline = SimpleNamespace(make_doc=make_doc, pipe_names=[])
        paragraphs = Paragraphs(pipeline, document.text)  # type: ignore[arg-type]  # what of a pipeline is asked for first
        mentions = Matcher({TOPIC: CONFIG.topics[TOPIC]}).match(document)[TOPIC]
        unit = Unit(topic=TOPIC, number=2, first=2, last=2, snapshot=Snapshot(1), entry=one, likes=likes)
        with suppress(InterruptedError):
            answer_of(unit, document, mentions, CONFIG, paragraphs, extract=extract)
        return bool(called)

    assert read(first)
    assert not read(second, Like(number=1, text=original.text))


def test_a_copy_with_a_fixed_typo_is_not_read_and_not_told() -> None:
    lines = [line("e0", HEAD, TEXT.replace("officials", "offcials").replace("Femi Obasi", "Femi Obsai"))]
    lines.append(line("e1", HEAD, TEXT, hours=1, url=lines[0].url))

    assert claims_of(lines) == []
    assert kinds_of(lines) == []


def test_a_copy_with_only_the_figure_changed_is_read_for_the_figure_and_told() -> None:
    lines = story(HEAD, TEXT.replace("100", "130"))

    assert len(claims_of(lines)) == 1
    assert "130" in claims_of(lines)[0]
    assert kinds_of(lines) == [VerdictKind.NUMBER_CHANGED]


def test_a_copy_with_words_put_into_numerals_is_not_read_and_not_told() -> None:
    lines = story(HEAD, TEXT.replace("ten percent", "10 percent").replace("At least 100", "At least one hundred"))

    assert claims_of(lines) == []
    assert kinds_of(lines) == []


def test_a_copy_with_one_further_sentence_is_read_for_that_sentence() -> None:
    more = "Elsa Lindqvist, who heads the port of Marrow, said that a mediator would come on Friday."

    assert claims_of(story(HEAD, f"{TEXT}\n\n{more}")) == [more]


def test_a_republished_entry_with_a_bumped_date_and_another_guid_changes_nothing() -> None:
    lines = [line("e0", HEAD, TEXT), replace_line(line("e1", HEAD, TEXT, hours=9), guid="another")]

    assert claims_of(lines) == []
    assert kinds_of(lines) == []


def replace_line(one: Line, **more: object) -> Line:
    return msgspec.structs.replace(one, **more)  # type: ignore[arg-type]  # the caller's fields


def test_a_copy_is_recorded_as_a_carrier_and_is_no_second_voice() -> None:
    first, second = run(story("Police clash with strikers in Marrow", TEXT))
    (development, *_) = first[1].developments

    (account,) = second[1].accounts
    (after,) = [one for one in second[1].developments if one.id == development.id]

    assert account.copy is not None and account.copy.number == 1
    assert account.original is not None and account.original.outlet == "wire"
    assert {one.proposition for one in account.carried} == {one.id for one in first[1].propositions}
    assert [voice.name for voice in after.voices] == ["wire"]
    assert [one.outlet for one in after.voices[0].carriers] == ["wire", "courier"]
    assert after.voices[0].why == ("says it in the same words as wire",)
    assert after.version == 1 and second[1].events == ()


def test_a_copy_of_a_copy_carries_what_the_first_one_said() -> None:
    lines = [*story(HEAD, TEXT), line("e2", "Third paper, third headline", TEXT, hours=2, feed="echo")]
    changes = run(lines)[-1][1]

    assert changes.accounts[0].carried
    assert all(
        [one.outlet for one in proposition.carriers] == ["wire", "courier", "echo"] for proposition in changes.propositions
    )


def test_what_a_copy_leaves_out_it_does_not_carry() -> None:
    first, second = run(story(HEAD, TEXT.replace("100", "130")))
    toll = next(one for account in first[1].accounts for one in account.judged if "100" in one.evidence.text)

    assert not any(one.text == toll.evidence.text for one in second[1].accounts[0].carried)


def test_copies_within_one_poll_are_copies_too() -> None:
    lines = [line("e0", HEAD, TEXT), line("e1", HEAD, TEXT)]
    (_, changes), *more = run(lines)

    assert more == []
    assert changes.accounts[1].copy is not None and changes.accounts[1].carried


def test_a_headline_with_a_figure_of_its_own_is_read() -> None:
    assert claims_of(story("Marrow strike: 300 dockers injured", TEXT)) == ["Marrow strike: 300 dockers injured"]


def test_an_edited_headline_of_the_same_entry_is_read() -> None:
    lines = [line("e0", "Union considers a strike in Marrow", TEXT)]
    lines.append(line("e1", "Union calls a strike in Marrow", TEXT, hours=1, url=lines[0].url))

    assert claims_of(lines) == ["Union calls a strike in Marrow"]


def test_a_text_of_its_own_is_read_whole() -> None:
    other = "Talks on the strike in Marrow began on Monday, the Port Authority said. The Dockers' Union sent Femi Obasi."

    assert len(claims_of(story("Talks begin in Marrow", other))) > 1


def words(text: str) -> list[str]:
    return words_in(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Officials said it.", "officials said it"),
        ("The dockers’ strike goes on", "Dockers' strike goes on"),
        ("About ten thousand men", "About 10,000 men"),
        ("Some 1.2 million euros", "Some 1,200,000 euros"),
        ("A hundred and thirty, or one hundred and thirty", "A hundred and thirty, or 130"),
        ("The offcials in Marrow", "The officials in Marrow"),
        ("It deploys ships", "It deployed ships"),
        ("In Marorw the strike", "In Marrow the strike"),
    ],
)
def test_style_is_cosmetic(before: str, after: str) -> None:
    assert is_cosmetic(words(after), words(before))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It killed 26 men", "It killed 27 men"),
        ("Some 3 million", "Some 3 billion"),
        ("Ministers from Iran came", "Ministers from Iraq came"),
        ("The Gambia sent men", "The Zambia sent men"),
        ("It was legal", "It was illegal"),
        ("They will come", "They will not come"),
        ("Exports rose", "Imports rose"),
        ("He spoke on Monday", "He spoke on Tuesday"),
        ("They agreed to a truce", "They announced a truce"),
        ("Sanctions were lifted", "Sanctions were listed"),
    ],
)
def test_what_may_be_news_is_not_cosmetic(before: str, after: str) -> None:
    assert not is_cosmetic(words(after), words(before))


def test_a_name_that_is_written_otherwise_once_was_a_slip_where_it_stands_rightly_elsewhere() -> None:
    before, after = words("The Ranzoni left Odesa"), words("The Razoni left Odesa")

    assert is_cosmetic(after, before, Counter(words("The Ranzoni left Odesa. The Razoni is small.")))


def entry(text: str, name: str = "a", title: str = "Title of the report") -> Entry:
    return replace(an_entry(name=name), title=title, summary="", content=text)


LONG = " ".join(
    f"Sentence number {number} says that the port of Marrow stays shut for {number} more days." for number in range(2, 9)
)


def test_a_copy_of_any_length_is_found_among_many_others() -> None:
    nearby = Nearby()
    nearby.add(1, mark_of(document_of(entry(LONG))))
    for number in range(2, 300):
        other = " ".join(f"Paper {number} tells story {number * 7 + word} of {word} other things." for word in range(12))
        nearby.add(number, mark_of(document_of(entry(other, name=f"n{number}"))))

    likes = nearby.add(300, mark_of(document_of(entry(LONG.replace("5", "6"), name="copy"))))

    assert likes[0].number == 1
    assert len(likes) <= MOST


def test_a_mark_is_the_same_in_every_process() -> None:
    assert mark_of(document_of(entry("Dockers walked out in Marrow."))).keys[1:4] == ("0886bcd83", "1579bfacb", "286036831")


def test_a_text_in_a_language_that_is_not_read_is_compared_with_nothing() -> None:
    nearby = Nearby()
    mark = mark_of(document_of(entry(LONG)), readable=False)

    assert nearby.add(1, mark) == () and nearby.add(2, mark) == ()


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_text_is_a_copy_of_itself_or_has_no_words(parts: list[str]) -> None:
    document = document_of(entry("\n\n".join(parts), title=""))
    changed = copied(document, [Like(number=1, text=document.text)])

    assert changed is None or changed.fresh == ()
    assert changed is not None or not words_in(document.text)


def test_a_summary_that_is_cut_off_repeats_the_sentence_that_it_begins() -> None:
    whole = document_of(entry(LONG))
    cut = document_of(entry(LONG[: LONG.index("shut for 4")] + "…", name="b"))

    changed = copied(cut, [Like(number=1, text=whole.text)])

    assert changed is not None and changed.fresh == ()


def test_a_list_of_thousands_of_words_without_a_full_stop_is_compared_in_no_time() -> None:
    words = [f"word{number * 7919 % 5003}" for number in range(6_000)]
    whole = document_of(entry(" ".join(words)))
    other = document_of(entry(" ".join([*words[:-1], "other"]), name="b"))

    assert copied(whole, [Like(number=1, text=whole.text)]) is not None
    assert copied(other, [Like(number=1, text=whole.text)]) is None


def test_the_time_between_makes_no_difference() -> None:
    lines = story(HEAD, TEXT)
    late = replace_line(lines[1], published=lines[1].published + timedelta(days=6))

    assert claims_of([lines[0], late]) == []
    assert entry_of(late).published > entry_of(lines[1]).published


def test_where_relevance_is_asked_for_a_copy_is_read_whole() -> None:
    asked = CONFIG.topics[TOPIC].model_copy(update={"relevance": 0.01})
    config = CONFIG.model_copy(update={"topics": {TOPIC: asked}})

    assert len(run(story("Police clash with strikers in Marrow", TEXT), config)[-1][0].answers[-1].claims) > 1
