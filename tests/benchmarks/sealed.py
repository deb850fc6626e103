"""From the frozen sheet to the certificate that its holder sees: layout, seal, storing, reading back, event, notice.

Measured is the processor time of all processes (the printing one from its start, its database backend), because that
is what bounds a province's throughput; seconds are told beside. ours: lots, as a worker prints many. naive: the commit
before (BEFORE), by `git archive`, in its own environment and database, a task each, on fewer sheets (`naive_n`). Both
get the same sheets and take turns. limit: the finished file written again by pikepdf, and one RSA-2048 signature.

`--batch` measures something else: `_sealed_batch`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.archives import unpacked
from tests.benchmarks import _sealed_batch
from tests.benchmarks._bench import Result, database, main, template

BEFORE = "cd4f66e"
NAIVE_SHARE = 20  # one of so many sheets is printed the naive way as well
TURNS = 5
REPO = Path(__file__).resolve().parents[2]
TICK = os.sysconf("SC_CLK_TCK")
MODEL = """
import sys; sys.path.insert(0, ".")
import django; django.setup()
from tests.certificates.approving import approved
from tests.world import World
print(approved(World.build()).pk)
"""


class Printing:
    """A process that prints, and what it and its database backend have cost."""

    def __init__(self, way: str, folder: Path, python: str, env: dict[str, str]) -> None:
        self.seconds, self.layouts, self._database_ticks = 0.0, 0, 0
        command = [python, "-P", str(Path(__file__).with_name("_printing.py")), way]
        self._process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def print(self, count: int) -> None:
        assert self._process.stdin and self._process.stdout
        started = time.perf_counter()
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        self.seconds += time.perf_counter() - started
        if not answer:
            raise RuntimeError("the printing process ended")
        facts = json.loads(answer)
        self.layouts = facts["layouts"]
        self._database_ticks = _ticks(facts["database"])

    def processor(self) -> float:
        """Ends it; seconds of processor time from its start, with its children and the database's part."""
        assert self._process.stdin
        self._process.stdin.close()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if self._process.returncode:
            raise RuntimeError("the printing process failed")
        return usage.ru_utime + usage.ru_stime + self._database_ticks / TICK


def _ticks(pid: int) -> int:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


def run(n: int) -> Result:
    from tests.certificates.random_sheets import random_sheets

    sheets = [sheet.to_json() for sheet in random_sheets(n, three_categories=0)]
    few = sheets[::NAIVE_SHARE]
    from django.conf import settings

    settings.SEAL_DEMO_FOLDER = os.environ["SEAL_DEMO_FOLDER"] = os.environ["MEDIA_ROOT"] + "-seal"
    with _commit_before() as (folder, python, env), _migrated(folder, python, env) as before:
        naive_env = _filled(before, few, folder, python, env)
        with template() as empty, database(empty, "ours") as name:
            ours_env = _filled(name, sheets, REPO, sys.executable, dict(os.environ))
            ours = Printing("lots", REPO, sys.executable, ours_env)
            naive = Printing("single", folder, python, naive_env)
            for turn in range(TURNS):
                ours.print(_part(n, turn))
                naive.print(_part(len(few), turn))
            ours_s, naive_s = ours.processor(), naive.processor()
            sizes, sealed = _verify(n)
    limit = _limit(sealed)
    more = {
        "naive_n": len(few),
        "processor_ms_each": round(1000 * ours_s / n, 2),
        "naive_processor_ms_each": round(1000 * naive_s / len(few), 1),
        "limit_processor_ms_each": round(1000 * limit, 2),
        "times_naive": round((naive_s / len(few)) / (ours_s / n), 1),
        "ms_each": round(1000 * ours.seconds / n, 2),
        "naive_ms_each": round(1000 * naive.seconds / len(few), 1),
        "laid_out": ours.layouts,
        "by_exchange": round(1 - ours.layouts / n, 4),
        "bytes_each": round(sum(sizes) / n),
        "most_bytes": max(sizes),
        "load": os.getloadavg()[0],
    }
    return Result("sealed", n, naive_s / len(few) * n, ours_s, limit * n, more)


def _part(count: int, turn: int) -> int:
    return count * (turn + 1) // TURNS - count * turn // TURNS


@contextmanager
def _commit_before() -> Iterator[tuple[Path, str, dict[str, str]]]:
    """A folder with the files of BEFORE, its Python, its environment. Exits with 2 where the clone lacks it."""
    archive = subprocess.run(["git", "archive", BEFORE], cwd=REPO, capture_output=True, check=False)
    if archive.returncode:
        sys.stderr.write(f"这份代码没有提交 {BEFORE}，无法与它比较：请用完整的 git 克隆运行。\n")
        raise SystemExit(2)
    with tempfile.TemporaryDirectory(prefix="cehours-before-") as name:
        folder = Path(name)
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
            unpacked(packed, folder)
        env = {**os.environ, "MEDIA_ROOT": str(folder / "media")}
        env.pop("PYTHONPATH", None)
        yield folder, _python_of(folder), env


def _python_of(folder: Path) -> str:
    """An interpreter with exactly what the commit pinned: ours where that is the same, else one of its own."""
    from cehours.embedded.places import state_home

    wanted = (folder / "requirements-dev.txt").read_bytes()
    if wanted == (REPO / "requirements-dev.txt").read_bytes():
        return sys.executable
    home = state_home() / f"before-{hashlib.sha256(wanted).hexdigest()[:12]}"
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        options = ["--no-deps", "--require-hashes", "--quiet", "--no-input"]
        pinned = str(folder / "requirements-dev.txt")
        subprocess.run([str(python), "-m", "pip", "install", *options, "-r", pinned], check=True)
        (home / "complete").touch()
    return str(python)


@contextmanager
def _migrated(folder: Path, python: str, env: dict[str, str]) -> Iterator[str]:
    """A database of the commit's own, made by its own migrations."""
    from tests import databases

    name = f"test_{os.getpid()}_before"
    databases.as_owner("postgres", f'CREATE DATABASE "{name}"')
    try:
        databases.as_owner(name, (folder / "deploy/postgres/database.sql").read_text())
        for command, url in (
            (["migrate", "--verbosity=0"], {"DATABASE_MIGRATE_URL": databases.owner_url(name)}),
            (["load_reference"], {"DATABASE_URL": databases.app_url(name)}),
        ):
            subprocess.run(
                [python, "manage.py", *command, "--skip-checks"],
                cwd=folder,
                env={**env, **url, "LOG_LEVEL": "WARNING"},
                check=True,
                stdout=subprocess.DEVNULL,
            )
        yield name
    finally:
        databases.drop(name)


def _filled(
    name: str, sheets: Sequence[str], folder: Path, python: str, env: dict[str, str]
) -> dict[str, str]:
    """The environment of a checkout on this database, in which `sheets` wait to be printed."""
    from tests.certificates.many import let_wait
    from tests.databases import app_url

    env = {**env, "DATABASE_URL": app_url(name), "SEAL_DEMO_FOLDER": os.environ["SEAL_DEMO_FOLDER"]}
    model = subprocess.run(
        [python, "-c", MODEL], cwd=folder, env=env, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split()[-1]
    let_wait(name, model, sheets)
    return env


def _verify(n: int) -> tuple[list[int], list[bytes]]:
    """Every one visible, told and on record, and some looked at; returns all sizes and those looked at."""
    from cehours.lib import clock
    from certificates import sealing
    from certificates.models import Certificate
    from certificates.sealing import validating
    from organizations import audit
    from organizations.acting.actor import Actor
    from organizations.acting.scope import scope
    from organizations.models import Event, Notice

    with scope(Actor.system("bench")):
        ready = list(Certificate.objects.filter(state="ready").values_list("storage_key", "size"))
        assert len(ready) == n == Event.objects.filter(act="printed").count()
        assert Notice.objects.filter(kind="certificate_ready").count() == n
        assert list(audit.faults()) == []
    files = [_content(key) for key, _ in ready[:: max(1, n // 50)]]
    for file in files:
        assert validating.examine(file, sealing.trusted(), clock.now()).sound
    return [size for _, size in ready], files


def _content(key: str) -> bytes:
    from django.core.files.storage import default_storage

    with default_storage.open(key) as file:
        return bytes(file.read())


def _limit(files: Sequence[bytes]) -> float:
    """Seconds of processor time for writing one file again and one bare signature."""
    import pikepdf
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    started = time.process_time()
    for file in files:
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(file)) as document:
            document.save(out, compress_streams=True, recompress_flate=False)
        key.sign(out.getvalue(), padding.PKCS1v15(), hashes.SHA256())
    return (time.process_time() - started) / len(files)


if __name__ == "__main__":
    if "--batch" in sys.argv:
        sys.argv.remove("--batch")
        raise SystemExit(main(_sealed_batch.run, n=10_000, about=_sealed_batch.__doc__ or ""))
    raise SystemExit(main(run, n=4_000, about=__doc__ or ""))
