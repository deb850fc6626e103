"""Looks at a stranger's PDF in a process of its own with little memory and time, so that it can only hurt itself."""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime

from certificates.sealing import checking
from certificates.sealing.checking import Finding

SECONDS = 10
MEMORY = 1024 * 1024 * 1024


def examine(pdf: bytes, trusted: Sequence[bytes], moment: datetime) -> Finding:
    """As `checking.examine`; a file on which the process ends is not readable."""
    if not pdf.startswith(b"%PDF-"):
        return Finding(False, checking.NO_PDF)  # not worth a process
    question = {
        "pdf": base64.b64encode(pdf).decode(),
        "trusted": [base64.b64encode(each).decode() for each in trusted],
        "moment": moment.isoformat(),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "certificates.sealing.apart"],
            input=json.dumps(question).encode(),
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            timeout=SECONDS * 2,
            check=True,
        )
        sound, says = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return Finding(False, checking.NO_PDF)
    return Finding(bool(sound), str(says))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    question = json.load(sys.stdin)
    found = checking.examine(
        base64.b64decode(question["pdf"]),
        [base64.b64decode(each) for each in question["trusted"]],
        datetime.fromisoformat(question["moment"]),
    )
    json.dump([found.sound, found.says], sys.stdout)


if __name__ == "__main__":
    main()
