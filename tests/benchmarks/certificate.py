"""One certificate after another, each with its own name and number, in one process: seconds for `n` of them.

Ours is `certificates.paper.render.render`: own subset fonts, parsed once, one font configuration. Naive is the plain
WeasyPrint call with the system's fonts, the same document, PDF/A variant and tags. The limit is writing the
finished file again from its objects, without any layout: nothing that makes a PDF of this content does less.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.benchmarks._bench import Result, main, timed

NAMES = ("王敏", "欧阳明远", "李子涵", "张伟", "陈思颖", "刘洋", "买买提·艾力", "赵一鸣")
SPECIALTIES = ("建筑学", "临床医学（心血管内科）", "高等教育教学", "农业技术推广", "数据工程")


def sheets(count: int) -> Iterator[Any]:
    """Certificates as an approved batch brings them: most facts differ, wording and layout do not."""
    from tests.certificates.sheets import SHEET

    for place in range(count):
        number = f"2025{place + 1:06d}"
        yield replace(
            SHEET,
            name=NAMES[place % len(NAMES)],
            specialty=SPECIALTIES[place % len(SPECIALTIES)],
            number=number,
            verification_url=f"https://hours.example/verify/{number}aBcDeFgHiJkLmN",
        )


def naive(sheet: Any) -> bytes:
    """What one writes first: the documented call, once per document."""
    from weasyprint import CSS, HTML

    from certificates.paper import code, render, typeface
    from certificates.paper.printer import OPTIONS, SealedFetcher

    style = (render.TEMPLATES / "sheet.css").read_text(encoding="utf-8")
    style = style.replace(f'"{typeface.FAMILY}", ', "")
    assets = {render.QR_CODE: (code.svg(sheet.verification_url), "image/svg+xml")}
    source = HTML(string=render._html(sheet, render.DENSITIES[0]), url_fetcher=SealedFetcher(assets))
    printed: bytes = source.write_pdf(stylesheets=[CSS(string=style)], **OPTIONS)
    return printed


def written_again(printed: bytes) -> bytes:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed)) as document:
        document.save(out, compress_streams=True, recompress_flate=False)
    return out.getvalue()


def run(n: int) -> Result:
    from certificates.paper.render import render
    from tests.certificates.sheets import SHEET
    from tests.certificates.test_typeface import greatest_change, picture

    ours, plain = render(SHEET), naive(SHEET)  # fonts are loaded before anything is timed
    ours_s = naive_s = limit_s = 0.0
    sizes = []
    for sheet in sheets(n):  # interleaved, so that all three meet the same machine
        printed: list[bytes] = []
        ours_s += timed(lambda sheet=sheet, printed=printed: printed.append(render(sheet)))
        naive_s += timed(lambda sheet=sheet: naive(sheet))
        limit_s += timed(lambda printed=printed: written_again(printed[0]))
        sizes.append(len(printed[0]))
    more = {
        "ms_each": round(ours_s / n * 1000, 1),
        "naive_ms_each": round(naive_s / n * 1000, 1),
        "bytes_each": round(sum(sizes) / n),
        "naive_bytes": len(plain),
        "greatest_change_of_a_tile": round(greatest_change(picture(ours), picture(plain)), 1),
    }
    return Result("certificate", n, naive_s, ours_s, limit_s, more)


if __name__ == "__main__":
    raise SystemExit(main(run, n=50, about=__doc__ or ""))
