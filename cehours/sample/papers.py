"""Evidence of the sample: a handful of real files, drawn once and attached many times."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

A4_AT_100_DPI = (827, 1169)
INK, PALE, SEAL = "#1a1a1a", "#c9ced6", "#b3261e"
FAMILY = "Noto Sans CJK SC"


@dataclass(frozen=True)
class Paper:
    """A sheet: its heading and its lines, as they would stand on the document."""

    heading: str
    lines: tuple[str, ...]
    sealed: bool = True


PAPERS = {
    "signin": Paper("培训签到表", ("序号　姓名　上午　下午", "１　　（签名）　√　√", "２　　（签名）　√　√")),
    "course_duration": Paper(
        "课程时长证明", ("课程：专业技术人员继续教育网络课程", "学习方式：远程教育", "学习时长以平台记录为准")
    ),
    "completion": Paper("结业证书", ("经考核合格，准予结业。", "特发此证。")),
    "contact_list": Paper("会议通讯录", ("单位　姓名　职务　电话", "（演示单位）　（参会人）　——　——")),
    "journal_cover": Paper("学报　封面", ("主办单位：（演示）学报编辑部",), sealed=False),
    "serial_number": Paper("刊号页", ("统一刊号：CN 00-0000/演示",), sealed=False),
    "paper_contents": Paper("目录", ("论文标题及作者姓名见本页", "……第 12 页"), sealed=False),
}
AS_PICTURE = {"signin", "journal_cover"}


@cache
def bytes_of(kind: str) -> bytes:
    """The file for a kind of document: PNG for those in AS_PICTURE, otherwise a one-page PDF."""
    # Without the fonts nothing is printed, but a demo still opens: its papers then say their kind in Latin.
    picture = _draw(PAPERS[kind] if _face() else Paper(kind.replace("_", " "), (), sealed=False))
    out = io.BytesIO()
    if kind in AS_PICTURE:
        picture.quantize(16).save(out, "PNG", optimize=True)
    else:
        picture.save(out, "PDF", resolution=100, quality=70)
    return out.getvalue()


def filename_of(kind: str, year: int) -> str:
    return f"{year}年{PAPERS[kind].heading.split('　')[0]}{'.png' if kind in AS_PICTURE else '.pdf'}"


def _draw(paper: Paper) -> Image.Image:
    width, height = A4_AT_100_DPI
    sheet = Image.new("RGB", A4_AT_100_DPI, "white")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((40, 40, width - 40, height - 40), outline=PALE, width=2)
    draw.text((width / 2, 150), paper.heading, INK, _font(38), anchor="mm")
    for row, line in enumerate(paper.lines):
        top = 260 + row * 80
        draw.text((110, top), line, INK, _font(24), anchor="lm")
        draw.line((100, top + 34, width - 100, top + 34), PALE, 1)
    if paper.sealed:
        draw.ellipse((540, 820, 730, 1010), outline=SEAL, width=6)
        draw.text((635, 915), "演示专用", SEAL, _font(26), anchor="mm")
    note = "本材料为演示而画，不是真实文件" if _face() else "drawn for a demo, not a real paper"
    draw.text((width / 2, height - 80), note, PALE, _font(18), anchor="mm")
    return sheet


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    face = _face()
    return ImageFont.truetype(face[0], size, index=face[1]) if face else ImageFont.load_default(size)


@cache
def _face() -> tuple[str, int] | None:
    """The file of the Chinese font, and its place in it; certificates are printed with the same. None without it."""
    if shutil.which("fc-match") is None:
        return None
    found = subprocess.run(
        ["fc-match", "-f", "%{file}\t%{index}\t%{family}", f"{FAMILY}:style=Regular"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    file, index, family = found.stdout.split("\t")
    return (file, int(index) & 0xFFFF) if FAMILY in family else None
