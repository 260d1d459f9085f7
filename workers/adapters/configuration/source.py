"""One YAML file as plain values, with the place of every key and value.

Values are taken from the composed nodes and not from YAML's constructors: nothing but maps, lists, texts, numbers, true, false
and nothing can come out, a date stays as it was written, and every node knows its line and column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from monitor.errors import Problem
from workers.adapters.configuration.syntax import in_plain_words

Path = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_DEEPEST = 50  # more would be a mistake, and Python's own limit is not far
_MOST_REPEATED = 100_000  # values reached through aliases: a few lines of them can stand for more than any memory holds


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; line and column count from 1."""

    file: str
    line: int
    column: int

    def problem(self, path: Path, message: str, fix: str | None = None) -> Problem:
        """A problem that stands here."""
        return Problem(file=self.file, line=self.line, column=self.column, key=dotted(path), message=message, fix=fix)


@dataclass(slots=True)
class Source:
    """What a file says: its values, where each key and each value stands by its path, and what is wrong with the YAML.

    written: each text as it stands in the file, with its quotes, escapes and line breaks; lost: paths whose values could not be
    taken over, each with its problem.
    """

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lost: list[Path] = field(default_factory=list)

    def complain(self, path: Path, message: str, fix: str | None = None, *, at: Place | None = None) -> None:
        """Notes a problem at a path."""
        self.problems.append((at or self.place(path)).problem(path, message, fix))

    def place(self, path: Path, *, of_key: bool = False) -> Place:
        """Where the path's value, or its key, stands; the nearest thing around it where that is not written anywhere."""
        first, second = (self.keys, self.values) if of_key else (self.values, self.keys)
        while path:
            if found := first.get(path) or second.get(path):
                return found
            path, first, second = path[:-1], self.keys, self.values
        return Place(self.file, 0, 0)


def dotted(path: Path) -> str:
    """The path as people write it; the place tells which item of a list is meant."""
    return ".".join(part for part in path if isinstance(part, str))


def read_source(content: bytes, file: str) -> Source:
    """The file's values and problems; problems leave out of the values what they are about. Never raises."""
    source = Source(file)
    text = _decoded(content, source)
    if text is None:
        return source
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except ReaderError as error:
        source.problems.append(_bad_character(text, error, file))
        return source
    except MarkedYAMLError as error:
        source.problems.append(in_plain_words(error, text, file))
        return source
    except RecursionError:
        source.complain((), "the file is nested too deeply", "indent less, and write fewer brackets in each other")
        return source
    if root is None:
        source.complain((), "the file is empty", "write at least topics:")
    elif not isinstance(root, MappingNode):
        source.complain((), "the file holds no settings", "begin with a line such as topics:", at=_at(root, file))
    else:
        source.data = _Values(source, text).map(root, ())
    return source


def _decoded(content: bytes, source: Source) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        source.complain((), "the file is written in UTF-16", "save it as UTF-8")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        meant = content[error.start : error.start + 1].decode("cp1252", "replace")
        message = f'the file is not written in UTF-8 here (in Windows-1252 it would say "{meant}")'
        source.complain((), message, "save it as UTF-8", at=Place(source.file, line, column))
        return None


def _bad_character(text: str, error: ReaderError, file: str) -> Problem:
    before = text[: error.position]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    message = f"a control character (U+{ord(text[error.position]):04X}) stands in the file"
    return Problem(file=file, line=line, column=column, key="", message=message, fix="delete it")


def _at(node: Node, file: str) -> Place:
    return Place(file, node.start_mark.line + 1, node.start_mark.column + 1)


class _Values:
    """Nodes to values. Aliases are followed; one that holds itself, and more values than any file has, are problems."""

    def __init__(self, source: Source, text: str) -> None:
        self._source = source
        self._text = text
        self._seen: set[int] = set()
        self._repeated = 0

    def of(self, node: Node, path: Path) -> Any:
        self._source.values[path] = _at(node, self._source.file)
        self._repeated += id(node) in self._seen
        self._seen.add(id(node))
        if len(path) > _DEEPEST or self._repeated > _MOST_REPEATED:
            if not self._source.lost:
                self._lose(path, path[:2], "this is nested too deeply, or an alias (*name) holds itself", None)
            return None
        if isinstance(node, MappingNode):
            return self.map(node, path)
        if isinstance(node, SequenceNode):
            return [self.of(item, (*path, n)) for n, item in enumerate(node.value)]
        return self._scalar(node, path)

    def map(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                at = _at(key, self._source.file)
                self._lose(path, (*path, "?"), "a list or a map cannot be a key", "write a word", at=at)
                continue
            if key.tag == f"{_TAG}merge":
                merged |= self._merge(value, path)
                continue
            name = str(key.value)
            here = (*path, name)
            if name in found:
                message = f"{name} stands twice, first in line {self._source.keys[here].line}"
                self._source.complain(here, message, "keep one of the two", at=_at(key, self._source.file))
                continue
            self._source.keys[here] = _at(key, self._source.file)
            found[name] = self.of(value, here)
            if found[name] is None:
                self._source.values[here] = self._source.keys[here]
        return merged | found

    def _lose(self, path: Path, lost: Path, message: str, fix: str | None, *, at: Place | None = None) -> None:
        self._source.complain(path[:3], message, fix, at=at)
        self._source.lost.append(lost)

    def _merge(self, value: Node, path: Path) -> dict[str, Any]:
        parts = value.value if isinstance(value, SequenceNode) else [value]
        if not all(isinstance(part, MappingNode) for part in parts):
            self._lose(path, path, "only maps can be merged with <<", None, at=_at(value, self._source.file))
            return {}
        merged: dict[str, Any] = {}
        for part in reversed(parts):  # of several, the first counts (https://yaml.org/type/merge.html)
            merged |= self.map(part, path)
        return merged

    def _scalar(self, node: Node, path: Path) -> Any:
        text = str(node.value)
        kind = str(node.tag).removeprefix(_TAG)
        if any("\ud800" <= character <= "\udfff" for character in text):
            self._lose(path, path, "half a character (a surrogate) stands here", "write the character itself")
            return None
        match kind:
            case "str" | "timestamp":
                self._source.written[path] = self._text[node.start_mark.index : node.end_mark.index]
                return text
            case "null":
                return None
            case "bool":
                return text.lower() in {"true", "yes", "on", "y"}  # all but the first only after %YAML 1.1
            case "int" | "float":
                return self._number(text, path)
            case _:
                self._lose(path, path, f"tags such as {kind} mean nothing here", "take it away; secrets are written ${NAME}")
                return None

    def _number(self, text: str, path: Path) -> int | float | str | None:
        plain = text.replace("_", "")
        for read in (
            int,
            lambda digits: int(digits, 0),
            lambda digits: float(digits.replace(".inf", "inf").replace(".nan", "nan")),
        ):
            try:
                number = read(plain)
            except ValueError:
                continue
            if math.isfinite(number):
                return number
            self._lose(path, path, f"{text} is no number that can be used here", None)
            return None
        return text  # a number in YAML 1.1 alone, such as 12:30
