"""docker-compose.yml against the Compose specification's own schema, and what the Dockerfile promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from dockerfile_parse import DockerfileParser
from ruamel.yaml import YAML

from workers.cli import Role

ROOT = Path(__file__).parents[2]


def test_the_compose_file_follows_the_compose_specification() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        str(ROOT / "docker-compose.yml"),
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_compose_services_run_every_role() -> None:
    services = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
    commands = [service["command"] for service in services.values() if service["command"][0] == "worker"]

    roles = {word for command in commands for word in command}

    assert {str(role) for role in Role} <= roles


def test_the_image_holds_what_it_copies_and_runs_as_nobody_special() -> None:
    dockerfile = DockerfileParser(path=str(ROOT / "Dockerfile"), cache_content=False)
    steps = [(step["instruction"], step["value"]) for step in dockerfile.structure]

    copied = [value.split()[0] for instruction, value in steps if instruction == "COPY"]

    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert ("USER", "monitor") in steps
    assert any("--require-hashes" in value for instruction, value in steps if instruction == "RUN")
