"""monitor check --live: real feeds over HTTP, real channels, nothing stored."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from monitor.alerts.samples import TEST
from monitor.settings import Config
from tests.workers.conftest import Server
from workers.adapters.channels import Opener
from workers.adapters.clock import utc_now
from workers.adapters.http import GuardedClient
from workers.check_live import poll_each, send_each


def config_of(**plain: object) -> Config:
    topics = {"treaty": {"title": "Treaty", "keywords": ["treaty"]}}
    return Config.from_plain({"topics": topics, "http": {"allow_hosts": ["127.0.0.1"], "host_gap": "0s"}, **plain})


@pytest.fixture
def shown() -> StringIO:
    return StringIO()


async def test_each_feed_is_polled_once_and_told_how_it_does(server: Server, shown: StringIO) -> None:
    feeds = {
        "good": {"url": server.answer("/good")},
        "gone": {"url": server.answer("/gone", status=404)},
        "page": {"url": server.answer("/page", body=b"<html><body>no feed</body></html>")},
    }
    config = config_of(feeds=feeds)
    async with GuardedClient(config.http, utc_now) as client:
        assert await poll_each(config, client, Console(file=shown, width=200)) == 2
    lines = sorted(shown.getvalue().splitlines())
    assert lines[0].startswith("failed gone  127.0.0.1 has nothing at this address (404 Not Found)")
    assert lines[1].startswith("failed page  ")
    assert lines[2].startswith("reads  good  Herald: 0 entries")
    assert sorted(request.path for request in server.requests) == ["/gone", "/good", "/page"]


async def test_a_test_message_goes_through_each_channel_on_request(server: Server, shown: StringIO, tmp_path: Path) -> None:
    server.answer("/slack")
    server.answer("/closed", status=410)
    channels = {
        "file": {"type": "file", "path": "alerts.jsonl"},
        "slack": {"type": "slack", "url": server.url("/slack")},
        "closed": {"type": "discord", "url": server.url("/closed")},
    }
    config = config_of(channels=channels)
    opener = Opener(data_dir=tmp_path, environment={}, terminal=StringIO(), clock=utc_now)
    assert await send_each(config, opener.open, Console(file=shown, width=200), utc_now()) == 1
    await opener.close()
    assert TEST in (tmp_path / "alerts.jsonl").read_text()
    assert [line.split()[0:2] for line in shown.getvalue().splitlines()] == [
        ["sent", "file"],
        ["sent", "slack"],
        ["failed", "closed"],
    ]
