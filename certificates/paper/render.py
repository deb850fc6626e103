"""From the frozen facts of a certificate to its PDF, or a loud failure: never a page with something missing.

The layout is a Django template with its own engine, so that no setting, request or context processor of
the site can change a printed document. Numbers are turned into text here, not by the template.
"""

import io
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.template import Context, Engine, Template

from certificates.paper.fonts import font_problems, missing_characters
from certificates.paper.sheet import TEXTS, Sheet, date_text, plain

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "certificates" / "pdf"
# The first that fits one page is taken; nearly every certificate fits the first.
DENSITIES = ("ordinary", "dense", "tight")
QR_CODE = "asset:qr.svg"


class RenderFailed(Exception):
    """No PDF was made. The message is a Chinese sentence for the operator: what is wrong, what to do."""


def render(sheet: Sheet) -> bytes:
    """The certificate as one A4 page of tagged PDF/A-2b; the same sheet gives the same bytes.

    Layout after annex 3, part 四. Raises RenderFailed when fonts or libraries are absent, when a character
    has no glyph, when the layout engine complains about anything, or when the text does not fit the page.
    """
    require_fonts()
    _refuse_unprintable(sheet)
    # WeasyPrint loads Pango when imported: the worker must be able to start, and to say so, without it.
    from certificates.paper.printer import PrintingFailed, print_page  # noqa: PLC0415 -- see above

    assets = {QR_CODE: (qr_svg(sheet.verification_url), "image/svg+xml")}
    stylesheet = (TEMPLATES / "sheet.css").read_text(encoding="utf-8")
    try:
        for density in DENSITIES:
            page = print_page(html=_html(sheet, density), stylesheet=stylesheet, assets=assets)
            if page is not None:
                return page
    except PrintingFailed as failure:
        raise RenderFailed(f"证书 {sheet.number} 排版失败：{failure}") from failure
    raise RenderFailed(f"证书 {sheet.number} 的内容超出一页 A4 纸，请核对姓名、单位、专业名称是否过长。")


@cache
def require_fonts() -> None:
    """Raises RenderFailed while fonts or libraries are absent; asks no more once they were found."""
    if problems := font_problems():
        raise RenderFailed("".join(problems))


def qr_svg(url: str) -> bytes:
    """The verification address as a QR code, an SVG of one path; modules are 1 unit, quiet zone 4."""
    picture = io.BytesIO()
    segno.make_qr(url, error="m").save(picture, kind="svg", border=4, xmldecl=False, omitsize=True)
    return picture.getvalue()


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
        "rows": [(str(row.year), _cells(row.hours)) for row in sheet.rows],
        "totals": _cells(sheet.totals()),
        "issued_on": date_text(sheet.issued_on),
        "qr_code": QR_CODE,
    }


def _cells(hours: tuple[Decimal, ...]) -> list[str]:
    """Hours of each category and their sum, as printed."""
    return [plain(value) for value in (*hours, sum(hours, Decimal(0)))]
