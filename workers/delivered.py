"""Where the delivered files lie: in the repository, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def _folder(name: str) -> Path:
    repository = HERE.parent / name
    return repository if repository.is_dir() else HERE / "delivered_files" / name


def seeds() -> Path:
    """The folder with the demo story."""
    return _folder("seeds")


def delivered_config() -> Path:
    """The folder with the delivered configuration."""
    return _folder("config")
