"""Numbers that name a thing and count nothing: designations, article numbers, ordinals, versions, telephone numbers, scores.

Each rule answers with the figure's end or None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.extract.figures.bounds import bound_before
from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.nouns import NOT_PLURAL, PEOPLE, STOP, is_plural
from monitor.extract.figures.numbers import (
    ONES,
    SCALES,
    SUFFIXES,
    hyphen_at,
    is_number,
    low_at,
    number_at,
    touches,
)
from monitor.extract.figures.tables import words
from monitor.extract.figures.units import is_unit

_REFERENCES = words("""
    article articles resolution resolutions section sections chapter paragraph paragraphs annex clause rule no number nos channel
    phase stage day flight route highway room page pages unit type mark block gate zone line volume season episode
    protocol category tier grade grades level apollo formula boeing airbus psalm verse regulation directive bill proposition
    order act amendment boulevard interstate gallery platform terminal lot item title figure table appendix schedule
    form model series class version group division district precinct ward week round game set match lap lane exit area
    studio pier berth pillar goal junction runway track step option plan appeal count ward reactor ring plant magnitude plot
""")
# these refer in small letters too
_LOW_REFERENCES = words("""
    article articles resolution resolutions section sections chapter paragraph page pages phase level category clause rule channel
    grade grades number junction series runway day lane gate magnitude plot
""")
_WORD_REFERENCES = words("""
    article resolution section chapter annex clause phase stage channel title pillar category series day grade level number
    formula tier world
""")
_ORDINALS = words("""
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth twentieth thirtieth fortieth fiftieth
""")
_PREFIXES = words("mid late early over under near sub post pre ex to pro and or a than some non")
_CURRENCIES = {"US", "USD", "EUR", "GBP", "Rs", "RMB", "RM", "R", "x", "NOK", "SEK", "DKK", "CHF", "Rp", "Tk", "KSh"}
_GAMES = words("""
    win won victory defeat defeated loss lost draw drew beat beating lead led score scored aggregate trailed tie match half
    scoreboard goal goals
""")
_ONE_BEFORE = words("""
    no any every this that which each some the another new last next first only good not in on at from
""")
_ONE_AFTER = words("""
    of another can could may might must should would will is was has had that who which day thing way side hand point
    such by to on at in and or out as with for time after does step level place reason example ' ’ , . ; : ? !
""") | {""}
_OPENERS = words("only another first last day toll still") | STOP
_VERB_ENDINGS = ("ed", "ing")
_CLAUSE = words(", . ; : ) ” \" ' ’ and or but was is has had were are will would s") | {""}
_TITLES = 0.6  # from this share of capitalised words on, a sentence is a headline in title case: capitals tell nothing


def designation(pieces: Sequence[Piece], index: int) -> int | None:
    """ "F-16", "T-72B3", "Kh-101", "Covid-19", "MH17", "2S19", "5G", "4chan": letters against the numeral."""
    end = _tail(pieces, index)
    if index and touches(pieces, index):
        before = pieces[index - 1]
        if before.kind == "word":
            return None if before.text in _CURRENCIES else end
        if hyphen_at(pieces, index - 1) and index > 1 and pieces[index - 2].kind == "word" and _names(pieces[index - 2]):
            while hyphen_at(pieces, end) and is_number(pieces, end + 1):  # "CVE-2024-3094"
                end = _tail(pieces, end + 1)
            return end if pieces[index].text.isdecimal() and len(pieces[index].text) < 5 else None
    after = low_at(pieces, index + 1)
    lettered = end > index + 1 and pieces[index + 1].kind == "word" and after not in SUFFIXES and after not in SCALES
    return end if lettered and not is_unit(pieces, index + 1) and after != "x" else None


def _names(word: Piece) -> bool:
    """Whether a word before a hyphen and a numeral makes a name of them: "Kh", "Covid", not "mid", "seventy"."""
    return word.low not in _PREFIXES and not word.low.endswith("y") and (word.text[0].isupper() or len(word.text) < 4)


def _tail(pieces: Sequence[Piece], index: int) -> int:
    """The end of the letters and numerals that stand against a numeral: "72B3", "35A", "2024-3094"."""
    end = index + 1
    while end < len(pieces) and touches(pieces, end) and pieces[end].kind != "mark":
        end += 1
    return end


def product(pieces: Sequence[Piece], index: int) -> int | None:
    """ "the PlayStation 5 sold", "Internet Explorer 6", "Falcon 9": behind a capitalised name, before no noun."""
    if index < 1 or not pieces[index].text.isdecimal() or len(pieces[index].text) > 3:
        return None
    before = pieces[index - 1]
    if before.kind != "word" or before.text.islower() or before.low.endswith(_VERB_ENDINGS) or before.low in SCALES:
        return None
    after = low_at(pieces, index + 1)
    ends = after in _CLAUSE or (after.endswith("ed") and after not in PEOPLE)
    if not ends or is_unit(pieces, index + 1) or bound_before(pieces, index) is not None or before.low in _OPENERS | PEOPLE:
        return None
    lettered = [piece for piece in pieces[max(0, index - 30) : index + 30] if piece.kind == "word"]
    capitals = sum(piece.text[0].isupper() for piece in lettered)
    return index + 1 if capitals < _TITLES * len(lettered) else None


def ordinal(pieces: Sequence[Piece], index: int) -> int | None:
    """ "the 47th brigade", "2nd", and the rank "a top 50 name"."""
    if low_at(pieces, index + 1) in {"st", "nd", "rd", "th"} and touches(pieces, index + 1):
        return index + 2
    ranked = low_at(pieces, index - 1) == "top" and low_at(pieces, index - 2) not in {"to", "could", "will", "may", "would"}
    return index + 1 if ranked and pieces[index].text.isdecimal() else None


def word_ordinal(pieces: Sequence[Piece], index: int) -> int | None:
    """ "the hundred and seventy-fifth hour", "twenty-first": number words that end in an ordinal."""
    number = number_at(pieces, index)
    if number is None or number.share:
        return None
    at = number.end + (hyphen_at(pieces, number.end) or low_at(pieces, number.end) == "and")
    return at + 1 if at > number.end and low_at(pieces, at) in _ORDINALS else None


def phone(pieces: Sequence[Piece], index: int) -> int | None:
    """ "+44 20 7946 0958", "555-0134": a plus sign against a long row of digits, or two groups of three and four."""
    at = index
    groups = 0
    while groups < 8 and is_number(pieces, at) and pieces[at].text.replace(" ", "").isdecimal():
        groups += 1
        at += 1
        if low_at(pieces, at) in {"-", ")", "("} and is_number(pieces, at + 1):
            at += 1
    dashed = hyphen_at(pieces, index + 1) and len(pieces[index].text) == 3 and len(low_at(pieces, index + 2)) == 4
    if groups >= 2 and dashed and low_at(pieces, index + 2).isdecimal():
        return at
    if low_at(pieces, index - 1) == "+" and (groups >= 3 or len(pieces[index].text.replace(" ", "")) > 8):
        return at
    return None


def version(pieces: Sequence[Piece], index: int) -> int | None:
    """ "version 3.1", "3.11.2", "v2.0"."""
    pointed = re.fullmatch(r"\d{1,3}(\.\d{1,5}){2,}", pieces[index].text)
    return index + 1 if pointed or low_at(pieces, index - 1) == "version" else None


def reference(pieces: Sequence[Piece], index: int) -> int | None:
    """ "Resolution 1701", "Article 5", "Phase 2", "No. 10", "grade 4", "Boeing 737", "#3", "ground zero"."""
    back = index - 1
    if low_at(pieces, back) == "." and low_at(pieces, back - 1) in {"no", "nos", "art", "sec", "ch"}:
        return _tail(pieces, index)
    if low_at(pieces, back) == "#":
        return index + 1
    word = low_at(pieces, back)
    if word not in _REFERENCES or not pieces[index].text.replace(".", "").isdecimal():
        return None
    if not pieces[back].text[0].isupper() and (word not in _LOW_REFERENCES or (word == "number" and _counted(pieces, index))):
        return None
    if word in {"no", "order", "line", "set"} and not pieces[back].text[0].isupper():
        return None
    end = _tail(pieces, index)
    more = word.endswith("s") and low_at(pieces, end) in {"and", "to", "-"} and is_number(pieces, end + 1)
    return end + 2 if more else end


def _counted(pieces: Sequence[Piece], index: int) -> bool:
    """ "the guards number 2,500" and "they number 40 men" count."""
    return "," in pieces[index].text or (index + 1 < len(pieces) and is_plural(pieces[index + 1]))


def word_reference(pieces: Sequence[Piece], index: int) -> int | None:
    """ "phase two", "Article Five", "Number One", "World War Two", "ground zero"."""
    word = low_at(pieces, index)
    if word not in ONES:
        return None
    back = low_at(pieces, index - 1)
    if back in {"ground", "net"} and word == "zero":
        return index + 1
    war = back == "war" and low_at(pieces, index - 2) == "world"
    named = back in _WORD_REFERENCES and not (index + 1 < len(pieces) and is_plural(pieces[index + 1]))
    return index + 1 if war or named else None


def score(pieces: Sequence[Piece], index: int) -> int | None:
    """ "won 2-1", "a 3-0 defeat", "beat them 21-14", "Belgium 3 – 0 Panama": small numerals, a dash, and a word of games."""
    if low_at(pieces, index + 1) not in {"-", "–"} or not is_number(pieces, index + 2):
        return None
    first, second = pieces[index].text, pieces[index + 2].text
    if not (first.isdecimal() and second.isdecimal() and max(len(first), len(second)) < 4):
        return None
    around = {piece.low for piece in pieces[max(0, index - 5) : index + 7]}
    named = index + 3 < len(pieces) and index and pieces[index - 1].text[0].isupper() and pieces[index + 3].text[0].isupper()
    return index + 3 if around & _GAMES or named or not second.strip("0") else None


def multiple(pieces: Sequence[Piece], index: int) -> int | None:
    """ "17-fold", "three times as many", "10x", "five times more than", "one of every 35,000": a relation of two figures."""
    number = number_at(pieces, index)
    if number is None or number.share:
        return None
    at = number.end + hyphen_at(pieces, number.end)
    word = low_at(pieces, at)
    if word in {"fold", "x"} and (word == "fold" or touches(pieces, at)):
        return at + 1
    if word == "times" and _compares(pieces, at + 1):
        return at + 1
    if number.value == 1 and word in {"of", "in", "out"}:
        at += 1 + (word == "out")
        every = low_at(pieces, at) == "every"
        whole = number_at(pieces, at + every) if at + every < len(pieces) else None
        return whole.end if every and whole is not None and whole.value > 100 else None
    return None


def _compares(pieces: Sequence[Piece], at: int) -> bool:
    """Whether "three times" goes on as a comparison: "as many", "more", "larger", "the number", "that of"."""
    word = low_at(pieces, at)
    if word == "that":
        return low_at(pieces, at + 1) == "of"
    return word in {"as", "more", "less", "fewer", "the", "its", "their", "what", "over"} or word.endswith("er")


def pronoun(pieces: Sequence[Piece], index: int) -> int | None:
    """ "one of the largest", "no one", "one another", "this one", "one can", "in one place"; "one soldier" counts."""
    if low_at(pieces, index) != "one" or hyphen_at(pieces, index - 1):
        return None
    before, after = low_at(pieces, index - 1), low_at(pieces, index + 1)
    number = number_at(pieces, index)
    if number is not None and (number.share or number.value != 1 or number.end > index + 1):
        return None
    if after in {"or", "to", "-", "–"} and index + 2 < len(pieces) and number_at(pieces, index + 2) is not None:
        return None
    verb = after in NOT_PLURAL  # "as one gives"
    many = index + 1 < len(pieces) and is_plural(pieces[index + 1]) and low_at(pieces, index + 2) not in {"'", "’"}
    return index + 1 if before in _ONE_BEFORE or after in _ONE_AFTER or many or verb or after.endswith("n't") else None
