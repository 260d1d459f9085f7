"""A configuration file as it is written: the configuration, and what else to read for it."""

from __future__ import annotations

from typing import Any

from monitor.settings.base import Text
from monitor.settings.config import Config

READ_FIRST = ("include", "opml")
"""Settings of files that their reader resolves; `Config` does not have them."""


class ConfigurationFile(Config):
    """All that a file may say."""

    include: Text | tuple[Text, ...] = ()
    """Further files of this kind, relative to this one; `*` stands for any name. What two files both define is an error."""
    opml: Text | tuple[Text, ...] = ()
    """Lists of feeds in OPML, relative to this file. A feed's slug is made from its title; what `feeds` says of the same address
    goes first."""


def json_schema() -> dict[str, Any]:
    """The JSON Schema for editors. `topics` is not demanded of a file, since an included one may bring them."""
    schema: dict[str, Any] = _closed(ConfigurationFile.model_json_schema())
    del schema["required"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Configuration of the news monitor"}


def _closed(schema: Any) -> Any:
    """The schema with maps by name closed to what is no name: the library leaves them open."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    return closed | {"additionalProperties": False} if "patternProperties" in closed else closed
