"""What the models refuse, in words for people: what was expected, what stands there, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.errors import Problem
from monitor.settings import Config
from monitor.settings.base import Model, duration_text
from monitor.settings.file import ConfigurationFile
from workers.adapters.configuration.source import Path, Source, dotted

Words = tuple[str, str | None]

_NEEDED = {
    "topics": "topics:, and under it a topic such as treaty: {title: The treaty, keywords: [treaty, ratify]}",
    "title": "title: The treaty",
    "keywords": "keywords: [treaty, ratify]",
    "url": "url: https://news.example/rss",
    "channels": "channels: [terminal]",
    "path": "path: alerts.jsonl",
    "start": 'start: "22:00"',
    "end": 'end: "07:00"',
    "messages": "messages: 10",
    "host": "host: smtp.example.org",
    "sender": "sender: monitor@example.org",
    "to": "to: desk@example.org",
    "secret": "secret: ${WEBHOOK_SECRET}",
    "token": "token: ${BOT_TOKEN}",
    "chat": 'chat: "@my_channel"',
}
KINDS = "terminal, file, atom, email, webhook, ntfy, slack, discord, telegram"
_EXAMPLES = {
    "topics": "treaty: {title: The treaty, keywords: [treaty, ratify]}",
    "feeds": "example-news: {url: https://news.example/rss}",
    "channels": "terminal: {type: terminal}",
    "subscriptions": "everything: {channels: [terminal]}",
    "actors": "Russia: [Moscow, Kremlin]",
}
_YES = {"yes": "true", "on": "true", "y": "true", "1": "true", "no": "false", "off": "false", "n": "false", "0": "false"}


def problems_of(error: ValidationError, source: Source) -> list[Problem]:
    """Every refusal of the models, once, with its place."""
    found = [(path_of(details, source.data), details) for details in error.errors(include_url=False)]
    paths = [path for path, _ in found]
    suggested = {path[:-1]: _nearest(str(path[-1]), _siblings(path, source.data)) for path, d in found if _is_unknown(d)}
    problems: list[Problem] = []
    for path, details in found:
        if any(path[: len(lost)] == lost or lost[: len(path)] == path for lost in source.lost):
            continue  # what stands there has its problem already
        if details["type"] == "missing" and suggested.get(path[:-1]) == path[-1]:
            continue  # said already, where the misspelt key stands
        if details["type"] == "too_short" and any(other[: len(path)] == path for other in paths if len(other) > len(path)):
            continue  # it is short because its items were refused
        message, fix = _unknown(path, source.data) if _is_unknown(details) else _words(path, details, source.data)
        of_key = _is_unknown(details) or details["type"] in {"missing", "union_tag_not_found"} or details["loc"][-1] == "[key]"
        of_key = of_key or (details["type"] == "plain" and isinstance(details["input"], dict))
        place = source.place(path[:-1] if details["type"] == "missing" else path, of_key=of_key)
        problems.append(place.problem(path, message, fix))
    return list(dict.fromkeys(problems))


def unknown_names(config: Config, source: Source) -> list[Problem]:
    """Names that nothing defines, and settings that do not go together."""
    problems = []
    for where, name, names in config.unknown_references():
        path = _with_numbers(where)
        kind = "topic" if where[2] == "topics" else "channel"
        known = f"there are {_listed(names)}" if names else f"none is defined; add one under {kind}s:"
        fix = _did_you_mean(_nearest(name, names)) or known
        problems.append(source.place(path).problem(path, f"there is no {kind} {name}", fix))
    for where, message, fix in config.contradictions():
        path = _with_numbers(where)
        problems.append(source.place(path).problem(path, message, fix))
    return problems


def path_of(details: ErrorDetails, data: Any) -> Path:
    """Where in the file a refusal belongs: the models' path without what only the models know (branches of unions)."""
    path: list[str | int] = []
    loc = [part for part in details["loc"] if part != "[key]"]
    for n, part in enumerate(loc):
        if isinstance(data, dict) and part in data:
            data = data[str(part)]
            path.append(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part] if part < len(data) else None
            path.append(part)
        elif n == len(loc) - 1 and details["type"] == "missing":
            path.append(part)
    if details["type"] == "union_tag_invalid":
        path.append("type")
    return tuple(path)


def settings_at(path: Path, data: Any) -> list[str]:
    """The names of the settings that may stand in the map at the path; none where any name may."""
    models: list[type[Model]] = [ConfigurationFile]
    rest = list(path)
    while rest:
        name = str(rest.pop(0))
        data = data.get(name) if isinstance(data, dict) else None
        annotation = next((m.model_fields[name].annotation for m in models if name in m.model_fields), None)
        models = list(_models(annotation))
        if get_origin(annotation) is dict:
            if not rest:
                return []
            slug = rest.pop(0)
            data = data.get(slug) if isinstance(data, dict) else None
        kind = data.get("type") if isinstance(data, dict) else None
        models = [m for m in models if kind in get_args(m.model_fields["type"].annotation)] if len(models) > 1 else models
    return [name for model in models for name in model.model_fields]


def _models(annotation: Any) -> Iterable[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _is_unknown(details: ErrorDetails) -> bool:
    return details["type"] == "extra_forbidden"


def _siblings(path: Path, data: Any) -> list[str]:
    return settings_at(path[:-1], data)


def _unknown(path: Path, data: Any) -> Words:
    name, here = str(path[-1]), _siblings(path, data)
    message = f"there is no setting {name}" + (f" in {dotted(path[:-1])}" if len(path) > 1 else "")
    if near := _nearest(name, here):
        return message, _did_you_mean(near)
    elsewhere = [f"{section}.{name}" for section in ConfigurationFile.model_fields if name in settings_at((section,), {})]
    elsewhere += [f"{section}.NAME.{name}" for section in _EXAMPLES if name in settings_at((section, ""), {})]
    if elsewhere:
        return message, f"it belongs to {' or '.join(elsewhere)}"
    return message, f"there are {_listed(here)}"


def _nearest(name: str, names: Sequence[str]) -> str | None:
    from rapidfuzz import fuzz, process, utils

    best = process.extractOne(
        name.replace("-", " ").replace("_", " "), names, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=66
    )
    return best[0] if best else None


def _did_you_mean(name: str | None) -> str | None:
    return f"did you mean {name}?" if name else None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _with_numbers(path: tuple[str, ...]) -> Path:
    return tuple(int(part) if n > 2 and part.isdecimal() else part for n, part in enumerate(path))


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value:g}" if isinstance(value, float) else f"the number {value}"
        case str():
            return f'"{value}"' if len(value) <= 40 else f'"{value[:39]}…"'
        case list():
            return "a list"
        case _:
            return "a map of settings"


def _words(path: Path, details: ErrorDetails, data: Any) -> Words:
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "plain":
        return str(context["message"]), str(context["fix"]) or None
    if kind in _LIMITS:
        return _limit(kind, _written(path, data), float(next(v for k, v in context.items() if k in {"gt", "ge", "lt", "le"})))
    for names, words in _EXPECTED:
        if kind in names:
            return words(path, value, context)
    return details["msg"], None  # said by a check that has no words of its own yet


def _missing(path: Path, value: object, context: dict[str, Any]) -> Words:
    del value, context
    name = str(path[-1])
    example = "url: ntfy://my-topic" if name == "url" and path[0] == "channels" else _NEEDED.get(name, f"{name}:")
    return f"{name} is missing", f"add {example}"


def _text(path: Path, value: object, context: dict[str, Any]) -> Words:
    del path, context
    fix = None
    if isinstance(value, bool | int | float):
        fix = f'put it in quotes: "{str(value).lower() if isinstance(value, bool) else value}"'
    return f"a text was expected, not {_shown(value)}", fix


def _list(path: Path, value: object, context: dict[str, Any]) -> Words:
    del context
    name = next(part for part in reversed(path) if isinstance(part, str))
    fix = None
    if isinstance(value, str | int | float):
        fix = f"write {name}: [{value}]"
    elif isinstance(value, dict):
        fix = "write [ ] instead of { }, or begin each item with a hyphen and a space"
    return f"a list was expected, not {_shown(value)}", fix


def _map(path: Path, value: object, context: dict[str, Any]) -> Words:
    del context
    name = str(path[-1])
    section = name if name in _EXAMPLES else str(path[0]) if len(path) == 2 else ""
    fix = f"write them with names, such as {_EXAMPLES[section]}" if section == name and section else None
    if section and section != name:
        inner = _EXAMPLES[section].split(": ", 1)[1] if section in _EXAMPLES else None
        if section == "feeds" and isinstance(value, str):
            inner = f"{{url: {value}}}"
        fix = f"write {name}: {inner}" if inner else None
    if value is None:
        return "nothing stands here", fix
    return f"settings were expected, each with its name, not {_shown(value)}", fix


def _switch(path: Path, value: object, context: dict[str, Any]) -> Words:
    del path, context
    meant = _YES.get(str(value).lower())
    return f"true or false was expected, not {_shown(value)}", f"write {meant}" if meant else None


def _number(path: Path, value: object, context: dict[str, Any]) -> Words:
    whole = "a whole number" if context.get("whole") else "a number"
    fix = None
    if isinstance(value, str):
        text = value.strip().replace(" ", "")
        if re.fullmatch(r"\d+(\.\d+)?%", text):
            fix = f"write {float(text[:-1]) / 100:g}"
        elif re.fullmatch(r"-?\d+(\.\d+)?", text):
            fix = f"write {text} without quotes"
        elif re.fullmatch(r"\d+,\d+", text):
            fix = f"write {text.replace(',', '')}" if context.get("whole") else f"write {text.replace(',', '.')}"
        elif (match := re.fullmatch(r"(\d+)([kmg])i?b?", text, re.IGNORECASE)) and path[-1] == "max_bytes":
            fix = f"write {int(match[1]) * 1024 ** ('kmg'.index(match[2].lower()) + 1)}"
    return f"{whole} was expected, not {_shown(value)}", fix


def _whole_number(path: Path, value: object, context: dict[str, Any]) -> Words:
    return _number(path, value, context | {"whole": True})


def _choice(path: Path, value: object, context: dict[str, Any]) -> Words:
    del path
    names = re.findall(r"'([^']*)'", str(context.get("expected") or context.get("expected_tags")))
    meant = context.get("tag", value)
    near = _nearest(str(meant), names)
    if "tag" in context and not near:
        return f'no channel is of the type "{meant}"', f"write {KINDS}, or apprise with a url for many more"
    message = f'"{meant}" is none of {_listed(names)}' if isinstance(meant, str) else f"one of {_listed(names)} was expected"
    return message, _did_you_mean(near)


def _type(path: Path, value: object, context: dict[str, Any]) -> Words:
    del context
    written = list(value) if isinstance(value, dict) else []
    near = _nearest("type", written)
    fix = f"{near} is no setting; did you mean type?" if near else f"add type: {KINDS} or apprise"
    return f"the channel {path[-1]} does not say of what type it is", fix


def _none(path: Path, value: object, context: dict[str, Any]) -> Words:
    del path, value, context
    return "at least one is needed here", None


def _empty(path: Path, value: object, context: dict[str, Any]) -> Words:
    del path, value, context
    return "the text is empty", "write it, or take the line out"


def _day(path: Path, value: object, context: dict[str, Any]) -> Words:
    del path, context
    return f"a day such as 2024-10-23 was expected, not {_shown(value)}", "write year-month-day"


def _topics(path: Path, value: object, context: dict[str, Any]) -> Words:
    del path, context
    fix = f"write topics: [{value}]" if isinstance(value, str) else None
    return f"`all` or a list of topics was expected, not {_shown(value)}", fix


_EXPECTED: Sequence[tuple[frozenset[str], Callable[[Path, object, dict[str, Any]], Words]]] = (
    (frozenset({"missing"}), _missing),
    (frozenset({"string_type"}), _text),
    (frozenset({"tuple_type"}), _list),
    (frozenset({"dict_type", "model_type", "model_attributes_type"}), _map),
    (frozenset({"bool_type"}), _switch),
    (frozenset({"float_type"}), _number),
    (frozenset({"int_type", "int_parsing_size"}), _whole_number),
    (frozenset({"literal_error", "union_tag_invalid"}), _choice),
    (frozenset({"union_tag_not_found"}), _type),
    (frozenset({"too_short"}), _none),
    (frozenset({"string_too_short"}), _empty),
    (frozenset({"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"}), _day),
    (frozenset({"topics"}), _topics),
)
_LIMITS = {
    "greater_than": "more than",
    "greater_than_equal": "at least",
    "less_than": "less than",
    "less_than_equal": "at most",
}


def _limit(kind: str, value: object, limit: float) -> Words:
    shown, bound = _shown(value), f"{limit:g}"
    if isinstance(value, str):  # a duration
        shown, bound = value, duration_text(limit)
    is_share = kind.startswith("less") and limit == 1 and isinstance(value, int | float) and 1 < value <= 100
    fix = f"it is a share: write {value / 100:g} for {value:g} %" if is_share and isinstance(value, int | float) else None
    return f"{shown} cannot be used here: {_LIMITS[kind]} {bound} is needed", fix


def _written(path: Path, data: Any) -> object:
    """What stands at the path in the file, before any model read it."""
    for part in path:
        data = data[part]
    return data
