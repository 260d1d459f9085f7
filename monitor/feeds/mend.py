"""The commonest damage of XML feeds, mended in their bytes before they are parsed, where there is no doubt what was meant.

What is mended here is read by the strict parser; what is not goes through feedparser's loose one, which is slower and makes
"AT&T;" of "AT&T".
"""

from __future__ import annotations

import codecs
import re

MOST_ATTRIBUTES = 500
DEEPEST = 2_000

_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_AMPERSAND = re.compile(rb"&(?!#[0-9]{1,8};|#[xX][0-9a-fA-F]{1,8};|[A-Za-z][A-Za-z0-9]{1,31};)")
_HALVES = re.compile(rb"&#(?:[xX]0*([dD][89a-fA-F][0-9a-fA-F]{2})|0*(5[5-7][0-9]{3}));", re.IGNORECASE)
_PAIR = re.compile(rb"(?:%s){2}" % re.sub(rb"\((?!\?)", b"(?:", _HALVES.pattern), re.IGNORECASE)
_MANY_ATTRIBUTES = re.compile(rb"<[A-Za-z][^<>=]*(?:=[^<>=]*){%d}" % (MOST_ATTRIBUTES + 1))
_TAG = re.compile(rb"<(/?)(?!(?:br|hr|img|input|wbr|p|li)\b)[A-Za-z][^<>]*?(/?)>", re.IGNORECASE)
"""Tags that make depth; the excepted ones stand in feeds without their ends, where HTML was not escaped."""
_HIGH, _LOW, _END = 0xD800, 0xDC00, 0xE000


def mended(body: bytes) -> bytes:
    """The document with blanks before its start gone, bare ampersands escaped, and halves of characters (&#xD83D;) put together.

    Only for encodings in which ASCII stands for itself; others come back as they are.
    """
    if body.startswith(codecs.BOM_UTF8):
        body = body[len(codecs.BOM_UTF8) :].lstrip()
    if b"\0" in body[:1_000] or b"\x1b" in body or b"&" not in body:
        return body
    parts: list[bytes] = []
    at = 0
    for cdata in _CDATA.finditer(body):
        parts += [_outside(body[at : cdata.start()]), cdata[0]]
        at = cdata.end()
    parts.append(_outside(body[at:]))
    return b"".join(parts)


def overgrown(body: bytes) -> str | None:
    """Why the document would take an XML parser too long: tags of hundreds of attributes, or elements in elements without end."""
    if body.count(b"=") <= MOST_ATTRIBUTES and body.count(b"<") <= DEEPEST:
        return None
    plain = _CDATA.sub(b"", body)
    if _MANY_ATTRIBUTES.search(plain):
        return f"has a tag of more than {MOST_ATTRIBUTES} attributes"
    if plain.count(b"<") - plain.count(b"</") <= DEEPEST:
        return None
    depth = 0
    for tag in _TAG.finditer(plain):
        if tag[1]:
            depth = max(0, depth - 1)
        elif not tag[2]:
            depth += 1
            if depth > DEEPEST:
                return f"nests elements more than {DEEPEST} deep"
    return None


def _outside(text: bytes) -> bytes:
    """Text that is not in CDATA."""
    text = _AMPERSAND.sub(b"&amp;", text)
    if b"&#" not in text:
        return text
    return _HALVES.sub(_half, _PAIR.sub(_pair, text))


def _code(match: re.Match[bytes]) -> int:
    return int(match[1], 16) if match[1] else int(match[2])


def _pair(match: re.Match[bytes]) -> bytes:
    high, low = (_code(half) for half in _HALVES.finditer(match[0]))
    if _HIGH <= high < _LOW <= low < _END:
        return b"&#x%X;" % (0x10000 + ((high - _HIGH) << 10) + (low - _LOW))
    return match[0]


def _half(match: re.Match[bytes]) -> bytes:
    """A half without its other half stands for nothing: U+FFFD."""
    return b"&#xFFFD;" if _HIGH <= _code(match) < _END else match[0]
