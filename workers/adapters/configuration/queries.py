"""Queries of topics that cannot be read, each with the place in the file where it goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.errors import Problem, QueryUnreadable
from monitor.settings import Config
from workers.adapters.configuration.source import Path, Place, Source

_ESCAPES = {"x": 4, "u": 6, "U": 10}
"""Characters of an escape in double quotes; of all others, two."""


def query_problems(config: Config, source: Source) -> Iterator[Problem]:
    """A problem for each query that cannot be read."""
    from monitor.topics.query import parse

    for slug, topic in config.topics.items():
        if topic.query is None:
            continue
        try:
            parse(topic.query)
        except QueryUnreadable as error:
            path = ("topics", slug, "query")
            yield place_inside(source, path, topic.query, error.offset).problem(path, error.message, error.fix)


def place_inside(source: Source, path: Path, value: str, offset: int) -> Place:
    """Where the character at an offset of a text stands that the file may hold quoted, folded or as a block.

    value: the text without the white space around it.
    """
    start = source.place(path)
    written = source.written.get(path)
    if written is None:
        return start
    before = written[: _offset_in(written, value, offset)]
    if (breaks := before.count("\n")) == 0:
        return Place(start.file, start.line, start.column + len(before))
    return Place(start.file, start.line + breaks, len(before) - before.rfind("\n"))


def _offset_in(written: str, value: str, offset: int) -> int:
    """The offset in what is written of a character of the value.

    The two are walked together: quotes, escapes and line breaks are written differently from what they stand for, all other
    characters are the same (https://yaml.org/spec/1.2.2/#chapter-7-flow-style-productions).
    """
    at = 0
    if written[:1] in {"|", ">"}:
        at = written.find("\n") + 1
    elif written[:1] in {'"', "'"}:
        at = 1
    at = _behind_space(written, at)
    for index, letter in enumerate(value[:offset]):
        if written[0] == '"' and written[at : at + 1] == "\\":
            at += _ESCAPES.get(written[at + 1], 2)
        elif letter.isspace():
            at = at + 1 if value[index + 1 : index + 2].isspace() else _behind_space(written, at)
        else:
            at += 2 if written[0] == letter == "'" else 1
        if written[0] == '"' and written.startswith("\\\n", at):  # the line goes on
            at = _behind_space(written, at + 1)
    return at if offset < len(value) else len(written[:at].rstrip())


def _behind_space(written: str, at: int) -> int:
    while written[at : at + 1].isspace():
        at += 1
    return at
