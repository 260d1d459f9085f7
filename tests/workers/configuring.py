"""What tests of configuration files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigurationError, Problem
from monitor.settings import Config
from workers.adapters.configuration import read_configuration

TOPICS = "topics:\n  treaty:\n    title: Treaty\n    keywords: [treaty]\n"
TERMINAL = "channels: {terminal: {type: terminal}}\n"


def read(tmp_path: Path, text: str | bytes, name: str = "monitor.yaml", **others: str) -> Config:
    """Reads the text as a file; others: further files, `feeds_yaml="..."` for feeds.yaml."""
    for other, content in others.items():
        stem, _, suffix = other.rpartition("_")
        (tmp_path / f"{stem}.{suffix}").write_text(content, encoding="utf-8")
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_configuration(path)


def problems(tmp_path: Path, text: str | bytes, **others: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, text, **others)
    return refused.value.problems


def only_problem(tmp_path: Path, text: str | bytes, **others: str) -> Problem:
    (problem,) = problems(tmp_path, text, **others)
    return problem
