"""Messages as text and markup, from Jinja2 templates whose sources are given: `workers.adapters.templates` reads the files.

Each family of templates has its own escaping, which applies to every value that a template puts out, without the template asking
for it: nothing that a feed says can become markup. The sandbox keeps a user's template from anything but the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from html import escape as escape_html

from jinja2 import DictLoader, StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.alerts.bulletin import Bulletin
from monitor.errors import TemplateUnusable

_ENDS = re.compile(r"""[<>|()\[\]\\"'`*{}^]""")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()<>#+.!|~@&=:$^-]")


def escape_markdown(text: str) -> str:
    """Text that CommonMark and Discord show as it is: a backslash before each character that could begin markup or a mention."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def escape_slack(text: str) -> str:
    """Text that Slack shows without links, mentions or entities, and whose emphasis marks have lost their effect.

    Slack knows no escape for `*`, `_`, `~` and the backtick: a word joiner beside each keeps it from forming a pair.
    """
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[*_~`]", "\u2060\\g<0>\u2060", plain)


def as_is(text: str) -> str:
    """Plain text."""
    return text


def _html(text: str) -> str:
    return escape_html(text, quote=True)


FAMILIES: Mapping[str, Callable[[str], str]] = {
    "text": as_is,
    "html": _html,
    "markdown": escape_markdown,
    "slack": escape_slack,
    "telegram": _html,
}
"""The families of templates, with what makes a value harmless in each. A template's file is called FAMILY.j2."""


class _Written(str):
    """Markup that a filter of ours has written already."""

    __slots__ = ()


class Templates:
    """One set of templates. sources: FAMILY.j2 -> text, of every family. Raises TemplateUnusable for one that is broken."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._templates = {}
        for family, escape in FAMILIES.items():
            environment = ImmutableSandboxedEnvironment(
                loader=DictLoader(dict(sources)),
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=False,
                autoescape=False,  # `finalize` escapes, in every family
                finalize=_finalizer(escape),
            )
            environment.filters["address"] = partial(_address, escape=escape if escape in (as_is, _html) else as_is)
            try:
                self._templates[family] = environment.get_template(f"{family}.j2")
            except TemplateError as error:
                raise TemplateUnusable(_in_words(family, error)) from error

    def write(self, family: str, message: Bulletin, *, titled: bool = False) -> str:
        """The message by the family's template. titled: the channel shows its title above it. Raises TemplateUnusable."""
        try:
            return self._templates[family].render(message=message, titled=titled).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as error:
            raise TemplateUnusable(_in_words(family, error)) from error


def _finalizer(escape: Callable[[str], str]) -> Callable[[object], object]:
    def finalize(value: object) -> object:
        if value is None:
            return ""
        if isinstance(value, Undefined | _Written):
            return value  # what is undefined raises when it is written
        return escape(str(value))

    return finalize


def _address(url: str, *, escape: Callable[[str], str]) -> _Written:
    """The filter `address`: an address where markup wants one, with what could end it there percent-encoded."""
    return _Written(escape(_ENDS.sub(lambda found: f"%{ord(found[0]):02X}", url)))


def _in_words(family: str, error: Exception) -> str:
    line = getattr(error, "lineno", None)
    place = f"{family}.j2, line {line}" if line else f"{family}.j2"
    return f"the template {place} cannot be used: {error or type(error).__name__}"
