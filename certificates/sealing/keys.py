"""The key of the software seal: PKCS#12 file, PKCS#11 token, or for a demo one made on the spot."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.sign import signers
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from certificates.sealing import NoKey
from certificates.sealing.signature.cms import Signs

DEMO_NAME = "学时认定单演示印章（无效力）"
DEMO_FILE = "demo-seal.p12"
UNREADABLE = "读不到印章密钥文件 {}：{}。"


def is_demo() -> bool:
    return not settings.SEAL_PKCS12 and not settings.SEAL_PKCS11_MODULE and bool(settings.SEAL_DEMO_FOLDER)


def signer() -> Signs:
    """The configured signer, read anew as soon as its file or the token's key is another one. Raises NoKey."""
    if settings.SEAL_PKCS11_MODULE:
        return from_token()
    if settings.SEAL_PKCS12:
        return _from_file(Path(settings.SEAL_PKCS12), settings.SEAL_PKCS12_PASSWORD)
    if settings.SEAL_DEMO_FOLDER:
        return _from_file(_demo_file(Path(settings.SEAL_DEMO_FOLDER)), "")
    raise NoKey("没有配置电子印章的密钥，请设置 SEAL_PKCS12、SEAL_PKCS11_MODULE 或 SEAL_SERVICE_URL。")


class KeptKey(signers.SimpleSigner, Signs):
    """A key in this process, parsed and checked once; pyHanko's own signer does both for every signature."""

    @cached_property
    def _key(self) -> PrivateKeyTypes:
        return serialization.load_der_private_key(self.signing_key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        mechanism = self.get_signature_mechanism_for_digest(digest_algorithm).signature_algo
        if mechanism == "rsassa_pkcs1v15" and isinstance(self._key, rsa.RSAPrivateKey):
            hashed = get_pyca_cryptography_hash(digest_algorithm)
            return self._key.sign(data, padding.PKCS1v15(), hashed)
        return super().sign_raw(data, digest_algorithm)


def _from_file(path: Path, password: str) -> KeptKey:
    try:
        state = path.stat()
    except OSError as error:
        raise NoKey(UNREADABLE.format(path, error.strerror)) from error
    return _read(path, password, (state.st_mtime_ns, state.st_ino, state.st_size))


@lru_cache(maxsize=1)  # a former key does not stay in memory
def _read(path: Path, password: str, _state: tuple[int, int, int]) -> KeptKey:
    try:
        # load_pkcs12 logs the reason and answers None.
        loaded: signers.SimpleSigner | None = signers.SimpleSigner.load_pkcs12(
            path, passphrase=password.encode() or None
        )  # type: ignore[no-untyped-call]  # untyped there
    except OSError as error:
        raise NoKey(UNREADABLE.format(path, error.strerror)) from error
    if loaded is None:
        raise NoKey(f"印章密钥文件 {path} 打不开，请检查文件和 SEAL_PKCS12_PASSWORD。")
    return KeptKey(loaded.signing_cert, loaded.signing_key, loaded.cert_registry)


def from_token(*, by_hand: bool = False) -> Signs:
    """As `certificates.sealing.token.signer`. Raises NoKey."""
    try:
        # The binding is an extra: it is of use only where a token's driver is installed.
        from certificates.sealing import token  # noqa: PLC0415 -- see above
    except ImportError as error:
        raise NoKey("使用 PKCS#11 印章需要安装 python-pkcs11（pip install pyhanko[pkcs11]）。") from error
    return token.signer(by_hand=by_hand)


def _demo_file(folder: Path) -> Path:
    path = folder / DEMO_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = folder / f".{os.getpid()}.p12"
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(_made_up())
        with suppress(FileExistsError):  # another process was first; its key is the one
            os.link(own, path)
        own.unlink()
    return path


def _made_up() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEMO_NAME)])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=366))
        .not_valid_after(now + timedelta(days=3660))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    none = serialization.NoEncryption()
    return serialization.pkcs12.serialize_key_and_certificates(b"demo", key, certificate, None, none)
