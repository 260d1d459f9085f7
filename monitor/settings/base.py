"""What all models share: strictness, durations and slugs."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*")


def parse_duration(value: object) -> object:
    """Seconds from "250ms", "30s", "15m", "24h", "3d" or "2w"; a bare number is taken as seconds."""
    if isinstance(value, bool):
        raise ValueError("a duration such as 30s, 15m, 24h or 3d was expected")
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return float(match[1]) * UNITS[match[2]]
    raise ValueError("a duration such as 30s, 15m, 24h or 3d was expected")


Duration = Annotated[float, BeforeValidator(parse_duration)]
"""Seconds; written in files as "30s", "15m", "24h", "3d"."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
"""Lower-case letters, digits and single hyphens: a stable name that also fits into a key and an address."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Model(BaseModel):
    """A part of the configuration: frozen, and without room for a misspelt key."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)
