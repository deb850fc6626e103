"""One source for how each role starts."""

import pytest

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
