"""One source for how each role starts."""

import pytest
import yaml

from cehours.embedded import commands
from cehours.embedded.places import REPO
from tests.dev.start_commands import problems

DOCKERFILE = (REPO / "Dockerfile").read_text()
COMPOSE = (REPO / "docker-compose.yml").read_text()


def test_image_and_compose_start_every_role_as_the_demo_does() -> None:
    assert problems(DOCKERFILE, COMPOSE) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("command: [web]", "command: [gunicorn]", "web"),
        ("command: [beat]", "command: [worker, extra]", "beat"),
        ("command: [worker, render]", "command: [worker, other]", "queues"),
        (
            'command: [worker, "default,batch"]',
            'entrypoint: [celery]\n    command: [worker, "default,batch"]',
            "entry point",
        ),
    ],
)
def test_a_service_that_starts_otherwise_is_named(before: str, after: str, said: str) -> None:
    assert before in COMPOSE

    assert any(said in problem for problem in problems(DOCKERFILE, COMPOSE.replace(before, after)))


def test_an_image_with_another_entry_point_is_named() -> None:
    assert problems(DOCKERFILE.replace("cehours.embedded.commands", "gunicorn"), COMPOSE)


def test_only_migrations_and_recomputing_learn_the_owners_address() -> None:
    env = {"DATABASE_URL_FILE": "runtime", "DATABASE_MIGRATE_URL_FILE": "owner", "REDIS_URL": "redis"}

    for role in ("migrate", "recompute"):
        assert commands.environment_of(role, env) == {"DATABASE_URL_FILE": "owner", "REDIS_URL": "redis"}
    assert commands.environment_of("web", env) == {"DATABASE_URL_FILE": "runtime", "REDIS_URL": "redis"}


def test_only_what_works_learns_the_workers_address() -> None:
    env = {
        "DATABASE_URL_FILE": "web",
        "DATABASE_WORKER_URL_FILE": "worker",
        "DATABASE_MIGRATE_URL_FILE": "owner",
    }

    for role in ("worker", "beat"):
        assert commands.environment_of(role, env)["DATABASE_WORKER_URL_FILE"] == "worker"
    for role in ("web", "migrate", "recompute"):
        assert "DATABASE_WORKER_URL_FILE" not in commands.environment_of(role, env)


def test_no_service_but_the_workers_is_given_the_workers_address() -> None:
    given = {
        name
        for name, service in yaml.safe_load(COMPOSE)["services"].items()
        if "database_worker_url" in service.get("secrets", [])
    }

    assert given == {"worker", "worker-render", "beat"}


def test_recomputing_may_begin_again() -> None:
    assert commands.parse(["recompute", "--again"]) == [*commands.command("recompute"), "--again"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["shell"],
        ["web", "extra"],
        ["migrate", "--again"],
        ["recompute", "--check"],
        ["worker", "--help"],
        ["worker", "a", "b"],
    ],
)
def test_an_unknown_role_is_refused(arguments: list[str]) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        commands.parse(arguments)
