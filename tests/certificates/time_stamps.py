"""A time-stamping authority (RFC 3161) of openssl's own: `python -m tests.certificates.time_stamps FOLDER FAULTS`.

FAULTS is a comma-separated list, one for each request in turn, and the last for all that follow: ok, refuse, 503,
slow, nonce (answers another question's), other (stamps another document), garbage. Prints its port; each request
is a line in FOLDER/log. `authority(folder)` makes the key and certificates first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import tsp

CONFIG = """
[tsa]
default_tsa = it
[it]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
"""


def authority(folder: Path, name: str) -> None:
    """An authority in a new `folder`, with a root (root.pem) of its own."""
    folder.mkdir()
    (folder / "serial").write_text("01")
    (folder / "config").write_text(CONFIG.format(folder=folder))
    root = ("-CA", folder / "root.pem", "-CAkey", folder / "root.key")
    for file, subject, more in (
        ("root", f"{name} 根", ()),
        ("tsa", name, (*root, "-addext", "extendedKeyUsage=critical,timeStamping")),
    ):
        _openssl(
            *(
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-utf8",
                "-days",
                "30",
                "-subj",
                f"/CN={subject}",
            ),
            *("-keyout", folder / f"{file}.key", "-out", folder / f"{file}.pem", *more),
        )


def _openssl(*words: str | Path) -> bytes:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return done.stdout


class Authority(BaseHTTPRequestHandler):
    folder: Path
    faults: list[str]

    def do_POST(self) -> None:
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        with (self.folder / "log").open("a") as log:
            log.write(f"{fault}\n")
        question = self.rfile.read(int(self.headers["Content-Length"]))
        if fault == "503":
            self.send_error(503)
            return
        if fault == "slow":
            time.sleep(5)
        self._send(b"<html>" if fault == "garbage" else self._answer(question, fault))

    def _answer(self, question: bytes, fault: str) -> bytes:
        asked = tsp.TimeStampReq.load(question)
        if fault == "nonce":
            asked["nonce"] = asked["nonce"].native + 1
        elif fault == "other":
            asked["message_imprint"]["hashed_message"] = os.urandom(32)
        elif fault == "refuse":
            asked["req_policy"] = "1.2.3.4.99"  # not one of its own
        query = self.folder / f"query-{time.monotonic_ns()}"
        query.write_bytes(tsp.TimeStampReq(asked.native).dump() if fault != "ok" else question)
        return _openssl(
            "ts", "-reply", "-config", self.folder / "config", "-section", "it", "-queryfile", query
        )

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


def main(folder: str, faults: str) -> None:
    Authority.folder, Authority.faults = Path(folder), faults.split(",")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
