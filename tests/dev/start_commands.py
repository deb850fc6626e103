"""Check that the image and docker-compose.yml start every role as `./dev demo` does.

python -m tests.dev.start_commands
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from cehours.embedded import commands

REPO = Path(__file__).resolve().parents[2]
ENTRY_POINT = ["python", "-m", "cehours.embedded.commands"]


def problems(dockerfile: str, compose: str) -> list[str]:
    """What differs, one sentence each; empty when nothing does."""
    found = _image_problems(dockerfile)
    started: dict[str, list[str]] = {}
    for name, service in yaml.safe_load(compose)["services"].items():
        if "build" not in service:
            continue
        if "entrypoint" in service:
            found.append(f"{name}: overrides the image's entry point")
        try:
            started[name] = commands.parse(service.get("command", []))
        except ValueError as error:
            found.append(f"{name}: {error}")
    return found + _role_problems(started)


def _image_problems(dockerfile: str) -> list[str]:
    lines = [line.partition(" ") for line in dockerfile.splitlines()]
    said = {word: json.loads(rest) for word, _, rest in lines if word in {"ENTRYPOINT", "CMD"}}
    wanted: dict[str, Any] = {"ENTRYPOINT": ENTRY_POINT, "CMD": ["web"]}
    return [f"Dockerfile: {word} is not {value}" for word, value in wanted.items() if said.get(word) != value]


def _role_problems(started: dict[str, list[str]]) -> list[str]:
    found = [
        f"no service starts {role} as the demo does"
        for role in commands.ROLES
        if role != "worker" and commands.command(role) not in started.values()
    ]
    workers = [argv for argv in started.values() if argv[:-1] == commands.command("worker")[:-1]]
    queues = sorted(queue for argv in workers for queue in argv[-1].split(","))
    if queues != sorted(commands.DEFAULT_QUEUES.split(",")):
        found.append(f"workers take the queues {queues}, the demo's takes {commands.DEFAULT_QUEUES}")
    return found


if __name__ == "__main__":
    differences = problems((REPO / "Dockerfile").read_text(), (REPO / "docker-compose.yml").read_text())
    sys.stdout.write("\n".join(differences or ["every role starts as in ./dev demo"]) + "\n")
    sys.exit(1 if differences else 0)
