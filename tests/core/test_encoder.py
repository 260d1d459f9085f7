"""The encoder that ships: word pieces, trees and runs of names from scores; eight bits read what full precision reads."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from spacy.language import Language

from monitor.extract.decode import apart, best_heads, best_names
from monitor.extract.encoder import MAX_PIECES, NAME, Encoder, windows
from monitor.extract.pieces import SPELLINGS, Pieces, spelling
from monitor.extract.pipeline import SHIPPED, load_pipeline

FULL_READINGS = Path(__file__).parents[1] / "data" / "encoder_full_precision.jsonl"
SCORES = st.floats(-20, 20, width=32)


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    lines = (SHIPPED / NAME / "pieces.txt").read_text(encoding="utf-8").splitlines()
    return Pieces({piece: number for number, piece in enumerate(lines)})


@pytest.mark.parametrize(
    ("word", "cut"),
    [
        ("troops", ["troops"]),
        ("TROOPS", ["troops"]),
        ("Zelenskyy", ["ze", "##len", "##sky", "##y"]),
        ("Orbán", ["orb", "##an"]),
        ("n't", ["n", "'", "t"]),
        ("F-16", ["f", "-", "16"]),
        ("\u200b", ["[UNK]"]),
        ("x" * 500, ["[UNK]"]),
    ],
)
def test_words_are_cut_into_the_vocabulary_s_longest_pieces(pieces: Pieces, word: str, cut: list[str]) -> None:
    names = {number: piece for piece, number in pieces.vocabulary.items()}

    assert [names[number] for number in pieces.of(word)] == cut


def test_what_capitals_say_goes_in_beside_the_pieces() -> None:
    words = ["2024", "—", "troops", "A", "NATO", "Oslo", "iPhone"]

    assert [spelling(word, True) for word in words] == [1, 2, 3, 4, 5, 6, 7]
    assert [spelling(word, False) for word in words] == [8, 9, 10, 11, 12, 13, 14]
    assert max(spelling(word, False) for word in words) < SPELLINGS


@given(st.text(max_size=80))
def test_no_word_is_without_pieces(word: str) -> None:
    own = Pieces({"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "##b": 5})

    assert own.of(word)
    assert 0 < spelling(word, False) < SPELLINGS


def _is_tree(heads: tuple[int, ...]) -> bool:
    for word in range(len(heads)):
        seen, node = set[int](), word + 1
        while node and node not in seen:
            seen.add(node)
            node = heads[node - 1]
        if node:
            return False
    return True


@given(st.integers(1, 4).flatmap(lambda size: arrays(np.float32, (size, size + 1), elements=SCORES)))
def test_no_other_tree_has_a_higher_score(scores: np.ndarray) -> None:
    size = len(scores)
    trees = [heads for heads in product(range(size + 1), repeat=size) if _is_tree(heads)]
    best = max(sum(float(scores[word, head]) for word, head in enumerate(heads)) for heads in trees)

    found = tuple(best_heads(scores))

    assert _is_tree(found)
    assert sum(float(scores[word, head]) for word, head in enumerate(found)) == pytest.approx(best, abs=1e-3)


@given(
    st.integers(1, 9).flatmap(lambda size: arrays(np.float32, (size, size + 1), elements=SCORES)),
    st.lists(st.booleans(), min_size=9, max_size=9),
)
def test_trees_that_become_sentences_stand_side_by_side_where_one_may_end(scores: np.ndarray, ends: list[bool]) -> None:
    heads = tuple(apart(best_heads(scores), ends))

    assert _is_tree(heads)
    tops = []
    for word in range(len(heads)):
        node = word
        while heads[node]:
            node = heads[node] - 1
        tops.append(node)
    runs = [top for i, top in enumerate(tops) if i == 0 or tops[i - 1] != top]
    assert len(runs) == len(set(tops))
    assert all(ends[i - 1] for i in range(1, len(tops)) if tops[i - 1] != tops[i])


def test_a_sentence_is_not_cut_before_who_said_it(nlp: Language) -> None:
    doc = nlp("Three ships have left so far, Norway's coast guard chief said.")

    assert len(list(doc.sents)) == 1


FOLLOWS = np.array(  # O, B-X, I-X, B-Y, I-Y
    [[True, True, False, True, False], [True, True, True, True, False], [True, True, True, True, False]]
    + [[True, True, False, True, True]] * 2
)


@given(st.integers(1, 4).flatmap(lambda size: arrays(np.float32, (size, 5), elements=SCORES)))
def test_no_other_run_of_names_has_a_higher_score(scores: np.ndarray) -> None:
    def allowed(labels: tuple[int, ...]) -> bool:
        return all(FOLLOWS[a, b] for a, b in zip((0, *labels), labels, strict=False))

    ways = [labels for labels in product(range(5), repeat=len(scores)) if allowed(labels)]
    best = max(sum(float(scores[i, label]) for i, label in enumerate(labels)) for labels in ways)

    found = tuple(best_names(scores, FOLLOWS))

    assert allowed(found)
    assert sum(float(scores[i, label]) for i, label in enumerate(found)) == pytest.approx(best, abs=1e-3)


def test_eight_bits_read_what_full_precision_reads(nlp: Language) -> None:
    rows = [json.loads(line) for line in FULL_READINGS.read_text(encoding="utf-8").splitlines()]

    same, words = [0, 0, 0, 0], 0
    for row, doc in zip(rows, nlp.pipe(row["text"] for row in rows), strict=True):
        for (tag, head, relation, name), token in zip(row["words"], doc, strict=True):
            words += 1
            same[0] += tag == token.tag_
            same[1] += head == token.head.i
            same[2] += relation == token.dep_
            same[3] += name == f"{token.ent_iob_}-{token.ent_type_}"

    assert words > 2000
    assert [share / words > least for share, least in zip(same, (0.99, 0.97, 0.97, 0.98), strict=True)] == [True] * 4


def test_one_by_one_reads_as_many_at_once(nlp: Language) -> None:
    texts = [
        "Oslo sent tanks. They left on Monday.",
        "NATO Secretary General Jens Stoltenberg arrived in Kyiv.",
        "",
        " \n\n ",
        "Why?",
    ]

    together = [[(t.tag_, t.dep_, t.head.i, t.ent_iob) for t in doc] for doc in nlp.pipe(texts)]

    assert together == [[(t.tag_, t.dep_, t.head.i, t.ent_iob) for t in nlp(text)] for text in texts]


def test_white_space_hangs_on_the_word_before_it(nlp: Language) -> None:
    doc = nlp("\n\nOslo sent tanks.\n\nNobody  asked.")

    assert [(t.head.text, t.dep_, t.pos_) for t in doc if t.is_space] == [
        ("Oslo", "dep", "SPACE"),
        (".", "dep", "SPACE"),
        ("Nobody", "dep", "SPACE"),
    ]


def test_a_sentence_without_end_is_read_in_parts(nlp: Language, pieces: Pieces) -> None:
    doc = nlp("tanks and guns and " * 300)

    assert max(sum(len(pieces.of(doc[i].text)) for i in window) for window in windows(doc, pieces)) <= MAX_PIECES
    assert all(token.dep_ for token in doc)


def test_a_copy_on_disk_reads_the_same(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "copy")
    text = "The minister said on Monday that the army had not sent tanks to the border."

    copy = load_pipeline(str(tmp_path / "copy"))

    assert [(t.tag_, t.dep_, t.head.i) for t in copy(text)] == [(t.tag_, t.dep_, t.head.i) for t in nlp(text)]
    assert isinstance(copy.get_pipe(NAME), Encoder)
