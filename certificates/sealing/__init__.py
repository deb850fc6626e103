"""The seal (电子印章): a narrow door between our PDF and whatever makes it binding.

`SEAL_BACKEND` names the class; two are shipped: `software.SoftwareSeal` signs here (demo key, PKCS#12 or
PKCS#11), `service.ServiceSeal` asks a provincial e-seal service over HTTP (docs/seal-service.md).
"""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from certificates.sealing import validating
from certificates.sealing.appearance import place
from certificates.sealing.appearance.place import Place


class SealFailed(Exception):
    """No seal was set. `says` is a Chinese sentence for the operator; `retry` whether waiting may help."""

    def __init__(self, says: str, *, retry: bool) -> None:
        super().__init__(says)
        self.says, self.retry = says, retry


class NoKey(SealFailed):
    """There is no usable key at present; once the operator has mended it, the seal is tried again."""

    def __init__(self, says: str) -> None:
        super().__init__(says, retry=True)


@dataclass(frozen=True)
class Order:
    """What is to be sealed for whom. The same `request_id` always stands for the same document."""

    request_id: str
    issuer: str
    place: Place


class Seal(Protocol):
    """Bytes in, sealed bytes out: the same document, continued by one signature that covers all of it."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        """Raises SealFailed."""

    def certificates(self) -> list[bytes]:
        """The certificates (DER) that this seal signs with at present. Raises SealFailed."""

    def problems(self) -> list[str]:
        """What keeps this seal from being used here, in Chinese sentences; empty when all is well."""

    def vouches(self, moment: datetime) -> bool:
        """Whether what it answers at `moment` was built here around an answer of the key that is verified already."""

    def at_once(self) -> int:
        """How many documents a process may hand over together, each in a thread of its own."""


@cache
def _seal(backend: str) -> Seal:
    made: Seal = import_string(backend)()
    return made


def current() -> Seal:
    return _seal(settings.SEAL_BACKEND)


def problems() -> list[str]:
    """What keeps certificates from being sealed here, in Chinese sentences."""
    try:
        return current().problems()
    except ImportError as error:
        return [f"SEAL_BACKEND 无法载入：{error}。"]


def set_on(pdf: bytes, *, request_id: str, issuer: str, date_text: str, now: datetime) -> bytes:
    """The document with the seal over issuer and date, proved before anybody sees it. Raises SealFailed."""
    return proved(pdf, current().seal(pdf, order(pdf, request_id, issuer, date_text)), now)


def order(pdf: bytes, request_id: str, issuer: str, date_text: str, alike: Hashable = None) -> Order:
    """What to ask the seal for; `alike` as in `place.over`. Raises SealFailed when there is no place for it."""
    found = place.over(pdf, date_text, alike)
    if found is None:
        raise SealFailed("在认定单上找不到盖章的位置，请检查版式。", retry=False)
    return Order(request_id, issuer, found)


def proved(pdf: bytes, sealed: bytes, now: datetime, *, whole: bool = True) -> bytes:
    """`sealed` when it is `pdf` with a sound seal on it. Raises SealFailed.

    Whatever the backend answers must begin with the very bytes it was given and carry one sound signature
    of a pinned certificate over the whole file: a wrong document, or one changed on the way, is refused.
    Without `whole` the file is read again only where the seal does not vouch for it.
    """
    if not sealed.startswith(pdf):
        raise SealFailed("电子印章服务返回的不是送去盖章的文件，已拒绝。", retry=True)
    if not whole and current().vouches(now):
        return sealed
    finding = validating.examine(sealed, trusted(), now)
    if not finding.sound:
        raise SealFailed(f"盖章后的文件没有通过验签：{finding.says}", retry=True)
    return sealed


def trusted() -> list[bytes]:
    """The certificates (DER) whose signatures count: those of `SEAL_TRUSTED`, and today's where its key is.

    A web server needs no key to verify: it is given the certificates alone.
    """
    pinned = validating.from_pem(settings.SEAL_TRUSTED.read_bytes()) if settings.SEAL_TRUSTED else []
    with suppress(SealFailed):
        pinned += current().certificates()
    return pinned
