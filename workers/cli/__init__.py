"""The command `monitor`: one module for each group of commands, in the order in which `monitor --help` lists them.

Command bodies are imported when they run, so that `--help` answers at once. A new command goes into the module of its group,
its work into a module of `workers`.
"""

from workers.cli import running, trying, feeds, delivery, ledger, correcting, keeping  # noqa: F401, I001  # importing adds the commands, in this order
from workers.cli.app import app
from workers.cli.running import Role

__all__ = ["Role", "app", "main"]


def main() -> None:
    """The entry point."""
    app()
