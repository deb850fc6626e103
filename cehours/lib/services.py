"""From variables of the environment to what the libraries want: where files are kept, how the broker is reached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from environ import Env


def broker_url(url: str) -> str:
    """kombu spells a Redis socket ``redis+socket://``; redis-py and Django spell it ``unix://``."""
    if url.startswith("unix://"):
        path, _, query = url.removeprefix("unix://").partition("?")
        return f"redis+socket://{path}?virtual_host={query.removeprefix('db=') or '0'}"
    return url


def kept_in(env: Env, prefix: str, bucket: str, root: Path, *, overwrite: bool) -> dict[str, Any]:
    """A storage in a bucket, with the access that variables of this prefix give, or else in a folder."""
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": root}}
    access = {
        "bucket_name": bucket,
        "endpoint_url": env.str(f"{prefix}_ENDPOINT_URL", default=None),
        "access_key": env.str(f"{prefix}_ACCESS_KEY_ID", default=None),
        "secret_key": env.str(f"{prefix}_SECRET_ACCESS_KEY", default=None),
        "region_name": env.str(f"{prefix}_REGION", default="us-east-1"),
    }
    options = access | {"default_acl": "private", "file_overwrite": overwrite}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def path_or_none(env: Env, name: str) -> Path | None:
    """The file or folder that a variable names, if it names one."""
    value = env.str(name, default="")
    return Path(value) if value else None
