"""Database servers that are killed, copied, promoted and rolled back while one process goes on approving.

All stand at one address, one at a time, as behind a virtual address or a pooler; each has a folder of its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cehours.embedded import postgres, processes
from cehours.embedded.places import Places
from tests import databases
from tests.databases import REPO

# One line in, one line out: who files and is approved to the end; the number, or what was refused.
APPROVING = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "cehours.settings"
import django
django.setup()
from django.db import connections
from tests.certificates.approving import approved, printed
from tests.world import World
world = World.build()
print("built", flush=True)
for line in sys.stdin:
    who, act = line.split()
    try:
        world.add_person(who) if who not in world.people else None
        certificate = approved(world, by=who)
        if act == "print":
            printed(certificate)
        print(certificate.number, flush=True)
    except Exception as error:
        print(f"{type(error).__name__}: {error}".replace(chr(10), " "), flush=True)
    if not os.environ.get("ONE_CONNECTION"):
        connections.close_all()
"""


class Servers:
    """`running` is the one that answers now."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        self.folder, self.sockets = folder, sockets
        self.running: processes.Child | None = None

    def cluster(self, name: str) -> postgres.Cluster:
        places = Places(name, self.folder / name, self.sockets)
        places.root.mkdir(mode=0o711, exist_ok=True)
        places.logs.mkdir(exist_ok=True)
        site_packages = Path(sys.prefix) / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
        return postgres.cluster(places, site_packages, options=postgres.FAST)

    def first(self, template: str) -> None:
        """A server with a copy of the tests' template."""
        cluster = self.cluster("first")
        cluster.make()
        self.start("first")
        cluster.provision()
        dump = self.folder / "template.dump"
        source = databases.owner_url(template)
        run(cluster, "pg_dump", "--format=custom", f"--file={dump}", source)
        self.restore(dump)

    def start(self, name: str) -> None:
        self.running = self.cluster(name).start(os.environ, outlives_us=False)

    def kill(self) -> None:
        """As a lost machine: nothing is written any more."""
        assert self.running
        processes.kill_session(self.running.process.pid)
        self.running.process.wait()
        for left in self.cluster("first").places.postgres_sockets.iterdir():
            left.unlink()

    def stop(self) -> None:
        assert self.running
        processes.stop([self.running], patience=20)

    def replica(self, name: str) -> None:
        """A standby of the running server as it is now; it never hears of it again."""
        cluster = self.cluster(name)
        sockets = ["--host", str(cluster.places.postgres_sockets), "--username", postgres.SUPERUSER]
        cluster._run(  # as the user who may own a cluster
            "pg_basebackup",
            *sockets,
            "--write-recovery-conf",
            "--checkpoint=fast",
            "-D",
            str(self._empty(cluster)),
        )

    def promote(self, name: str) -> None:
        self.start(name)
        self.cluster(name).psql("postgres", postgres.SUPERUSER, "-c", "SELECT pg_promote()")

    def snapshot(self, name: str, copy: str) -> None:
        """The folder of a stopped server, as a disk's snapshot."""
        shutil.copytree(
            self.cluster(name).places.cluster, self._empty(self.cluster(copy)), dirs_exist_ok=True
        )
        cluster = self.cluster(copy)
        for path in [cluster.places.cluster, *cluster.places.cluster.rglob("*")]:
            cluster._give(path)

    def dump(self, file: Path) -> None:
        run(self.cluster("first"), "pg_dump", "--format=custom", f"--file={file}", *self._as_owner())

    def restore(self, file: Path) -> None:
        """A dump put over the database that serves, as an operator does after a mishap."""
        clean = ("--no-owner", "--clean", "--if-exists", "--dbname=cehours")
        run(self.cluster("first"), "pg_restore", *self._as_owner()[:-1], *clean, str(file))

    def _as_owner(self) -> list[str]:
        sockets = str(self.cluster("first").places.postgres_sockets)
        return ["--host", sockets, "--username", "cehours_owner", "cehours"]

    def _empty(self, cluster: postgres.Cluster) -> Path:
        cluster.places.cluster.mkdir(mode=0o700)
        cluster._give(cluster.places.cluster)
        return cluster.places.cluster


def run(cluster: postgres.Cluster, program: str, *arguments: str) -> None:
    subprocess.run([str(cluster.binaries / program), *arguments], check=True, capture_output=True)


POOL = """
[databases]
cehours = host={servers} dbname=cehours user=cehours_app
[pgbouncer]
listen_port = 5432
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
ignore_startup_parameters = extra_float_digits,options
server_login_retry = 1
pidfile = {folder}/pid
"""


@contextmanager
def pool(servers: Servers, folder: Path) -> Iterator[Path]:
    """PgBouncer in front of the servers, whose clients' connections outlive every server; the folder of its socket."""
    cluster = servers.cluster("first")
    folder.mkdir(mode=0o711)
    file = folder / "pgbouncer.ini"
    file.write_text(POOL.format(servers=cluster.places.postgres_sockets, folder=folder))
    cluster._give(folder)
    bouncer = processes.spawn(
        "pgbouncer",
        [shutil.which("pgbouncer") or "/usr/sbin/pgbouncer", str(file)],
        env=os.environ,
        log=folder / "log",
        cwd=folder,
        user=cluster.user,
        stop_signal=signal.SIGINT,
    )
    try:
        end = time.monotonic() + 20
        while not (folder / ".s.PGSQL.5432").exists():
            assert bouncer.alive and time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.05)
        yield folder
    finally:
        processes.stop([bouncer], patience=5)


class Clerk:
    """The process that approves; what it has read from the storage it keeps, whatever becomes of the server.

    `through`: the socket's folder of a pool; then it keeps one connection all the time.
    """

    def __init__(self, servers: Servers, media: Path, through: Path | None = None) -> None:
        host = through or servers.cluster("first").places.postgres_sockets
        self.env = {
            **os.environ,
            "DATABASE_URL": f"postgres://cehours_worker@/cehours?host={host}",
            "MEDIA_ROOT": str(media),
            "SEAL_DEMO_FOLDER": str(media / "seal"),
            "LOG_LEVEL": "CRITICAL",
            **({"ONE_CONNECTION": "1"} if through else {}),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", APPROVING],
            cwd=REPO,
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == "built"

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def approves(self, who: str, *, act: str = "print") -> str:
        assert self.process.stdin
        self.process.stdin.write(f"{who} {act}\n")
        self.process.stdin.flush()
        return self._line()

    def register(self) -> str:
        """`manage.py number_register`, which fails where a number is missing."""
        command = [sys.executable, "manage.py", "number_register", "--skip-checks"]
        done = subprocess.run(command, cwd=REPO, env=self.env, capture_output=True, text=True, check=True)
        return done.stdout

    def leave(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def servers(template: str, folder: Path, sockets: Path) -> Iterator[Servers]:
    folder.chmod(0o711)
    sockets.mkdir(mode=0o711)
    both = Servers(folder, sockets)
    try:
        both.first(template)
        yield both
    finally:
        if both.running:
            processes.stop([both.running], patience=5)
