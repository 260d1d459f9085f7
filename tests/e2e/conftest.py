"""A publisher of feeds and a daemon that reads two of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import Daemon, Publisher, configuration, publishing


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as found:
        yield found


@pytest.fixture
def daemon(publisher: Publisher, tmp_path: Path) -> Iterator[Daemon]:
    found = Daemon(tmp_path, configuration(publisher, "wire", "state"))
    publisher.feeds = {"wire": [], "state": []}
    yield found
    found.stop()
