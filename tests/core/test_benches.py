"""Benchmarks and training are no part of the suite; that each still finds what it imports is."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDS_MORE = "language"
"""Training of the language model needs PyTorch, which the lock file does not bring."""
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("bench", "training")
    for path in (ROOT / folder).rglob("*.py")
    if NEEDS_MORE not in path.relative_to(ROOT).parts and path.stem not in {"__init__", "__main__"}
)


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_finds_what_it_imports(module: str) -> None:
    assert importlib.import_module(module).__doc__
