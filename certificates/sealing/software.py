"""The seal that signs here: PAdES with pyHanko, the round red seal as its visible appearance."""

from __future__ import annotations

import io

from django.conf import settings
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent, ResourceType
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import StaticStampStyle

from certificates.fonts import FontsMissing
from certificates.sealing import Order, SealFailed, keys, picture

FIELD = "Seal"
PURPOSE, DEMO_PURPOSE = "学时核认专用章", "演示专用无效力"
TIMESTAMP_WITHIN = 15  # seconds
# Signature container in bytes: a 4096-bit key with its chain and a time stamp. Fixed, so the size is known.
ROOM = 16_384


class SoftwareSeal:
    """Signs with the key of `certificates.sealing.keys`; the document is certified, no change is allowed."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        """PAdES-B-B, or B-T where `SEAL_TIMESTAMP_URL` is set."""
        try:
            signer = keys.signer()
            return self._signed(pdf, order, signer)
        except (keys.NoKey, FontsMissing) as missing:
            raise SealFailed(str(missing), retry=True) from missing
        except timestamps.TimestampRequestError as error:
            raise SealFailed(f"时间戳服务没有应答：{error}。", retry=True) from error

    def certificates(self) -> list[bytes]:
        try:
            signing = keys.signer().signing_cert
        except keys.NoKey as missing:
            raise SealFailed(str(missing), retry=True) from missing
        return [signing.dump()] if signing else []

    def problems(self) -> list[str]:
        try:
            keys.signer()
        except keys.NoKey as missing:
            return [str(missing)]
        return []

    def _signed(self, pdf: bytes, order: Order, signer: signers.Signer) -> bytes:
        place = order.place
        meta = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        field = SigFieldSpec(
            FIELD,
            on_page=place.page,
            box=(place.x0, place.y0, place.x1, place.y1),  # type: ignore[arg-type]  # points may be fractions
        )
        stamp = self._timestamper()
        pdf_signer = signers.PdfSigner(
            meta, signer, timestamper=stamp, stamp_style=_appearance(order.issuer), new_field_spec=field
        )
        out = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        pdf_signer.sign_pdf(writer, bytes_reserved=ROOM, output=out)
        return out.getvalue()

    def _timestamper(self) -> timestamps.TimeStamper | None:
        if not settings.SEAL_TIMESTAMP_URL:
            return None
        return timestamps.HTTPTimeStamper(settings.SEAL_TIMESTAMP_URL, timeout=TIMESTAMP_WITHIN)


def _appearance(issuer: str) -> StaticStampStyle:
    purpose = DEMO_PURPOSE if keys.is_demo() else PURPOSE
    content = RawContent(
        picture.drawing(issuer, purpose), box=BoxConstraints(width=picture.SIZE, height=picture.SIZE)
    )
    # Ink on paper: the print stays readable below the seal.
    ink = generic.DictionaryObject({generic.pdf_name("/BM"): generic.pdf_name("/Multiply")})  # type: ignore[no-untyped-call]  # untyped there
    content.set_resource(ResourceType.EXT_G_STATE, generic.pdf_name("/Ink"), ink)
    filling = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins())
    return StaticStampStyle(
        background=content, background_layout=filling, background_opacity=1, border_width=0
    )
