"""Where state and sockets live: outside the repository's history, per checkout and per profile."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cehours.embedded.processes import Failure

REPO = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_PATH = 103  # macOS; Linux allows 107
LONGEST_SOCKET_NAME = len("/postgres/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Places:
    """The folders and files of one profile (demo, test, work, …) of one checkout."""

    profile: str
    root: Path
    sockets: Path

    @property
    def cluster(self) -> Path:
        return self.root / "postgres"

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "postgres"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def keys(self) -> Path:
        return self.root / "keys.json"

    @property
    def exports(self) -> Path:
        return self.root / "environment.sh"

    @property
    def record(self) -> Path:
        return self.root / "instance.json"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def prepare(self) -> None:
        """Make the folders. 0711: the unprivileged user that runs PostgreSQL for root passes through."""
        for folder in (state_home(), self.root):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (self.logs, self.media, self.static):
            folder.mkdir(mode=0o700, exist_ok=True)


def state_home() -> Path:
    """`var` in the checkout; for root a folder outside, which an unprivileged user can reach.

    CEHOURS_STATE names another one: tests use it, and so can who wants the data on another disk.
    """
    chosen = os.environ.get("CEHOURS_STATE")
    if chosen:
        return Path(chosen).resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/cehours-dev") / _short_hash(str(REPO))
    return REPO / "var"


def places(profile: str) -> Places:
    root = state_home() / profile
    return Places(profile, root, _socket_folder(root))


def private_folder(folder: Path) -> None:
    """Make a folder in the shared temporary one that nobody else could have put there before us."""
    folder.mkdir(mode=0o711, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Failure(f"{folder} 属于其他用户，请删除它后再试。")
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _socket_folder(root: Path) -> Path:
    name = f"cehours-{_short_hash(f'{os.geteuid()}:{root}')}"
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 -- private_folder checks the owner
        if len(str(parent / name)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
            return parent / name
    raise Failure("系统临时目录的路径太长，放不下套接字；请把 TMPDIR 设为较短的目录。")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
