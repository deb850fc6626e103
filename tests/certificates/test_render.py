"""The printed 学时认定单: what stands on it, what it is made of, and when it refuses to be made."""

import io
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from PIL import Image

from certificates.paper import fonts, typeface
from certificates.paper.code import code_of
from certificates.paper.exchange.measures import ADDRESS, ADDRESS_WIDTH, address_lines, width
from certificates.paper.fonts import FAMILIES, font_problems, missing_characters
from certificates.paper.render import TEMPLATES, RenderFailed, render, require_fonts
from certificates.paper.sheet import Category, Sheet, YearHours
from tests.certificates.sheets import RARE, SHEET, years

ROOT = Path(__file__).resolve().parent.parent.parent
A4 = (595, 842)


def text_of(pdf: bytes) -> str:
    """The extracted text without white space, so that line breaks do not matter."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_bounded() for page in document).split())


def picture_of(pdf: bytes, scale: float = 2) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=scale).to_pil().convert("RGB")


@pytest.fixture(scope="module")
def printed() -> bytes:
    return render(SHEET)


# What stands on it


@pytest.mark.requirement(
    "R004", "R020", "R022", "R197", "R198", "R199", "R200", "R201", "R202", "R238", "R240"
)
def test_the_page_reads_as_annex_3_prints_it_with_the_official_names(printed: bytes) -> None:
    text = text_of(printed)
    assert text.startswith("湖南省专业技术人员继续教育学时认定单")
    assert (
        "根据《专业技术人员继续教育规定》（人社部令第25号）精神，秦舒窈同志，硕士研究生学历，"
        "申报《马克思主义理论》正高级职称，自2020年至2024年（近5年）参加继续教育培训，"
        "培训学时达到《专业技术人员继续教育规定》学时。"
    ) in text
    assert "继续教育登记证书编号：2025000137" in text
    assert "湖南省人力资源和社会保障厅2025年7月28日" in text
    assert SHEET.verification_url in text


def test_every_year_stands_in_the_table_with_its_hours_by_category_and_in_total() -> None:
    rows = (*years(2020, 2023), YearHours(2024, (Decimal("30.00"), Decimal("67.5"))))
    text = text_of(render(replace(SHEET, rows=rows)))
    assert "年度公需科目专业科目合计" in text
    assert "202030602021" not in text
    assert "2020306090" in text
    assert "20243067.597.5" in text
    assert "合计150307.5457.5" in text


def test_categories_are_the_policys_and_may_be_three() -> None:
    three = (
        Category("public", "公需科目"),
        Category("professional", "专业科目"),
        Category("elective", "个人选修"),
    )
    rows = tuple(YearHours(year, (Decimal(18), Decimal(42), Decimal(12))) for year in range(2020, 2025))
    text = text_of(render(replace(SHEET, categories=three, rows=rows)))
    assert "年度公需科目专业科目个人选修合计" in text
    assert "202218421272" in text


@pytest.mark.requirement("R238")
def test_a_shorter_range_counts_its_own_years() -> None:
    text = text_of(render(replace(SHEET, from_year=2022, to_year=2023, rows=years(2022, 2023))))
    assert "自2022年至2023年（近2年）" in text
    assert "2024" not in text


@pytest.mark.parametrize("length", range(50, 90))
def test_the_last_line_of_the_address_is_never_a_lone_stroke(length: int) -> None:
    address = "https://hours.example/verify/".ljust(length - 1, "a") + "/"
    lines = address_lines(address)
    assert "".join(lines) == address
    assert len(lines[-1]) >= 6
    assert all(width(line, ADDRESS) <= ADDRESS_WIDTH for line in lines)


def test_the_code_on_the_page_is_the_verification_address(printed: bytes) -> None:
    """The modules on the page, each looked at in its middle, equal those of the address."""
    expected = [[bool(module) for module in row] for row in code_of(SHEET.verification_url).matrix]
    with pypdfium2.PdfDocument(printed) as document:
        page = document[0]
        # The code is drawn last.
        *_frame_and_table, code = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])
        left, bottom, right, top = (round(edge * 6) for edge in code.get_bounds())
        height = round(page.get_height() * 6)
        picture = (
            page.render(scale=6).to_pil().convert("L").crop((left, height - top, right, height - bottom))
        )
    assert _modules(picture, len(expected)) == expected


def _modules(picture: Image.Image, size: int) -> list[list[bool]]:
    dark = picture.point(lambda value: 255 if value < 128 else 0)
    box = dark.getbbox()
    assert box is not None
    side = (box[2] - box[0]) / size
    middle = [int(side * (place + 0.5)) for place in range(size)]
    return [[dark.getpixel((box[0] + x, box[1] + y)) == 255 for x in middle] for y in middle]


def test_red_is_left_to_the_seal(printed: bytes) -> None:
    assert all(red == green == blue for _count, (red, green, blue) in picture_of(printed).getcolors(1 << 24))


# Characters


@pytest.mark.requirement("R198")
def test_rare_characters_of_names_come_out_as_text_and_as_shapes() -> None:
    pdf = render(replace(SHEET, name=f"王{RARE}"))
    assert f"王{RARE}同志" in text_of(pdf)
    drawn = characters_with_an_outline(pdf)
    assert set(RARE) <= drawn


def characters_with_an_outline(pdf: bytes) -> set[str]:
    """Characters whose glyph in the embedded font is not .notdef and has a shape."""
    found = set()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for font in document.pages[0].Resources.Font.values():
            program = TTFont(io.BytesIO(font_file(font).read_bytes()))
            glyphs, places = program.getGlyphSet(), font.DescendantFonts[0].get("/CIDToGIDMap")
            for number, char in to_unicode(font.ToUnicode.read_bytes()):
                glyph_id = number
                if isinstance(places, pikepdf.Stream):
                    glyph_id = int.from_bytes(places.read_bytes()[2 * number : 2 * number + 2])
                pen = BoundsPen(glyphs)
                glyphs[program.getGlyphOrder()[glyph_id]].draw(pen)
                if glyph_id and pen.bounds:
                    found.add(char)
    return found


def font_file(font: pikepdf.Object) -> pikepdf.Object:
    """The embedded program: FontFile2 of our own TrueType fonts, FontFile3 of the system's."""
    descriptor = font.DescendantFonts[0].FontDescriptor
    return descriptor.FontFile2 if "/FontFile2" in descriptor else descriptor.FontFile3


def to_unicode(table: bytes) -> list[tuple[int, str]]:
    pairs = []
    for block in table.decode("ascii").split("beginbfchar")[1:]:
        for line in block.split("endbfchar")[0].strip().splitlines():
            code, char = line.replace("<", "").split(">")[:2]
            pairs.append((int(code, 16), bytes.fromhex(char.strip()).decode("utf-16-be")))
    return pairs


@pytest.mark.parametrize("name", ["王𠀤", "王𠀀", "李𫞩𮯠", "KOWALSKAŁUCJA"])
def test_a_character_that_only_a_further_font_holds_is_printed(name: str) -> None:
    pdf = render(replace(SHEET, name=name))
    assert f"{name}同志" in text_of(pdf)
    assert set(name) <= characters_with_an_outline(pdf)


def test_a_character_no_font_holds_stops_with_its_name_and_code_point() -> None:
    with pytest.raises(RenderFailed, match=r"2025000137.*姓名.*（U\+31350）"):
        render(replace(SHEET, name="王\U00031350"))


def test_a_variant_that_no_font_has_is_printed_as_the_character_itself() -> None:
    assert "葛" in characters_with_an_outline(render(replace(SHEET, name="葛\U000e0100城")))


def test_without_the_further_fonts_everything_but_rare_names_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "FURTHER", {"No Such Song": ("Regular",)})
    monkeypatch.setitem(fonts.PACKAGES, "No Such Song", "fonts-none")

    assert font_problems() == []
    assert [problem.partition("。")[0] for problem in fonts.further_font_problems()] == [
        "缺少字体 No Such Song（Regular），请安装软件包 fonts-none"
    ]
    assert missing_characters(f"{RARE}𠀀Ł") == ["𠀀", "Ł"]


@pytest.mark.parametrize("char", ["\u202e", "\u200b", "\x07", "\ue000"])
def test_an_invisible_or_private_character_stops_too(char: str) -> None:
    with pytest.raises(RenderFailed, match=f"核认机构.*控制字符（U\\+{ord(char):04X}）"):
        render(replace(SHEET, issuer=f"湖南省{char}人社厅"))


def test_an_absent_font_stops_with_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FAMILIES", ("Noto Serif CJK SC", "No Such Song"))
    monkeypatch.setitem(fonts.PACKAGES, "No Such Song", "fonts-noto-cjk")
    assert font_problems() == ["缺少字体 No Such Song（Regular、Bold），请安装软件包 fonts-noto-cjk。"]
    require_fonts.cache_clear()
    with pytest.raises(RenderFailed, match=r"缺少字体 No Such Song.*fonts-noto-cjk"):
        render(SHEET)


def test_an_absent_subsetting_library_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    find = fonts.ctypes.util.find_library
    monkeypatch.setattr(
        fonts.ctypes.util, "find_library", lambda name: None if name == "harfbuzz-subset" else find(name)
    )
    assert font_problems() == ["缺少排版程序库 harfbuzz-subset，请安装软件包 libharfbuzz-subset0。"]


def test_this_machine_can_print() -> None:
    assert font_problems() == []
    assert missing_characters(f"{RARE}𠮷·（）《》0123456789") == []


def test_the_style_sheet_names_the_fonts_that_are_checked() -> None:
    stack = ", ".join(f'"{family}"' for family in (typeface.FAMILY, *FAMILIES, *fonts.FURTHER))
    assert f"font-family: {stack};" in (TEMPLATES / "sheet.css").read_text(encoding="utf-8")


# One page


LONG_NAME = "阿卜杜热合曼·麦麦提明·吐尔逊江·买买提依明·艾合买提江"
LONG_SPECIALTY = "水利水电工程规划与设计（含水文与水资源勘测、移民安置）以及农业水土保持工程施工与管理" * 2
LONG_ISSUER = "湖南省湘西土家族苗族自治州人力资源和社会保障局专业技术人员管理与继续教育科" * 3


@pytest.mark.parametrize(
    "sheet",
    [
        pytest.param(SHEET, id="five years"),
        pytest.param(
            replace(SHEET, name=LONG_NAME, specialty=LONG_SPECIALTY, issuer=LONG_ISSUER), id="very long texts"
        ),
        pytest.param(replace(SHEET, specialty="Photogrammetry" * 12), id="one word longer than the line"),
        pytest.param(
            replace(SHEET, verification_url="https://hours.example/" + "v" * 300), id="long address"
        ),
        pytest.param(replace(SHEET, from_year=2013, rows=years(2013, 2024)), id="twelve years"),
    ],
)
def test_it_is_one_page_and_nothing_is_lost(sheet: Sheet) -> None:
    pdf = render(sheet)
    with pypdfium2.PdfDocument(pdf) as document:
        assert [tuple(map(round, page.get_size())) for page in document] == [A4]
    text = text_of(pdf)
    for fact in (sheet.name, sheet.specialty, sheet.issuer, sheet.verification_url, sheet.number):
        assert fact in text


def test_nothing_reaches_the_frame_even_with_one_endless_word() -> None:
    plain = picture_of(render(SHEET))
    full = picture_of(render(replace(SHEET, specialty="W" * 240, issuer="W" * 120)))
    width = plain.width
    inside_frame = (int(width * 0.075), int(width * 0.1), int(width * 0.125), int(width * 1.3))
    right_side = (int(width * 0.875), inside_frame[1], int(width * 0.925), inside_frame[3])
    for strip in (inside_frame, right_side):
        assert full.crop(strip).getcolors() == plain.crop(strip).getcolors()


def test_what_cannot_fit_one_page_is_refused() -> None:
    with pytest.raises(RenderFailed, match="超出一页"):
        render(replace(SHEET, specialty="水" * 4000))


# The same sheet, the same bytes


@pytest.mark.requirement("R196")
def test_the_same_sheet_gives_the_same_bytes_whatever_was_printed_before(printed: bytes) -> None:
    render(replace(SHEET, name=f"李{RARE}", issuer="长沙市人力资源和社会保障局"))
    assert render(SHEET) == printed


def test_the_same_sheet_gives_the_same_bytes_in_another_process(printed: bytes) -> None:
    script = (
        "import sys; from certificates.paper.sheet import Sheet; from certificates.paper.render import render;"
        "sys.stdout.buffer.write(render(Sheet.from_json(sys.stdin.read())))"
    )
    again = subprocess.run(
        [sys.executable, "-c", script],
        input=SHEET.to_json().encode(),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C.UTF-8"},
        timeout=120,
    )
    assert again.stdout == printed


# The file


@pytest.mark.requirement("R023")
def test_metadata_names_the_document_and_nobody(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as document:
        assert {key: str(value) for key, value in document.docinfo.items()} == {
            "/Title": "湖南省专业技术人员继续教育学时认定单",
            "/Producer": "WeasyPrint 70.0",
        }
        xmp = document.Root.Metadata.read_bytes().decode()
    for fact in (SHEET.name, SHEET.number, SHEET.specialty, SHEET.issuer, SHEET.verification_url):
        assert fact not in xmp


def test_it_is_a_tagged_archive_file_with_every_font_inside(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as document:
        root = document.Root
        assert 'pdfaid:part="2" pdfaid:conformance="B"' in root.Metadata.read_bytes().decode()
        assert root.MarkInfo.Marked
        assert root.Lang == "zh-CN"
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert "/AcroForm" not in root
        assert "/Names" not in root
        assert "/OpenAction" not in root
        for font in document.pages[0].Resources.Font.values():
            assert font_file(font).read_bytes()
            assert "/ToUnicode" in font
        tags = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item]
        assert {"/H1", "/P", "/Table", "/TH", "/TD", "/Figure"} <= {str(tag.S) for tag in tags}
        figure = next(tag for tag in tags if tag.S == "/Figure")
        assert figure.Alt == "核验二维码，内容为下方的核验网址"


def test_markup_in_a_name_is_printed_as_it_stands() -> None:
    name = '<img src="file:///etc/hostname"><b>&amp;{{ 7 }}'
    assert name.replace(" ", "") in text_of(render(replace(SHEET, name=name)))


PRINTS = """
import os
from dataclasses import replace
from datetime import date
from certificates.paper.render import render
from tests.certificates.sheets import SHEET
pages = lambda: int(open("/proc/self/statm").read().split()[1])
for serial in range(1, 151):
    render(replace(SHEET, number=f"2025{serial:06d}"))
    if serial == 30:
        early = pages()
print((pages() - early) * os.sysconf("SC_PAGE_SIZE") // 2**20)
"""


@pytest.mark.long
def test_a_process_that_prints_all_day_does_not_grow() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTS], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    assert int(done.stdout) < 20, "MiB between the 30th and the 150th print"
