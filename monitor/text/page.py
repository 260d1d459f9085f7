"""Web pages to the text of their article. The one module that imports trafilatura."""

from __future__ import annotations

from html import escape

from monitor.records.ids import normalised

MOST_BYTES = 2 * 2**20
"""Bytes of a page that are looked at; articles are far smaller, and what is larger costs more time than it is worth."""

FEWEST_WORDS = 50
"""Words of an article: less is a menu, a caption, or the wall before the text."""


def article_of(page: bytes, url: str, title: str = "") -> str | None:
    """The article's paragraphs as plain markup (`<p>`), without navigation, comments, scripts; None where there is no article.

    page: HTML as received, of any encoding; one larger than MOST_BYTES is not looked at. title: of the entry; where the article
    begins with it, it is not said again.
    """
    from trafilatura import extract  # takes memory, which only those who want full texts should pay

    if len(page) > MOST_BYTES:
        return None
    text = extract(page, url=url, include_comments=False, include_tables=False, favor_precision=True, output_format="txt")
    if not text or len(text.split()) < FEWEST_WORDS:
        return None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if normalised(lines[0]) == normalised(title):
        del lines[0]
    return "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines) or None
