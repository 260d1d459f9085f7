"""What carries one claim: a sentence, or its part where a semicolon or a second speaker divides two statements.

"Oru said five men were lost, [and Lind said it had answered]"; "..., he said, [adding that more would come]". Quoted text
is not divided. A part of fewer than four words stays with its neighbour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from monitor.extract.lexicon import CUES, PERSONAL
from monitor.extract.phrases import Words, left_phrase
from monitor.extract.relations import Relations
from monitor.extract.trees import own_clauses
from monitor.text.words import words as word_list

_SMALLEST = 4  # words


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch that carries a claim; first: it does not go on with what another clause of its sentence says.

    ahead: it tells of whoever the next clause is about: "[After canceling the talks,] Oru signals that it would meet".
    """

    span: Span
    first: bool
    ahead: bool = False


def clauses(doc: Doc) -> list[Clause]:
    """The clauses of the document in order; together they hold every word of it that is not white space."""
    # Doc.sents walks the whole document again for every sentence
    starts = [token.i for token in doc if token.is_sent_start] or [0]
    ends = [*starts[1:], len(doc)]
    relations = Relations.of(doc)
    return [clause for start, end in zip(starts, ends, strict=True) for clause in _of_sentence(doc, start, end, relations)]


def _of_sentence(doc: Doc, start: int, end: int, relations: Relations | None) -> Iterator[Clause]:
    while start < end and doc[start].is_space:
        start += 1
    while end > start and doc[end - 1].is_space:
        end -= 1
    begin, first = start, True
    if comma := _opening(doc, start, end):
        yield Clause(doc[start : comma + 1], first=True, ahead=True)
        begin = comma + 1
    own = {at - 1 for at in own_clauses(doc[start:end], relations)} if relations else set()
    for index in range(begin, end):
        if (
            (doc[index].text == ";" or index in own or _second_speaker(doc, begin, index, end))
            and _long_enough(doc, begin, index)
            and _long_enough(doc, index + 1, end)
        ):
            yield Clause(doc[begin : index + 1], first)
            begin, first = index + 1, False
    if begin < end:
        yield Clause(doc[begin:end], first)


def _long_enough(doc: Doc, start: int, end: int) -> bool:
    part = doc[start:end]
    return sum(token.is_alpha for token in part) >= _SMALLEST and sum(token.is_quote for token in part) % 2 == 0


def _opening(doc: Doc, start: int, end: int) -> int | None:
    """The comma behind "After canceling the talks with Oru": something done, told before what is new."""
    if end - start < 2 * _SMALLEST or not (
        doc[start].lower_ == "having" or (doc[start].lower_ == "after" and doc[start + 1].tag_ == "VBG")
    ):
        return None
    comma = next((index for index in range(start + _SMALLEST, end) if doc[index].text == ","), None)
    long = comma is not None and _long_enough(doc, start, comma) and _long_enough(doc, comma + 1, end)
    return comma if long else None


_JOINTS = word_list("and but while though although whereas")
_GOING_ON = word_list("adding")


def _second_speaker(doc: Doc, begin: int, index: int, end: int) -> bool:
    """Whether another speaks behind the token at `index`: it is a comma before "and Oru said", or the word before "but Oru said".

    What stands before must have a reporting word of its own.
    """
    if index + 4 >= end:
        return False
    comma = doc[index].text == ","
    joint = index + 1
    if comma and doc[joint].lower_ in _GOING_ON and doc[joint + 1].lower_ == "that":
        return True
    if doc[joint].lower_ not in _JOINTS or (not comma and doc[joint].lower_ not in {"but", "while"}):
        return False
    cue = next((i for i in range(joint + 1, min(joint + 10, end - 2)) if _is_cue(doc, i)), None)
    if cue is None or cue == joint + 1 or not any(_is_cue(doc, i) for i in range(begin + 1, index)):
        return False
    words = Words(doc[joint + 1 : end])
    at = next((i for i, token in enumerate(words.tokens) if token.i == cue), 0)  # white space is no word
    source = left_phrase(words, at) if at else None
    return source is not None and source[0] == 0 and words.low[0] not in PERSONAL


def _is_cue(doc: Doc, index: int) -> bool:
    cue = CUES.get(doc[index].lower_)
    return cue is not None and (cue.strong or cue.lemma in _OPINIONS)


_OPINIONS = word_list("call believe expect put dispute dismiss blame urge report speak")
"""Weak reporting verbs by which a second party answers the first."""
