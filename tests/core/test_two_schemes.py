"""Sentences parsed by hand under both schemes of labels give the same claims.

`tests/data/two-schemes.txt`: of each sentence its words with their Penn tags, then head and label of each word, counted from 1,
by Universal Dependencies and by CLEAR, as the en_core_web pipelines of spaCy have them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from monitor.extract.claims import claims_in
from monitor.extract.relations import CLEAR, UD, Relations
from monitor.records import Claim
from monitor.settings import Topic
from monitor.topics.match import Matcher
from tests.core.test_claims import SLUG, document

VOCAB = spacy.blank("en").vocab
TOPIC = Topic(title="Tanks", keywords=("tank", "sale", "ship"), actors={"Norway": ("Oslo",), "Latvia": ("Riga",)})
PAIRS = (Path(__file__).parents[1] / "data" / "two-schemes.txt").read_text(encoding="utf-8").strip().split("\n\n")
_POS = {"V": "VERB", "N": "NOUN", "J": "ADJ", "I": "ADP", "R": "ADV", "C": "CCONJ"}
_AUXILIARIES = {"aux", "auxpass", "aux:pass", "cop"}


def parsed(text: str, tagged: str, tree: str) -> Doc:
    """The Doc of one annotation: tags, parts of speech, finite verbs, heads and labels."""
    words, tags = zip(*(cell.rsplit("/", 1) for cell in tagged.split()), strict=True)
    heads, deps = zip(*(cell.split(":", 1) for cell in tree.split()), strict=True)
    spaces, at = [], 0
    for word in words:
        at = text.index(word, at) + len(word)
        spaces.append(text[at : at + 1] == " ")
    be = {"is", "are", "was", "were", "be"}
    pos = [
        "AUX" if tag == "MD" or dep in _AUXILIARIES or word in be
        else "PROPN" if tag.startswith("NNP")
        else "NUM" if tag == "CD"
        else "PUNCT" if tag in {",", "."}
        else _POS.get(tag[0], "X")
        for word, tag, dep in zip(words, tags, deps, strict=True)
    ]  # fmt: skip
    return Doc(
        VOCAB,
        words=list(words),
        spaces=spaces,
        tags=list(tags),
        pos=pos,
        morphs=["VerbForm=Fin" if tag in {"VBD", "VBZ", "VBP", "MD"} else "" for tag in tags],
        heads=[int(head) - 1 if int(head) else index for index, head in enumerate(heads)],
        deps=["ROOT" if dep in {"root", "ROOT"} else dep for dep in deps],
        sent_starts=[index == 0 for index in range(len(words))],
    )


def claims(text: str, doc: Doc) -> tuple[Claim, ...]:
    made = document("", text)
    return claims_in(doc, made, Matcher({SLUG: TOPIC}).match(made)[SLUG], SLUG, TOPIC)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.split("\n")[0][2:])
def test_both_schemes_give_the_same_claims(pair: str) -> None:
    heading, tagged, ud, clear = pair.split("\n")
    text = heading.removeprefix("# ")
    ours, other = parsed(text, tagged, ud), parsed(text, tagged, clear)

    assert ours.text == text
    assert claims(text, ours) == claims(text, other) != ()


def test_each_tree_is_known_by_its_own_scheme() -> None:
    known = {"UD": 0, "CLEAR": 0}
    for pair in PAIRS:
        heading, tagged, *trees = pair.split("\n")
        for scheme, tree in zip((UD, CLEAR), trees, strict=True):
            relations = Relations.of(parsed(heading.removeprefix("# "), tagged, tree))
            assert relations is not None
            known[relations.scheme.name] += relations.scheme is scheme

    assert known == {"UD": len(PAIRS), "CLEAR": len(PAIRS) - both_fit()}


def both_fit() -> int:
    """Trees by CLEAR in which every label is also one of UD's: nothing in them is read otherwise."""
    return sum({cell.split(":", 1)[1] for cell in pair.split("\n")[3].split()} <= UD.known for pair in PAIRS)


def test_there_are_forty_pairs_and_more() -> None:
    assert len(PAIRS) >= 40
