"""Which models this program reads and judges with, as names that change whenever they do: kept beside the data.

To name a model loads none: the decider asks at every step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

import monitor

if TYPE_CHECKING:
    from spacy.language import Language

    from monitor.records import Claim
    from workers.reading import Extract

CORE = Path(monitor.__file__).parent
SHIPPED = CORE / "extract" / "model"
"""The language model that ships, as `monitor.extract.pipeline` loads it (which would load spaCy)."""
RULES = ("extract", "text", "ledger/wordings.py")
"""What makes claims and wordings of a parsed text, in `monitor`: the extraction's version is a digest of its sources. A changed
comment reads the evidence once too often; a changed rule that nobody gave a new number would never be read by."""
SHORT = 12


class _Meta(msgspec.Struct):
    lang: str
    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What a program reads and judges with. reading: the name of what reads, by the configured name of the pipeline; judge: that
    of the judge; load and extract: what loads the pipeline, and reads claims from it."""

    reading: Callable[[str | None], str]
    judge: Callable[[], str]
    load: Callable[[str | None], Language]
    extract: Extract


def shipped() -> Models:
    """Those of this program."""
    return Models(reading=reading_model, judge=judge_model, load=_load, extract=_extract)


@cache
def reading_model(name: str | None) -> str:
    """The model that reads: name, version and digest of the pipeline of that name (`nlp.model`; None: the one that ships), and of
    the rules that read claims from its trees."""
    folder = _folder(name)
    rules = [path for part in RULES for path in _files(CORE / part)]
    meta = folder / "meta.json"
    told = msgspec.json.decode(meta.read_bytes(), type=_Meta) if meta.exists() else _Meta(lang="xx", name=str(name), version="0")
    return f"{told.lang}_{told.name}-{told.version}+{_digest(_files(folder), folder)}.{_digest(rules, CORE)}"


@cache
def judge_model() -> str:
    """The judge that decides."""
    from monitor.ledger.judge import shipped as judge

    return judge().version


def _load(name: str | None) -> Language:
    from monitor.extract.pipeline import load_pipeline

    return load_pipeline(name)


def _extract(*arguments: Any, **options: Any) -> tuple[Claim, ...]:
    from monitor.extract.claims import extract

    return extract(*arguments, **options)


def _folder(name: str | None) -> Path:
    if name is None:
        return SHIPPED
    if Path(name).is_dir():
        return Path(name)
    found = find_spec(name)
    return Path(found.origin).parent if found is not None and found.origin else Path(name)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts)


def _digest(files: list[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        if root == CORE and SHIPPED in path.parents:  # the model has a digest of its own
            continue
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:SHORT]
