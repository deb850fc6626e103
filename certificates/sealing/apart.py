"""Looks at a stranger's PDF behind the fence, so that it can only hurt a process with nothing to lose."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from cehours.lib.fence import Broken, Fence
from certificates.sealing import validating
from certificates.sealing.validating import Finding

READER = Fence("certificates.sealing.validating", cpu=10, wall=15)


def examine(pdf: bytes, trusted: Sequence[bytes], moment: datetime) -> Finding:
    """As `checking.examine`; a file on which the process ends is not readable."""
    if not pdf.startswith(b"%PDF-"):
        return Finding(False, validating.NO_PDF)  # not worth a process
    try:
        found, _ = READER.run(
            "examine",
            pdf,
            trusted=[base64.b64encode(each).decode() for each in trusted],
            moment=moment.isoformat(),
        )
    except Broken:
        return Finding(False, validating.NO_PDF)
    return Finding(bool(found["sound"]), str(found["says"]))
