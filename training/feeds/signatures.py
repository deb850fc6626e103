"""Who sent a request: HTTP Message Signatures (RFC 9421) with a provider's secret.

The body is signed by its digest (RFC 9530). A signature is good for five minutes around its time and once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from cehours.lib.refusal import Refusal
from training.feeds import credentials
from training.feeds.credentials import Known

WINDOW = timedelta(minutes=5)
COVERED = ("@method", "@path", "@query")
KEY_HEADER = "idempotency-key"
LONGEST_NONCE = 64
BAD = (
    "签名不正确：请核对密钥编号、密钥、签名的时间（与标准时间相差不超过五分钟）、随机数，"
    "以及签名是否包括 @method、@path、@query 和有正文时的 content-digest、idempotency-key。"
)
REPLAYED = "这个签名已经用过：每次请求（包括重试）都要用新的随机数重新签名。"


class NotSigned(Refusal):
    """The request is not from anybody we know, or not of now."""


@dataclass
class Message:
    """What of a request is signed, as the library asks for it."""

    method: str
    url: str
    headers: Mapping[str, str]


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = WINDOW


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self) -> None:
        self.found: Known | None = None

    def resolve_public_key(self, key_id: str) -> bytes:
        self.found = credentials.known(key_id[:40])
        if self.found is None:
            raise InvalidSignature("unknown key")
        return self.found.secret.encode()


def signer_of(message: Message, body: bytes) -> Known:
    """The key with which the request was signed. Raises NotSigned, with one sentence for whatever is wrong."""
    keys = _Keys()
    writes = message.method not in ("GET", "HEAD")
    covered = (*COVERED, "content-digest", KEY_HEADER) if writes else COVERED
    try:
        verifier = _Verifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys)
        (result,) = verifier.verify(message, max_age=timedelta(0), require_components=covered, body=body)
    except (HTTPMessageSignaturesException, ValueError, RecursionError) as error:
        raise NotSigned(BAD) from error
    nonce = str(result.parameters.get("nonce") or "")
    if keys.found is None or not 8 <= len(nonce) <= LONGEST_NONCE:
        raise NotSigned(BAD)
    # Longer than the window on both sides, so that no second use finds the first forgotten.
    if not cache.add(
        f"learning:nonce:{keys.found.pk}:{nonce.encode().hex()}", 1, timeout=3 * WINDOW.total_seconds()
    ):
        raise NotSigned(REPLAYED)
    return keys.found
