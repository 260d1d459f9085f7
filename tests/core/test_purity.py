"""What the import contract cannot see: the core opens no file, asks no clock, throws no dice and reads no environment."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "monitor"
MODULES = sorted(CORE.rglob("*.py"))

FORBIDDEN_IMPORTS = {
    "random",
    "secrets",
    "socket",
    "subprocess",
    "threading",
    "asyncio",
    "os",
    "tempfile",
    "urllib.request",
    "time",
}
FORBIDDEN_CALLS = {
    *("open", "print", "input", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("uuid4", "uuid.uuid4", "os.environ", "os.getenv"),
}
READS_PACKAGE_DATA = {
    "extract/pipeline.py",
    "extract/encoder.py",
    "ledger/judge/__init__.py",
    "text/paraphrases.py",
    "topics/relevance/__init__.py",
    "topics/relevance/vectors.py",
}
"""Modules that may open the data which ship inside the package: weights are code of another kind."""

LOCKS = {"feeds/dates.py": {"threading"}}
"""Modules that take a lock around a library which shares what it has loaded between threads, and what they may import for it."""


def names(tree: ast.AST) -> set[str]:
    """Every import, and every called name with up to one dot."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_the_core_touches_nothing_outside(module: Path) -> None:
    found = names(ast.parse(module.read_text(encoding="utf-8")))

    touched = found & (FORBIDDEN_IMPORTS | FORBIDDEN_CALLS) - LOCKS.get(str(module.relative_to(CORE)), set())
    reads = {name for name in found if name.endswith((".read_text", ".read_bytes", ".open"))}
    if str(module.relative_to(CORE)) in READS_PACKAGE_DATA:
        reads = set()

    assert not touched | reads, f"{module.name} touches the world: {sorted(touched | reads)}"


def test_the_check_itself_sees_what_it_forbids() -> None:
    tree = ast.parse("import random\nfrom datetime import datetime\nnow = datetime.now()\nopen('x')")

    assert names(tree) & (FORBIDDEN_IMPORTS | FORBIDDEN_CALLS) == {"random", "datetime.now", "open"}
