"""The noun that a number counts: its head in the plural, the phrase with its modifiers, and how far it goes.

Without tags, the head is the first word after the number that looks like a plural and is followed by no other plural; with tags,
the plural noun that the tagger found. A number with no noun is completed from its verb ("3,000 killed": people).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import hyphen_at, low_at, touches
from monitor.extract.figures.tables import phrases, table, words

# plurals without a plural's ending, each its own unit
_SAME = words("""
    people men women children lives wives feet police personnel troops staff crew cattle aircraft spacecraft sheep
    fish poultry servicemen servicewomen policemen firemen fishermen gunmen militiamen crewmen airmen congressmen
    seamen businessmen infantry livestock media species series mice geese teeth criteria headquarters crises data
    ammunition paratroops infantrymen guardsmen sportsmen clergymen tribesmen countrymen oxen offspring hovercraft
    watercraft
""")
_IRREGULAR = dict(zip(_SAME, _SAME, strict=True)) | {"folk": "people", "folks": "people", "persons": "people"}
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
NOT_PLURAL = words("""
    is was has does says goes as its this his hers ours theirs yours us yes thus plus always perhaps besides towards
    afterwards versus across previous various serious dangerous religious nervous famous anonymous enormous business
    congress process access press progress success loss gas virus crisis basis analysis chaos status campus bus texas
    kansas hamas honduras cyprus belarus laos paris athens brussels wales remains becomes includes comes takes makes
    gives keeps shows stands whereas indoors overseas unless less puts adds brings climbs sends gets tells asks
    wants sees loses pays buys sells meets finds becomes seems appears reaches rises nears exceeds idles kills
    injures wounds gives holds tops drops employs feeds allows lets begins
""")
# words that no noun phrase of ours goes over
STOP = words("""
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
# words between a number and its noun that add nothing to what is counted
_LOOSE = words("more other others additional extra further new of fewer less such so-called the its their his her our remaining")
_COMPOUNDS = phrases("""
    crew members, service members, police officers, staff members, family members, board members, council members,
    cabinet members,
    gang members, party members, asylum seekers, aid workers, health workers, border guards, fighter jets, prison guards
""")
COLLECTIVES = words("""
    panel team crew family group delegation squad gang garrison contingent party band jury staff cell community
    audience crowd force
    army
""")
_FINITE = {"VBD", "VBZ", "VBP", "MD", "IN", "PRP", "WDT", "WP", "EX"}
_TAIL_PREPOSITIONS = words("of in from at on inside near across aboard around with for against")
_TAIL_PARTICIPLES = words("""
    sent deployed stationed based killed wounded held trained seized captured fired launched built armed led backed bound made
    trapped destroyed damaged lost shot struck injured missing infected displaced employed registered confirmed
""")
_NO_TAIL = words("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
    november december yesterday today tomorrow total all average addition return exchange
""")
_REACH, _TAIL_REACH = 9, 10


@dataclass(frozen=True, slots=True)
class Noun:
    """What a number counts: unit, and the words that say so (pieces[first:end]); elided: a verb gave it ("3,000 killed")."""

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
    if piece.kind != "word" or len(word) < 4 or not word.endswith("s") or word in NOT_PLURAL:
        return False
    return not word.endswith(("ss", "us", "is"))


def plural(word: str) -> str:
    """The plural of a noun as a unit: "soldier", "soldiers" give "soldiers"; "person" gives "people"."""
    low = word.lower()
    known = _IRREGULAR.get(low) or _SINGULARS.get(low)
    if known:
        return known
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low
    if low.endswith("y") and low[-2:-1] not in {"a", "e", "i", "o", "u"}:
        return low[:-1] + "ies"
    return low + "es" if low.endswith(("s", "x", "z", "ch", "sh")) else low + "s"


def noun_at(pieces: Sequence[Piece], index: int, tags: dict[int, str], *, one: bool) -> Noun | None:
    """The noun phrase right behind a number: "10,000 | North Korean soldiers", "five | of the six reactors", "a 27 | -nation".

    one: the number is 1, so that its noun is in the singular; a noun joined by a hyphen is so too.
    """
    joined = hyphen_at(pieces, index)
    at = index + joined
    if joined:
        if low_at(pieces, at) == "strong":  # "a 10,000-strong force"
            return Noun("people", min(at + 1, len(pieces) - 1), min(at + 2, len(pieces)))
        known = at < len(pieces) and pieces[at].kind == "word" and pieces[at].low not in _NOT_COUNTED
        if known and not hyphen_at(pieces, at + 1) and pieces[at].low not in {"plus", "odd"}:
            return Noun(plural(pieces[at].low), at, at + 1)
        at += known
    if low_at(pieces, at) == "strong":  # "12,000 strong"
        return Noun("people", at, at + 1, elided=True)
    found: list[int] = []
    while at < min(len(pieces), index + 2 * _REACH) and len(found) < _REACH:
        piece = pieces[at]
        if _joins(pieces, at, found, tags):
            at += 1
            continue
        if piece.kind == "mark" or (_stops(piece, tags) and not _of_whole(pieces, at, found)):
            break
        if piece.low in PEOPLE and not _noun_follows(pieces, at + 1, tags) and not hyphen_at(pieces, at + 1):
            return None if found else Noun("people", at, at + 1, elided=True)
        if piece.low in _LOOSE or (piece.kind == "number" and not found and not hyphen_at(pieces, at + 1)):
            at += 1
            continue
        if one and found and piece.low.endswith(("ed", "ing")):
            break
        found.append(at)
        if is_plural(piece, tags.get(piece.start, "")) and not _noun_follows(pieces, at + 1, tags):
            return Noun(_unit(pieces, found), found[0], at + 1)
        at += 1
    if found and one and pieces[found[-1]].kind == "word":
        return Noun(_unit(pieces, found), found[0], found[-1] + 1)
    return None


_NOT_COUNTED = words("member and to or")


def _stops(piece: Piece, tags: dict[int, str]) -> bool:
    return piece.kind == "word" and (piece.low in STOP or tags.get(piece.start, "") in _FINITE)


def _of_whole(pieces: Sequence[Piece], at: int, found: Sequence[int]) -> bool:
    """ "five | of the six reactors", "72 | of its 101 members": the whole's noun is the part's."""
    return not found and (pieces[at].low == "of" or (pieces[at].low in _LOOSE and low_at(pieces, at - 1) == "of"))


def _joins(pieces: Sequence[Piece], at: int, found: Sequence[int], tags: dict[int, str]) -> bool:
    """Whether the phrase goes on over a mark or "and": "battle-hardened", "U.S. troops", "Russian and North Korean soldiers"."""
    low = pieces[at].low
    if hyphen_at(pieces, at) or (low == "." and len(pieces[at - 1].text) == 1 and touches(pieces, at)):
        return True
    if low in {"’", "'", "s"} and touches(pieces, at) and found:
        return True
    if low not in {"and", "or", ","} or not found or is_plural(pieces[found[-1]], tags.get(pieces[found[-1]].start, "")):
        return False
    ahead = pieces[at + 1 : at + 4]
    clear = [piece for piece in ahead if piece.kind == "word" and not _stops(piece, tags) and piece.low not in PEOPLE]
    return len(clear) == len(ahead) and any(is_plural(piece, tags.get(piece.start, "")) for piece in clear)


def _noun_follows(pieces: Sequence[Piece], at: int, tags: dict[int, str]) -> bool:
    """Whether the next word is a plural noun of the same phrase: "arms | sales", "wounded | soldiers"."""
    if at >= len(pieces) or pieces[at].kind != "word" or _stops(pieces[at], tags) or pieces[at].low in PEOPLE:
        return False
    return is_plural(pieces[at], tags.get(pieces[at].start, "")) and pieces[at].low not in {"arrives", "leaves", "dies", "lives"}


def _unit(pieces: Sequence[Piece], found: Sequence[int]) -> str:
    head = pieces[found[-1]].low
    if len(found) > 1 and (pieces[found[-2]].low, head) in _COMPOUNDS:
        return f"{pieces[found[-2]].low} {head}"
    if head in {"pieces", "items"} and low_at(pieces, found[-1] + 1) == "of" and found[-1] + 2 < len(pieces):
        return f"{head} of {low_at(pieces, found[-1] + 2)}"
    return plural(head)


def collective(pieces: Sequence[Piece], first: int) -> Noun | None:
    """ "a panel of | twelve", "a crew of | eight": people."""
    if low_at(pieces, first - 1) == "of" and low_at(pieces, first - 2) in COLLECTIVES:
        return Noun("people", first - 2, first - 1, elided=True)
    return None


def with_tail(pieces: Sequence[Piece], noun: Noun, tags: dict[int, str]) -> int:
    """Where the counted phrase ends with what is said of it: "soldiers | training in Russia", "tonnes | of aid for Gaza"."""
    end = at = noun.end
    while at < len(pieces) and at - noun.end < _TAIL_REACH:
        piece = pieces[at]
        if piece.kind != "word":
            break
        passive = piece.low in _TAIL_PARTICIPLES and low_at(pieces, at + 1) in _TAIL_PREPOSITIONS | {"by", "during"}
        active = piece.low.endswith("ing") and at == noun.end and low_at(pieces, at + 1) in _TAIL_PREPOSITIONS
        if passive or (active and piece.low not in STOP):
            end = at = at + 1
            continue
        if piece.low not in _TAIL_PREPOSITIONS:
            break
        stop = _object_end(pieces, at + 1, tags)
        if stop is None:
            break
        end = at = stop
    return end


def _object_end(pieces: Sequence[Piece], at: int, tags: dict[int, str]) -> int | None:
    """Where the noun phrase behind a preposition ends; None where it is a time, a number or nothing."""
    start = at
    while at < len(pieces) and at - start < 5:
        piece = pieces[at]
        determiner = at == start and piece.low in {"the", "a", "an", "its", "their", "his", "her", "this", "that"}
        if hyphen_at(pieces, at):
            at += 2
            continue
        if piece.text in {"’", "'", "s"} and touches(pieces, at):
            at += 1
            continue
        if piece.kind != "word" or piece.low in _NO_TAIL or (_stops(piece, tags) and not determiner) or piece.low in PEOPLE:
            break
        at += 1
    timed = at < len(pieces) and (pieces[at].low in _NO_TAIL or pieces[at].kind == "number") and at - start < 2
    return None if at == start or timed else at
