"""The environment that settings read (docs/operations.md lists every variable), for each profile here."""

import os
import shlex
from collections.abc import Mapping

from cehours.embedded import keys, venv
from cehours.embedded.places import Places

APP_ROLE = "cehours_app"
WORKER_ROLE = "cehours_worker"
OWNER_ROLE = "cehours_owner"
DATABASE = "cehours"
# What the person's shell may hold for another purpose and must not leak into a private instance.
CONTRACT = (
    *("ALLOWED_HOSTS", "BEHIND_PROXY", "BLIND_INDEX_KEY", "CELERY_BROKER_URL", "CSRF_TRUSTED_ORIGINS"),
    *("DATABASE_MIGRATE_URL", "DATABASE_URL", "DATABASE_WORKER_URL", "DEBUG", "DEMO", "EMAIL_URL"),
    *("CHECKPOINT_ACCESS_KEY_ID", "CHECKPOINT_BUCKET", "CHECKPOINT_ENDPOINT_URL", "CHECKPOINT_KEY_FILE"),
    *("CHECKPOINT_REGION", "CHECKPOINT_ROOT", "CHECKPOINT_SECRET_ACCESS_KEY", "FIELD_KEYS", "INSTANCE"),
    *("LEARNING_PLATFORM_KEY", "LEARNING_PLATFORM_PROVIDER", "LEARNING_PLATFORM_SECRET"),
    *("LEARNING_PLATFORM_TIMEOUT", "LEARNING_PLATFORM_URL"),
    *("GUNICORN_CMD_ARGS", "LOG_FORMAT", "MEDIA_ROOT", "PUBLIC_URL", "REDIS_URL", "S3_ACCESS_KEY_ID"),
    *("SEAL_BACKEND", "SEAL_DEMO_FOLDER", "SEAL_PKCS11_LABEL", "SEAL_PKCS11_MODULE", "SEAL_PKCS11_PIN"),
    *("SEAL_PKCS11_TOKEN", "SEAL_PKCS12", "SEAL_PKCS12_PASSWORD", "SEAL_SERVICE_TIMEOUT"),
    *("SEAL_SERVICE_TOKEN", "SEAL_SERVICE_URL", "SEAL_TIMESTAMP_TRUSTED", "SEAL_TIMESTAMP_URL"),
    *("SEAL_TRUSTED", "SECOND_FACTOR", "SESSION_HOURS", "SESSION_IDLE_MINUTES"),
    *("S3_BUCKET", "S3_ENDPOINT_URL", "S3_SECRET_ACCESS_KEY", "SECRET_KEY", "SECRET_KEY_FALLBACKS"),
    *("SMS_BACKEND", "STATIC_ROOT", "WEB_CONCURRENCY"),
)


def inherited() -> dict[str, str]:
    """The person's environment with our virtual environment first on PATH and nothing of the contract."""
    dropped = {*CONTRACT, *(f"{name}_FILE" for name in CONTRACT), "PYTHONHOME", "PYTHONPATH"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    path = kept.get("PATH", os.defpath)
    return {
        **kept,
        "PATH": f"{venv.BIN}{os.pathsep}{path}",
        "VIRTUAL_ENV": str(venv.FOLDER),
        "PYTHONUNBUFFERED": "1",
    }


def address(port: int) -> str:
    """Where the site answers on this machine: by name, because browsers know no security keys at 127.0.0.1."""
    return f"http://localhost:{port}"


def own(places: Places, *, port: int = 8000, demo: bool = False, peer: int = 0) -> dict[str, str]:
    """Only what we add: enough to run any command of the project by hand against this profile.

    `peer`: the port of the demo's own platform, 0 for none.
    """
    url = address(port)
    return {
        "DJANGO_SETTINGS_MODULE": "cehours.settings",
        "DATABASE_URL": _database_url(APP_ROLE, places),
        "DATABASE_WORKER_URL": _database_url(WORKER_ROLE, places),
        "DATABASE_MIGRATE_URL": _database_url(OWNER_ROLE, places),
        "REDIS_URL": f"unix://{places.redis_socket}?db=0",
        "MEDIA_ROOT": str(places.media),
        "STATIC_ROOT": str(places.static),
        "PUBLIC_URL": url,
        "CSRF_TRUSTED_ORIGINS": f"{url},http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "LOG_FORMAT": "console",
        "GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{port}",
        "WEB_CONCURRENCY": "2",
        **({"DEMO": "1"} if demo else {}),
        **(platform(peer) if peer else {}),
        **keys.load_or_make(places.keys),
    }


def complete(places: Places, *, port: int = 8000, demo: bool = False, peer: int = 0) -> dict[str, str]:
    return {**inherited(), **own(places, port=port, demo=demo, peer=peer)}


def platform(port: int) -> dict[str, str]:
    """How the demo asks its counterpart of the public institutions' platform, which listens on this machine only."""
    return {
        "LEARNING_PLATFORM_URL": f"http://127.0.0.1:{port}",
        "LEARNING_PLATFORM_KEY": "demo",
        "LEARNING_PLATFORM_SECRET": "of-the-demo-on-this-machine",
    }


def for_tests(places: Places) -> dict[str, str]:
    """The process of the tests works and serves at once: it is a worker, and no page becomes the system in it."""
    env = complete(places)
    env["DATABASE_URL"] = env.pop("DATABASE_WORKER_URL")
    return env


def production_like(places: Places) -> dict[str, str]:
    """For `manage.py check --deploy`: what a province sets, on top of data stores that run here."""
    return {
        **complete(places),
        **keys.fresh(),
        "PUBLIC_URL": "https://cehours.example",
        "CSRF_TRUSTED_ORIGINS": "https://cehours.example",
        "ALLOWED_HOSTS": "cehours.example",
        "BEHIND_PROXY": "1",
        "SEAL_SERVICE_URL": "https://seal.example/",
        "SEAL_TRUSTED": "seal-certificates.pem",
        "CHECKPOINT_KEY_FILE": "checkpoint-key.pem",
        "LOG_FORMAT": "json",
    }


def as_exports(values: Mapping[str, str]) -> str:
    """Lines for `eval` in a POSIX shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(values.items()))


def write_exports(places: Places, values: Mapping[str, str]) -> None:
    """Keep them for `./dev shell`; they hold keys, so only the owner may read them."""
    places.exports.unlink(missing_ok=True)
    with os.fdopen(os.open(places.exports, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(as_exports(values))


def _database_url(role: str, places: Places) -> str:
    return f"postgres://{role}@/{DATABASE}?host={places.postgres_sockets}"
