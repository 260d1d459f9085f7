"""From a document to claims."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extract.claims import extract
from monitor.extract.paragraphs import Paragraphs
from monitor.records import Claim, Document, Field, Segment, Stance
from monitor.records.ids import EntryId, RevisionId, TopicSlug
from monitor.settings import Topic
from monitor.topics.match import Matcher
from tests.language import pipeline

SLUG = TopicSlug("t")
TOPIC = Topic(title="Tanks", keywords=("tank",), actors={"Norway": ("Oslo",)})


def document(title: str, summary: str = "", content: str = "") -> Document:
    text, segments = "", []
    for field, part in ((Field.TITLE, title), (Field.SUMMARY, summary), (Field.CONTENT, content)):
        if part:
            text += "\n\n" if text else ""
            segments.append(Segment(field=field, start=len(text), end=len(text) + len(part)))
            text += part
    published = datetime(2025, 3, 1, tzinfo=UTC)
    return Document(entry=EntryId("e"), revision=RevisionId("r"), published=published, text=text, segments=tuple(segments))


def claims(title: str, summary: str = "", content: str = "") -> tuple[Claim, ...]:
    made = document(title, summary, content)
    return extract(Paragraphs(pipeline(), made.text), made, Matcher({SLUG: TOPIC}).match(made).get(SLUG, ()), SLUG, TOPIC)


def test_each_topical_sentence_gives_one_claim_with_its_evidence() -> None:
    got = claims(
        "Oslo sends tanks", "Norway will send eight tanks, Oslo said.", "It rained. The tanks leave in May. Nobody came."
    )
    assert [c.evidence.text for c in got] == [
        "Oslo sends tanks",
        "Norway will send eight tanks, Oslo said.",
        "The tanks leave in May.",
    ]
    assert got[1].speaker == "Oslo"
    assert got[1].org == "Norway"
    assert got[1].stance is Stance.PROMISES
    assert got[0].actors == {"Norway"}


def test_past_history_is_marked_as_background() -> None:
    old, new = claims("", "Last year Norway bought tanks. Norway buys tanks.")
    assert old.background
    assert not new.background
    assert old.worth < new.worth


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(alphabet="Tank said, \"Oslo.\n:'”", max_size=200))
def test_no_text_makes_extraction_raise(title: str, summary: str) -> None:
    assert claims(title, summary + " tank") == claims(title, summary + " tank")


def test_a_semicolon_divides_two_claims_and_what_is_said_goes_on() -> None:
    got = claims("", "The tanks will go to Oslo in May, Mayor Ivo Marek said; forty tank crews are being trained for them.")
    assert [c.sentence for c in got] == [
        "The tanks will go to Oslo in May, Mayor Ivo Marek said;",
        "forty tank crews are being trained for them.",
    ]
    assert [c.speaker for c in got] == ["Ivo Marek", "Ivo Marek"]


def test_the_proposition_leaves_dateline_and_source_out() -> None:
    (got,) = claims("", "OSLO, May 3 - The tanks will go to the north in June, Mayor Ivo Marek said on Monday.")
    assert got.proposition == "The tanks will go to the north in June"


def test_title_and_summary_are_read_together() -> None:
    got = claims("Tanks for the north", "The first forty leave in June.", "")
    assert [c.evidence.field for c in got] == [Field.TITLE, Field.SUMMARY]
    assert got[1].mentions == ()


def test_an_actor_in_the_content_counts_where_the_entry_is_about_the_topic() -> None:
    assert len(claims("Tanks leave", "", "Oslo was silent. Nobody else came.")) == 2
    assert len(claims("Rain", "", "Oslo was silent. Nobody else came. A tank stood there.")) == 1


def test_what_lies_beyond_the_limit_is_cut_at_a_paragraph() -> None:
    made = document("Tanks leave", "", "A tank stood there.\n\n" + "A tank went by. " * 100)
    mentions = Matcher({SLUG: TOPIC}).match(made)[SLUG]
    read = extract(Paragraphs(pipeline(), made.text, max_characters=1000), made, mentions, SLUG, TOPIC)
    assert [c.sentence for c in read] == ["Tanks leave", "A tank stood there."]


def test_what_was_done_before_what_is_new_is_a_claim_of_its_own() -> None:
    done, new = claims(
        "", "After canceling the tank talks with Chile set for Sunday, Norway has signaled that it is willing to meet."
    )

    assert (done.sentence, done.speaker, done.stance) == (
        "After canceling the tank talks with Chile set for Sunday,",
        "Norway",
        Stance.REFUSES,
    )
    assert (new.speaker, new.stance) == ("Norway", Stance.CONSIDERS)


def test_a_clause_with_a_party_of_its_own_is_a_claim_of_its_own() -> None:
    got = claims("", "The mayor opened the tank museum in May, and Norway sent two old tanks to the harbour.")

    assert [(claim.sentence, claim.org) for claim in got][1:] == [("and Norway sent two old tanks to the harbour.", "Norway")]
