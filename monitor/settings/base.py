"""What all models share: strictness, and the kinds of values that files may hold, each refused in plain words."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
UNITS = {"ms": 0.001, "s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*")
SIZES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)\s*")
_LONG_UNITS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(sec|min|hour|hr|day|week|month|year|[smhdw])[a-z]*\.?\s*", re.IGNORECASE)
_SHORT = {"sec": "s", "min": "m", "hour": "h", "hr": "h", "day": "d", "week": "w"}
REFERENCE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|file:/[^{}\s]+")
"""What may stand between `${` and `}`: a variable of the environment, or a file that holds the secret."""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 80


def refusal(message: str, fix: str | None = None) -> PydanticCustomError:
    """The error that a validator raises: what is wrong, and what to write instead, both shown to people as they stand."""
    return PydanticCustomError("plain", "{message}", {"message": message, "fix": fix or ""})


def parse_duration(value: object) -> object:
    """Seconds from "250ms", "30s", "15m", "24h", "3d" or "2w"; a bare number is taken as seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value < float("inf"):
            raise refusal(f"a duration cannot be {value}", "write one such as 30s, 15m, 24h or 3d")
        return float(value)
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return float(match[1]) * UNITS[match[2]]
    fix = "write a number with ms, s, m, h, d or w, such as 30s, 15m, 24h or 3d"
    if isinstance(value, str) and (match := _LONG_UNITS.fullmatch(value)):
        unit = match[2].lower()
        if unit in {"month", "year"}:
            fix = f"months and years differ in length; write days, such as {'30d' if unit == 'month' else '365d'}"
        else:
            fix = f"write {match[1]}{_SHORT.get(unit, unit)}"
    raise refusal(f"{'nothing' if value is None else value} is no duration", fix)


def parse_size(value: object) -> object:
    """Bytes from "500MB" or "2GB" (steps of 1000); a bare number is taken as bytes."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        return round(float(match[1]) * SIZES[match[2]])
    shown = "nothing" if value is None else value
    raise refusal(f"{shown} is no size", "write a number with KB, MB or GB, such as 500MB or 2GB")


def size_text(size: int) -> str:
    """Bytes as people write them: in the largest unit that leaves a whole number ("500MB")."""
    for unit, count in reversed(SIZES.items()):
        if size >= count and size % count == 0:
            return f"{size // count}{unit}"
    return str(size)


def duration_text(seconds: float) -> str:
    """Seconds as people write them: in the largest unit that leaves a whole number ("15m", "250ms")."""
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1.0), ("ms", 0.001)):
        if round(seconds, 3) >= size and (count := round(seconds / size, 6)).is_integer():
            return f"{count:.0f}{unit}"
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"


def check_slug(value: str) -> str:
    """Refuses what is no slug, and proposes one."""
    if _SLUG.fullmatch(value) and len(value) <= _LONGEST_SLUG:
        return value
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    proposed = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-")
    raise refusal(
        f'"{value}" is no name: lower-case letters, digits and single hyphens, at most {_LONGEST_SLUG}',
        f"write {proposed}" if proposed else None,
    )


def check_feed_address(value: str) -> str:
    """Refuses what no feed can be fetched from."""
    if "${" in value:
        raise refusal("secrets are not put into feed addresses", "write the address as it is")
    scheme, _, rest = value.partition("://")
    if not rest and re.match(r"[\w-]+(\.[\w-]+)+(/|$)", value):
        raise refusal("the address does not begin with https:// or http://", f"write https://{value}")
    if scheme.lower() not in {"http", "https"}:
        fix = f"write https://{rest or value.removeprefix('feed:')}" if scheme.lower().startswith("feed") else None
        raise refusal(f'"{value}" is no web address: one that begins with https:// or http:// was expected', fix)
    try:
        host = urlsplit(value).hostname
    except ValueError:
        host = None
    if not host or re.search(r"\s", value):
        raise refusal(f'"{value}" is no web address', "copy it from the address line of a browser that shows the feed")
    return value


def check_references(value: str) -> str:
    """Refuses a reference to the environment that would never be filled in."""
    for found in re.finditer(r"\$\{([^}]*)(\}?)", value):
        if not found[2]:
            raise refusal("a ${ is never closed", "write the variable's name between ${ and }")
        if not REFERENCE.fullmatch(found[1]):
            raise refusal(
                f"the environment cannot hold a variable {found[1]!r}", "use letters, digits and _, such as ${MAIL_PASSWORD}"
            )
    return value


def check_server_address(value: str) -> str:
    """Refuses what is no address of a Redis server."""
    check_references(value)
    if value.startswith(("redis://", "rediss://", "unix://", "${")):
        return value
    raise refusal("this is no address of a Redis server", "write one such as redis://localhost:6379/0, or leave redis_url out")


def check_proxy(value: str) -> str:
    """Refuses what is neither `env` nor an http address."""
    if "${" in value:
        raise refusal("secrets are not put into the proxy's address", "write proxy: env, and set HTTPS_PROXY in the environment")
    if value == "env" or value.startswith(("http://", "https://")):
        return value
    raise refusal("this is no proxy: an http:// or https:// address, or env, was expected")


def check_web_address(value: str) -> str:
    """Refuses what nothing can be sent to."""
    check_references(value)
    if value.startswith(("https://", "http://", "${")):
        return value
    raise refusal("this is no web address", "write one that begins with https://, or the name of a variable such as ${HOOK_URL}")


def check_mail_address(value: str) -> str:
    """Refuses what is no plain mail address."""
    if re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", value):
        return value
    raise refusal(f'"{value}" is no mail address', "write one plain address, such as desk@example.org")


def check_service_address(value: str) -> str:
    """Refuses what Apprise could not read as a URL of a service."""
    check_references(value)
    if "://" in value or value.startswith("${"):
        return value
    raise refusal("this is no Apprise URL", 'write one such as "ntfy://my-topic" or "mailto://${USER}:${PASSWORD}@example.org"')


def check_host(value: str) -> str:
    """Refuses what is no bare host name or address."""
    if "/" in value or re.search(r"\s", value):
        host = re.sub(r"^\w+://", "", value).split("/", 1)[0].rsplit("@", 1)[-1].split(":", 1)[0].strip()
        raise refusal(f'"{value}" is no host name', f"write {host}" if host else None)
    return value


def check_line(value: str) -> str:
    """Refuses control characters: the text becomes part of a request's header."""
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise refusal("the text must stand on one line")
    return value


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": f"^{_DURATION.pattern}$"}, {"type": "number"}]}
        | {"examples": ["30s", "15m", "24h", "3d"]}
    ),
]
"""Seconds; written in files as "30s", "15m", "24h", "3d"."""

Size = Annotated[
    int,
    BeforeValidator(parse_size),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": f"^{_SIZE.pattern}$"}, {"type": "integer"}]} | {"examples": ["500MB", "2GB"]}
    ),
]
"""Bytes; written in files as "500MB", "2GB"."""

Slug = Annotated[
    str,
    AfterValidator(check_slug),
    WithJsonSchema({"type": "string", "pattern": f"^{_SLUG.pattern}$", "maxLength": _LONGEST_SLUG}),
]
"""Lower-case letters, digits and single hyphens: a stable name that also fits into a key and an address."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[Text, AfterValidator(check_line)]
Host = Annotated[Text, AfterValidator(check_host)]


class Model(BaseModel):
    """A part of the configuration: frozen, and without room for a misspelt key."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)
