"""The template files: those that ship with the monitor, and a user's own, which take the place of ours one by one."""

from __future__ import annotations

from pathlib import Path

from monitor.alerts.templates import FAMILIES, Templates
from monitor.errors import TemplateUnusable

SHIPPED = Path(__file__).parents[1] / "templates"


def read_templates(own: Path | None = None) -> Templates:
    """The templates, each from `own` where it holds a file of its name. Raises TemplateUnusable for one that cannot be used."""
    sources = {}
    for family in FAMILIES:
        name = f"{family}.j2"
        path = own / name if own is not None and (own / name).is_file() else SHIPPED / name
        try:
            sources[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateUnusable(f"the template {path} cannot be read: {error}") from error
    return Templates(sources)
