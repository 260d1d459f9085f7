"""Guarded clients for tests."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from monitor.settings import HttpSettings
from workers.adapters.http import GuardedClient

if sys.version_info >= (3, 14):
    pass
else:
    pass


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def client(*allow: str, **settings: Any) -> GuardedClient:
    settings = {"allow_hosts": allow or ("127.0.0.1",), "host_gap": 0.0} | settings
    return GuardedClient(HttpSettings(**settings), lambda: NOON)


def strict(**settings: Any) -> GuardedClient:
    return GuardedClient(HttpSettings(**settings), lambda: NOON)
