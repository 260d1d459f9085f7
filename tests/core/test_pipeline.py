"""The pipeline that ships with the package: it loads, splits, tags, parses and names; and what is said where none can be had."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from monitor.errors import ConfigurationError
from monitor.extract.encoder import NAME, Encoder
from monitor.extract.pipeline import SHIPPED, load_pipeline, model_id
from monitor.extract.relations import UD, Relations, scheme_of

SENTENCES = [
    ("Sen. Ada Oru spoke first.", "Gen. Ivo Marek left."),
    ("The U.S. sent two ships.", "Nobody asked why."),
    ("He was born in the U.S.", "She was not."),
    ("Lt. Col. J. R. Okafor signed it on Jan. 5.", "Rep. Lund refused."),
    ("“We will not leave,” the minister said.", "“Not now.”"),
    ('"Will you sign?" she asked.', "He nodded."),
    ("Exports rose 2.5 percent to $3.1 billion.", "Imports fell."),
    ("Officials in Washington, D.C., met envoys from the U.K. and the U.N.", "They talked until 3 a.m. on Monday."),
    ("Dr. Eva Lund, of St. Olaf vs. Riga fame, resigned!", "Why?", "No one knows..."),
    ("Acme Corp. and Bolt Inc. said they would merge.", "Mr. Oru owns both."),
]


@pytest.mark.parametrize("sentences", SENTENCES, ids=lambda sentences: sentences[0][:30])
def test_sentences_end_where_a_reader_ends_them(nlp: Language, sentences: tuple[str, ...]) -> None:
    doc = nlp(" ".join(sentences))

    assert [s.text.strip() for s in doc.sents] == list(sentences)


def test_a_title_a_summary_and_paragraphs_stay_apart(nlp: Language) -> None:
    doc = nlp("Oslo to send tanks to Kyiv\n\nNorway will send eight tanks. They leave in May.\n\nNobody came.")

    assert [s.text.strip() for s in doc.sents] == [
        "Oslo to send tanks to Kyiv",
        "Norway will send eight tanks.",
        "They leave in May.",
        "Nobody came.",
    ]


def test_plain_sentences_are_tagged(nlp: Language) -> None:
    doc = nlp("The army deployed 3,000 soldiers near the border on Monday.")

    assert [(t.text, t.tag_, t.pos_) for t in doc if t.is_alpha or t.like_num] == [
        ("The", "DT", "DET"),
        ("army", "NN", "NOUN"),
        ("deployed", "VBD", "VERB"),
        ("3,000", "CD", "NUM"),
        ("soldiers", "NNS", "NOUN"),
        ("near", "IN", "ADP"),
        ("the", "DT", "DET"),
        ("border", "NN", "NOUN"),
        ("on", "IN", "ADP"),
        ("Monday", "NNP", "PROPN"),
    ]


@pytest.mark.parametrize(
    "text", ["Soldiers were deployed", "SOLDIERS WERE DEPLOYED", "soldiers were deployed", "Soldiers Were Deployed"]
)
def test_lemmas_do_not_depend_on_capitals(nlp: Language, text: str) -> None:
    doc = nlp(text + ".")

    assert [t.lemma_ for t in doc][:3] == ["soldier", "be", "deploy"]


def test_a_plain_sentence_is_parsed(nlp: Language) -> None:
    relations = Relations(scheme_of(nlp))
    doc = nlp("The minister said on Monday that the army had not sent tanks to the border.")
    said, sent = (next(t for t in doc if t.text == word) for word in ("said", "sent"))

    assert [t.text for t in relations.subjects(said)] == ["minister"]
    assert [t.text for t in relations.contents(said)] == ["sent"]
    assert [t.text for t in relations.subjects(sent)] == ["army"]
    assert [t.text for t in relations.objects(sent)] == ["tanks"]
    assert ("on", "Monday") in [(o.preposition, o.noun.text) for o in relations.obliques(said)]
    assert relations.negated(sent)
    assert not relations.negated(said)


def test_names_are_found(nlp: Language) -> None:
    doc = nlp("NATO Secretary General Jens Stoltenberg arrived in Kyiv. The European Union would not comment.")

    assert [(e.text, e.label_) for e in doc.ents] == [
        ("NATO", "ORG"),
        ("Jens Stoltenberg", "PER"),
        ("Kyiv", "LOC"),
        ("European Union", "ORG"),
    ]


def test_the_shipped_pipeline_uses_one_known_scheme(nlp: Language) -> None:
    assert scheme_of(nlp) is UD
    assert set(encoder_of(nlp).kinds) == {"PER", "ORG", "LOC", "MISC"}


def encoder_of(nlp: Language) -> Encoder:
    encoder = nlp.get_pipe(NAME)
    assert isinstance(encoder, Encoder)
    return encoder


def test_the_model_says_which_one_it_is(nlp: Language) -> None:
    name, _, digest = model_id(nlp).partition("+")

    assert name.startswith("en_monitor_news-")
    assert len(digest) == 12
    assert model_id(load_pipeline(None)) == model_id(nlp)


def test_other_weights_have_another_id(nlp: Language, tmp_path: Path) -> None:
    other = spacy.load(SHIPPED, exclude=["lemmatizer"])
    other.to_disk(tmp_path / "other")

    assert model_id(load_pipeline(str(tmp_path / "other"))) != model_id(nlp)


def test_weights_ship_with_their_licence_and_card() -> None:
    assert "CC BY-SA 4.0" in (SHIPPED / "LICENSE").read_text(encoding="utf-8")
    assert "Universal Dependencies" in (SHIPPED / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*")) < 30_000_000


def test_an_unknown_name_is_answered_with_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match=r"no_such_pipeline.*leave nlp\.model out"):
        load_pipeline("no_such_pipeline")


def test_a_pipeline_without_a_parser_is_refused(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path / "blank")

    with pytest.raises(ConfigurationError, match="no parser"):
        load_pipeline(str(tmp_path / "blank"))
