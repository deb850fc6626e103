"""The seal that signs here: PAdES with pyHanko, the round red seal as its visible appearance."""

from __future__ import annotations

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent, ResourceType
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import StaticStampStyle
from pyhanko.stamp.static import StaticContentStamp

from certificates.paper.fonts import FontsMissing
from certificates.sealing import NoKey, Order, SealFailed, keys, picture, stamping

FIELD = "Seal"
PURPOSE, DEMO_PURPOSE = "学时核认专用章", "演示专用无效力"


class SoftwareSeal:
    """Signs with the key of `certificates.sealing.keys`; the document is certified, no change is allowed."""

    def seal(self, pdf: bytes, order: Order) -> bytes:
        """PAdES-B-B, or B-T where `SEAL_TIMESTAMP_URL` is set."""
        try:
            return self._signed(pdf, order, keys.signer())
        except FontsMissing as missing:
            raise SealFailed(str(missing), retry=True) from missing

    def certificates(self) -> list[bytes]:
        signing = keys.signer().signing_cert
        return [signing.dump()] if signing else []

    def problems(self) -> list[str]:
        try:
            keys.signer()
        except NoKey as missing:
            return [missing.says, *stamping.problems()]
        return stamping.problems()

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
        pdf_signer = signers.PdfSigner(
            meta,
            signer,
            timestamper=stamping.authority(),
            stamp_style=_appearance(order.issuer),
            new_field_spec=field,
        )
        out = io.BytesIO()
        pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
        return out.getvalue()


class _Drawing(StaticContentStamp):
    """The outlines of the glyphs are long and alike: compressed, they are a third."""

    def as_form_xobject(self) -> generic.StreamObject:
        drawn: generic.StreamObject = super().as_form_xobject()
        drawn.compress()  # type: ignore[no-untyped-call]  # untyped there
        return drawn


class _Style(StaticStampStyle):
    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]
    ) -> _Drawing:
        return _Drawing(writer=writer, style=self, box=box)


def _appearance(issuer: str) -> StaticStampStyle:
    purpose = DEMO_PURPOSE if keys.is_demo() else PURPOSE
    content = RawContent(
        picture.drawing(issuer, purpose), box=BoxConstraints(width=picture.SIZE, height=picture.SIZE)
    )
    # Ink on paper: the print stays readable below the seal.
    ink = generic.DictionaryObject({generic.pdf_name("/BM"): generic.pdf_name("/Multiply")})  # type: ignore[no-untyped-call]  # untyped there
    content.set_resource(ResourceType.EXT_G_STATE, generic.pdf_name("/Ink"), ink)
    filling = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins())
    return _Style(background=content, background_layout=filling, background_opacity=1, border_width=0)
