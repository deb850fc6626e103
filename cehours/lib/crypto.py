"""Encryption and blind index for identity numbers.

Two independent secrets: the cipher's keys can be rotated (every ciphertext names its key), the blind index
key cannot without recomputing the column. Both live outside the database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cehours.lib.idnumbers import canonical

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")


class BadKeys(ValueError):
    """The configured keys cannot be used. The message never contains key material."""


class Tampered(Exception):
    """The ciphertext was changed, or moved to another table, column or row."""


class UnknownKey(Tampered):
    """The ciphertext names a key that is not configured: tampering, or a key retired too early."""


def record_aad(table: str, column: str, pk: object) -> str:
    """The text that binds a ciphertext to its place; the same for sealing and unsealing."""
    return f"{table}|{column}|{pk}"


class Cipher:
    """AES-256-GCM with a fresh nonce per record. Ciphertext: `kid:` + nonce (12 bytes) + data + tag (16)."""

    def __init__(self, keys: str) -> None:
        """`keys` is "kid:base64,kid:base64…", each 32 bytes; the first seals, all unseal. Raises BadKeys."""
        self._ciphers: dict[str, AESGCM] = {}
        for number, item in enumerate((part.strip() for part in keys.split(",")), start=1):
            key_id, key = _parse_named_key(item, number)
            if key_id in self._ciphers:
                raise BadKeys(f"字段加密密钥的编号 {key_id} 重复，请为每个密钥使用不同的编号。")
            self._ciphers[key_id] = AESGCM(key)
        self.key_id = next(iter(self._ciphers))

    def __repr__(self) -> str:
        return f"Cipher(key_ids={list(self._ciphers)})"

    def seal(self, plain: str, *, aad: str) -> bytes:
        """Encrypt `plain` for the place named by `aad` (see `record_aad`)."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self.key_id].encrypt(nonce, plain.encode(), aad.encode())
        return self.key_id.encode() + b":" + nonce + sealed

    def unseal(self, data: bytes | memoryview, *, aad: str) -> str:
        """Decrypt what `seal` made for the same `aad`. Raises Tampered, or UnknownKey (a Tampered)."""
        prefix, colon, body = bytes(data).partition(b":")
        if not colon or len(body) < NONCE_BYTES + TAG_BYTES:
            raise Tampered("ciphertext is malformed")
        key_id = prefix.decode("ascii", errors="replace")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey("ciphertext names a key that is not configured")
        try:
            return cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], aad.encode()).decode()
        except InvalidTag:
            raise Tampered("ciphertext does not belong here or was changed") from None


class BlindIndex:
    """Finds an identity number by equality without storing it: HMAC-SHA256 of its canonical form."""

    def __init__(self, key: str) -> None:
        """`key` is base64 of at least 32 bytes. Raises BadKeys."""
        self._key = _decode_key(key.strip(), "检索密钥")
        if len(self._key) < KEY_BYTES:
            raise BadKeys(f"检索密钥应不少于 {KEY_BYTES} 字节，现为 {len(self._key)} 字节，请重新生成。")

    def __repr__(self) -> str:
        return "BlindIndex()"

    def of(self, number: str, *, purpose: str) -> bytes:
        """32 bytes; equal for every way of writing the same number, unrelated between purposes."""
        # The purpose key is derived first, so no choice of purpose and number can imitate another pair.
        purpose_key = hmac.new(self._key, purpose.encode(), hashlib.sha256).digest()
        return hmac.new(purpose_key, canonical(number).encode(), hashlib.sha256).digest()


def _parse_named_key(item: str, number: int) -> tuple[str, bytes]:
    key_id, colon, encoded = item.partition(":")
    if not colon or not _KEY_ID.fullmatch(key_id):
        raise BadKeys(
            f"字段加密密钥第 {number} 项格式不正确，应为“编号:base64”，编号为 1 至 16 位字母、数字、_ 或 -。"
        )
    key = _decode_key(encoded, f"字段加密密钥 {key_id} ")
    if len(key) != KEY_BYTES:
        raise BadKeys(f"字段加密密钥 {key_id} 应为 {KEY_BYTES} 字节，现为 {len(key)} 字节，请重新生成。")
    return key_id, key


def _decode_key(encoded: str, what: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys(f"{what}不是有效的 base64 编码，请重新生成。") from None
