"""Grammatical relations read the same under both schemes of labels, on sentences parsed by hand."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc, Token

from monitor.errors import ConfigurationError
from monitor.extract.relations import CLEAR, UD, Relations, Scheme, scheme_of

VOCAB = spacy.blank("en").vocab


def doc(rows: str) -> Doc:
    """word/head/label, heads counted from 0."""
    cells = [row.split("/") for row in rows.split()]
    return Doc(VOCAB, words=[c[0] for c in cells], heads=[int(c[1]) for c in cells], deps=[c[2] for c in cells])


PAIRS = {
    "active": (
        "Oslo/1/nsubj sent/1/ROOT tanks/1/obj to/4/case Kyiv/1/obl on/6/case Monday/1/obl",
        "Oslo/1/nsubj sent/1/ROOT tanks/1/dobj to/1/prep Kyiv/3/pobj on/1/prep Monday/5/pobj",
    ),
    "passive": (
        "tanks/2/nsubj:pass were/2/aux:pass sent/2/ROOT by/4/case Oslo/2/obl:agent",
        "tanks/2/nsubjpass were/2/auxpass sent/2/ROOT by/2/agent Oslo/3/pobj",
    ),
    "passive without the label of an agent": (
        "tanks/2/nsubj:pass were/2/aux:pass sent/2/ROOT by/4/case Oslo/2/obl",
        "tanks/2/nsubjpass were/2/auxpass sent/2/ROOT by/2/agent Oslo/3/pobj",
    ),
    "content": (
        "Marek/1/nsubj said/1/ROOT that/4/mark Oslo/4/nsubj sent/1/ccomp tanks/4/obj",
        "Marek/1/nsubj said/1/ROOT that/4/mark Oslo/4/nsubj sent/1/ccomp tanks/4/dobj",
    ),
    "told somebody": (
        "Marek/1/nsubj told/1/ROOT reporters/1/iobj Oslo/4/nsubj agreed/1/ccomp",
        "Marek/1/nsubj told/1/ROOT reporters/1/dative Oslo/4/nsubj agreed/1/ccomp",
    ),
    "told somebody as object": (
        "Marek/1/nsubj told/1/ROOT reporters/1/obj Oslo/4/nsubj agreed/1/ccomp",
        "Marek/1/nsubj told/1/ROOT reporters/1/dobj Oslo/4/nsubj agreed/1/ccomp",
    ),
    "negated": (
        "Oslo/3/nsubj did/3/aux not/3/advmod send/3/ROOT tanks/3/obj",
        "Oslo/3/nsubj did/3/aux not/3/neg send/3/ROOT tanks/3/dobj",
    ),
    "no subject at all": (
        "No/1/det official/2/nsubj spoke/2/ROOT",
        "No/1/det official/2/nsubj spoke/2/ROOT",
    ),
    "apposition": (
        "Marek/5/nsubj ,/3/punct the/3/det minister/0/appos ,/3/punct resigned/5/ROOT",
        "Marek/5/nsubj ,/0/punct the/3/det minister/0/appos ,/0/punct resigned/5/ROOT",
    ),
    "promise": (
        "Oslo/1/nsubj promised/1/ROOT to/3/mark send/1/xcomp tanks/3/obj and/6/cc guns/4/conj",
        "Oslo/1/nsubj promised/1/ROOT to/3/aux send/1/xcomp tanks/3/dobj and/4/cc guns/4/conj",
    ),
    "two verbs": (
        "Oslo/1/nsubj confirmed/1/ROOT and/3/cc sent/1/conj 300/5/nummod tanks/3/obj",
        "Oslo/1/nsubj confirmed/1/ROOT and/1/cc sent/1/conj 300/5/nummod tanks/3/dobj",
    ),
    "possessor and place of a noun": (
        "Oslo/2/nmod:poss 's/0/case embassy/5/nsubj in/4/case Riga/2/nmod closed/5/ROOT",
        "Oslo/2/poss 's/0/case embassy/5/nsubj in/2/prep Riga/3/pobj closed/5/ROOT",
    ),
}


def reading(rows: str, scheme: Scheme) -> dict[str, dict[str, object]]:
    """Everything that `Relations` tells about every word, in words."""
    relations = Relations(scheme)

    def texts(tokens: list[Token]) -> list[str]:
        return [t.text for t in tokens]

    told: dict[str, dict[str, object]] = {}
    for token in doc(rows):
        answers: dict[str, object] = {
            name: texts(getattr(relations, name)(token))
            for name in (
                "subjects",
                "patients",
                "agents",
                "objects",
                "receivers",
                "contents",
                "appositions",
                "possessors",
                "numbers",
            )
        }
        answers["obliques"] = [(o.preposition, o.noun.text) for o in relations.obliques(token) if o.preposition != "by"]
        answers["negated"] = relations.negated(token)
        told[token.text] = {name: answer for name, answer in answers.items() if answer}
    return {word: answers for word, answers in told.items() if answers and word not in {"to", "on", "by", "in"}}


@pytest.mark.parametrize("name", PAIRS)
def test_both_schemes_tell_the_same(name: str) -> None:
    ud, clear = PAIRS[name]

    assert reading(ud, UD) == reading(clear, CLEAR)


def test_an_active_sentence_tells_who_what_to_whom_and_when() -> None:
    told = reading(PAIRS["active"][0], UD)

    assert told["sent"] == {"subjects": ["Oslo"], "objects": ["tanks"], "obliques": [("to", "Kyiv"), ("on", "Monday")]}


def test_a_passive_has_an_agent_and_no_subject() -> None:
    told = reading(PAIRS["passive without the label of an agent"][0], UD)

    assert told["sent"] == {"patients": ["tanks"], "agents": ["Oslo"]}


def test_the_subject_is_shared_by_joined_verbs_and_by_what_is_promised() -> None:
    assert reading(PAIRS["two verbs"][0], UD)["sent"]["subjects"] == ["Oslo"]
    assert reading(PAIRS["promise"][0], UD)["send"] == {"subjects": ["Oslo"], "objects": ["tanks", "guns"]}


def test_labels_choose_the_scheme() -> None:
    assert scheme_of(pipeline("nsubj", "obj", "obl", "nsubj:pass")) is UD
    assert scheme_of(pipeline("nsubj", "dobj", "prep", "pobj")) is CLEAR


def test_unknown_labels_are_named() -> None:
    with pytest.raises(ConfigurationError, match="SB"):
        scheme_of(pipeline("SB", "nsubj", "obj"))


def test_a_pipeline_without_a_parser_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no parser"):
        scheme_of(spacy.blank("en"))


def pipeline(*labels: str) -> spacy.Language:
    nlp = spacy.blank("en")
    parser = nlp.add_pipe("parser")
    for label in labels:
        parser.add_label(label)  # type: ignore[attr-defined]  # add_pipe is typed as a callable
    return nlp
