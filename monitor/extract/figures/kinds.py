"""Figures that count nothing: years, dates, clock times, ages, ordinals, scores, versions, designations, article numbers.

Each rule reads at one place and answers with where the figure ends or None; the first that answers names the kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from monitor.extract.figures.lexer import Piece, value_of
from monitor.extract.figures.nouns import is_plural
from monitor.extract.figures.numbers import ONES, TENS, hyphen_at, low_at, touches
from monitor.extract.figures.tables import words


class Kind(StrEnum):
    """What a figure is."""

    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    MEASURE = "measure"
    DURATION = "duration"
    DISTANCE = "distance"
    DEGREE = "degree"
    YEAR = "year"
    DATE = "date"
    CLOCK = "clock"
    AGE = "age"
    ORDINAL = "ordinal"
    SCORE = "score"
    VERSION = "version"
    PHONE = "phone"
    DESIGNATION = "designation"
    REFERENCE = "reference"
    PRONOUN = "pronoun"


_MONTHS = words("""
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec
""")
_REFERENCES = words("""
    article articles resolution section sections chapter paragraph paragraphs annex clause rule no number nos channel
    phase stage day flight route highway room page pages unit type mark block gate zone line volume season episode
    protocol category tier grade level apollo formula boeing airbus psalm verse regulation directive bill proposition
    order act amendment boulevard interstate gallery platform terminal lot item title figure table appendix schedule
    form model series class version group division district precinct ward week round game set match lap lane exit area
    studio pier berth pillar goal
""")
# these refer in small letters too
_LOW_REFERENCES = words(
    "article articles resolution section chapter paragraph page pages phase level category clause rule channel"
)
_WORD_REFERENCES = words("article resolution section chapter annex clause phase stage channel title pillar category")
_PREFIXES = words("mid late early over under near sub post pre ex to pro and or a than some non")
_ZONES = words("gmt utc bst est edt cet cest local msk ist et")
_BEFORE_YEAR = words("""
    in since until till by from of year before after during to and for through between the early late mid spring
    summer autumn fall winter throughout around about over under
""")
_GAMES = words("win won victory defeat defeated loss lost draw drew beat beating lead led score scored aggregate")
_ONE_BEFORE = words("no any every this that which each some the another new last next first only good not")
_ONE_AFTER = words("""
    of another can could may might must should would will is was has had that who which day thing way side hand point
    such by to on at as with for time after does ' ’ , .
""") | {""}
_ONE_NUMBER = words("hundred thousand million billion trillion dozen third quarter fifth tenth half in and out or -")


def uncounted(pieces: Sequence[Piece], index: int) -> tuple[Kind, int] | None:
    """The kind and end of a figure at a piece that counts nothing; None where it may count."""
    if pieces[index].kind == "number":
        for kind, rule in _NUMERAL_RULES:
            end = rule(pieces, index)
            if end is not None:
                return kind, end
        return None
    for kind, rule in _WORD_RULES:
        end = rule(pieces, index)
        if end is not None:
            return kind, end
    return None


def _designation(pieces: Sequence[Piece], index: int) -> int | None:
    """ "F-16", "T-72B3", "S-400", "Kh-101", "Covid-19", "MH17", "2S19", "5G", "155mm" as a calibre stays with measures."""
    before = pieces[index - 1] if index else None
    end = _tail(pieces, index)
    if before is not None and touches(pieces, index):
        if before.kind == "word" and before.text not in {"US", "USD", "EUR", "GBP", "Rs", "RMB", "RM", "R", "x"}:
            return end
        if hyphen_at(pieces, index - 1) and index > 1 and pieces[index - 2].kind == "word":
            word = pieces[index - 2]
            if (
                word.low not in _PREFIXES
                and not word.low.endswith("y")
                and (word.text[0].isupper() or len(word.text) < 4)
                and _plain(pieces[index])
            ):
                return end
    if low_at(pieces, index + 1) == "g" and touches(pieces, index + 1) and value_of(pieces[index].text) in {2, 3, 4, 5, 6}:
        return index + 2
    return None


def _plain(piece: Piece) -> bool:
    return piece.text.isdigit() and len(piece.text) < 5


def _tail(pieces: Sequence[Piece], index: int) -> int:
    """The end of the letters and numerals that stand against a numeral: "72B3", "35A"."""
    end = index + 1
    while end < len(pieces) and touches(pieces, end) and pieces[end].kind != "mark":
        end += 1
    return end


def _ordinal(pieces: Sequence[Piece], index: int) -> int | None:
    """ "the 47th brigade", "2nd", "1st"."""
    suffixed = low_at(pieces, index + 1) in {"st", "nd", "rd", "th"} and touches(pieces, index + 1)
    return index + 2 if suffixed else None


def _decade(pieces: Sequence[Piece], index: int) -> int | None:
    """ "the 1990s", "in his 50s", "the '80s"."""
    return index + 2 if low_at(pieces, index + 1) == "s" and touches(pieces, index + 1) else None


def _phone(pieces: Sequence[Piece], index: int) -> int | None:
    """ "+44 20 7946 0958", "555-0134": a plus sign against a long row of digits, or two groups of three and four."""
    at = index
    groups = 0
    while at < len(pieces) and pieces[at].kind == "number" and pieces[at].text.replace(" ", "").isdigit():
        groups += 1
        at += 1
        if low_at(pieces, at) in {"-", ")", "("} and at + 1 < len(pieces) and pieces[at + 1].kind == "number":
            at += 1
    dashed = hyphen_at(pieces, index + 1) and len(pieces[index].text) == 3 and len(low_at(pieces, index + 2)) == 4
    if groups >= 2 and dashed and low_at(pieces, index + 2).isdigit():
        return at
    if low_at(pieces, index - 1) == "+" and (groups >= 3 or len(pieces[index].text.replace(" ", "")) > 8):
        return at
    return None


def _clock(pieces: Sequence[Piece], index: int) -> int | None:
    """ "14:05", "6:30 p.m.", "6 pm", "0600 GMT", "5 o'clock"."""
    at = index + 1
    timed = False
    while (
        low_at(pieces, at) in {":", "."} and touches(pieces, at) and touches(pieces, at + 1) and pieces[at + 1].text[:2].isdigit()
    ):
        if low_at(pieces, at) == "." or len(pieces[at + 1].text) != 2:
            break
        timed, at = True, at + 2
    if low_at(pieces, at) in {"am", "pm"}:
        return at + 1
    if low_at(pieces, at) in {"a", "p"} and low_at(pieces, at + 1) == "." and low_at(pieces, at + 2) == "m":
        return at + 3 + (low_at(pieces, at + 3) == ".")
    if low_at(pieces, at) in {"o'clock", "o’clock"}:
        return at + 1
    if low_at(pieces, at) in _ZONES and (timed or len(pieces[index].text) == 4):
        return at + 1
    if len(pieces[index].text) == 4 and low_at(pieces, index - 1) == "at" and low_at(pieces, at) == "hours":
        return at + 1
    return at if timed else None


def _date(pieces: Sequence[Piece], index: int) -> int | None:
    """ "24 October 2024", "Oct. 24", "October 24-26", "24/10/2024", "2024-10-24", "24.10.2024"."""
    text = pieces[index].text
    if re.fullmatch(r"\d{1,2}\.\d{1,2}", text) and re.fullmatch(
        r"\.\d{4}", "".join(p.text for p in pieces[index + 1 : index + 2])
    ):
        return index + 2
    if not text.isdigit() or len(text) > 4:
        return None
    for dash in ("/", "-", "."):
        if (
            [low_at(pieces, index + n) for n in (1, 3)] == [dash, dash]
            and low_at(pieces, index + 2).isdigit()
            and low_at(pieces, index + 4).isdigit()
        ):
            return index + 5
    if len(text) > 2:
        return None
    back = index - 1 - (low_at(pieces, index - 1) == "." and low_at(pieces, index - 2) in _MONTHS)
    if index and low_at(pieces, back) in _MONTHS and _is_month(pieces[back]):
        return _date_tail(pieces, index + 1)
    ahead = index + 1
    if (
        low_at(pieces, ahead) in {"-", "–", "to", "and", "or"}
        and low_at(pieces, ahead + 1).isdigit()
        and len(low_at(pieces, ahead + 1)) < 3
    ):
        ahead += 2
    ahead += low_at(pieces, ahead) == "of"
    if low_at(pieces, ahead) in _MONTHS and _is_month(pieces[ahead]) and float(text) <= 31:
        return _date_tail(pieces, ahead + 1)
    return None


def _is_month(piece: Piece) -> bool:
    return piece.text[0].isupper()


def _date_tail(pieces: Sequence[Piece], at: int) -> int:
    """On over a second day and a year: "24-26", "and 27", ", 2024"."""
    if (
        low_at(pieces, at) in {"-", "–", "to", "and", "or"}
        and low_at(pieces, at + 1).isdigit()
        and len(low_at(pieces, at + 1)) < 3
    ):
        after = low_at(pieces, at + 2)
        if not (at + 2 < len(pieces) and is_plural(pieces[at + 2])) and after not in {"people", "percent", "%", "per"}:
            at += 2
    if low_at(pieces, at) == "," and _year_like(low_at(pieces, at + 1)):
        return at + 2
    return at + 1 if _year_like(low_at(pieces, at)) else at


def _year_like(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and 1000 <= int(text) < 2100


def _year(pieces: Sequence[Piece], index: int) -> int | None:
    """ "in 2018", "the 2024 elections", "2023-24"; not "2,024 soldiers", "killed 1950 people", "at least 2000"."""
    if not _year_like(pieces[index].text) or int(pieces[index].text) < 1500:
        return None
    before, after = low_at(pieces, index - 1), low_at(pieces, index + 1)
    if after in {
        "%",
        "percent",
        "per",
        "million",
        "billion",
        "tonnes",
        "tons",
        "dollars",
        "euros",
        "people",
        "troops",
        "soldiers",
        "men",
    }:
        return None
    if before in {
        "least",
        "than",
        "some",
        "nearly",
        "almost",
        "approximately",
        "roughly",
        "killed",
        "killing",
        "$",
        "€",
        "£",
        "total",
    }:
        return None
    if (
        before not in _BEFORE_YEAR | _MONTHS
        and index + 1 < len(pieces)
        and is_plural(pieces[index + 1])
        and int(pieces[index].text) % 10 == 0
    ):
        return None
    end = index + 1
    if low_at(pieces, end) in {"-", "–", "/"} and touches(pieces, end + 1) and low_at(pieces, end + 1).isdigit():
        end += 2
    return end


def _age(pieces: Sequence[Piece], index: int) -> int | None:
    """ "aged 34", "a 19-year-old", "34 years old", "Smith, 34,", "the age of 34"."""
    before = low_at(pieces, index - 1)
    at = index + 1
    words = [low_at(pieces, at + n) for n in range(5) if low_at(pieces, at + n) not in {"-", "‑", "–"}]
    if words[:2] in (
        ["year", "old"],
        ["years", "old"],
        ["month", "old"],
        ["months", "old"],
        ["day", "old"],
        ["week", "old"],
        ["year", "olds"],
    ):
        while low_at(pieces, at) not in {"old", "olds"}:
            at += 1
        return at + 1
    if words[:3] == ["years", "of", "age"]:
        return index + 4
    if before in {"aged", "age", "ages"} or (before == "of" and low_at(pieces, index - 2) in {"age", "ages"}):
        if low_at(pieces, at) in {"to", "-", "and", "–"} and at + 1 < len(pieces) and pieces[at + 1].kind == "number":
            return at + 2
        return at
    named = index > 1 and before == "," and pieces[index - 2].kind == "word" and pieces[index - 2].text[0].isupper()
    if named and low_at(pieces, at) in {",", ".", ""} and pieces[index].text.isdigit() and 1 <= int(pieces[index].text) < 115:
        return at
    return None


def _version(pieces: Sequence[Piece], index: int) -> int | None:
    """ "version 3.1", "3.11.2", "v2.0"."""
    end = index + 1
    while end < len(pieces) and touches(pieces, end) and re.fullmatch(r"\.\d+", pieces[end].text):
        end += 1
    return end if end > index + 1 or low_at(pieces, index - 1) == "version" else None


def _reference(pieces: Sequence[Piece], index: int) -> int | None:
    """ "Resolution 1701", "Article 5", "Phase 2", "No. 10", "Group of 20", "Boeing 737": a name's number, not a count."""
    back = index - 1
    if low_at(pieces, back) == "." and low_at(pieces, back - 1) in {"no", "nos", "art", "sec", "ch"}:
        return _tail(pieces, index)
    if low_at(pieces, back) == "#":
        return index + 1
    if back < 0 or low_at(pieces, back) not in _REFERENCES or pieces[back].kind != "word":
        return None
    named = pieces[back].text[0].isupper() or low_at(pieces, back) in _LOW_REFERENCES
    if low_at(pieces, back) in {"no", "order", "line", "set", "number"} and not pieces[back].text[0].isupper():
        return None
    if not named or not pieces[index].text.replace(".", "").isdigit():
        return None
    end = _tail(pieces, index)
    if (
        low_at(pieces, back).endswith("s")
        and low_at(pieces, end) in {"and", "to", "-"}
        and end + 1 < len(pieces)
        and pieces[end + 1].kind == "number"
    ):
        return end + 2
    return end


def _score(pieces: Sequence[Piece], index: int) -> int | None:
    """ "won 2-1", "a 3-0 defeat", "beat them 21-14": two small numerals joined by a hyphen, falling, beside a word of games."""
    if not (hyphen_at(pieces, index + 1) and index + 2 < len(pieces) and pieces[index + 2].kind == "number"):
        return None
    first, second = pieces[index].text, pieces[index + 2].text
    if not (first.isdigit() and second.isdigit() and int(first) < 200 and int(second) < 200):
        return None
    around = {piece.low for piece in pieces[max(0, index - 5) : index + 7]}
    return index + 3 if around & _GAMES else None


def _word_age(pieces: Sequence[Piece], index: int) -> int | None:
    """ "a five-year-old boy", "twelve years old"."""
    return _age(pieces, index) if low_at(pieces, index) in ONES | TENS else None


def _word_reference(pieces: Sequence[Piece], index: int) -> int | None:
    """ "phase two", "Article Five", "Number One"."""
    named = low_at(pieces, index - 1) in _WORD_REFERENCES or (
        low_at(pieces, index - 1) == "number" and pieces[index].text[0].isupper()
    )
    return index + 1 if named and low_at(pieces, index) in ONES else None


def _word_clock(pieces: Sequence[Piece], index: int) -> int | None:
    """ "seven o'clock"."""
    return index + 2 if low_at(pieces, index + 1) in {"o'clock", "o’clock"} else None


def _pronoun(pieces: Sequence[Piece], index: int) -> int | None:
    """ "one of the largest", "no one", "one another", "this one", "one day", "one can"; "twenty one" and "one soldier" count."""
    if low_at(pieces, index) != "one" or hyphen_at(pieces, index - 1):
        return None
    before, after = low_at(pieces, index - 1), low_at(pieces, index + 1)
    if after in _ONE_NUMBER:
        return None
    return index + 1 if before in _ONE_BEFORE or after in _ONE_AFTER else None


_Rule = Callable[[Sequence[Piece], int], int | None]
_NUMERAL_RULES: tuple[tuple[Kind, _Rule], ...] = (
    (Kind.ORDINAL, _ordinal),
    (Kind.YEAR, _decade),
    (Kind.PHONE, _phone),
    (Kind.DATE, _date),
    (Kind.CLOCK, _clock),
    (Kind.AGE, _age),
    (Kind.VERSION, _version),
    (Kind.REFERENCE, _reference),
    (Kind.DESIGNATION, _designation),
    (Kind.SCORE, _score),
    (Kind.YEAR, _year),
)
_WORD_RULES: tuple[tuple[Kind, _Rule], ...] = (
    (Kind.AGE, _word_age),
    (Kind.CLOCK, _word_clock),
    (Kind.REFERENCE, _word_reference),
    (Kind.PRONOUN, _pronoun),
)
