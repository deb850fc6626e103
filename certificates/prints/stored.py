"""The stored PDF of a certificate, proved against what was recorded when it was printed."""

from __future__ import annotations

import hashlib

import structlog
from django.core.files.storage import default_storage

from certificates.models import Certificate, CertificateState
from organizations.acting.errors import NotNow

PENDING = "学时认定单还没有生成，请返回“学时证书打印”查看进度。"
REVOKED = "该学时认定单已被撤销，不能再下载和使用。"
SUPERSEDED = "该学时认定单已被新的认定单替代，请下载新的认定单。"
log = structlog.get_logger(__name__)


class PrintDamaged(Exception):
    """The stored file is missing or is not the one that was printed. The message is for the log."""


def stored_bytes(certificate: Certificate) -> bytes:
    """The PDF as it was stored. Raises NotNow when there is none to give, PrintDamaged when it is unsound."""
    if certificate.state == CertificateState.PENDING:
        raise NotNow(PENDING)
    if certificate.state == CertificateState.REVOKED:
        raise NotNow(REVOKED)
    if certificate.state == CertificateState.SUPERSEDED:
        raise NotNow(SUPERSEDED)
    try:
        with default_storage.open(certificate.storage_key) as file:
            content: bytes = file.read()
    except OSError as error:
        raise PrintDamaged(f"{certificate.storage_key} cannot be read: {error}") from error
    if hashlib.sha256(content).hexdigest() != certificate.sha256:
        raise PrintDamaged(f"{certificate.storage_key} is not what was printed")
    return content
