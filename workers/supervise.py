"""Child processes that are kept alive: started, started again when they die, stopped in the end."""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.2
"""Seconds before a process that died is started again; doubled for each further death in a row."""
LONGEST_PAUSE = 30.0
"""The longest such pause."""
PROVEN = 60.0
"""Seconds after which a process counts as well, and its former deaths as past."""


@dataclass(slots=True)
class _Child:
    """One process and its record."""

    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    deaths: int = field(default=0)


class Supervisor:
    """Keeps one process for each command alive. `tick` must be called a few times a second."""

    def __init__(self, commands: Mapping[str, Sequence[str]], *, now: Callable[[], float] = time.monotonic) -> None:
        self._children = {name: _Child(command) for name, command in commands.items()}
        self._now = now

    def tick(self) -> None:
        """Starts what should run and does not."""
        for name, child in self._children.items():
            if child.process is not None and (code := child.process.poll()) is not None:
                self._died(name, child, code)
            if child.process is None and self._now() >= child.start_at:
                # a session of its own: Ctrl-C in the terminal reaches the daemon alone, which then stops its children in order
                child.process = subprocess.Popen(list(child.command), start_new_session=True)
                child.started = self._now()

    def pids(self) -> dict[str, int]:
        """The processes that run now."""
        return {name: child.process.pid for name, child in self._children.items() if child.process is not None}

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to all of them."""
        for child in self._children.values():
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(number)

    def stop(self, *, patience: float = 15.0) -> None:
        """Asks all to finish what they have in hand; kills those that have not after `patience` seconds."""
        self.signal(signal.SIGTERM)
        deadline = time.monotonic() + patience
        for name, child in self._children.items():
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not stop within %.0f s and is killed; its work is taken up at the next start", name, patience)
                child.process.kill()
                child.process.wait()
            child.process = None

    def _died(self, name: str, child: _Child, code: int) -> None:
        child.process = None
        child.deaths = 1 if self._now() - child.started > PROVEN else child.deaths + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (child.deaths - 1))
        child.start_at = self._now() + pause
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        log.warning("%s ended %s and is started again in %.1f s", name, how, pause)
