"""The story: which entries stand in which feed, how long after its start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from monitor.errors import ConfigurationError, Problem

FeedFormat = Literal["rss", "atom", "rdf"]


@dataclass(frozen=True, slots=True)
class DemoOutlet:
    """An invented outlet. format: how its feed is written (RSS 2.0, Atom 1.0, RSS 1.0); language: ISO 639-1."""

    title: str
    publisher: str
    format: FeedFormat
    language: str


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One revision of an entry: as a feed gives it, plus `at`, the whole seconds after the start at which it stands there.

    content: plain text, paragraphs divided by blank lines; empty where the feed gives no more than a summary.
    """

    outlet: str
    guid: str
    published: datetime
    url: str
    title: str
    summary: str
    content: str
    at: int

    @property
    def path(self) -> str:
        """Where the demo server shows the entry: "/amber-wire/world/..." for "https://amber-wire.example/world/..."."""
        return f"/{self.outlet}/{self.url.split('/', 3)[3]}"


@dataclass(frozen=True, slots=True)
class StandingEntry:
    """An entry as it stands in its feed. first_published: of its first revision; both dates are shifted."""

    entry: DemoEntry
    published: datetime
    first_published: datetime


@dataclass(frozen=True, slots=True)
class DemoStory:
    """Outlets by slug, and all revisions in order of arrival."""

    outlets: Mapping[str, DemoOutlet]
    entries: tuple[DemoEntry, ...]

    @classmethod
    def load(cls, path: Path) -> DemoStory:
        """The story of a folder with `outlets.yaml` and `entries.jsonl`. Raises ConfigurationError with file and line."""
        outlets = _load_outlets(path / "outlets.yaml")
        entries = _load_entries(path / "entries.jsonl", outlets)
        return cls(outlets=outlets, entries=entries)

    @property
    def ends_after(self) -> int:
        """Seconds after the start from which nothing new appears any more."""
        return self.entries[-1].at

    def end(self, started: datetime) -> datetime:
        """When the last entry appears, for a story that began then."""
        return started + timedelta(seconds=self.ends_after)

    def shift(self, started: datetime) -> timedelta:
        """Added to every date: whole days, so that the last entry is of the day of `started` (UTC), never of the future:
        of the day before, while that day has not reached the last entry's time of day.
        """
        return timedelta(days=(started - self.entries[-1].published) // timedelta(days=1))

    def standing(self, outlet: str, *, started: datetime, elapsed: float) -> tuple[StandingEntry, ...]:
        """What stands in the feed `elapsed` seconds after the start, newest first; a revision replaces what it revises."""
        shift = self.shift(started)
        standing: dict[str, StandingEntry] = {}
        for entry in self.entries:
            if entry.outlet != outlet or entry.at > elapsed:
                continue
            earlier = standing.pop(entry.guid, None)
            published = entry.published + shift
            standing[entry.guid] = StandingEntry(entry, published, earlier.first_published if earlier else published)
        return tuple(reversed(standing.values()))

    def changed_at(self, outlet: str, *, elapsed: float) -> int:
        """Seconds after the start at which the outlet's feed last changed; 0 where nothing stands in it yet."""
        return max((entry.at for entry in self.entries if entry.outlet == outlet and entry.at <= elapsed), default=0)


def _load_outlets(path: Path) -> Mapping[str, DemoOutlet]:
    try:
        data = YAML(typ="safe").load(_read(path))
        outlets = msgspec.convert(data, dict[Literal["outlets"], dict[str, DemoOutlet]])["outlets"]
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _problem(path, line, "outlets", str(error.problem)) from error
    except (msgspec.ValidationError, KeyError) as error:
        raise _problem(
            path, 1, "outlets", f"outlets by slug were expected, each with title, publisher, format, language: {error}"
        ) from error
    if not outlets:
        raise _problem(path, 1, "outlets", "a story needs at least one outlet")
    return outlets


def _load_entries(path: Path, outlets: Mapping[str, DemoOutlet]) -> tuple[DemoEntry, ...]:
    decoder = msgspec.json.Decoder(DemoEntry)
    entries: list[DemoEntry] = []
    for number, line in enumerate(_read(path).splitlines(), start=1):
        try:
            entry = decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise _problem(path, number, "", str(error)) from error
        _check(entry, entries[-1] if entries else None, outlets, path, number)
        entries.append(entry)
    if not entries:
        raise _problem(path, 1, "", "a story needs at least one entry")
    return tuple(entries)


def _check(entry: DemoEntry, before: DemoEntry | None, outlets: Mapping[str, DemoOutlet], path: Path, number: int) -> None:
    if entry.outlet not in outlets:
        raise _problem(path, number, "outlet", f"{entry.outlet!r} is none of the outlets ({', '.join(sorted(outlets))})")
    if not entry.url.startswith(f"https://{entry.outlet}.example/"):
        raise _problem(path, number, "url", f"an address under https://{entry.outlet}.example/ was expected, not {entry.url!r}")
    if entry.published.tzinfo is None:
        raise _problem(path, number, "published", "a date with its offset was expected, such as 2024-10-18T06:40:00Z")
    if before and entry.at < before.at:
        raise _problem(path, number, "at", f"{entry.at} s lies before the entry above ({before.at} s): order entries by arrival")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise _problem(path, 1, "", f"the demo story cannot be read: {error.strerror}") from error


def _problem(path: Path, line: int, key: str, message: str) -> ConfigurationError:
    fix = "Restore the file as it was delivered, or correct this line"
    return ConfigurationError((Problem(file=str(path), line=line, column=1, key=key or "entry", message=message, fix=fix),))


def elapsed_seconds(started: datetime, now: datetime) -> float:
    """Seconds of the story that have passed. Both are aware. Raises ValueError for a date without an offset."""
    if started.tzinfo is None or now.tzinfo is None:
        raise ValueError("the story's start and the present need an offset (aware datetimes)")
    return (now.astimezone(UTC) - started.astimezone(UTC)).total_seconds()
