"""Secrets are named in the configuration as `${NAME}` and put in, from the environment, at the moment of use. They are never
stored, and are taken out of every text that is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from monitor.errors import SecretMissing

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


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
    """Puts the environment's values in. Raises KeyError with the name of one that is not set or empty."""
    secrets: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if not environment.get(name):
            raise KeyError(name)
        secrets[name] = environment[name]
        return secrets[name]

    return Resolved(text=_REFERENCE.sub(value, text), secrets=secrets)


def resolve_secrets(text: str, environment: Mapping[str, str], *, key: str) -> str:
    """The text with its secrets in place. key: the setting it comes from, for the message.

    Raises SecretMissing, which names the variable that is not set and never what others hold.
    """
    try:
        return resolve(text, environment).text
    except KeyError as error:
        name = error.args[0]
        raise SecretMissing(
            f"{key} needs the environment variable {name}, which is not set; export it and start again"
        ) from error
