"""The seal of a provincial e-seal service, over HTTP as docs/seal-service.md describes."""

from __future__ import annotations

import hashlib
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from django.conf import settings

from certificates.sealing import Order, SealFailed

LARGEST = 8 * 1024 * 1024
SILENT = "电子印章服务没有应答（{}），系统会自动重试。"


class ServiceSeal:
    """One POST per document; asked again with the same key, the service gives the same sealed document."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        request = Request(  # noqa: S310 -- the address is the operator's setting
            settings.SEAL_SERVICE_URL, data=pdf, headers=_headers(pdf, order), method="POST"
        )
        try:
            with build_opener(ProxyHandler({})).open(
                request, timeout=settings.SEAL_SERVICE_TIMEOUT
            ) as answer:
                sealed: bytes = answer.read(LARGEST + 1)
        except HTTPError as error:
            with error:
                raise _refused(error) from error
        except (URLError, OSError) as error:
            raise SealFailed(SILENT.format(type(error).__name__), retry=True) from error
        if len(sealed) > LARGEST:
            raise SealFailed("电子印章服务返回的文件过大，已拒绝。", retry=True)
        return sealed

    def certificates(self) -> list[bytes]:
        return []  # what counts is pinned by SEAL_TRUSTED

    def problems(self) -> list[str]:
        missing = [name for name in ("SEAL_SERVICE_URL", "SEAL_TRUSTED") if not getattr(settings, name)]
        return [f"使用电子印章服务需要设置 {name}。" for name in missing]


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


def _refused(error: HTTPError) -> SealFailed:
    if error.code == 429 or error.code >= 500:
        return SealFailed(SILENT.format(error.code), retry=True)
    return SealFailed(f"电子印章服务拒绝盖章（{error.code}），请联系印章管理单位。", retry=False)
