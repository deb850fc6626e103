"""Starts the counterpart; one line on standard output says where it listens."""

import argparse
import json
import signal
import threading
from pathlib import Path
from typing import Any

from cehours.embedded.platform_peer.records import Bad
from cehours.embedded.platform_peer.serving import Platform, Server
from cehours.embedded.platform_peer.signed import Gate

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main() -> int:
    asked = argparse.ArgumentParser(prog="platform_peer", description="公共机构学习平台的演示对端")
    asked.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT")
    asked.add_argument(
        "--key-id", action="append", required=True, help="twice, with two secrets, while keys change"
    )
    asked.add_argument("--secret", action="append", required=True)
    asked.add_argument("--records", type=Path, help="JSON lines to begin with")
    given = asked.parse_args()
    host, _, port = given.listen.rpartition(":")
    if host not in LOOPBACK:
        asked.error("only on this machine")
    if len(given.key_id) != len(given.secret):
        asked.error("as many secrets as keys")
    platform = Platform(Gate(dict(zip(given.key_id, given.secret, strict=True))))
    try:
        platform.store.load(_lines(given.records))
    except (Bad, ValueError) as error:
        asked.error(f"{given.records}: {error}")
    server = Server((host, int(port)), platform)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on http://{host}:{server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    return 0


def _lines(path: Path | None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()] if path else []


if __name__ == "__main__":
    raise SystemExit(main())
