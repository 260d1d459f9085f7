"""Kept entries: what is written survives a kill at any byte, is read once and in order, and makes room by itself."""

from __future__ import annotations

import errno
import gzip
import json
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from monitor.records import Entry
from tests.records import an_entry
from workers.adapters import kept
from workers.adapters.kept import KeptEntries, files, line_of, read_kept
from workers.replay import Line, entry_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROOM: dict[str, Any] = {"age": 86400.0 * 30, "size": 10**9}


def seen_at(minutes: float, name: str = "") -> Entry:
    entry = an_entry(f"Entry {name or minutes}", name=f"{name}{minutes}")
    return replace(entry, seen=NOON + timedelta(minutes=minutes), published=NOON - timedelta(hours=1))


def titles(folder: Path, **more: Any) -> list[str]:
    return [json.loads(line)["title"] for line in read_kept(folder, **more)]


def only_file(folder: Path) -> Path:
    (found,) = files(folder / kept.FOLDER)
    return found


def test_a_kept_entry_comes_back_as_it_was_but_with_published_as_both_clocks(tmp_path: Path) -> None:
    entry = replace(seen_at(0), guid="a/1", language="de", silent=True, publisher="Group", agency="Reuters")
    KeptEntries(tmp_path, "one").keep([entry], now=entry.seen, **ROOM)

    (raw,) = read_kept(tmp_path)
    assert entry_of(msgspec.json.decode(raw, type=Line)) == replace(entry, seen=entry.published)


def test_a_kill_at_any_byte_of_the_last_member_costs_that_member_alone(tmp_path: Path) -> None:
    keeper = KeptEntries(tmp_path, "one")
    keeper.keep([seen_at(0), seen_at(1)], now=NOON, **ROOM)
    whole = only_file(tmp_path).read_bytes()
    keeper.keep([seen_at(2)], now=NOON, **ROOM)
    longer = only_file(tmp_path).read_bytes()

    for end in range(len(whole), len(longer)):
        only_file(tmp_path).write_bytes(longer[:end])
        assert titles(tmp_path)[:2] == ["Entry 0", "Entry 1"]
    only_file(tmp_path).write_bytes(longer)
    assert titles(tmp_path) == ["Entry 0", "Entry 1", "Entry 2"]


def test_any_gzip_tool_reads_a_file_of_many_members(tmp_path: Path) -> None:
    keeper = KeptEntries(tmp_path, "one")
    for minute in range(3):
        keeper.keep([seen_at(minute)], now=NOON, **ROOM)

    assert gzip.decompress(only_file(tmp_path).read_bytes()) == b"".join(line_of(seen_at(minute)) for minute in range(3))


def test_a_poll_that_is_done_again_by_another_process_is_read_once(tmp_path: Path) -> None:
    KeptEntries(tmp_path, "killed").keep([seen_at(0)], now=NOON, **ROOM)
    heir = KeptEntries(tmp_path, "heir")
    heir.keep([replace(seen_at(0), seen=NOON + timedelta(minutes=5)), seen_at(6)], now=NOON + timedelta(minutes=5), **ROOM)

    assert titles(tmp_path) == ["Entry 0", "Entry 6"]


def test_entries_of_several_pollers_come_in_the_order_in_which_they_were_seen(tmp_path: Path) -> None:
    one, two = KeptEntries(tmp_path, "one"), KeptEntries(tmp_path, "two")
    for minute in range(0, 10, 2):
        one.keep([seen_at(minute)], now=NOON + timedelta(minutes=minute), **ROOM)
        two.keep([seen_at(minute + 1)], now=NOON + timedelta(minutes=minute + 1), **ROOM)

    assert titles(tmp_path) == [f"Entry {minute}" for minute in range(10)]
    assert titles(tmp_path, since=NOON + timedelta(minutes=7)) == ["Entry 7", "Entry 8", "Entry 9"]


def test_threads_that_write_at_the_same_time_tear_nothing(tmp_path: Path) -> None:
    keeper = KeptEntries(tmp_path, "one")

    def write(name: str) -> None:
        for minute in range(20):
            keeper.keep([seen_at(minute, name)], now=NOON, **ROOM)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(titles(tmp_path)) == 80


def test_a_new_file_is_begun_by_size_and_by_day_while_the_old_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGEST", 1000)
    keeper = KeptEntries(tmp_path, "one")
    for minute in range(9):
        keeper.keep([seen_at(minute)], now=NOON + timedelta(minutes=minute), **ROOM)
    keeper.keep([seen_at(3000)], now=NOON + timedelta(minutes=3000), **ROOM)

    sizes = [path.stat().st_size for path in files(tmp_path / kept.FOLDER)]
    assert len(sizes) > 2
    assert max(sizes) <= 1000
    assert len(titles(tmp_path)) == 10


def test_the_oldest_files_go_when_there_are_too_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGEST", 1000)
    keeper = KeptEntries(tmp_path, "one")
    for minute in range(60):
        keeper.keep([seen_at(minute)], now=NOON + timedelta(minutes=minute), age=ROOM["age"], size=4000)

    found = titles(tmp_path)
    assert sum(path.stat().st_size for path in files(tmp_path / kept.FOLDER)) <= 4000
    assert found == [f"Entry {minute}" for minute in range(60 - len(found), 60)]


def test_what_is_too_old_goes_file_by_file(tmp_path: Path) -> None:
    KeptEntries(tmp_path, "old").keep([seen_at(0)], now=NOON, **ROOM)
    os.utime(only_file(tmp_path), (NOON.timestamp(), NOON.timestamp()))
    later = NOON + timedelta(days=31)
    KeptEntries(tmp_path, "new").keep([seen_at(31 * 1440)], now=later, **ROOM)

    assert titles(tmp_path) == ["Entry 44640"]


def test_a_file_that_another_poller_tidied_away_is_begun_anew(tmp_path: Path) -> None:
    keeper = KeptEntries(tmp_path, "one")
    keeper.keep([seen_at(0)], now=NOON, **ROOM)
    only_file(tmp_path).unlink()
    keeper.keep([seen_at(1)], now=NOON + timedelta(minutes=1), **ROOM)

    assert titles(tmp_path) == ["Entry 1"]


def test_a_full_disk_stops_no_poll_and_is_noted_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = KeptEntries(tmp_path, "one")
    keeper.keep([seen_at(0)], now=NOON, **ROOM)
    real = os.write

    def half(descriptor: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    keeper.keep([seen_at(1), seen_at(2)], now=NOON + timedelta(minutes=1), **ROOM)
    keeper.keep([seen_at(3)], now=NOON + timedelta(minutes=2), **ROOM)
    monkeypatch.setattr(os, "write", real)
    keeper.keep([seen_at(4)], now=NOON + timedelta(minutes=3), **ROOM)

    assert titles(tmp_path) == ["Entry 0", "Entry 4"]
    assert caplog.text.count("No space left") == 1
    assert "3 since" in caplog.text
    gap = json.loads((tmp_path / kept.FOLDER / kept.GAPS).read_text())
    assert gap["entries"] == 3


def test_the_archive_makes_room_before_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGEST", 1000)
    free = [10 * kept.RESERVE]
    keeper = KeptEntries(tmp_path, "one", free=lambda _: free[0])
    for minute in range(20):
        keeper.keep([seen_at(minute)], now=NOON + timedelta(minutes=minute), **ROOM)
    free[0] = kept.RESERVE - 1500
    keeper.keep([seen_at(30)], now=NOON + timedelta(minutes=30), **ROOM)
    made_room = titles(tmp_path)
    free[0] = 0
    keeper.keep([seen_at(50)], now=NOON + timedelta(minutes=50), **ROOM)

    assert made_room[-1] == "Entry 30"
    assert 10 < len(made_room) < 21
    assert "Entry 50" not in titles(tmp_path)


def test_nothing_is_kept_where_nothing_is_to_be_kept(tmp_path: Path) -> None:
    KeptEntries(tmp_path, "one").keep([seen_at(0)], now=NOON, age=0, size=10**9)

    assert titles(tmp_path) == []
