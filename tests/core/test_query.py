"""Queries: what they mean, against an evaluator that takes each rule literally, and what a mistake is answered with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import QueryUnreadable
from monitor.records import Document, Field, Segment
from monitor.records.ids import EntryId, RevisionId, TopicSlug
from monitor.settings import Topic
from monitor.topics.match import Matcher
from monitor.topics.query import AllOf, AnyOf, Near, Not, Query, Term, gate, parse, terms

SLUG = TopicSlug("t")


def document(title: str, summary: str = "", content: str = "") -> Document:
    segments, parts, start = [], [], 0
    for field, text in ((Field.TITLE, title), (Field.SUMMARY, summary), (Field.CONTENT, content)):
        if text:
            segments.append(Segment(field=field, start=start, end=start + len(text)))
            parts.append(text)
            start += len(text) + 2
    return Document(
        entry=EntryId("e"),
        revision=RevisionId("r"),
        published=datetime(2025, 3, 1, tzinfo=UTC),
        text="\n\n".join(parts),
        segments=tuple(segments),
    )


def found(
    query: str, title: str, summary: str = "", content: str = "", *, keywords: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> list[str]:
    topic = Topic(title="T", query=query, exclude=exclude).model_copy(update={"keywords": keywords})
    read = document(title, summary, content)
    return [read.text[m.start : m.end] for m in Matcher({SLUG: topic}).match(read).get(SLUG, ())]


@pytest.mark.parametrize(
    ("query", "text", "words"),
    [
        ("deploy", "A frigate was deployed", ["deployed"]),
        ("cease-fire", "The ceasefire ended", ["ceasefire"]),
        ('"deploy"', "A frigate was deployed", []),
        ('"red line"', "That is a Red Line for us", ["Red Line"]),
        ('"red line"', "Two red lines", []),
        ("“red line”", "a red-line issue", ["red-line"]),
        ("convoy*", "The convoying ships", ["convoying"]),
        ("convoy*", "A superconvoy", []),
        ('"patrol boat*"', "Nine patrol boats", ["patrol boats"]),
        ("US", "they told us", []),
        ("port AND strike", "Strikes close the port", ["Strikes", "port"]),
        ("port AND strike", "The port is open", []),
        ("port OR strike", "The port is open", ["port"]),
        ("port AND NOT wine", "The port is open", ["port"]),
        ("port AND NOT wine", "Port is a wine", []),
        ("ship NEAR/2 sail", "ships of the line sail", []),
        ("ship NEAR/3 sail", "ships of the line sail", ["ships", "sail"]),
        ("ship NEAR/0 sail", "sailing ships and boats", ["sailing", "ships"]),
        ("ship NEAR/3 ship", "one ship", []),
        ("ship NEAR/1 sail NEAR/1 east", "ships will sail due east", ["ships", "sail", "east"]),
        ("(ship OR boat) NEAR/1 (sail OR row)", "a boat rowed on while ships lay idle", ["boat", "rowed"]),
        ("a1 OR b1 AND c1", "a1", ["a1"]),
        ("(a1 OR b1) AND c1", "a1", []),
        ("a1 AND NOT b1 NEAR/0 c1", "a1 b1 or c1", ["a1"]),
        ("a1 AND NOT b1 NEAR/0 c1", "a1 b1 c1", []),
        ("a1 AND NOT (b1 OR c1)", "a1 and c1", []),
    ],
)
def test_a_query_finds_the_words_that_make_it_true(query: str, text: str, words: list[str]) -> None:
    assert found(query, text) == words


def test_headline_and_summary_are_read_together_but_near_stays_in_one_of_them() -> None:
    assert found("tanks AND border", "Tanks move", "At the border, all is calm") == ["Tanks", "border"]
    assert found("tanks NEAR/9 border", "Tanks move", "At the border, all is calm") == []


def test_each_paragraph_is_asked_under_the_heading_and_apart_from_the_others() -> None:
    # Given two words in two paragraphs, then one of them in the heading
    assert found("tanks AND border", "Morning news", "", "Tanks roll.\n\nThe border is shut.") == []
    assert found("tanks AND border", "Tanks roll", "", "It rains.\n\nThe border is shut.") == ["Tanks", "border"]


def test_a_word_that_is_ruled_out_in_the_heading_rules_out_the_entry_and_in_a_paragraph_that_paragraph() -> None:
    content = "Troops deploy.\n\nA film shows troops."
    assert found("troops AND NOT film", "New film out", "", content) == []
    assert found("troops AND NOT film", "Evening news", "", content) == ["Troops"]


def test_keywords_and_a_query_match_each_for_itself() -> None:
    keywords = ("harbour",)
    assert found("tank AND border", "A tank in the harbour", keywords=keywords) == ["harbour"]
    assert found("tank AND border", "A tank at the border", keywords=keywords) == ["tank", "border"]
    assert found("tank AND border", "A tank", keywords=keywords) == []


def test_excluded_phrases_hold_for_what_a_query_finds() -> None:
    assert found("tank", "The tank museum opened. A tank left.", exclude=("museum",)) == ["tank"]
    assert found("tank", "The tank museum opened.", exclude=("museum",)) == []


@pytest.mark.parametrize(
    ("query", "column", "expected", "fix"),
    [
        ("troops soldiers", 8, "AND, OR, NEAR/n or the end was expected", "in quotes"),
        ("troops and soldiers", 8, "AND, OR, NEAR/n or the end was expected", "in capitals"),
        ("troops near/3 soldiers", 8, "AND, OR, NEAR/n or the end was expected", "in capitals"),
        ("troops NOT film", 8, "AND, OR, NEAR/n or the end was expected", "write AND NOT"),
        ("troops OR AND film", 11, "a word, a phrase in quotes or ( was expected", "None"),
        ("troops OR ", 10, "but the query ends here", "None"),
        ("(troops OR (film)", 1, "this ( is never closed", "write a )"),
        ("troops) OR film", 7, "there is no ( for this )", "take it out"),
        ("troops AND ()", 13, "a word, a phrase in quotes or ( was expected", "take it out"),
        ('troops OR "red line', 11, "never closed", 'write "red line"'),
        ("troops NEAR film", 8, "how near", "NEAR/8"),
        ("troops NEAR/500 film", 8, "is not near", "NEAR/100"),
        ("troops NEAR/5 (film AND war)", 16, "words, phrases and OR were expected", "out of the brackets"),
        ("troops NEAR/5 (film OR NOT war)", 24, "words, phrases and OR were expected", "out of the brackets"),
        ("tr*ps", 3, "only at the end", "write tr*"),
        ("*ship", 1, "only at the end", "take it away"),
        ("t*", 1, "at least 2 letters", "more of the word"),
        ("troops OR ...", 11, "a word was expected", "take this out"),
        ("NOT film", 1, "nothing was found", "AND NOT"),
        ("troops OR NOT film", 11, "nothing was found", "AND NOT"),
        ("troops OR\n(film", 1, "never closed", "write a )"),
        ("NOT " * 3000 + "film", 1, "too deeply", "fewer brackets"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_was_expected(query: str, column: int, expected: str, fix: str) -> None:
    with pytest.raises(QueryUnreadable) as refused:
        parse(query)
    error = refused.value
    assert (error.column, error.line) == (column, 1 + query[: error.offset].count("\n"))
    assert expected in error.message
    assert fix in str(error.fix)


WORDS = ("ab", "cd", "ef", "gh")
"""What random queries are made of: words that are no form of each other."""


def leaves() -> st.SearchStrategy[str]:
    words = st.sampled_from(WORDS)
    return st.one_of(words, words.map(lambda word: f'"{word}"'), st.tuples(words, words).map(lambda two: f'"{two[0]} {two[1]}"'))


def near_operands() -> st.SearchStrategy[str]:
    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        near = st.builds("({} NEAR/{} {})".format, inner, st.integers(0, 3), inner)
        return st.one_of(st.builds("({} OR {})".format, inner, inner), near)

    return st.recursive(leaves(), grow, max_leaves=4)


def queries() -> st.SearchStrategy[str]:
    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pairs = st.builds("({} {} {})".format, inner, st.sampled_from(("AND", "OR", "AND NOT", "OR NOT")), inner)
        return st.one_of(pairs, st.builds("NOT {}".format, inner))

    return st.recursive(near_operands(), grow, max_leaves=6)


def texts() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from((*WORDS, "zz")), max_size=9).map(" ".join)


Stretch = tuple[int, int]


def naive_spans(query: Query, tokens: Sequence[str]) -> set[Stretch]:
    """Where a term, OR or NEAR holds, word by word."""
    if isinstance(query, Term):
        wanted = query.words.split()
        return {(i, i + len(wanted) - 1) for i in range(len(tokens)) if list(tokens[i : i + len(wanted)]) == wanted}
    if isinstance(query, AnyOf):
        return set().union(*(naive_spans(part, tokens) for part in query.parts))
    assert isinstance(query, Near)
    pairs = [(a, b) for a in naive_spans(query.left, tokens) for b in naive_spans(query.right, tokens)]
    return {
        (min(a[0], b[0]), max(a[1], b[1]))
        for a, b in pairs
        if (a[1] < b[0] and b[0] - a[1] - 1 <= query.between) or (b[1] < a[0] and a[0] - b[1] - 1 <= query.between)
    }


def naive(query: Query, paragraphs: Sequence[Sequence[str]]) -> bool:
    match query:
        case AnyOf():
            return any(naive(part, paragraphs) for part in query.parts)
        case AllOf():
            return all(naive(part, paragraphs) for part in query.parts)
        case Not():
            return not naive(query.part, paragraphs)
        case _:
            return any(naive_spans(query, tokens) for tokens in paragraphs)


@given(queries(), texts(), texts(), st.lists(texts(), max_size=3))
def test_any_query_matches_exactly_where_its_words_say(query: str, title: str, summary: str, content: list[str]) -> None:
    try:
        tree = parse(query)
    except QueryUnreadable as error:
        assert "nothing was found" in error.message
        return
    heading = [title.split(), summary.split()]
    expected = naive(tree, heading) or any(naive(tree, [*heading, one.split()]) for one in content)
    read = document(title, summary, "\n\n".join(filter(None, content)))
    mentions = Matcher({SLUG: Topic(title="T", query=query)}).match(read).get(SLUG, ())
    assert bool(mentions) == expected
    assert all(re.fullmatch(r"\w+( \w+)?", read.text[m.start : m.end]) for m in mentions)
    assert all(m.by in {term.written for term in terms(tree)} for m in mentions)


@given(queries())
def test_a_query_is_refused_exactly_where_it_answers_an_empty_text(query: str) -> None:
    try:
        tree = parse(query)
    except QueryUnreadable:
        return
    assert not naive(tree, [[]])
    necessary = gate(tree)
    assert necessary and necessary <= terms(tree)


@given(st.text(alphabet="ab ()\"*\n/8NEAROTD“”'-.", max_size=40))
def test_no_text_makes_reading_a_query_fail_in_another_way(text: str) -> None:
    try:
        parse(text)
    except QueryUnreadable as error:
        assert 0 <= error.offset <= len(text)


def test_a_paragraph_of_junk_is_answered_without_looking_at_every_pair() -> None:
    text = "ab cd " * 4_000
    assert {"ab", "cd"} == set(found("ab NEAR/100 cd NEAR/100 (ab OR cd)", text))
    assert found("ab NEAR/100 cd NEAR/100 gh", text) == []
