"""What a YAML parser says, for people who do not know how it works."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

from monitor.errors import Problem

_QUOTES = "put the text in quotes"


def in_plain_words(error: MarkedYAMLError, text: str, file: str) -> Problem:
    """The parser's complaint with its place, in words that name the likely mistake."""
    mark = error.problem_mark or error.context_mark
    line, column = mark.line, mark.column
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    opened = error.context_mark.line + 1 if error.context_mark else 0
    said = error.problem or str(error)
    message, fix = _words(said, error.context or "", here, column, opened)
    if "never closed" in message and error.context_mark:  # where it was opened helps more than where the file ends
        line, column = error.context_mark.line, error.context_mark.column
    return Problem(file=file, line=line + 1, column=column + 1, key="", message=message, fix=fix)


def _words(said: str, context: str, here: str, column: int, opened: int) -> tuple[str, str | None]:
    if "'\\t'" in said:
        return "a tab stands here; YAML is indented with spaces", "replace the tab by two spaces"
    if match := re.search(r"found character '(.)' that cannot start any token", said):
        return f"a text cannot begin with {match[1]} unless it is quoted", _QUOTES
    if "mapping values are not allowed" in said:
        return _colon(here, column)
    if "quoted scalar" in context and "end of stream" in said:
        return "a quote is opened here and never closed", "close it, or double it where it is part of the text"
    if match := re.search(r"expected ',' or '([\]}])'", said):
        return f"the {'list' if match[1] == ']' else 'map'} opened in line {opened} lacks a comma or its {match[1]}", None
    if "undefined alias" in said:
        return "a text cannot begin with * unless it is quoted (* refers to a part marked with &)", _QUOTES
    if "could not find expected ':'" in said:
        return (
            f"line {opened} is neither `key: value` nor an item `- value`",
            "add the colon, or indent it as part of the text above",
        )
    if "sequence entries are not allowed" in said:
        return "a list cannot begin on the line of its key", "begin it on the next line, or write [one, two]"
    if "another document" in said:
        return "a second document begins here (---)", "keep one document in a file; use include: for several files"
    if "expected <block end>" in said or "expected '<document start>'" in said:
        if "<scalar>" in said:
            return (
                "text goes on after the closing quote",
                "double quotes that are part of the text, or quote the text the other way",
            )
        return "this line is not indented like those it belongs to", "give all keys of one map the same indentation"
    return f"this is no YAML: {said}" + (f" {context}" if context else ""), None


def _colon(here: str, column: int) -> tuple[str, str | None]:
    """A colon where none is expected: a text that holds one, or a line that is indented too far."""
    before = here[:column]
    if match := re.match(r"\s*(?:- )?([\w-]+): (.+)", before):
        rest = here.split(": ", 1)[1].split(" #", 1)[0].strip().replace('"', '\\"')
        return f"a second colon in the line of {match[1]}", f'put the text in quotes: {match[1]}: "{rest}"'
    return (
        "this line is indented deeper than the one above allows, or the line above lacks its colon",
        "align it with its neighbours",
    )
