"""What loads what: `--help` answers at once, and only analysis pays for spaCy."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_by(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after the code."""
    report = "import sys; print('loaded:', *sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("loaded:")[2].split())


def test_help_answers_without_importing_what_the_commands_need() -> None:
    code = (
        "import sys; sys.argv = ['monitor', '--help']\n"
        "from workers.cli import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code"
    )

    assert not loaded_by(code) & {"spacy", "numpy", "aiohttp", "feedparser", "apscheduler", "apprise", "ruamel"}


@pytest.mark.parametrize("role", ["schedule", "poll", "decide", "deliver"])
def test_a_role_that_does_not_analyse_never_imports_spacy(role: str) -> None:
    modules = {
        "schedule": "workers.schedule, workers.adapters.redis.polls",
        "poll": "workers.poll, workers.adapters.http, workers.adapters.redis.feeds",
        "decide": "workers.decide, monitor.ledger.decide, workers.adapters.redis.decisions",
        "deliver": "workers.deliver, workers.adapters.channels, workers.adapters.channels.terminal",
    }

    assert "spacy" not in loaded_by(f"import workers.daemon, {modules[role]}")
