"""Every error of the monitor, under one base.

    MonitorError
    +-- TemporaryError        worth another try; may say after how long
    |   +-- FetchFailed       a feed or page could not be had just now
    |   +-- DeliveryFailed    a channel could not take a message just now
    |   |   +-- TemplateUnusable  a template that is broken, until somebody mends it
    |   +-- StoreUnavailable  Redis did not answer
    +-- PermanentError        another try would end the same way
        +-- ConfigurationError   what the user wrote; names file, line, column and key
        +-- QueryUnreadable      a topic's query that cannot be read; names the place in it
        +-- AddressRefused       an address that the guarded HTTP client does not call
        +-- EntriesUnreadable    a file for `replay` or `extract` that holds something else
        +-- FeedUnreadable       bytes that are no feed
        +-- FeedGone             the publisher says that the feed is gone for good (410)
        +-- DeliveryRefused      a channel that will never take this message
        +-- SecretMissing        a variable of the environment that the configuration refers to is not set
        +-- ServerNotStarted     the embedded Redis cannot be had
        +-- SchemaMismatch       stored data of another version than this program
        +-- LeaseLost            another worker holds what this one thought to hold

Whether to retry is told by the type alone. Errors of client libraries are wrapped where they arise, in `workers.adapters`.
A message says what is wrong, where, and what to do: it is shown to people as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass


class MonitorError(Exception):
    """The base of all errors that the monitor raises on purpose."""


class TemporaryError(MonitorError):
    """Worth another try.

    retry_after: seconds to wait before it, where the other side named them (Retry-After), else None.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(MonitorError):
    """Another try would end the same way."""


class FetchFailed(TemporaryError):
    """A feed or page could not be had just now (network, time-out, 429, 5xx). status: of the answer, where there was one."""

    def __init__(self, message: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.status = status


class DeliveryFailed(TemporaryError):
    """A channel could not take a message just now."""


class TemplateUnusable(DeliveryFailed):
    """A template that cannot be read, or that fails on a message; names it, and its line where that is known."""


class StoreUnavailable(TemporaryError):
    """Redis did not answer, or answered that it cannot serve (loading, out of memory, read-only)."""


class AddressRefused(PermanentError):
    """An address that the guarded HTTP client does not call: another scheme, or a loopback, private or metadata range."""


class EntriesUnreadable(PermanentError):
    """A file for `replay` or `extract` that cannot be read, or a line of it that is no entry or text; names the line."""


class FeedUnreadable(PermanentError):
    """The bytes are no feed that the monitor can read."""


class FeedGone(PermanentError):
    """The publisher answered 410: the feed is gone for good."""


class DeliveryRefused(PermanentError):
    """A channel that will never take this message."""


class SecretMissing(PermanentError):
    """A variable of the environment that the configuration refers to (`${NAME}`) is not set."""


class ServerNotStarted(PermanentError):
    """The embedded Redis cannot be had; the message says why and what to do."""


class SchemaMismatch(PermanentError):
    """Stored data were written by another version; the message names the command to run."""


class LeaseLost(PermanentError):
    """Another worker holds the lease by now; what was computed under it must be dropped and is decided again there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a configuration file.

    line and column count from 1, as editors do; line 0 means the file as a whole. key is a dotted path
    ("topics.treaty.keywords"), empty where no key can be named; fix says what to do.
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    fix: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else f"{self.file}: "
        text = place + (f"{self.key}: " if self.key else "") + self.message
        return f"{text}. {self.fix}" if self.fix else text


class ConfigurationError(PermanentError):
    """A configuration that cannot be used; lists every problem that was found, not only the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class QueryUnreadable(PermanentError):
    """A topic's query that cannot be read.

    offset: characters of the query before the place; line and column count from 1 within the query; message says what was
    expected there, fix what to do.
    """

    def __init__(self, query: str, offset: int, message: str, fix: str | None = None) -> None:
        before = query[:offset]
        self.offset = offset
        self.line, self.column = before.count("\n") + 1, offset - before.rfind("\n")
        self.message, self.fix = message, fix
        super().__init__(f"line {self.line}, column {self.column} of the query: {message}" + (f". {fix}" if fix else ""))
