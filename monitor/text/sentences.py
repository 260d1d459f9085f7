"""Where sentences end, by rule.

News text breaks simple splitters at titles ("Sen. Ivo Marek"), initials ("J. R. Okafor"), states ("the U.S. Navy"), decimal
numbers ("2.5 percent"), quotes and ellipses. Here a full stop ends a sentence unless what stands before it or after it says
otherwise. A blank line always does: title, summary, content and paragraphs are divided so (`monitor.records.Document`).
"""

from __future__ import annotations

import re

from monitor.text.words import words

_BLANK_LINE = re.compile(r"[^\S\n]*\n(?:[^\S\n]*\n)+\s*")
_END = re.compile(r"(?P<mark>[.!?…]+)(?P<close>[\"'”’»)\]]*)(?P<gap>\s+)(?P<open>[\"'“‘«(\[]*)(?P<next>\S)")
_WORD_BEFORE = re.compile(r"[^\s\"'“‘«(\[—–/-]*\Z")
_NEXT_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_NEVER_LAST = words(
    """
    mr mrs ms mx dr prof rev hon st sr sra msgr fr gen col maj capt cmdr lt sgt cpl pvt adm brig sen rep gov pres supt
    insp det amb dir atty asst assoc messrs mme mlle vs v cf e.g i.e viz approx ca nos art arts fig figs pp vol hr mt ft
    """
)
"""Abbreviations that a name, a figure or more of the phrase follows: "Gen. Oru", "Art. 5"."""

_SELDOM_LAST = words(
    """
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun no inc corp co ltd bros
    jr etc al est dept gov't govt intl univ assn ave blvd rd calif fla mass mich minn ore pa penn tenn tex va wash wis
    ariz ark colo conn del ga ill ind kan ky la md miss mo mont neb nev okla oct dak ala
    """
)
"""Abbreviations that may end a sentence: they do where the next word is one that opens sentences ("in Nov. The vote")."""

_OPENERS = words(
    """
    the a an this that these those it he she they we i you there here his her its their our my your but and or so yet nor
    in on at by for from to with after before when while as if since though although because during under over among
    between of about not no one two three some many most all each both another other more what who why how where which
    then now still also however meanwhile officials police according asked earlier later last
    next both
    """
)
"""Words that open sentences; after an abbreviation that may stand in mid-sentence a capital letter alone proves nothing."""

_SUBJECTS = words("officials police")
_HEADLINE = re.compile(r"\s[A-Z]\w+\s[A-Z]")
"""Two more capitals behind an opener: a headline in title case goes on."""


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of the text in order, as `start, end` without the white space around them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for blank in _BLANK_LINE.finditer(text):
        _split(text, start, blank.start(), spans)
        start = blank.end()
    _split(text, start, len(text), spans)
    return spans


def _split(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    position = start
    for found in _END.finditer(text, start, end):
        if _ends_sentence(text, found, position):
            _append(text, position, found.end("close"), spans)
            position = found.end("gap")
    _append(text, position, end, spans)


def _append(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    end -= len(stretch) - len(stretch.rstrip())
    if start < end:
        spans.append((start, end))


def _ends_sentence(text: str, found: re.Match[str], position: int) -> bool:
    """Whether the mark found ends the sentence that began at position."""
    following = found["next"]
    if following.islower():  # '"Why now?" she asked'
        return False
    if found["mark"] != ".":
        # '"Enough!" Marek said' is told apart from '"Enough!" The hall fell silent' by attribution, not here.
        return following.isalnum() or bool(found["open"])
    before = _WORD_BEFORE.search(text, position, found.start("mark"))
    word = before[0].casefold() if before else ""
    after = _NEXT_WORD.match(text, found.start("next"))
    opener = after is not None and after[0].casefold() in _OPENERS
    if opener and after is not None and after[0].casefold() in _SUBJECTS and _HEADLINE.match(text, after.end()):
        opener = False  # "U.S. Officials Weigh"
    if not word or found["close"]:
        return True
    if word in _NEVER_LAST:
        return False
    if word in _SELDOM_LAST:
        return opener or (bool(found["open"]) and not following.isdigit())
    if len(word) == 1 and word.isalpha():  # an initial: "J. Okafor"; "plan B. The" is rarer
        return opener and text[position : found.start()].strip() != before[0] if before else False
    if "." in word and word.replace(".", "").isalpha() and len(word) <= 6:  # U.S., a.m., p.m., E.U.
        return opener
    return True
