"""The guarded HTTP client: everything that leaves this machine over HTTP goes through it.

Addresses of loopback, private, link-local and metadata ranges are refused where they are written as such, after the name is
resolved, at each redirect, and last at the socket, which sees the address that is really called: a name that resolves differently
the second time gains nothing. `http.allow_hosts` opens chosen hosts. A proxy resolves names itself, so that behind one (only when
the configuration says so) names are resolved here beforehand; the proxy's own address is exempt.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from urllib.request import getproxies_environment, proxy_bypass

import aiohttp
from yarl import URL

from monitor.errors import AddressRefused, FeedGone, FetchFailed
from monitor.feeds.next_poll import retry_after
from monitor.feeds.values import short
from monitor.ports import Clock, Fetched
from monitor.settings import HttpSettings
from workers.adapters.addresses import refusal
from workers.adapters.hosts import REST, Hosts

ACCEPT = "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
DNS_CACHE = 60
"""Seconds for which a resolved name is remembered."""
KEEP = 15.0
"""Seconds; aiohttp's own choice."""
HEADER_BYTES = 32 * 2**10
"""Bytes of one header line that are accepted; some publishers send long ones."""

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))


@dataclass(slots=True)
class _Call:
    """What the socket factory must know of the request that it opens a socket for, and what it refused."""

    private_allowed: bool
    refused: list[str] = field(default_factory=list)


_calling: ContextVar[_Call] = ContextVar("_calling")


class _Refused(OSError):
    """Raised at the socket; an OSError, so that the next address of the name is tried."""


def user_agent(settings: HttpSettings) -> str:
    """What the monitor calls itself: who it is and where its owner can be reached."""
    if settings.user_agent:
        return settings.user_agent
    try:
        number = version("news-monitor")
    except PackageNotFoundError:  # run from a source tree that is not installed
        number = "0"
    contact = f"; +{settings.contact}" if settings.contact else ""
    return f"news-monitor/{number} (feed reader{contact})"


class GuardedClient:
    """One connection pool under one set of limits. Use it as an asynchronous context.

    keep: seconds for which a connection that nobody uses is kept for the next request.
    """

    def __init__(self, settings: HttpSettings, clock: Clock, *, keep: float = KEEP) -> None:
        self._settings = settings
        self._keep = keep
        self._clock = clock
        self._allowed = frozenset(host.lower().strip("[]") for host in settings.allow_hosts)
        self._hosts = Hosts(at_once=settings.per_host, gap=settings.host_gap)
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> GuardedClient:
        settings = self._settings
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # `per_host` and the caller's concurrency are the limits: waiting here would count as answering slowly
                ttl_dns_cache=DNS_CACHE,
                keepalive_timeout=self._keep,
                socket_factory=_guarded_socket,
            ),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout, sock_read=settings.read_timeout),
            headers={"User-Agent": user_agent(settings), "Accept": ACCEPT},
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=HEADER_BYTES,
            max_field_size=HEADER_BYTES,
            trust_env=False,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """See `monitor.ports.Fetcher.get`. Error messages are plain words for people."""
        conditions = {}
        if etag:
            conditions["If-None-Match"] = etag
        if last_modified:
            conditions["If-Modified-Since"] = last_modified
        target, hops = _parsed(url), 0
        moved, permanent = None, True
        while True:
            host = target.host or ""
            async with self._hosts.turn(host), self._slots:
                if left := self._hosts.rests(host):
                    words = f"{host} asked us to come less often; all its addresses are left alone for another {left:.0f} s"
                    raise FetchFailed(words, retry_after=left, status=HTTPStatus.TOO_MANY_REQUESTS)
                while target.host == host:  # redirects within a host are part of the same visit
                    answer = await self._get_one(target, conditions)
                    wait = retry_after(answer.headers, self._clock())
                    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                        self._hosts.rest(host, REST if wait is None else wait)
                    if answer.status not in _REDIRECTS:
                        return replace(_accepted(answer, wait), moved=moved)
                    if (hops := hops + 1) > self._settings.max_redirects:
                        raise FetchFailed(f"{_parsed(url).host} redirected more than {self._settings.max_redirects} times")
                    target = _redirected(target, answer)
                    permanent = permanent and answer.status in _PERMANENT
                    moved = str(target.with_user(None)) if permanent else moved

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Fetched:
        """POSTs to the address and gives whatever is answered; redirects are not followed. Raises FetchFailed, AddressRefused."""
        return await self._get_one(_parsed(url), headers, body)

    async def call(self, url: str) -> Fetched:
        """GETs the address and gives whatever is answered; redirects are not followed. Raises FetchFailed, AddressRefused."""
        return await self._get_one(_parsed(url), {})

    async def _get_one(self, url: URL, conditions: Mapping[str, str], sent: bytes | None = None) -> Fetched:
        """One request, without following redirects; a POST where something is sent."""
        host = url.host or ""
        proxy = self._proxy_for(url)
        allowed = host.lower() in self._allowed
        call = _Call(private_allowed=allowed or proxy is not None)
        token = _calling.set(call)
        try:
            async with asyncio.timeout(self._settings.total_timeout):
                if not allowed:
                    await self._refuse_private(host, resolve=proxy is not None)
                return await self._request(url, conditions, proxy, sent)
        except aiohttp.SocketTimeoutError as error:
            raise FetchFailed(f"{host} fell silent for {self._settings.read_timeout:g} s in mid-answer") from error
        except aiohttp.ConnectionTimeoutError as error:
            raise FetchFailed(f"{host} could not be reached within {self._settings.connect_timeout:g} s") from error
        except TimeoutError as error:
            raise FetchFailed(f"{host} gave no complete answer within {self._settings.total_timeout:g} s") from error
        except (aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
            if isinstance(error, aiohttp.InvalidURL):  # such as the odd spellings of addresses that resolvers take: 127.1
                raise AddressRefused(f"{str(url)[:200]!r} is no address: {_short(error)}") from error
            if call.refused:
                raise AddressRefused(_refused_words(host, call.refused[0])) from error
            raise FetchFailed(_in_words(host, error)) from error
        finally:
            _calling.reset(token)

    async def _request(self, url: URL, conditions: Mapping[str, str], proxy: str | None, sent: bytes | None) -> Fetched:
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        method = "GET" if sent is None else "POST"
        async with self._session.request(
            method, url, headers=conditions, data=sent, proxy=proxy, allow_redirects=False
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = (
                b"" if response.status in _REDIRECTS or response.status == HTTPStatus.NOT_MODIFIED else await self._body(response)
            )
            # without a name and password, which must not get into the links of entries
            return Fetched(url=str(response.url.with_user(None)), status=response.status, headers=headers, body=body)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """The body as it decompresses, never more of it than the limit."""
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
            if max(size, response.content.total_raw_bytes) > self._settings.max_bytes:
                response.close()
                most = self._settings.max_bytes
                raise FetchFailed(f"the answer of {response.url.host} is larger than {most} bytes (`http.max_bytes`)")
            parts.append(part)
        return b"".join(parts)

    async def _refuse_private(self, host: str, *, resolve: bool) -> None:
        """Raises AddressRefused for a host written as a refused address and, where resolve, for a name that leads to one.

        A name that cannot be resolved here is left to the proxy, which may know it.
        """
        if reason := refusal(host):
            raise AddressRefused(_refused_words(host, f"{host} is {reason}"))
        if not resolve:
            return
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError:
            return
        for *_, address in found:
            if reason := refusal(str(address[0])):
                raise AddressRefused(_refused_words(host, f"{address[0]} is {reason}"))

    def _proxy_for(self, url: URL) -> str | None:
        proxy = self._settings.proxy
        if proxy != "env":
            return proxy
        if proxy_bypass(url.host or ""):
            return None
        return getproxies_environment().get(url.scheme)


def _guarded_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    """The socket for an address that the client is about to call, unless it is one that it must not."""
    family, kind, protocol, _, address = info
    call = _calling.get()
    if not call.private_allowed and (reason := refusal(str(address[0]))):
        call.refused.append(f"{address[0]} is {reason}")
        raise _Refused(call.refused[-1])
    return socket.socket(family=family, type=kind, proto=protocol)


def _parsed(url: str, base: URL | None = None) -> URL:
    try:
        parsed = URL(url) if base is None else base.join(URL(url))
        host = parsed.host
    except ValueError as error:
        raise AddressRefused(f"{url[:200]!r} is no address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not host:
        raise AddressRefused(f"{url[:200]!r} is no http or https address")
    return parsed.with_fragment(None)


def _redirected(url: URL, answer: Fetched) -> URL:
    location = answer.headers.get("location")
    if not location:
        raise FetchFailed(f"{url.host} answered with a redirect ({answer.status}) that leads nowhere")
    return _parsed(location, base=url)


def _accepted(answer: Fetched, wait: float | None) -> Fetched:
    """The answer, where it is one that can be used. Raises FeedGone and FetchFailed for the others, in plain words.

    wait: the seconds that the server asks to stay away.
    """
    host = URL(answer.url).host
    status = answer.status
    if status in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
        return answer
    words = {
        204: f"{host} answered without any content (204)",
        401: f"{host} asks for a user name and password (401)",
        403: f"{host} refuses us (403 Forbidden); a User-Agent with `http.contact` sometimes helps",
        404: f"{host} has nothing at this address (404 Not Found)",
        429: f"{host} asks us to come less often (429 Too Many Requests)",
    }
    if status == HTTPStatus.GONE:
        raise FeedGone(f"{host} says that this feed is gone for good (410)")
    if status in words:
        raise FetchFailed(words[status], retry_after=wait, status=status)
    kind = "has a problem of its own" if status >= 500 else "did not give us the feed"
    raise FetchFailed(f"{host} {kind} ({status})", retry_after=wait, status=status)


def _refused_words(host: str, reason: str) -> str:
    called = "" if reason.startswith(f"{host} ") else f"{host} leads to an address that is never called: "
    return f"{called}{reason}; to call it all the same, add {host} to `http.allow_hosts`"


def _in_words(host: str, error: Exception) -> str:
    """What went wrong, for people."""
    match error:
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return f"the name {host} cannot be resolved; is it spelt right, and is there a connection?"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return f"the certificate or encryption of {host} is not acceptable: {_short(error)}"
        case aiohttp.ClientConnectorError():
            return f"{host} cannot be reached: {_short(error.os_error)}"
        case aiohttp.ServerDisconnectedError():
            return f"{host} closed the connection without an answer"
        case aiohttp.ClientPayloadError() | aiohttp.ClientResponseError():
            return f"the answer of {host} is broken or was cut off: {_short(error)}"
        case _:
            return f"{host} could not be asked: {_short(error)}"


def _short(error: BaseException) -> str:
    return short(str(error)) or type(error).__name__
