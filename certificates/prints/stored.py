"""The stored PDF of a certificate, proved against what was recorded when it was printed."""

from __future__ import annotations

from applications.files import store
from certificates.models import Certificate, CertificateState
from organizations.acting.errors import NotNow

PENDING = "学时认定单还没有生成，请返回“学时证书打印”查看进度。"
REVOKED = "该学时认定单已被撤销，不能再下载和使用。"
SUPERSEDED = "该学时认定单已被新的认定单替代，请下载新的认定单。"


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
        return store.original(certificate.storage_key, certificate.sha256)
    except store.Damaged as damage:
        raise PrintDamaged(str(damage)) from damage
