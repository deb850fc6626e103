"""How each role starts: the one source for `./dev demo`, the container image and docker-compose.yml.

As a program it is the image's entry point: `python -m cehours.embedded.commands ROLE` becomes the role.
Addresses and sizes come from the environment (GUNICORN_CMD_ARGS, WEB_CONCURRENCY).
"""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

DEFAULT_QUEUES = "default,batch,render"
AS_OWNER = ("migrate", "recompute")
WORKING = ("worker", "beat")
ROLES: dict[str, tuple[str, ...]] = {
    "web": (
        *("gunicorn", "cehours.wsgi:application", "--worker-class", "gthread", "--threads", "4"),
        # --graceful-timeout: a browser's idle connection must not hold up a stop. The control socket
        # would lie in the home folder, where two instances meet and a read-only image has none.
        *("--preload", "--graceful-timeout", "5", "--no-control-socket"),
    ),
    "worker": (
        *("celery", "--app", "cehours.celery", "worker", "--concurrency", "2", "--loglevel", "INFO"),
        # Workers need not know each other; without these a worker is ready a second sooner.
        *("--without-gossip", "--without-mingle", "--queues"),
    ),
    "beat": (
        *("celery", "--app", "cehours.celery", "beat", "--loglevel", "INFO", "--pidfile="),
        # Kept in memory: what is due is rows in the database, so nothing needs to be remembered on disk.
        *("--scheduler", "celery.beat:Scheduler"),
    ),
    "migrate": ("python", "manage.py", "migrate", "--no-input"),
    "recompute": ("python", "manage.py", "recompute"),
}


def command(role: str, *, queues: str = DEFAULT_QUEUES) -> list[str]:
    """The argument vector of a role. Raises KeyError for an unknown one."""
    return [*ROLES[role], *([queues] if role == "worker" else [])]


def environment_of(role: str, env: Mapping[str, str]) -> dict[str, str]:
    """Each role with its own address only: migrations and what follows them the owner's, worker and beat the workers'.

    What the web server knows, whoever takes it over knows, and it is not the system.
    """
    foreign = (
        ("DATABASE_MIGRATE_URL",) if role in WORKING else ("DATABASE_MIGRATE_URL", "DATABASE_WORKER_URL")
    )
    changed = {name: value for name, value in env.items() if not name.startswith(foreign)}
    if role in AS_OWNER:
        changed.pop("DATABASE_URL", None)
        changed.pop("DATABASE_URL_FILE", None)
        for suffix in ("", "_FILE"):
            if f"DATABASE_MIGRATE_URL{suffix}" in env:
                changed[f"DATABASE_URL{suffix}"] = env[f"DATABASE_MIGRATE_URL{suffix}"]
    return changed


def parse(arguments: Sequence[str]) -> list[str]:
    """A role, `worker QUEUES` or `recompute --again`. Raises ValueError for anything else."""
    match list(arguments):
        case ["worker", queues] if not queues.startswith("-"):
            return command("worker", queues=queues)
        case ["recompute", "--again"]:
            return [*command("recompute"), "--again"]
        case [role] if role in ROLES:
            return command(role)
    raise ValueError(f"expected one of: {', '.join(ROLES)}, or: worker QUEUES, or: recompute --again")


def main(arguments: Sequence[str]) -> NoReturn:
    try:
        argv = parse(arguments)
    except ValueError as error:
        sys.exit(str(error))
    os.execvpe(argv[0], argv, environment_of(arguments[0], os.environ))  # noqa: S606 -- it is one of ROLES


if __name__ == "__main__":
    main(sys.argv[1:])
