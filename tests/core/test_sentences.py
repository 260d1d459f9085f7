"""Where sentences end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Sen. Ivo Marek met Gen. Tora Lind and Mr. Oru.",
        "The U.S. Navy and J. R. Okafor agreed at 5 p.m. Monday.",
        "Prices rose 2.5 percent to $1.2 billion.",
        "He left on Sept. 3 for Corp. Oru in St. Lind.",
        '"Why now?" she asked.',
        "The talks ... went on.",
        "Marek: no ships for Oru",
        "No. 5 of the list won.",
        "Norway-U.S. Trade Talks Stall",
        "U.S. Officials Weigh Settling for Less",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(text: str) -> None:
    assert split(text) == [text]


def test_sentences_end_at_marks_quotes_and_blank_lines() -> None:
    text = 'The bridge fell. "We will mend it," he said. "Not now." Rain fell!\n\nA title without a mark\n\nThe U.S. The end.'
    assert split(text) == [
        "The bridge fell.",
        '"We will mend it," he said.',
        '"Not now."',
        "Rain fell!",
        "A title without a mark",
        "The U.S.",
        "The end.",
    ]


@given(st.text(alphabet='Ab .!?"”…\n\u00a0', max_size=80))
def test_spans_are_in_order_and_hold_every_character_but_white_space(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(split(text)).split()) == "".join(text.split())
