"""Seals and keys for tests: one that hangs, one that never works, and keys that are not ours."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from certificates.sealing import Order, SealFailed
from certificates.sealing.software import SoftwareSeal


class HangingSeal(SoftwareSeal):
    """Never answers."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        time.sleep(600)
        return pdf


class SlowSeal(SoftwareSeal):
    """Takes half a second for each, as a device far away, and several at once."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        time.sleep(0.5)
        return pdf

    def at_once(self) -> int:
        return 4


class DeadSeal(SoftwareSeal):
    """Is out of order."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        raise SealFailed("印章服务停用。", retry=True)


class RefusingSeal(SoftwareSeal):
    """Refuses for good."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        raise SealFailed("印章服务拒绝。", retry=False)


def key_file(
    path: Path, name: str, *, password: str = "", days: tuple[int, int] = (-1, 30), kind: str = "RSA 2048"
) -> Path:
    """A PKCS#12 file with a self-signed certificate called `name`, valid between these days from now."""
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "EC P-256"
        else rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("RSA ")))
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    closed = (
        serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    )
    path.write_bytes(
        serialization.pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, closed)
    )
    return path


def certificate_of(path: Path) -> bytes:
    """The certificate (DER) in a PKCS#12 file without password."""
    _, certificate, _ = serialization.pkcs12.load_key_and_certificates(path.read_bytes(), None)
    assert certificate is not None
    return certificate.public_bytes(serialization.Encoding.DER)
