"""The signature itself (CMS, as PAdES-B-B or B-T), by pyHanko, of documents of which only the digest is known.

What is signed is the digest and the certificate; without a time stamp two signatures of one key differ in the digest
and in the key's own answer alone. So pyHanko writes one, and the others are it with those two exchanged, where the
answer has one length (RSA). Building each anew takes ten times as long as the key.
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_der_x509_certificate
from pyhanko.sign import signers

from certificates.sealing import SealFailed
from certificates.sealing.signature.stamping import TimeStamps

ALGORITHM = "sha256"
SPARE = 64  # by so many bytes an answer in DER, or a time stamp, may be longer than was estimated
UNSOUND = "印章密钥给出的签名与它的证书不符，已拒绝，请检查密钥和证书是否成对。"
MODEL = bytes(range(32))  # stands for a digest; nothing else in a signature looks like it


class Signs(signers.Signer):
    """pyHanko's signer that also answers without an event loop, and keeps what was built of it."""

    @cached_property
    def makers(self) -> dict[TimeStamps | None, Maker]:
        return {}

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """The key's answer. Raises NoKey where it gives none."""
        raise NotImplementedError


class Maker(Protocol):
    """Makes signatures of at most `size` bytes; `verified` where each was made by the certificate's key."""

    size: int
    verified: bool

    def sign(self, digest: bytes) -> bytes: ...


class Whole:
    """pyHanko builds each: with a time stamp, and of keys whose answers differ in length."""

    verified = False

    def __init__(self, signer: Signs, authority: TimeStamps | None) -> None:
        self._signer, self._authority = signer, authority
        self.size = len(self._built(MODEL, dry_run=True)) + SPARE

    def sign(self, digest: bytes) -> bytes:
        made = self._built(digest)
        return made + bytes(self.size - len(made))

    def _built(self, digest: bytes, *, dry_run: bool = False) -> bytes:
        made: bytes = asyncio.run(
            self._signer.async_sign(
                digest, ALGORITHM, dry_run=dry_run, use_pades=True, timestamper=self._authority
            )
        ).dump()
        return made


class Exchanged:
    """One that pyHanko built, with digest and answer exchanged. Raises ValueError when it has others of them."""

    verified = True

    def __init__(self, signer: Signs) -> None:
        self._signer = signer
        assert signer.signing_cert is not None
        key = load_der_x509_certificate(signer.signing_cert.dump()).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        self._key = key
        model = asyncio.run(signer.async_sign(MODEL, ALGORITHM, use_pades=True))
        written: bytes = model.dump()
        (info,) = model["content"]["signer_infos"]
        answer: bytes = info["signature"].native
        self.size, self._length = len(written), len(answer)
        self._before, rest = _cut(written, MODEL)
        self._between, self._after = _cut(rest, answer)
        self._signed = _cut(info["signed_attrs"].untag().dump(), MODEL)

    def sign(self, digest: bytes) -> bytes:
        """Raises SealFailed when the key's answer is not of the certificate's key."""
        signed = digest.join(self._signed)
        answer = self._signer.sign_raw(signed, ALGORITHM)
        if len(answer) != self._length:
            raise ValueError("the key answers in another length")
        try:
            self._key.verify(answer, signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise SealFailed(UNSOUND, retry=True) from error
        return b"".join((self._before, digest, self._between, answer, self._after))


def _cut(written: bytes, part: bytes) -> tuple[bytes, bytes]:
    before, after = written.split(part)
    return before, after


def maker(signer: Signs, authority: TimeStamps | None) -> Maker:
    """The same for the same signer, which is kept with the key and goes with it."""
    if authority not in signer.makers:
        assert signer.signing_cert is not None  # kept with its key
        mechanism = signer.get_signature_mechanism_for_digest(ALGORITHM).signature_algo
        signer.makers[authority] = (
            Exchanged(signer)
            if mechanism == "rsassa_pkcs1v15" and authority is None
            else Whole(signer, authority)
        )
    return signer.makers[authority]
