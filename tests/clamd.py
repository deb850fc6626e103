"""The real clamd on a local database of two signatures; no freshclam, no network."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

from cehours.lib.virus_scan import Scanner, Unavailable

PROGRAM = shutil.which("clamd") or "/usr/sbin/clamd"
MARKER = b"cehours-harmless-test-marker-7c1e"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """One daemon with its socket, settings and signatures in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"unix://{folder / 'clamd.sock'}"
        self.process: subprocess.Popen[bytes] | None = None
        signatures = folder / "signatures"
        signatures.mkdir(parents=True)
        (signatures / "local.ndb").write_text(
            f"Test.Marker:0:*:{MARKER.hex()}\nTest.Eicar:0:*:{EICAR.hex()}\n"
        )
        (folder / "clamd.conf").write_text(
            f"LocalSocket {folder / 'clamd.sock'}\nDatabaseDirectory {signatures}\n"
            f"TemporaryDirectory {folder}\nForeground yes\nFixStaleSocket yes\n"
            "StreamMaxLength 21M\nMaxFileSize 21M\nMaxScanSize 400M\n"
        )

    def start(self) -> None:
        """Returns when it answers."""
        with (self.folder / "clamd.log").open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, f"--config-file={self.folder / 'clamd.conf'}"], stdout=log, stderr=log
            )
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            try:
                Scanner(self.address).threat_in(b"hello")
            except Unavailable:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.folder / "clamd.log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
