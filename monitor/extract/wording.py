"""What is said, in words for people: without dateline and attribution, where that leaves a clause that stands by itself.

"Officials said on Monday that the bridge is shut" is "The bridge is shut"; "The junta revokes the accords" stays whole, since its
subject is part of the news. Headlines stay whole, too: they are short, and their grammar is the least sure.
"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc, Token

from monitor.extract.lexicon import AUXILIARIES
from monitor.records import Attribution, Document, Field
from monitor.text.words import words

_EDGES = " \t\n'.,;:-–—"
_QUOTES = {"“": "”", "‘": "’", "«": "»", '"': '"'}
_UNCLEAR = words(
    """
    he she it they we i you his her its their this these that those such there who which what to and but or
    himself herself itself themselves
    """
)
"""First words that need what stands before them, or that begin no clause."""
_DANGLING = words("that which who to of for with a an the and or")
"""Last words that want more."""
_SAYING = words("say says said")
"""Words behind which a clause follows without "that"; behind others it may be who was told, or what was asked for."""
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
LEAST = 4
"""Words that what is left must have."""
SHARE = 0.4
"""The share of the clause that it must be."""


def proposition_of(document: Document, doc: Doc, field: Field, said: Attribution | None, body: str, start: int) -> str:
    """The proposition of a clause.

    doc: the document's text as the pipeline has read it; body: the clause without its dateline; start: where that begins.
    """
    if said is None or not (said.source and said.cue and said.content) or field is Field.TITLE:
        return _dressed(body)
    first = min(said.content)
    longest = max(said.content, key=lambda span: span[1] - span[0])
    for span in dict.fromkeys((first, longest)):
        text = document.text[span[0] : span[1]]
        enough = len(text.split()) >= LEAST and len(text) >= SHARE * len(body)
        tokens = doc.char_span(*span, alignment_mode="expand")
        before = document.text[start : span[0]].strip(_EDGES + "".join(_QUOTES)).split()
        leads = not before
        follows = leads or before[-1].lower() in _SAYING | {"that"} or text.startswith("that ")
        if enough and follows and tokens is not None and _stands_alone(list(tokens), leads=leads):
            return _dressed(text.strip().removeprefix("that "))
    return _dressed(body)


def _stands_alone(tokens: Sequence[Token], *, leads: bool) -> bool:
    """Whether the words are a clause of their own. leads: they begin the sentence; its first word is the writer's own choice."""
    content = [token for token in tokens if not token.is_punct and not token.is_space]
    if content and content[0].lower_ == "that" and not leads:
        content = content[1:]
    if not content or content[-1].lower_ in _DANGLING:
        return False
    if (content[0].lower_ in _UNCLEAR and not leads) or content[0].tag_ in {"VBG", "VB"}:
        return False
    return any(token.tag_ in _FINITE or token.lower_ in AUXILIARIES for token in content[1:])


def _dressed(text: str) -> str:
    """The text with a capital, without loose punctuation at its edges, and with its quotation marks in pairs."""
    text = text.strip().strip(_EDGES).strip()
    for opening, closing in _QUOTES.items():
        if opening == closing:
            if text.count(opening) % 2:
                text = text.replace(opening, "") if text.startswith(opening) or text.endswith(opening) else text + closing
        elif text.count(opening) > text.count(closing):
            text = text.removeprefix(opening) if text.startswith(opening) else text + closing
        elif text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text.removesuffix(closing) if closing != "’" else text
    text = text.strip()
    return text[:1].upper() + text[1:]
