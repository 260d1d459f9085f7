"""The recipe of the relevance model: what it learns from, and that a stream left out is not seen."""

from __future__ import annotations

import pytest

from training.relevance import Pair, fit, labels_of, pairs, train
from training.streams import STREAMS


@pytest.fixture(scope="module")
def rows() -> list[Pair]:
    return [pair for name in ("aid-pier", "reassurance-force") for pair in pairs(STREAMS / name, ("whole",))]


def test_an_entry_is_labelled_by_what_it_carries_first_for_each_topic_by_itself() -> None:
    labels = labels_of(STREAMS / "aid-pier")

    assert {"first", "later", "borderline"} == set(labels.values())
    assert all(entry.startswith("e") for entry, _ in labels)


def test_the_entries_that_give_the_examples_do_not_learn_from_them(rows: list[Pair]) -> None:
    plain = {(row.stream, row.topic, row.entry) for row in rows if row.variant == "whole"}
    taught = {(row.stream, row.topic, row.entry) for row in rows if row.variant == "whole examples"}

    assert taught < plain
    assert all(row.values["rather alert"] == 0.0 for row in rows if row.variant == "whole")
    assert any(row.values["rather alert"] != 0.0 for row in rows if row.variant == "whole examples")


def test_a_stream_is_left_out_of_the_model_that_judges_it_and_the_same_streams_give_the_same_weights(rows: list[Pair]) -> None:
    whole, left_out = train(rows)
    again, _ = train(rows)

    assert whole == again
    assert left_out["aid-pier"].weights == fit([row for row in rows if row.stream == "reassurance-force"]).weights
    assert left_out.keys() == {"aid-pier", "reassurance-force"}
