"""The embedded server: a private Valkey (or Redis) that the monitor starts, watches and stops itself.

It listens on a Unix socket alone, which only this user may open. On Linux the kernel ends it when the process that started it
dies (PR_SET_PDEATHSIG), however that dies. Elsewhere it lives on without its owner until the next start, which finds the
owner's lock free, asks it to shut down and waits until it is gone: no start is ever blocked by an orphan, and never do two
servers write one directory.

A command attaches to the server that runs, else starts one, does its work and stops it: `server`.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError
from redis.retry import Retry

from monitor.errors import ServerNotStarted
from monitor.settings import Config
from workers.adapters import die_with_parent
from workers.adapters.secrets import resolve_secrets
from workers.adapters.server_files import Server, ServerFiles, command_line, installed_servers, lock

_log = logging.getLogger(__name__)

_ANSWER_WITHIN = 30.0
"""Seconds in which a server that neither ends nor loads must answer, and in which one that was told to stop must be gone."""
_LOG_BYTES = 1_000_000


class EmbeddedServer:
    """The server of one data directory, owned by this process.

    Start it from a thread that lives as long as the process: on Linux the death of that *thread* ends the server (prctl(2)).
    Child processes must be spawned, not forked: a fork would keep the owner's lock.
    """

    def __init__(self, data_dir: Path) -> None:
        self._files = ServerFiles(data_dir.absolute())
        self._owner: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    @property
    def url(self) -> str:
        """Where clients reach it. Raises ServerNotStarted before `start`."""
        if self._socket is None:
            raise ServerNotStarted("the embedded server has not been started")
        return _url(self._socket)

    @property
    def pid(self) -> int | None:
        """The server's process; None where none runs."""
        return self._process.pid if self._process and self.alive() else None

    def alive(self) -> bool:
        """Whether the server's process runs. One that died is started again by `start`."""
        return self._process is not None and self._process.poll() is None

    def start(self, *, patience: float = 3.0, fresh: bool = False) -> str:
        """Starts the server, waits until it has loaded its data and answers, and returns its URL.

        patience: seconds to wait for another process that uses the directory (a command takes moments). fresh: begin with
        no data. Does nothing where the server runs. Raises ServerNotStarted, with what to do.
        """
        if self.alive():
            return self.url
        self._files.prepare()
        if self._owner is None:
            self._owner = self._own(patience)
        try:
            self._launch(fresh=fresh)
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Lets the server write what it has, ends it, and frees the data directory. Does nothing where it does not run."""
        if self._process is not None:
            _end(self._process)
            self._process = None
            self._files.forget_socket()
        if self._owner is not None:
            os.close(self._owner)
            self._owner = None

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _own(self, patience: float) -> int:
        path = self._files.directory / "monitor.lock"
        descriptor = lock(path, patience=patience)
        if descriptor is None:
            holder = path.read_text(encoding="utf-8").strip() or "unknown"
            raise ServerNotStarted(
                f"another monitor (process {holder}) uses the data directory {self._files.directory}; "
                "stop that one, or give this one another data_dir"
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return descriptor

    def _launch(self, *, fresh: bool) -> None:
        files = self._files
        held = _lock_once_orphan_is_gone(files)
        try:
            if fresh:
                files.erase()
            server = files.choose(installed_servers())
            files.turn_log(_LOG_BYTES)
            self._socket = files.make_socket_path()
            self._socket.unlink(missing_ok=True)
            files.record(server)
            self._process = subprocess.Popen(  # noqa: S603 -- the server found by installed_servers, with our own arguments
                [*_launcher(), *command_line(server, files, self._socket)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=files.directory,
                umask=0o077,
                pass_fds=(held,),
                start_new_session=True,  # Ctrl-C is for the monitor, which stops its server last
            )
        finally:
            os.close(held)  # from here on the server alone holds it
        self._await_answer(self._process, self._socket, server)

    def _await_answer(self, process: subprocess.Popen[bytes], socket: Path, server: Server) -> None:
        deadline = time.monotonic() + _ANSWER_WITHIN
        told = False
        while (state := _state(socket)) != "ready":
            if process.poll() is not None:
                raise ServerNotStarted(
                    f"{server} ended at its start with code {process.returncode}; the end of {self._files.log}:\n"
                    f"{self._files.last_of_log(8)}"
                )
            if state == "loading":
                deadline = time.monotonic() + _ANSWER_WITHIN
                if not told:
                    _log.info("%s loads the data in %s", server, self._files.directory)
                    told = True
            if time.monotonic() > deadline:
                raise ServerNotStarted(f"{server} does not answer on {socket}; see {self._files.log}")
            time.sleep(0.02)


def attach(data_dir: Path) -> str | None:
    """The URL of the server that runs on the data directory, loading or not; None where none does."""
    socket = ServerFiles(data_dir.absolute()).socket()
    return _url(socket) if socket and _state(socket) != "absent" else None


@contextmanager
def server(config: Config, data_dir: Path) -> Iterator[str]:
    """The URL of the server to work with: the configured one, else the one that runs on the directory, else one of our own.

    For commands. A server of our own is stopped in the end. The daemon uses EmbeddedServer, which never attaches: two
    daemons on one directory are an error. Raises ServerNotStarted; ConfigurationError where `redis_url` names an unset secret.
    """
    if config.redis_url is not None:
        yield resolve_secrets(config.redis_url, os.environ, key="redis_url")
        return
    if url := attach(data_dir):
        yield url
        return
    own = EmbeddedServer(data_dir)
    try:
        url = own.start()
    except ServerNotStarted:
        # Another process began to start one between our two looks.
        if not (url := attach(data_dir) or ""):
            raise
    try:
        yield url
    finally:
        own.stop()


def _url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}"


def _client(socket: Path) -> Redis:
    return Redis(unix_socket_path=str(socket), socket_timeout=5, retry=Retry(NoBackoff(), 0), protocol=2)


def _state(socket: Path) -> str:
    """`ready`, `loading`, or `absent`."""
    client = _client(socket)
    try:
        client.ping()
    except BusyLoadingError:
        return "loading"
    except RedisError:
        return "absent"
    finally:
        client.close()
    return "ready"


def _lock_once_orphan_is_gone(files: ServerFiles) -> int:
    """The server's lock. One that outlived its owner is told to shut down first: nobody works with it any more."""
    path = files.directory / "server.lock"
    if (held := lock(path, patience=0)) is not None:
        return held
    _log.info("the server of an earlier run still holds %s; it is told to end", files.directory)
    deadline = time.monotonic() + _ANSWER_WITHIN
    while time.monotonic() < deadline:
        if socket := files.socket():
            client = _client(socket)
            try:
                client.shutdown(force=True)
            except RedisError as error:  # loading, or on its way out: the lock tells which
                _log.debug("shutdown: %s", error)
            finally:
                client.close()
        if (held := lock(path, patience=0.5)) is not None:
            return held
    raise ServerNotStarted(
        f"the server of an earlier run still holds {path} and does not end; end it by hand (it runs as `*-server unixsocket:...`)"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)  # does nothing to one that has ended
    try:
        process.wait(_ANSWER_WITHIN)
    except subprocess.TimeoutExpired:
        _log.warning("the embedded server did not end within %.0f s and was killed; its data are kept", _ANSWER_WITHIN)
        process.kill()
        process.wait()


def _launcher() -> list[str]:
    """What goes before the server's command line so that it dies with this process; nothing where no kernel offers that."""
    if sys.platform != "linux":
        return []
    return [sys.executable, "-I", "-S", die_with_parent.__file__, str(os.getpid())]
