"""Where entries come from, and how they are fetched."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from monitor.settings.base import DAY, HOUR, MINUTE, Duration, Host, Line, Model, Text, check_feed_address, check_proxy, refusal


def check_listen(value: str) -> str:
    """Refuses what is no host and port."""
    host, _, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536:
        raise refusal(f'"{value}" is no host and port', "write them such as 127.0.0.1:8766")
    return value


class FeedSettings(Model):
    """One subscribed feed."""

    url: Annotated[Text, AfterValidator(check_feed_address)]
    """http or https address of an RSS, Atom, RDF or JSON feed."""
    title: Text | None = None
    """The outlet as people call it; unset: the title that the feed gives itself."""
    publisher: Text | None = None
    """Who owns the outlet: outlets of one publisher count as one origin ([how](ledger.md#how-many-carry-it)). Unset: the entry's
    source element, else outlets of one registrable domain count as one."""
    interval: Duration | None = Field(default=None, ge=1)
    """Time between polls, whatever the feed's habit; unset: `schedule.interval` at first, then as its habit asks."""
    full_text: Literal["auto", "never"] | None = None
    """`auto`: where an entry that matches a topic is only a teaser, its page is fetched and the article taken from it, if the
    site's robots.txt allows it; `never`: only what the feed gives is read. Unset: what `full_text` says for all feeds."""
    language: Text | None = None
    """In which language most entries are, where the feed declares none or a wrong one (ISO 639-1, such as en): a hint, since each
    entry's language is told from its text."""


class HttpSettings(Model):
    """The guarded HTTP client, which serves everything that leaves this machine."""

    user_agent: Line | None = None
    """What the monitor calls itself; unset: its name, version and `contact`."""
    contact: Line | None = None
    """An address under which publishers reach whoever runs this monitor; part of the User-Agent."""
    proxy: Annotated[Text, AfterValidator(check_proxy)] | None = None
    """http(s) address of a proxy, or `env` for the proxies of the environment; unset: no proxy at all."""
    allow_hosts: tuple[Host, ...] = ()
    """Hosts that may be called although they resolve to a loopback or private address."""
    connect_timeout: Duration = Field(default=10.0, gt=0)
    """Time until a connection must stand."""
    read_timeout: Duration = Field(default=30.0, gt=0)
    """Time for which an answer may pause."""
    total_timeout: Duration = Field(default=60.0, gt=0)
    """Time until an answer must be complete."""
    max_bytes: int = Field(default=16 * 2**20, ge=1024)
    """Bytes of an answer, as received and as decompressed; more is refused."""
    max_redirects: int = Field(default=5, ge=0)
    """Redirects that are followed."""
    per_host: int = Field(default=2, ge=1)
    """Requests to one host at a time."""
    host_gap: Duration = Field(default=0.5, ge=0)
    """Time between the starts of two requests to one host."""
    concurrency: int = Field(default=50, ge=1)
    """Requests at a time in one poll worker."""


class ScheduleSettings(Model):
    """When feeds are polled."""

    interval: Duration = Field(default=15 * MINUTE, ge=1)
    """Time between two polls of a feed that asks for nothing else, until its habit is known."""
    floor: Duration | None = Field(default=None, ge=1)
    """The shortest interval that a busy feed's habit leads to; unset: a third of `interval`."""
    quiet: Duration | None = Field(default=None, ge=1)
    """The longest interval that a quiet feed's habit leads to; unset: four times `interval`."""
    ceiling: Duration = Field(default=DAY, ge=1)
    """The longest interval that errors or the feed's own wishes lead to."""
    jitter: float = Field(default=0.1, ge=0, le=1)
    """The share of an interval over which polls are spread at random."""
    max_backlog: int = Field(default=10_000, ge=1)
    """Polls wait while more units of work than this are queued for analysis."""

    @property
    def shortest(self) -> float:
        """`floor`, in force."""
        return self.floor or self.interval / 3

    @property
    def longest(self) -> float:
        """`quiet`, in force; errors and the feed's own wishes may lead further, to `ceiling`."""
        return self.quiet or min(4 * self.interval, self.ceiling)


class WebSubSettings(Model):
    """Being told by hubs when a feed has something new, instead of asking it."""

    callback: Annotated[Line, AfterValidator(check_feed_address)] | None = None
    """The public address at which hubs reach this monitor, such as https://monitor.example.org/websub: a reverse proxy passes it
    on to `listen`. Unset: hubs are not used."""
    listen: Annotated[Line, AfterValidator(check_listen)] = "127.0.0.1:8766"
    """Host and port at which the monitor itself listens for hubs."""
    lease: Duration = Field(default=10 * DAY, ge=3600)
    """For how long a hub is asked to push; it is asked anew before that ends."""
    poll_every: Duration = Field(default=6 * HOUR, ge=60)
    """How often a feed is polled all the same while its hub pushes."""

    @property
    def address(self) -> tuple[str, int]:
        """`listen` as host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class WarmUpSettings(Model):
    """What is known from the start, without being told."""

    lasts: Duration = Field(default=15 * MINUTE, ge=0)
    """For so long all that a new topic reads becomes known without being told; then each subscription gets one message, where the
    story stands. Entries that were kept before the topic came fill it first, and their time counts. 0: nothing but those."""

    age: Duration = Field(default=DAY, ge=0)
    """In the first poll of a feed, entries older than this (undated ones, too) fill the ledger silently."""
