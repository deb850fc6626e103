"""The seal of a provincial e-seal service, over HTTP as docs/seal-service.md describes."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from requests import RequestException, Session
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from certificates.sealing import Order, SealFailed

LARGEST = 8 * 1024 * 1024
SILENT = "电子印章服务没有应答（{}），系统会自动重试。"


class ServiceSeal:
    """One POST per document; asked again with the same key, the service gives the same sealed document."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        try:
            with _connections().post(
                settings.SEAL_SERVICE_URL,
                data=pdf,
                headers=_headers(pdf, order),
                timeout=settings.SEAL_SERVICE_TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != 200:
                    raise _refused(answer.status_code)
                sealed = answer.raw.read(LARGEST + 1)
        except (RequestException, HTTPError, OSError) as error:
            raise SealFailed(SILENT.format(type(error).__name__), retry=True) from error
        if len(sealed) > LARGEST:
            raise SealFailed("电子印章服务返回的文件过大，已拒绝。", retry=True)
        return bytes(sealed)

    def certificates(self) -> list[bytes]:
        return []  # what counts is pinned by SEAL_TRUSTED

    def problems(self) -> list[str]:
        missing = [name for name in ("SEAL_SERVICE_URL", "SEAL_TRUSTED") if not getattr(settings, name)]
        return [f"使用电子印章服务需要设置 {name}。" for name in missing]

    def vouches(self, moment: datetime) -> bool:
        return False  # another's work, and a way between

    def at_once(self) -> int:
        return int(settings.SEAL_AT_ONCE)


def _connections() -> Session:
    """Kept in this process; a child that used its parent's would mix up answers."""
    return _made(os.getpid())


@lru_cache(maxsize=1)
def _made(_process: int) -> Session:
    session = Session()
    session.trust_env = False  # neither a proxy nor another's password
    session.mount("http://", HTTPAdapter(pool_maxsize=settings.SEAL_AT_ONCE))
    session.mount("https://", HTTPAdapter(pool_maxsize=settings.SEAL_AT_ONCE))
    return session


def _headers(pdf: bytes, order: Order) -> dict[str, str]:
    place = order.place
    return {
        "Content-Type": "application/pdf",
        "Authorization": f"Bearer {settings.SEAL_SERVICE_TOKEN}",
        "Idempotency-Key": order.request_id,
        "X-Document-SHA256": hashlib.sha256(pdf).hexdigest(),
        "X-Seal-Name": quote(order.issuer),
        "X-Seal-Place": f"{place.page} {place.x0:.2f} {place.y0:.2f} {place.x1:.2f} {place.y1:.2f}",
    }


def _refused(status: int) -> SealFailed:
    if status == 429 or status >= 500:
        return SealFailed(SILENT.format(status), retry=True)
    return SealFailed(f"电子印章服务拒绝盖章（{status}），请联系印章管理单位。", retry=False)
