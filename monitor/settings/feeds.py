"""Where entries come from, and how they are fetched."""

from __future__ import annotations

from pydantic import Field

from monitor.settings.base import Duration, Model, Text


class FeedSettings(Model):
    """One subscribed feed."""

    url: Text
    """http or https address of an RSS, Atom or RDF feed."""
    title: str | None = None
    """The outlet as people call it; None: the title that the feed gives itself."""
    publisher: str | None = None
    """Who owns the outlet: outlets of one publisher count as one origin. None: the outlet stands for itself."""
    interval: Duration | None = Field(default=None, ge=1)
    """Seconds between polls; None: `schedule.interval`."""
    language: str | None = None
    """A hint, where the feed declares none or a wrong one (ISO 639-1)."""


class HttpSettings(Model):
    """The guarded HTTP client, which serves everything that leaves this machine."""

    user_agent: str | None = None
    """What the monitor calls itself; None: its name, version and `contact`."""
    contact: str | None = None
    """An address under which publishers reach whoever runs this monitor; part of the User-Agent."""
    proxy: str | None = None
    """http(s) address of a proxy, or `env` for the proxies of the environment; None: no proxy at all."""
    allow_hosts: tuple[Text, ...] = ()
    """Hosts that may be called although they resolve to a loopback or private address."""
    connect_timeout: Duration = 10.0
    """Seconds until a connection must stand."""
    total_timeout: Duration = 60.0
    """Seconds until an answer must be complete."""
    max_bytes: int = Field(default=16 * 2**20, ge=1024)
    """Bytes of an answer after decompression; more is refused."""
    max_redirects: int = Field(default=5, ge=0)
    """Redirects that are followed."""
    per_host: int = Field(default=2, ge=1)
    """Connections to one host at a time."""
    concurrency: int = Field(default=50, ge=1)
    """Requests at a time in one poll worker."""


class ScheduleSettings(Model):
    """When feeds are polled."""

    interval: Duration = Field(default=900.0, ge=1)
    """Seconds between two polls of a feed that asks for nothing else (default 15m)."""
    ceiling: Duration = Field(default=86400.0, ge=1)
    """The longest interval that errors or the feed's own wishes lead to (default 24h)."""
    jitter: float = Field(default=0.1, ge=0, le=1)
    """The share of an interval over which polls are spread at random."""
    max_backlog: int = Field(default=10_000, ge=1)
    """Polls wait while more units of work than this are queued for analysis."""
