"""Terminal screens for the documentation: what commands really print, as SVG.

    python -m bench.screen docs/images/held.svg --title "monitor held" -- "monitor held --demo --limit 3"

Each argument behind `--` is a command as a user types it; `monitor` is this checkout's. What they print stands in this order.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 96


def screen(commands: list[str], title: str, *, keep: slice) -> str:
    """The screen as SVG. keep: the lines of what each command prints that are shown."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    for command in commands:
        words = shlex.split(command)
        real = [sys.executable, "-m", "workers.cli", *words[1:]] if words[0] == "monitor" else words
        done = subprocess.run(real, capture_output=True, text=True, check=False, env=environment)
        if words[0] != "tail":  # what a running monitor said is no answer to a command
            console.print(Text(f"$ {command}", "bold"))
        lines = (done.stdout + done.stderr).splitlines()
        shown = [Text.from_ansi(line) for line in lines[keep]]
        if len(shown) < len(lines):
            shown.insert(0 if keep.start else len(shown), Text("...", "dim"))
        for text in shown:
            console.print(text)
    return console.export_svg(title=title)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=Path)
    parser.add_argument("--title", default="monitor")
    parser.add_argument("--last", type=int, help="only the last lines of each command")
    parser.add_argument("--first", type=int, help="only the first lines of each command")
    parser.add_argument("commands", nargs="+")
    arguments = parser.parse_args()
    keep = slice(-arguments.last, None) if arguments.last else slice(0, arguments.first)
    arguments.target.write_text(screen(arguments.commands, arguments.title, keep=keep), encoding="utf-8")


if __name__ == "__main__":
    main()
