"""Which paragraphs the model reads, and that reading less tells the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from monitor.extract.claims import claims_in, extract
from monitor.extract.paragraphs import Paragraphs
from monitor.records import Claim, Document, Mention
from monitor.topics.match import Matcher
from tests.core.test_claims import SLUG, TOPIC, document
from tests.language import pipeline

RAIN = "It rained. Nobody came."
TANKS = "Mayor Ivo Marek said that forty tanks would leave."
QUOTE = "“The tanks will not come back,” he added."


def mentions(made: Document) -> tuple[Mention, ...]:
    return Matcher({SLUG: TOPIC}).match(made).get(SLUG, ())


def tagged(doc: Doc) -> str:
    """The text of the words that the model has tagged."""
    return " ".join(token.text for token in doc if token.tag_ and not token.is_space)


def test_the_model_reads_the_paragraphs_that_may_matter_and_those_beside_them() -> None:
    made = document("", "", "\n\n".join([f"One. {RAIN}", "Two days of rain.", TANKS, "Rain again.", "Sun. Wind.", "Snow."]))

    doc = Paragraphs(pipeline(), made.text).doc(made, mentions(made))

    assert doc.text == made.text
    assert tagged(doc) == "Two days of rain . Mayor Ivo Marek said that forty tanks would leave . Rain again ."
    assert [sent.text.strip() for sent in doc.sents][:3] == ["One.", "It rained.", "Nobody came."]


def test_figures_matter_where_the_headline_is_about_the_topic() -> None:
    made = document("Tanks leave", "", "\n\n".join([RAIN, RAIN, RAIN, "Three were left."]))

    assert tagged(Paragraphs(pipeline(), made.text).doc(made, mentions(made))) == " ".join(
        ["Tanks leave It rained . Nobody came .", "It rained . Nobody came .", "Three were left ."]
    )


def test_a_pronoun_finds_the_speaker_of_the_paragraph_before() -> None:
    made = document("", "", "\n\n".join([RAIN, TANKS, QUOTE]))

    told = extract(Paragraphs(pipeline(), made.text), made, mentions(made), SLUG, TOPIC)

    assert [claim.speaker for claim in told] == ["Ivo Marek", "Ivo Marek"]


def test_what_another_topic_asked_for_changes_nothing() -> None:
    made = document("", "", "\n\n".join([TANKS, RAIN, RAIN, "Snow fell.", "It was cold."]))
    shared = Paragraphs(pipeline(), made.text)
    everything = tuple(Mention(topic=SLUG, start=at, end=at + 1, by="x") for at in range(0, len(made.text), 10))
    shared.doc(made, everything)

    assert tagged(shared.doc(made, mentions(made))) == tagged(Paragraphs(pipeline(), made.text).doc(made, mentions(made)))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from([RAIN, TANKS, QUOTE, "Oslo was silent.", "Three were left, Norway said."]), min_size=1, max_size=6)
)
def test_reading_less_tells_the_same(parts: list[str]) -> None:
    made = document("Tanks leave", "", "\n\n".join(parts))

    def told(doc: Doc) -> tuple[Claim, ...]:
        return claims_in(doc, made, mentions(made), SLUG, TOPIC)

    assert told(Paragraphs(pipeline(), made.text).doc(made, mentions(made))) == told(pipeline()(made.text))


@pytest.mark.parametrize("unit", ["x", "\u200f", "🚢", "“", "1,"])
def test_a_megabyte_of_junk_behind_the_news_is_cut_and_the_news_is_read(unit: str) -> None:
    made = document("Norway sends tanks", "", "A tank stood there.\n\n" + unit * (1_000_000 // len(unit)))

    told = extract(Paragraphs(pipeline(), made.text), made, mentions(made), SLUG, TOPIC)

    assert [claim.sentence for claim in told] == ["Norway sends tanks", "A tank stood there."]
