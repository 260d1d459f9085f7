"""The noun that a number counts: its head in the plural, the phrase with its modifiers, and how far it goes.

Without tags, the head is the first word after the number that looks like a plural and is followed by no other plural; with tags,
the plural noun that the tagger found. A number with no noun is completed from its verb ("3,000 killed": people).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import hyphen_at, low_at
from monitor.extract.figures.tables import table, words

# plurals without a plural's ending, each its own unit
_SAME = words("""
    people men women children lives wives feet police personnel troops staff crew cattle aircraft spacecraft sheep
    fish poultry servicemen servicewomen policemen firemen fishermen gunmen militiamen crewmen airmen congressmen
    seamen businessmen infantry livestock media species series mice geese teeth criteria headquarters crises data
    ammunition paratroops infantrymen guardsmen sportsmen clergymen tribesmen countrymen oxen offspring hovercraft
    watercraft
""")
_IRREGULAR = dict(zip(_SAME, _SAME, strict=True)) | {"folk": "people", "folks": "people", "persons": "people", "strong": "people"}
_SINGULARS = table("""
    people: person
    men: man
    women: woman
    children: child
    lives: life
    servicemen: serviceman
    policemen: policeman
    knives: knife
    thieves: thief
    halves: half
    feet: foot
    teeth: tooth
""")
# words with a verb's or a singular's -s: never the head
_NOT_PLURAL = words("""
    is was has does says goes as its this his hers ours theirs yours us yes thus plus always perhaps besides towards
    afterwards versus across previous various serious dangerous religious nervous famous anonymous enormous business
    congress process access press progress success loss gas virus crisis basis analysis chaos status campus bus texas
    kansas hamas honduras cyprus belarus laos paris athens brussels wales remains becomes includes comes takes makes
    gives keeps shows stands whereas indoors overseas unless less
""")
# words that no noun phrase of ours goes over
_STOP = words("""
    is are was were be been being am has have had having do does did will would shall should can could may might must
    that which who whom whose where when while as if than because although though since until in on at by for from to
    into onto of with without within under over above below near after before during between among against across
    along around about through toward towards upon via per amid despite off out up down inside outside behind beyond
    and or but nor so yet not also then there here now still already only just even too ever never he she it they we
    you i him her them me his their its our your my this these those the a an each every all both any some no said
    says say told tells died dies die fled flee flees came come went go gone left leave took take took made make
    joined crossed arrived returned entered lost survived remain remained stayed served fought fight live lived
    according today yesterday tomorrow tonight monday tuesday wednesday thursday friday saturday sunday again later
    earlier ago daily weekly annually altogether overall apiece alone
""")
# what makes a count of people where no noun says so
PEOPLE = words("""
    killed dead wounded injured missing arrested detained displaced homeless hospitalised hospitalized infected
    evacuated trapped stranded rescued captured hurt dying died sickened drowned deported executed abducted kidnapped
    freed unaccounted imprisoned jailed unemployed jobless vaccinated martyred ill sick poisoned fled slain buried
    held charged indicted convicted sentenced recovered conscripted mobilised mobilized drafted enlisted
""")
_LOOSE = {"more", "other", "others", "additional", "extra", "further", "new", "of", "fewer", "less"}
_COMPOUND_HEADS = {"members", "officers"}
_COMPOUND_FIRSTS = {"crew", "service", "police", "staff", "family", "board", "council", "cabinet", "gang", "party"}
_REACH = 9


@dataclass(frozen=True, slots=True)
class Noun:
    """What a number counts: unit, the phrase (pieces[first:end]), and whether a verb gave it ("killed")."""

    unit: str
    first: int
    end: int
    elided: bool = False


def is_plural(piece: Piece, tag: str = "") -> bool:
    """Whether a word is a plural noun, by its tag where there is one, else by its form."""
    word = piece.low
    if word in _IRREGULAR:
        return True
    if tag:
        return tag in {"NNS", "NNPS"}
    return (
        piece.kind == "word"
        and len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is"))
        and word not in _NOT_PLURAL
    )


def plural(word: str) -> str:
    """The plural of a noun as a unit: "soldier", "soldiers" give "soldiers"; "person" gives "people"."""
    low = word.lower()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if low in _SINGULARS:
        return _SINGULARS[low]
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low
    if low.endswith("y") and low[-2:-1] not in set("aeiou"):
        return low[:-1] + "ies"
    if low.endswith(("s", "x", "z", "ch", "sh")):
        return low + "es"
    return low + "s"


def noun_at(pieces: Sequence[Piece], index: int, tags: dict[int, str], *, one: bool) -> Noun | None:
    """The noun phrase that starts at a piece, right after a number. one: the number is 1 or joined by a hyphen ("27-nation")."""
    at = index
    joined = hyphen_at(pieces, index)
    at += joined
    words: list[int] = []
    while at < len(pieces) and len(words) < _REACH:
        piece = pieces[at]
        if piece.kind == "mark":
            if hyphen_at(pieces, at) or (piece.text == "." and at > index and len(pieces[at - 1].text) == 1):
                at += 1
                continue
            break
        if piece.kind == "word" and (piece.low in _STOP and not (piece.low in {"of", "the"} and not words)):
            break
        if piece.kind == "word" and piece.low in PEOPLE and not _noun_follows(pieces, at + 1, tags):
            if not words or not is_plural(pieces[words[-1]]):
                return Noun("people", at, at + 1, elided=True) if not words or one else None
            break
        if piece.low not in _LOOSE and piece.low != "the":
            words.append(at)
            if is_plural(piece, tags.get(piece.start, "")) and not _noun_follows(pieces, at + 1, tags):
                return Noun(_unit(pieces, words), words[0], at + 1)
            if joined and len(words) == 1 and not hyphen_at(pieces, at + 1):
                return None if piece.low == "strong" else Noun(plural(piece.low), at, at + 1)
        at += 1
    if words and one and pieces[words[-1]].kind == "word":
        return Noun(_unit(pieces, words), words[0], words[-1] + 1)
    return None


def _noun_follows(pieces: Sequence[Piece], at: int, tags: dict[int, str]) -> bool:
    """Whether the next word is a plural noun of the same phrase: "arms | sales", "wounded | soldiers"."""
    if at >= len(pieces) or pieces[at].kind != "word" or pieces[at].low in _STOP or pieces[at].low in PEOPLE:
        return False
    return is_plural(pieces[at], tags.get(pieces[at].start, "")) and pieces[at].low not in _ADVERB_LIKE


_ADVERB_LIKE = {"arrives", "leaves", "dies", "lives"}


def _unit(pieces: Sequence[Piece], words: Sequence[int]) -> str:
    head = pieces[words[-1]].low
    if head in _COMPOUND_HEADS and len(words) > 1 and pieces[words[-2]].low in _COMPOUND_FIRSTS:
        return f"{pieces[words[-2]].low} {head}"
    return plural(head)


def low_run(pieces: Sequence[Piece], index: int, *words: str) -> bool:
    """Whether these words stand from a piece on."""
    return all(low_at(pieces, index + n) == word for n, word in enumerate(words))
