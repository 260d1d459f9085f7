"""The files of a configuration: the first one, those it includes, and its lists of feeds."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor.errors import ConfigurationError, FeedUnreadable
from monitor.settings import Config
from monitor.settings.file import READ_FIRST
from workers.adapters.configuration.queries import query_problems
from workers.adapters.configuration.services import service_problems
from workers.adapters.configuration.source import Place, Source, read_source
from workers.adapters.configuration.words import problems_of, unknown_names

_LARGEST = 16 * 2**20
"""Bytes of one file; no configuration is that long, and what is would be no configuration."""


def read_configuration(path: Path) -> Config:
    """The configuration in the file and in all that it names. Secrets stay references.

    Raises ConfigurationError with every problem of every file, in the order in which the files are read.
    """
    files = _Files()
    files.read(path)
    merged = files.merged
    if not merged.problems:
        files.add_opml()
    try:
        config = Config.from_plain(merged.data)
    except ValidationError as error:
        # What could not be read cannot be told from what is not there.
        broken = bool(merged.problems)
        merged.problems += [p for p in problems_of(error, merged) if not (broken and p.message.endswith("is missing"))]
    else:
        if not merged.problems:
            merged.problems += [*unknown_names(config, merged), *query_problems(config, merged)]
            merged.problems += service_problems(config, merged)
    if merged.problems:
        raise ConfigurationError(tuple(sorted(merged.problems, key=lambda p: (files.order(p.file), p.line, p.column))))
    return config


def data_directory(config: Config, config_path: Path, demo: bool) -> Path:
    """Where the monitor's data live: `data_dir`, taken from the configuration file's folder, with the demo kept apart."""
    base = config_path.absolute().parent / Path(config.data_dir).expanduser()
    return base.resolve() / ("demo" if demo else "live")


class _Files:
    """Reads files once each, in order, into one Source."""

    def __init__(self) -> None:
        self.merged = Source("")
        self._read: dict[Path, str] = {}
        self._opml: list[tuple[Path, Place]] = []

    def order(self, file: str) -> int:
        """When the file was read."""
        names = list(self._read.values())
        return names.index(file) if file in names else len(names)

    def read(self, path: Path, asked: Place | None = None) -> None:
        """Reads the file and what it includes. asked: where the file is named, None for the first."""
        real = path.resolve()
        if real in self._read:
            if asked:
                self.merged.complain(("include",), f"{path} is read already", "name it once", at=asked)
            return
        self._read[real] = str(path)
        if self.merged.file == "":
            self.merged.file = str(path)
        content = self._content(path, asked, "include" if asked else "")
        if content is None:
            return
        source = read_source(content, str(path))
        self.merged.problems += source.problems
        wanted = {name: source.data.pop(name, None) for name in READ_FIRST}
        self._merge(source)
        for file, place in self._named("opml", wanted["opml"], path, source):
            self._opml.append((file, place))
        for file, place in self._named("include", wanted["include"], path, source):
            self.read(file, place)

    def add_opml(self) -> None:
        """Adds the feeds of all lists. What `feeds` says of an address goes first; a slug that is taken gets a number."""
        feeds = self.merged.data.get("feeds")
        feeds = feeds if isinstance(feeds, dict) else {}
        urls = {feed.get("url") for feed in feeds.values() if isinstance(feed, dict)}
        listed = {}
        for path, asked in self._opml:
            self._read.setdefault(path.resolve(), str(path))
            for url, slug, title, place in self._outlines(path, asked):
                if url in urls:
                    continue
                urls.add(url)
                free = next(name for name in _numbered(slug) if name not in feeds and name not in listed)
                listed[free] = {"url": url, "title": title}
                self.merged.values |= {("feeds", free, part): place for part in ("url", "title")}
                self.merged.keys["feeds", free] = place
        if listed:
            self.merged.data["feeds"] = feeds | listed

    def _outlines(self, path: Path, asked: Place) -> list[tuple[str, str, str | None, Place]]:
        from monitor.feeds.opml import read_opml

        if (content := self._content(path, asked, "opml")) is None:
            return []
        try:
            outlines = read_opml(content)
        except FeedUnreadable as error:
            self.merged.complain(("opml",), str(error), at=Place(str(path), 0, 0))
            return []
        lines = content.decode("utf-8", "replace").replace("&amp;", "&").splitlines()
        found = []
        for outline in outlines:
            line = next((n for n, text in enumerate(lines, 1) if outline.url in text), 0)
            column = lines[line - 1].index(outline.url) + 1 if line else 0
            found.append((outline.url, outline.slug, outline.title, Place(str(path), line, column)))
        return found

    def _named(self, setting: str, wanted: object, path: Path, source: Source) -> list[tuple[Path, Place]]:
        """The files that a setting names, relative to the file that says so, with the place where it does."""
        if wanted is None:
            return []
        names = [wanted] if isinstance(wanted, str) else wanted
        if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
            self.merged.complain(
                (setting,), "names of files were expected", f"write {setting}: [one.yaml, two.yaml]", at=source.place((setting,))
            )
            return []
        found: list[tuple[Path, Place]] = []
        for n, name in enumerate(names):
            place = source.place((setting, n)) if isinstance(wanted, list) else source.place((setting,))
            file = str(Path(name).expanduser())
            matches = [path.parent / file]
            if any(character in name for character in "*?["):
                names_found = glob.glob(file, root_dir=path.parent, recursive=True)  # noqa: PTH207 -- Path.glob takes no absolute pattern
                matches = [path.parent / match for match in sorted(names_found)]
                matches = [match for match in matches if match.resolve() != path.resolve()]
                if not matches:
                    self.merged.complain((setting,), f"no file is called {path.parent / file}", "take it out", at=place)
            found += [(match, place) for match in matches]
        return found

    def _merge(self, source: Source) -> None:
        """Adds what a file says. Two files may both fill a section, but not one and the same part of it."""
        merged = self.merged
        for name, value in source.data.items():
            if value is None:  # a section whose lines are all commented out
                continue
            known = merged.data.get(name)
            if known is None:
                merged.data[name] = dict(value) if isinstance(value, dict) else value
            elif isinstance(known, dict) and isinstance(value, dict):
                for part, inner in value.items():
                    if part in known:
                        self._twice(source, (name, part))
                    else:
                        known[part] = inner
            else:
                self._twice(source, (name,))
        merged.lost += source.lost
        merged.keys = source.keys | merged.keys
        merged.values = source.values | merged.values
        merged.written = source.written | merged.written

    def _twice(self, source: Source, path: tuple[str, ...]) -> None:
        first = self.merged.place(path, of_key=True)
        where = f"{first.file}, line {first.line}"
        self.merged.complain(
            path, f"{path[-1]} stands in {where}, too", "keep one of the two", at=source.place(path, of_key=True)
        )

    def _content(self, path: Path, asked: Place | None, setting: str) -> bytes | None:
        """The file's bytes; None, and a problem where the file is named, if it cannot be had."""
        message: str
        fix: str | None
        try:
            if path.stat().st_size > _LARGEST:
                message, fix = f"{path} has more than {_LARGEST // 2**20} MiB", "name a configuration file"
            else:
                return path.read_bytes()
        except FileNotFoundError:
            message, fix = f"there is no file {path}", _nearby(path)
        except IsADirectoryError:
            message, fix = f"{path} is a folder", "name a file in it" if not setting else "write its files, such as FOLDER/*.yaml"
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            message, fix = f"{path} cannot be read: {reason}", None
        self.merged.complain((setting,) if setting else (), message, fix, at=asked or Place(str(path), 0, 0))
        return None


def _nearby(path: Path) -> str | None:
    """A file of a like name in the same folder."""
    from rapidfuzz import fuzz, process

    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either; name the file with --config"
    names = [file.name for file in path.parent.iterdir() if file.is_file()]
    best: Any = process.extractOne(path.name, names, scorer=fuzz.ratio, score_cutoff=75)
    return f"did you mean {path.with_name(best[0])}?" if best else None


def _numbered(slug: str) -> Iterator[str]:
    yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1
