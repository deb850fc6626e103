"""From the frozen facts of a certificate to its PDF, or a loud failure: never a page with something missing.

The layout is a Django template with its own engine, so that no setting, request or context processor of
the site can change a printed document. Numbers are turned into text here, not by the template.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.template import Context, Engine, Template

from certificates.paper import code
from certificates.paper.comparing import difference
from certificates.paper.exchange.measures import address_lines
from certificates.paper.fonts import font_problems, missing_characters
from certificates.paper.sheet import TEXTS, Sheet, date_text

if TYPE_CHECKING:
    from certificates.paper.exchange.shapes import Printed

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "certificates" / "pdf"
# The first that fits one page is taken; nearly every certificate fits the first.
DENSITIES = ("ordinary", "dense", "tight")
QR_CODE = "asset:qr.svg"
log = structlog.get_logger(__name__)


class RenderFailed(Exception):
    """No PDF was made. The message is a Chinese sentence for the operator: what is wrong, what to do."""


def render(sheet: Sheet) -> bytes:
    """The certificate as one A4 page of tagged PDF/A-2b; the same sheet gives the same bytes.

    Layout after annex 3, part 四. Raises RenderFailed when fonts or libraries are absent, when a character
    has no glyph, when the layout engine complains about anything, or when the text does not fit the page.
    """
    return print_sheet(sheet).pdf


def print_sheet(sheet: Sheet) -> Printed:
    """As `render`: by exchange where that is possible, else laid out by WeasyPrint."""
    require_fonts()
    _refuse_unprintable(sheet)
    # WeasyPrint loads Pango when imported: the worker must be able to start, and to say so, without it.
    from certificates.paper.compacting import compact  # noqa: PLC0415 -- see above
    from certificates.paper.exchange.shapes import EXCHANGE, No, Printed  # noqa: PLC0415 -- see above

    for density in DENSITIES:
        found = EXCHANGE.printed(sheet, density, partial(laid_out, sheet, density))
        if isinstance(found, Printed):
            return _looked_at(found, sheet, density)
        if found is No.UNUSUAL and (page := laid_out(sheet, density)):
            return Printed(compact(page))
    raise RenderFailed(f"证书 {sheet.number} 的内容超出一页 A4 纸，请核对姓名、单位、专业名称是否过长。")


def _looked_at(printed: Printed, sheet: Sheet, density: str) -> Printed:
    """One page in so many is laid out as well and compared; WeasyPrint's counts, and the shape is not used again."""
    from certificates.paper.compacting import compact  # noqa: PLC0415 -- as above
    from certificates.paper.exchange.shapes import EXCHANGE, Printed  # noqa: PLC0415 -- as above

    every = settings.CERTIFICATE_COMPARE_EVERY
    if not every or int(sheet.number) % every:
        return printed
    if not (page := laid_out(sheet, density)) or not (differs := difference(printed.pdf, page)):
        return printed
    log.critical("exchange_differs", number=sheet.number, differs=differs)
    EXCHANGE.forget(printed.alike)
    return Printed(compact(page))


def laid_out(sheet: Sheet, density: str) -> bytes | None:
    """The page as WeasyPrint lays it out; None where it does not fit. Raises RenderFailed."""
    from certificates.paper.printer import PrintingFailed, print_page  # noqa: PLC0415 -- as above

    assets = {QR_CODE: (code.svg(sheet.verification_url), "image/svg+xml")}
    stylesheet = (TEMPLATES / "sheet.css").read_text(encoding="utf-8")
    try:
        return print_page(html=_html(sheet, density), stylesheet=stylesheet, assets=assets)
    except PrintingFailed as failure:
        raise RenderFailed(f"证书 {sheet.number} 排版失败：{failure}") from failure


@cache
def require_fonts() -> None:
    """Raises RenderFailed while fonts or libraries are absent; asks no more once they were found."""
    if problems := font_problems():
        raise RenderFailed("".join(problems))


def _refuse_unprintable(sheet: Sheet) -> None:
    printed = {label: getattr(sheet, key) for key, label in TEXTS.items()}
    printed["学时类别"] = "".join(category.name for category in sheet.categories)
    printed["核验网址"] = sheet.verification_url
    for label, text in printed.items():
        for char in missing_characters(text):
            shown = f"“{char}”" if char.isprintable() else "控制字符"
            raise RenderFailed(
                f"证书 {sheet.number} 的{label}中有字库未收录的字{shown}（U+{ord(char):04X}），未生成认定单。"
                "请核对该字，或联系系统管理员补充字库后重试。"
            )


def _html(sheet: Sheet, density: str) -> str:
    return _template().render(Context(_facts(sheet) | {"density": density}, use_l10n=False, use_tz=False))


@cache
def _template() -> Template:
    return Engine(dirs=[str(TEMPLATES)], autoescape=True).get_template("sheet.html")


def _facts(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "parts": list(sheet.sentence_parts()),
        "table": sheet.table(),
        "issued_on": date_text(sheet.issued_on),
        "qr_code": QR_CODE,
        "address": address_lines(sheet.verification_url),
    }
