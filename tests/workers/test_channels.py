"""Channels, each over the real thing: a file, a terminal, an HTTP receiver on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import jsonschema
import pytest

from monitor.alerts.bulletin import bulletin
from monitor.errors import DeliveryFailed, DeliveryRefused
from monitor.records import Message
from tests.alerts import a_changed_number, a_message
from tests.core.test_render import SCHEMA
from tests.records import a_claim, a_development, an_event
from workers.adapters.channels.apprise import Apprise, open_service
from workers.adapters.channels.file import JsonLines, line
from workers.adapters.channels.terminal import Terminal, as_terminal
from workers.adapters.secrets import resolve
from workers.adapters.templates import read_templates


def keys_in(path: Path) -> list[str]:
    """The keys of the lines that stand in the file whole: the last one may be on its way."""
    return [json.loads(text)["key"] for text in path.read_text().splitlines(keepends=True) if text.endswith("\n")]


# The file


async def test_the_file_holds_one_line_by_the_schema_for_each_alert(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "alerts.jsonl"
    channel = JsonLines(path)
    messages = [a_message(a_changed_number()), a_message(name="d2")]
    for message in messages:
        await channel.deliver(message, attempt=1)
    assert keys_in(path) == [message.key for message in messages]
    for text in path.read_text().splitlines():
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))


async def test_an_attempt_whose_commit_was_lost_writes_no_second_line(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    await JsonLines(path).deliver(a_message(), attempt=1)
    # When the process dies before its commit, another one starts and tries again:
    await JsonLines(path).deliver(a_message(), attempt=2)
    assert keys_in(path) == [a_message().key]


async def test_two_processes_that_write_to_one_file_write_no_line_twice(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    one, other = JsonLines(path), JsonLines(path)
    await one.deliver(a_message(name="d1"), attempt=1)
    await other.deliver(a_message(name="d2"), attempt=1)
    await one.deliver(a_message(name="d2"), attempt=1)
    await other.deliver(a_message(name="d1"), attempt=1)
    assert keys_in(path) == [a_message(name=name).key for name in ("d1", "d2")]


@pytest.mark.parametrize("cut", [1, 5, 40, 400])
async def test_a_line_that_a_crash_tore_is_mended(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "alerts.jsonl"
    whole, torn = line(a_message(name="d1")), line(a_message(name="d2"))
    path.write_bytes(whole + torn[:cut])
    await JsonLines(path).deliver(a_message(name="d2"), attempt=2)
    assert path.read_bytes() == whole + torn


async def test_a_line_that_lacks_only_its_end_counts_as_written(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(line(a_message())[:-1])
    await JsonLines(path).deliver(a_message(), attempt=2)
    assert path.read_bytes() == line(a_message())


async def test_text_of_somebody_else_at_the_end_of_the_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text("my notes")
    await JsonLines(path).deliver(a_message(), attempt=1)
    assert path.read_bytes() == b"my notes\n" + line(a_message())


async def test_a_file_that_was_rotated_away_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    channel = JsonLines(path)
    await channel.deliver(a_message(name="d1"), attempt=1)
    path.rename(tmp_path / "old.jsonl")
    await channel.deliver(a_message(name="d2"), attempt=1)
    assert keys_in(path) == [a_message(name="d2").key]


async def test_text_of_a_feed_makes_no_second_line(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    claim = a_claim("one\u2028two\x85three\nfour\udc80")
    await JsonLines(path).deliver(a_message(an_event(a_development(claim))), attempt=1)
    assert json.loads(path.read_text().splitlines()[0])["sentence"] == claim.sentence


async def test_a_file_that_cannot_be_written_fails_with_its_name_and_reason(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("no folder")
    with pytest.raises(DeliveryFailed, match=r"folder/alerts\.jsonl: Not a directory|folder/alerts\.jsonl: File exists"):
        await JsonLines(tmp_path / "folder" / "alerts.jsonl").deliver(a_message(), attempt=1)


# The terminal


class Screen(StringIO):
    """A terminal that counts writes."""

    writes = 0

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


async def test_an_alert_reaches_the_terminal_whole_in_one_write() -> None:
    screen = Screen()
    await Terminal(screen).deliver(a_message(a_changed_number()), attempt=1)
    assert screen.writes == 1
    shown = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    for part in ("NUMBER CHANGED", "about 3,000 -> 12,000", "National Intelligence Service", "https://wire.example/one"):
        assert part in shown


async def test_no_control_character_or_markup_of_a_feed_reaches_the_terminal() -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07 [red]Seoul[/red] :boom: \x9b31m\u202esoldiers"
    claim = a_claim(hostile, speaker=hostile, org=hostile)
    development = a_development(claim, name="x")
    carrier = replace(development.carrier, outlet=hostile, url="https://a.example/\x1b]8;;evil")
    development = replace(development, carrier=carrier, reason=hostile, origins=(hostile,))
    message = a_message(an_event(development))
    screen = StringIO()
    await Terminal(screen).deliver(message, attempt=1)
    text = screen.getvalue()
    assert "[red]Seoul[/red] :boom:" in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_an_alert_fits_into_80_columns() -> None:
    lines = as_terminal(bulletin(a_message(a_changed_number())), StringIO()).splitlines()
    assert max(len(text) for text in lines) <= 80
    assert 6 <= len(lines) <= 12


async def test_a_closed_terminal_fails_the_attempt() -> None:
    screen = StringIO()
    screen.close()
    with pytest.raises(DeliveryFailed):
        await Terminal(screen).deliver(a_message(), attempt=1)


# Apprise


class Receiver(BaseHTTPRequestHandler):
    """Answers what its server says, and keeps what it was sent."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.path, body))  # type: ignore[attr-defined]  # set by `receiver`
        self.server.hold.wait(20)  # type: ignore[attr-defined]  # same
        self.send_response(self.server.answer)  # type: ignore[attr-defined]  # same
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """answer: the status; hold: answers only while this is set."""

    daemon_threads = True
    answer = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.received: list[tuple[str, dict[str, str]]] = []
        self.hold = threading.Event()
        self.hold.set()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hold.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Server]:
    with serving() as server:
        yield server


def send(url: str, message: Message | None = None, *, timeout: float = 10, **environment: str) -> None:
    channel = Apprise(url, environment, read_templates(), timeout=timeout)
    asyncio.run(channel.deliver(message or a_message(a_changed_number()), attempt=1))


def test_apprise_brings_title_and_text_to_its_target(receiver: Server) -> None:
    send(receiver.url + "/hook")
    ((path, body),) = receiver.received
    assert path.startswith("/hook")
    assert body["title"] == "North Korean soldiers: about 3,000 -> 12,000, National Intelligence Service"
    assert "up to 12,000 North Korean soldiers were in Kursk." in body["message"]


def test_a_refusing_server_fails_the_attempt_with_what_apprise_knows(receiver: Server) -> None:
    receiver.answer = 500
    with pytest.raises(DeliveryFailed, match="500"):
        send(receiver.url)
    assert len(receiver.received) == 1  # tried again by the outbox alone


def test_a_url_may_not_bring_retries_of_its_own(receiver: Server) -> None:
    receiver.answer = 500
    with pytest.raises(DeliveryFailed):
        send(receiver.url + "/?retry=3&wait=0")
    assert len(receiver.received) == 1


def test_a_hanging_server_counts_as_timed_out(receiver: Server) -> None:
    receiver.hold.clear()
    with pytest.raises(DeliveryFailed, match=r"timed out after 0\.2 s"):
        send(receiver.url, timeout=0.2)


@pytest.fixture
def our_log() -> Iterator[StringIO]:
    """All that reaches the root logger, as the daemon's log does (pytest's own capture also listens elsewhere)."""
    text = StringIO()
    root, handler = logging.getLogger(), logging.StreamHandler(text)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.setLevel(level)
    root.removeHandler(handler)


def test_a_secret_goes_to_the_target_and_into_no_error_or_log(receiver: Server, our_log: StringIO) -> None:
    receiver.answer = 500
    with pytest.raises(DeliveryFailed) as failure:
        send(receiver.url + "/${HOOK_TOKEN}", HOOK_TOKEN="s3cr3t/öken")
    assert receiver.received[0][0].startswith("/s3cr3t/")
    assert "s3cr3t" not in str(failure.value) + our_log.getvalue() + repr(failure.value.__cause__)


def test_a_missing_secret_is_named_and_waits_to_be_set(receiver: Server) -> None:
    with pytest.raises(DeliveryFailed, match="HOOK_TOKEN is not set"):
        send(receiver.url + "/${HOOK_TOKEN}")
    assert receiver.received == []


@pytest.mark.parametrize("url", ["nosuchservice://somewhere", "slack://", "${WHOLE}"])
def test_a_url_that_apprise_cannot_use_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(DeliveryRefused) as refusal:
        send(url, WHOLE="nosuchservice://topsecret")
    assert "topsecret" not in str(refusal.value)


def test_a_url_with_several_targets_is_refused_since_one_may_fail_alone() -> None:
    with pytest.raises(DeliveryRefused, match="2 targets"):
        open_service(resolve("ntfy://127.0.0.1:9/one-topic/another-topic", {}))


def test_a_call_that_hangs_for_ever_does_not_keep_the_process_from_ending() -> None:
    program = """
import asyncio, threading
from workers.adapters.threads import call_within
try:
    asyncio.run(call_within(0.05, threading.Event().wait, name="stuck"))
except TimeoutError:
    print("timed out")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "timed out\n"


def test_neither_the_role_nor_the_opener_of_channels_imports_spacy_or_apprise() -> None:
    program = (
        "import sys, workers.deliver, workers.adapters.channels\n"
        "import workers.adapters.channels.file, workers.adapters.channels.terminal\n"
        "import workers.adapters.redis.outboxes, workers.adapters.redis.events\n"
        "print(sorted({'spacy', 'apprise', 'thinc'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
