"""An installation of an earlier commit, restored from its archive and migrated by the present code."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.registry import identity
from tests import databases
from tests.archives import unpacked

ARCHIVE = Path(__file__).with_name("cd4f66e.tar.xz")
# The two steps of an upgrade, as the owner, in one process.
UPGRADE = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0, skip_checks=True)
call_command("recompute")
"""
NOTHING = "SELECT;\n"  # psycopg2 refuses a text that holds comments only
COPY = re.compile(r"^COPY .* FROM stdin;$")


@dataclass(frozen=True)
class Installation:
    """`template`: the migrated database, to be cloned. `folder`: media, seal. `keys`: settings by name."""

    template: str
    folder: Path
    keys: dict[str, str]
    packed_at: datetime


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Restored and migrated once for all tests of this folder, which run in one process."""
    folder = tmp_path_factory.mktemp("installation")
    with tarfile.open(ARCHIVE) as archive:
        unpacked(archive, folder)
    facts = json.loads((folder / "installation.json").read_text())
    name = f"test_{os.getpid()}_upgrade"
    databases.as_owner("postgres", f'CREATE DATABASE "{name}"')
    try:
        _restore(folder / "dump.sql", name)
        env = {**os.environ, **facts["keys"], "MEDIA_ROOT": str(folder / "media"), "LOG_LEVEL": "WARNING"}
        env["DATABASE_URL"] = databases.owner_url(name)
        subprocess.run([sys.executable, "-c", UPGRADE], cwd=databases.REPO, env=env, check=True)
        yield Installation(name, folder, facts["keys"], datetime.fromisoformat(facts["packed_at"]))
    finally:
        databases.drop(name)


@pytest.fixture
def upgraded(
    installation: Installation, django_db_setup: None, django_db_blocker: Any, settings: Any, tmp_path: Path
) -> Iterator[Installation]:
    """The installation on the day after, at work for one test; whatever the test did, every chain is whole."""
    shutil.copytree(installation.folder / "media", tmp_path / "media")
    for key, value in installation.keys.items():
        setattr(settings, key, value)
    settings.SEAL_DEMO_FOLDER = str(installation.folder / "seal")
    _forget_keys()
    day_after = clock.at(installation.packed_at + timedelta(days=1))
    with django_db_blocker.unblock(), databases.clone_in_use(installation.template), day_after:
        yield installation
        with scope(Actor.system("verify_audit")):
            assert list(audit.faults()) == []
    _forget_keys()


def _restore(dump: Path, name: str) -> None:
    """What psql does with a plain dump: SQL as it stands, and the rows behind each COPY."""
    with closing(databases.connect_as_owner(name)) as link, link.cursor() as cursor, dump.open() as lines:
        sql = [NOTHING]
        for line in lines:
            if COPY.match(line):
                cursor.execute("".join(sql))
                sql = [NOTHING]
                cursor.copy_expert(line, io.StringIO("".join(iter(lambda: next(lines), "\\.\n"))))
            elif not line.startswith("\\"):  # psql's own commands
                sql.append(line)
        cursor.execute("".join(sql))


def _forget_keys() -> None:
    """The ciphers are made once a process, from the settings; here these change."""
    identity._cipher.cache_clear()
    identity._index.cache_clear()
