"""Secrets are named in the configuration as `${NAME}` or `${file:/path}` and put in, from the environment or the file, at the
moment of use. They are never stored, and are taken out of every text that is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from monitor.errors import SecretMissing
from monitor.settings.base import REFERENCE

_REFERENCE = re.compile(rf"\$\{{({REFERENCE.pattern})\}}")
_FILE = "file:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A text with its secrets in place; repr hides it, so that no log shows it by accident."""

    text: str
    secrets: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Resolved(secrets={sorted(self.secrets)})"

    def hide(self, text: str) -> str:
        """The text with each secret's value, also as URLs write it, replaced by its name."""
        for name, value in sorted(self.secrets.items(), key=lambda pair: -len(pair[1])):
            for form in (value, quote(value, safe=""), quote(value)):
                text = text.replace(form, f"${{{name}}}")
        return text


def resolve(text: str, environment: Mapping[str, str]) -> Resolved:
    """Puts the values in. Raises SecretMissing, which names what is not set and never what others hold."""
    secrets: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        secrets[match[1]] = _value(match[1], environment)
        return secrets[match[1]]

    return Resolved(text=_REFERENCE.sub(value, text), secrets=secrets)


def _value(name: str, environment: Mapping[str, str]) -> str:
    if name.startswith(_FILE):
        path = Path(name.removeprefix(_FILE))
        try:
            found = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SecretMissing(f"the file {path}, which holds a secret, cannot be read: {type(error).__name__}") from error
        if not found:
            raise SecretMissing(f"the file {path}, which should hold a secret, is empty")
        return found
    if not environment.get(name):
        raise SecretMissing(f"the environment variable {name} is not set; set it and start the monitor again")
    return environment[name]


def resolve_secrets(text: str, environment: Mapping[str, str], *, key: str) -> str:
    """The text with its secrets in place. key: the setting it comes from, for the message. Raises SecretMissing."""
    try:
        return resolve(text, environment).text
    except SecretMissing as error:
        raise SecretMissing(f"{key}: {error}") from error
