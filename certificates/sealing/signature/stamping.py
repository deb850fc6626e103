"""Time stamps (RFC 3161) in our own signatures: asked of one authority, and proved to be its before they are used."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

from asn1crypto import cms, x509
from django.conf import settings
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from cehours.lib import clock
from certificates.sealing import SealFailed, validating

WITHIN = 15  # seconds
TOLERANCE = timedelta(minutes=5)
NO_ROOTS = "使用时间戳需要设置 SEAL_TIMESTAMP_TRUSTED（时间戳服务的根证书）。"
NO_STAMP = "时间戳服务没有给出可用的时间戳（{}），系统会自动重试。"
NOT_THEIRS = (
    "时间戳不是受信任的时间戳服务签发的，已拒绝。请核对 SEAL_TIMESTAMP_URL 和 SEAL_TIMESTAMP_TRUSTED。"
)
WRONG_CLOCK = "时间戳的时间与本机相差超过 5 分钟，已拒绝。请核对服务器时钟。"


class TimeStamps(HTTPTimeStamper):
    """The authority at `url`; `roots` are the certificates that its signatures must lead to."""

    def __init__(self, url: str, roots: list[x509.Certificate]) -> None:
        super().__init__(url, timeout=WITHIN)
        self.roots = roots

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Raises SealFailed."""
        try:
            stamp = await super().async_timestamp(message_digest, md_algorithm)
            await self._prove(stamp, message_digest, md_algorithm)
        except SealFailed:
            raise
        except Exception as error:  # a refusal, silence, or an answer broken in any way
            why = f"{type(error).__name__} {error}".splitlines()[0].strip()
            raise SealFailed(NO_STAMP.format(why), retry=True) from error
        return stamp

    async def _prove(self, stamp: cms.ContentInfo, digest: bytes, algorithm: str) -> None:
        now = clock.now()
        context = ValidationContext(
            trust_roots=self.roots, moment=now, allow_fetching=False, time_tolerance=TOLERANCE
        )
        found = await validate_tst_signed_data(
            stamp["content"], context, lambda named: digest if named == algorithm else b""
        )
        if not (found["intact"] and found["valid"] and found["trust_problem_indic"] is None):
            raise SealFailed(NOT_THEIRS, retry=True)
        if abs(found["timestamp"] - now) > TOLERANCE:
            raise SealFailed(WRONG_CLOCK, retry=True)


def problems() -> list[str]:
    """What keeps time stamps from being used as configured, in Chinese sentences."""
    try:
        authority()
    except SealFailed as failed:
        return [failed.says]
    return []


def authority() -> TimeStamps | None:
    """The configured authority, or None where signatures carry no time stamp. Raises SealFailed."""
    if not settings.SEAL_TIMESTAMP_URL:
        return None
    if not settings.SEAL_TIMESTAMP_TRUSTED:
        raise SealFailed(NO_ROOTS, retry=True)
    return _authority(settings.SEAL_TIMESTAMP_URL, settings.SEAL_TIMESTAMP_TRUSTED)


@cache  # it asks for one stamp to know their size, once
def _authority(url: str, roots: Path) -> TimeStamps:
    try:
        pinned = validating.from_pem(roots.read_bytes())
    except (OSError, ValueError) as error:
        raise SealFailed(f"读不到时间戳服务的根证书 {roots}，请检查文件。", retry=True) from error
    return TimeStamps(url, [x509.Certificate.load(each) for each in pinned])
