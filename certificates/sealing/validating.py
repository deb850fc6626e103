"""Whether a PDF carries exactly one sound seal of ours over all of it. Needs no settings and no database.

Nothing the file says about itself is believed: no certificate, revocation answer or time in it counts, only
certificates that were pinned beforehand and the moment the caller names.
"""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

STRONG = {"sha256", "sha384", "sha512"}
TOLERANCE = timedelta(minutes=5)
NO_PDF = "文件不是本系统出具的 PDF，或者已经损坏。"
NO_SEAL = "文件没有电子印章，可能是打印成 PDF 或重新制作的。"
MORE = "文件上的电子签名不止一个，认定单只有一个。"
NOT_OURS = "文件上的电子印章不是本系统的印章。"
CHANGED = "文件在盖章之后被改动过。"
ADDED = "文件在盖章之后又加了内容。"
WEAK = "文件上的电子签名使用了不安全的算法。"
EXPIRED = "盖章所用的证书不在有效期内。"
UNSOUND = "文件上的电子签名无效。"
# pyHanko reports every file that is not as it should be with a traceback; the answer says it already.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Finding:
    """`sound`, or in `says` a Chinese sentence about the first thing that is wrong."""

    sound: bool
    says: str = ""


def examine(pdf: bytes, trusted: Sequence[bytes], moment: datetime) -> Finding:
    """`trusted`: certificates (DER) whose signatures count; `moment`: when they must have been valid."""
    if not pdf.startswith(b"%PDF-"):
        return Finding(False, NO_PDF)
    try:
        return _examine(pdf, [_loaded(each) for each in trusted], moment)
    except (SignatureValidationError, SigningError):
        return Finding(False, UNSOUND)
    except PdfError:
        return Finding(False, NO_PDF)
    except Exception:  # a parser may stumble over foreign bytes in any way
        return Finding(False, NO_PDF)


def _examine(pdf: bytes, trusted: list[x509.Certificate], moment: datetime) -> Finding:
    signatures = PdfFileReader(io.BytesIO(pdf), strict=True).embedded_signatures
    if not signatures:
        return Finding(False, NO_SEAL)
    if len(signatures) > 1:
        return Finding(False, MORE)
    (signature,) = signatures
    signer = signature.signer_cert
    if signer is None or signer.sha256 not in {each.sha256 for each in trusted}:
        return Finding(False, NOT_OURS)
    # A pinned certificate is a trust anchor, whose dates nobody else would look at.
    if not signer.not_valid_before <= moment <= signer.not_valid_after:
        return Finding(False, EXPIRED)
    if signature.md_algorithm not in STRONG:
        return Finding(False, WEAK)
    context = ValidationContext(
        trust_roots=trusted, moment=moment, allow_fetching=False, time_tolerance=TOLERANCE
    )
    return _judge(validate_pdf_signature(signature, context))


def _judge(status: PdfSignatureStatus) -> Finding:
    if not status.intact:
        return Finding(False, CHANGED)
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return Finding(False, ADDED)
    if not (status.valid and status.trusted and status.docmdp_ok is not False):
        return Finding(False, UNSOUND)
    return Finding(True)


@lru_cache(maxsize=64)
def _loaded(der: bytes) -> x509.Certificate:
    """Parsed once: a printing process asks about the same few for every document."""
    return x509.Certificate.load(der)


def from_pem(text: bytes) -> list[bytes]:
    """The certificates (DER) of a PEM bundle."""
    return [der for kind, _, der in pem.unarmor(text, multiple=True) if kind == "CERTIFICATE"]


def _behind_the_fence(facts: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    trusted = [base64.b64decode(each) for each in facts["trusted"]]
    finding = examine(content, trusted, datetime.fromisoformat(facts["moment"]))
    return {"sound": finding.sound, "says": finding.says}, b""


TASKS = {"examine": _behind_the_fence}
