"""The seal that signs here: PAdES with pyHanko's signature, the round red seal as its visible appearance."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from threading import Lock

from django.conf import settings
from zopfli import zlib as zopfli

from cehours.lib import clock
from certificates.paper.fonts import FontsMissing
from certificates.sealing import NoKey, Order, SealFailed, keys
from certificates.sealing.appearance import picture
from certificates.sealing.signature import cms, section, stamping

PURPOSE, DEMO_PURPOSE = "学时核认专用章", "演示专用无效力"
# Ink on paper: the print stays readable below the seal.
FACTS = f"""<< /Type /XObject /Subtype /Form /BBox [0 0 {picture.SIZE:g} {picture.SIZE:g}]
/Resources << /ExtGState << /Ink << /BM /Multiply >> >> >> /Filter /FlateDecode /Length {{}} >>
stream
"""

# What several documents share is made by the first of them: fonts are not for several threads.
_one_at_a_time = Lock()


class SoftwareSeal:
    """Signs with the key of `certificates.sealing.keys`; the document is certified, no change is allowed."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        """PAdES-B-B, or B-T where `SEAL_TIMESTAMP_URL` is set."""
        with _one_at_a_time:
            maker = cms.maker(keys.signer(), stamping.authority())
            try:
                drawn = _appearance(order.issuer, DEMO_PURPOSE if keys.is_demo() else PURPOSE)
            except FontsMissing as missing:
                raise SealFailed(str(missing), retry=True) from missing
        made = section.appended(pdf, order.place, drawn, clock.local(clock.now()), maker.size)
        return made.filled(maker.sign(made.digest()))

    def certificates(self) -> list[bytes]:
        signing = keys.signer().signing_cert
        return [signing.dump()] if signing else []

    def problems(self) -> list[str]:
        try:
            keys.signer()
        except NoKey as missing:
            return [missing.says, *stamping.problems()]
        return stamping.problems()

    def vouches(self, moment: datetime) -> bool:
        signer = keys.signer()
        signing = signer.signing_cert
        assert signing is not None
        in_force = signing.not_valid_before <= moment <= signing.not_valid_after
        return in_force and cms.maker(signer, stamping.authority()).verified

    def at_once(self) -> int:
        """A key in this process takes the processor; a token and a time-stamp authority are waited for."""
        return settings.SEAL_AT_ONCE if settings.SEAL_PKCS11_MODULE or settings.SEAL_TIMESTAMP_URL else 1


@lru_cache(maxsize=512)  # a province has some hundred bureaus; a drawing takes longer than all the rest
def _appearance(issuer: str, purpose: str) -> bytes:
    """The body of the form object that draws the seal."""
    # A seventh smaller than zlib makes it, for a twentieth of a second, once an issuer.
    drawn: bytes = zopfli.compress(picture.drawing(issuer, purpose), numiterations=3)
    return FACTS.format(len(drawn)).encode() + drawn + b"\nendstream"
