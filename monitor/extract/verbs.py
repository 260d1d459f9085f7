"""Reporting verbs and whom they belong to: "Marek said", "said Marek", "Marek, the mayor, said", "who said", "..., adding"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.extract.content import behind, behind_time, clause_at, opens_adjunct, rest, that_follows
from monitor.extract.lexicon import (
    AMBIGUOUS,
    BETWEEN,
    CUES,
    DETERMINERS,
    PEOPLE,
    PERSONAL,
    PREPOSITIONS,
    RELATIVES,
    ROLES,
    SUBORDINATORS,
    TAKING,
    TEMPORAL,
    WANTING,
    Cue,
)
from monitor.extract.phrases import (
    CLOSING,
    OPENING,
    Range,
    Words,
    left_phrase,
    may_be_verb,
    right_phrase,
    skip_left,
    speaks,
    subject_of,
)
from monitor.records import Stance
from monitor.text.words import words as word_list


@dataclass(frozen=True, slots=True)
class Found:
    """An attribution as word ranges of its sentence.

    rank: how surely it is what the whole sentence rests on, smallest first. group: the verb with all between it and its subject.
    act: the subject does something and says nothing.
    """

    rank: int
    source: Range | None
    cue: Range
    group: Range
    content: tuple[Range, ...]
    lemma: str
    stance: Stance
    act: bool = False


def verbs(words: Words) -> Iterator[Found]:
    """Every reporting verb with its subject; see `_inverted`, `_apposed`, `_relative` and `_before`."""
    previous: Range | None = None
    for index in range(len(words)):
        cue = CUES.get(words.low[index])
        if cue is None or (words.name[index] and not (words.shouted and cue.strong)) or _is_noun(words, index):
            continue
        one = (
            _inverted(words, index, cue)
            or _apposed(words, index, cue)
            or _relative(words, index, cue)
            or _before(words, index, cue)
        )
        one = one or _chained(words, index, cue, previous)
        if one:
            previous = one.source
            yield one


_PHRASES = (
    ("let", "it", "be", "known"),
    ("lets", "it", "be", "known"),
    ("made", "it", "known"),
    ("made", "it", "clear"),
    ("made", "known"),
    ("makes", "known"),
    ("made", "clear"),
    ("made", "public"),
    ("went", "on"),
    ("goes", "on"),
    ("gave", "out"),
    ("put", "it"),
    ("lets", "know"),
)


def phrases(words: Words) -> Iterator[Found]:
    """ "The strike is over, the union let it be known"; "The union made known on Friday that the strike is over"."""
    cue = CUES["said"]
    for index in range(1, len(words) - 1):
        size = next((len(p) for p in _PHRASES if tuple(words.low[index : index + len(p)]) == p), 0)
        if words.low[index] in {"let", "lets"} and "know" in words.low[index + 1 : index + 6]:
            size = words.low.index("know", index) - index + 1
        apposed = _apposed(words, index, cue) if size else None
        if size and (source := apposed.source if apposed else left_phrase(words, index)):
            yield replace(_built(words, source, index + size - 1, source[1], cue), cue=(index, index + size))


_DOCUMENTS = word_list(
    """figures data statement report statistics estimate estimates assessment tally count letter analysis calculations survey
    study document documents records readout transcript"""
)


def publisher(words: Words, source: Range) -> Range:
    """Who stands behind a paper: "figures of [the union]", "a report by [the court]", "the tally that [the mayor] keeps"."""
    start, end = source
    for index in range(start, end):
        if words.low[index] in _DOCUMENTS:
            owner = next((i for i in (index - 1, index - 2) if i > start and words.text[i] in {"'s", "’s"}), 0)
            behind = next((i + 1 for i in range(index + 1, end) if words.low[i] in {"of", "by", "from"}), 0)
            if owner:
                return start, owner
            if behind and speaks(words, behind, end):
                return behind, end
            if end + 1 < len(words) and words.low[end] in {"that", "which"} and (clause := right_phrase(words, end + 1)):
                last = next(
                    (i for i in range(clause[0] + 1, clause[1]) if may_be_verb(words.low[i]) and not words.name[i]), clause[1]
                )
                return (clause[0], last) if speaks(words, clause[0], last) else clause
    return source


def _is_noun(words: Words, index: int) -> bool:
    """Whether an ambiguous form is a noun here: "the claims", "a report said", "its pledge"."""
    low = words.low[index]
    if low.endswith("ing"):
        return not (index and words.low[index - 1] in {",", "and"}) or low not in {
            "saying",
            "adding",
            "telling",
            "insisting",
            "claiming",
            "warning",
        }
    before = words.low[index - 1] if index else ""
    closing = index + 1 == len(words) and "," in words.text  # "..., Oru's Army Reports"
    if words.shouted and not closing and low in AMBIGUOUS | _PARTICIPLES and words.tokens[index].tag_ in _NO_VERBS:
        return True  # "New Ferry Rules That Bite", "Planned Closure": capitals tell nothing, the tagger may
    if low == "say":  # "a say", "the final say"
        return before in {"a", "no", "final", "little", "more", "the", "their", "our"} or (
            before == "to" and not _declining(words, index)
        )
    if before in {"to", "be", "been", "being", "is", "are", "was", "were", "of", "by", "for", "in"} and low not in {
        "said",
        "says",
    }:
        return before != "to" or not _declining(words, index)
    if low not in AMBIGUOUS:
        return before in {"the", "a", "an", "its", "his", "her", "their"}
    after = words.low[index + 1] if index + 1 < len(words) else ""
    if (
        CUES[low].lemma == low and before and not _is_plural(words, index)
    ):  # "the Latvian state radio", "no claim"; a verb would end in s
        return True
    if before in DETERMINERS | {"'s", "’s", "of", "and", "no"} | PREPOSITIONS:
        return True
    return (
        after in {"of", "from", "by", "about"}
        or (after in CUES and after not in AMBIGUOUS)
        or words.is_verb(min(index + 1, len(words) - 1))
    )


_NO_VERBS = frozenset({"NN", "NNS", "NNP", "NNPS", "JJ", "VBN"})
_PARTICIPLES = word_list("planned expected reported proposed projected suspected feared intended recommended")
_OF = frozenset({"of", "in", "from", "at", "with", "close", "involved", "familiar", "for", "to"})


def _is_plural(words: Words, end: int) -> bool:
    """Whether the subject that ends before `end` is plural: "officials", "figures of the navy", "they"."""
    start = next((i + 1 for i in range(end - 1, max(-1, end - 9), -1) if words.is_punctuation(i)), max(0, end - 8))
    of = next((i for i in range(start + 1, end) if words.low[i] in _OF), end)
    head = words.low[of - 1]
    return head in PEOPLE or head in {"they", "we", "i", "you", "both"} or head.endswith("s")


def _declining(words: Words, index: int) -> bool:
    return index >= 2 and words.low[index - 2] in {
        "declined",
        "refused",
        "declines",
        "refuses",
        "yet",
        "failed",
        "began",
        "went",
        "refusing",
    }


def _inverted(words: Words, index: int, cue: Cue) -> Found | None:
    """ "The bridge is closed," said the mayor of Oru, Ivo Marek."""
    if (
        not index
        or not cue.strong
        or cue.lemma in {"tell", "inform"}
        or not (words.is_punctuation(index - 1) or words.low[index - 1] in BETWEEN)
    ):
        return None
    mark = skip_left(words, index)
    if (
        not mark
        or not (words.is_punctuation(mark - 1))
        or words.text[mark - 1] in OPENING - CLOSING
        or words.low[index].endswith("ing")
    ):
        return None
    source = right_phrase(words, index + 1)
    if source is None or not _closes(words, source[1]):
        return None
    end = _with_name(words, source)
    content = ((0, mark - 1), *rest(words, mark - 1, behind_time(words, end)))
    return Found(1, (source[0], end), (index, index + 1), (mark, index + 1), content, cue.lemma, cue.stance)


def _closes(words: Words, at: int) -> bool:
    """Whether the clause may end here: a mark, a time or a place follows, no verb and no "that"."""
    if at >= len(words) or words.is_punctuation(at):
        return True
    low = words.low[at]
    return (
        low in TEMPORAL or low in PREPOSITIONS or low in {"as", "when", "while", "after", "and", "who", "here"}
    ) and low != "to"


def _with_name(words: Words, source: Range) -> int:
    """Behind a name in apposition: "the mayor of Oru[, Ivo Marek]"; and behind an office: "Ivo Marek[, the mayor]"."""
    at = source[1]
    if at + 1 >= len(words) or words.text[at] != ",":
        return at
    end = at + 1
    while end < len(words) and not words.is_punctuation(end):
        end += 1
    inner = range(at + 1, end)
    if 0 < len(inner) <= 12 and not any(words.is_verb(i) or words.low[i] in CUES or words.low[i] in RELATIVES for i in inner):
        named = all(words.name[i] for i in inner)
        office = words.low[at + 1] in DETERMINERS or words.low[at + 1] in ROLES
        if (named and len(inner) <= 4) or (office and any(words.low[i] in ROLES for i in inner)):
            return end
    return at


def _apposed(words: Words, index: int, cue: Cue) -> Found | None:
    """ "Ivo Marek, the mayor of Oru, said"; "the mayor of Oru, Ivo Marek, told reporters"."""
    close = skip_left(words, index)
    if close < 3 or words.text[close - 1] not in {",", "-", "–", "—", ")"} or not words.is_punctuation(close - 1):
        return None
    open_ = close - 2
    while open_ > 0 and not words.is_punctuation(open_):
        open_ -= 1
    if open_ <= 0 or any(words.is_verb(i) and words.low[open_ + 1] not in RELATIVES for i in range(open_ + 1, close - 1)):
        return None
    outer = left_phrase(words, open_)
    inner = (open_ + 1, close - 1)
    if outer is None or outer[1] != open_ or not (speaks(words, *inner) or words.low[inner[0]] in RELATIVES | {"speaking"}):
        return None
    return _built(words, (outer[0], close - 1), index, close, cue)


def _relative(words: Words, index: int, cue: Cue) -> Found | None:
    """ "the mayor, who said that the bridge was closed"."""
    who = skip_left(words, index) - 1
    if who < 1 or words.low[who] not in RELATIVES:
        return None
    at = who - 1 if words.text[who - 1] == "," else who
    source = left_phrase(words, at)
    if source is None or source[1] != at:
        return None
    return Found(
        3, source, (index, index + 1), (who, index + 1), ((behind(words, index, cue), len(words)),), cue.lemma, cue.stance
    )


def _before(words: Words, index: int, cue: Cue) -> Found | None:
    """ "The mayor said that ..." and "..., the mayor said"."""
    group = index - 2 if words.low[index - 1 : index] == ["to"] and _declining(words, index) else index
    source = left_phrase(words, group)
    if source is None:
        return None
    weak = not cue.strong and not _takes_clause(words, index, cue)
    if cue.lemma in TAKING and not cue.strong and not _opens_clause(words, source[0]):
        return None
    if weak or (source[1] - source[0] > 1 and words.low[source[1] - 1] in PERSONAL):
        return None
    return _built(words, publisher(words, source), index, source[1], cue)


def _opens_clause(words: Words, start: int) -> bool:
    """Whether a clause may begin there: "the group [called the Choir]" is none."""
    return (
        start == 0 or opens_adjunct(words) or words.is_punctuation(start - 1) or words.low[start - 1] in SUBORDINATORS | {"and"}
    )


def _takes_clause(words: Words, index: int, cue: Cue) -> bool:
    """Whether what follows a weak cue may be what is said: "that", a quote, or a clause; or it closes a sentence."""
    after = words.low[index + 1 : index + 2]
    if after and cue.lemma == "call":
        return after[0] in {"on", "for"} | DETERMINERS | OPENING or words.name[index + 1]
    if after and cue.lemma == "speak":
        return after[0] == "of"
    if after and cue.lemma in WANTING and after[0] == "to":
        return True
    if after and cue.lemma in TAKING:
        return after[0] not in PREPOSITIONS | SUBORDINATORS and not words.is_punctuation(index + 1)
    time = behind_time(words, index + 1)  # "..., the ministry reported on Monday."
    return (
        not after
        or (time > index + 1 and (time == len(words) or words.is_punctuation(time)))
        or after[0] in {"that", "there", ",", ".", ":", ";"} | OPENING | PERSONAL | DETERMINERS
        or words.name[index + 1]
        or after[0][:1].isdigit()
    )


def _built(words: Words, source: Range, index: int, group: int, cue: Cue) -> Found:
    """The attribution around a verb at `index`: what is said stands behind it, or before it and perhaps also behind."""
    begins = source[0]
    mark = begins > 0 and words.is_punctuation(begins - 1) and words.text[begins - 1] not in OPENING - CLOSING - {'"'}
    start = behind(words, index, cue)
    trailing = mark and begins > 2 and words.text[begins - 1] not in {":"} and not that_follows(words, index, cue)
    if trailing and not (opens_adjunct(words) and clause_at(words, start)):
        more = rest(words, begins - 1, start)
        lead = ((0, begins - 1),) if not more or _is_clause(words, begins - 1) else ()
        content = (*lead, *more)
        rank = 0 if begins > 5 and (cue.strong or cue.lemma == "report") else 1
        return Found(rank, source, (index, index + 1), (group, index + 1), content, cue.lemma, cue.stance)
    rank = 1 if begins <= 3 or opens_adjunct(words) else 2
    return Found(rank, source, (index, index + 1), (group, index + 1), ((start, len(words)),), cue.lemma, cue.stance)


def _is_clause(words: Words, end: int) -> bool:
    """Whether the words before `end` are part of what is said: in "In a letter, Marek said, ..." they tell where it was."""
    beside = opens_adjunct(words) or words.low[0] in {"of", "however", "according"} or words.low[0].endswith("ing")
    return not beside or any(words.is_verb(i) or words.text[i] in CLOSING for i in range(end))


def _chained(words: Words, index: int, cue: Cue, previous: Range | None) -> Found | None:
    """ "Marek closed the bridge, adding that it would not open", "Marek left and said": the subject before."""
    if not index or words.low[index - 1] not in {",", "and", "but"} or (cue.lemma == "add" and words.low[index] == "add"):
        return None
    source = previous or subject_of(words)
    if source is None or source[1] > index or not cue.strong:
        return None
    return Found(
        3, source, (index, index + 1), (index, index + 1), ((behind(words, index, cue), len(words)),), cue.lemma, cue.stance
    )
