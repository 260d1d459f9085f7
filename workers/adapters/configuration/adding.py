"""Feeds written into a configuration file, with everything else in it left as it stands, comments and all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from monitor.errors import ConfigurationError, Problem
from monitor.settings import Config
from workers.adapters.configuration.files import read_configuration
from workers.adapters.configuration.source import Source, read_source


def add_feeds(path: Path, feeds: Mapping[str, Mapping[str, str]]) -> Config:
    """Adds the feeds, each a slug with its settings, and returns the configuration that results.

    Raises ConfigurationError, with the file as it was, where it is not in order before or afterwards.
    """
    read_configuration(path)
    before = path.read_bytes()
    text = before.decode("utf-8-sig")
    _replace(path, with_feeds(text, read_source(before, str(path)), feeds).encode())
    try:
        return read_configuration(path)
    except ConfigurationError:
        _replace(path, before)
        raise


def with_feeds(text: str, source: Source, feeds: Mapping[str, Mapping[str, str]]) -> str:
    """The file's text with the feeds at the top of its `feeds` section, which is added where there is none."""
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    key = source.keys.get(("feeds",))
    if key is None:
        if lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += end
        return "".join([*lines, end, f"feeds:{end}", *_written(feeds, 2, end)])
    children = [place for path, place in source.keys.items() if len(path) == 2 and path[0] == "feeds"]
    at = key.line  # the index of the line behind the key's
    if not children:
        rest = lines[at - 1][key.column - 1 :].partition(":")[2].strip()
        if rest.startswith(("{", "null", "~")):
            lines[at - 1] = f"feeds:{end}"
        elif not lines[at - 1].endswith(("\n", "\r")):
            lines[at - 1] += end
        return "".join([*lines[:at], *_written(feeds, 2, end), *lines[at:]])
    first = min(children, key=lambda place: place.line)
    if first.line == key.line:
        problem = Problem(
            file=source.file,
            line=key.line,
            column=key.column,
            key="feeds",
            message="the feeds stand in braces, where none can be added without rewriting them",
            fix="write each feed on a line of its own below `feeds:`",
        )
        raise ConfigurationError((problem,))
    return "".join([*lines[:at], *_written(feeds, first.column - 1, end), *lines[at:]])


def _written(feeds: Mapping[str, Mapping[str, str]], indent: int, end: str) -> list[str]:
    """JSON's texts are YAML's, too, whatever they hold; a slug may be one that YAML takes for a number."""
    written = []
    for slug, settings in feeds.items():
        name = (
            slug
            if slug[0].isalpha() and slug not in {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
            else json.dumps(slug)
        )
        inside = ", ".join(f"{part}: {json.dumps(value, ensure_ascii=False)}" for part, value in settings.items())
        written.append(f"{' ' * indent}{name}: {{{inside}}}{end}")
    return written


def _replace(path: Path, content: bytes) -> None:
    """Writes the file whole or not at all."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode & 0o777)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
