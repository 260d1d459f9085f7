"""Secrets: `${NAME}` in a configured text stays as it is until the text is used, and is then taken from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.errors import SecretMissing

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def references(text: str) -> tuple[str, ...]:
    """The names between `${` and `}`, in order, well-formed or not."""
    return tuple(_REFERENCE.findall(text))


def is_name(name: str) -> bool:
    """Whether the environment can hold a variable of that name."""
    return _NAME.fullmatch(name) is not None


def resolve_secrets(text: str, environ: Mapping[str, str], *, key: str) -> str:
    """The text with every `${NAME}` replaced by the variable's value. key: the setting it comes from, for the message.

    Raises SecretMissing, which names the variables that are not set and never what others hold.
    """
    missing = [name for name in references(text) if not environ.get(name)]
    if missing:
        names = " and ".join(sorted(set(missing)))
        raise SecretMissing(f"{key} needs {names} from the environment, where it is not set; export it before the monitor starts")
    return _REFERENCE.sub(lambda match: environ[match[1]], text)
