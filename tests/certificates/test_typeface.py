"""The fonts that certificates are set in: what they hold, how they were made, how the page looks in them."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageStat

import rules
from certificates.paper import coverage, typeface
from certificates.paper.render import render
from certificates.paper.typeface.build import BOTH_LEVELS, FIRST_LEVEL, characters
from tests.certificates.sheets import RARE, SHEET, years
from tests.certificates.test_render import characters_with_an_outline

REFERENCE = Path(__file__).parent / "reference"
MOST_BYTES = 60 * 1024
TILE = 24
# A letter that changes darkens its tile by 20 and more; another version of the layout library by 3.
MOST_CHANGE = 8.0


def held(weight: str) -> set[int]:
    with TTFont(typeface.FILES[weight]) as font:
        return set(font.getBestCmap())


def fonts_of(pdf: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {str(font.BaseFont).partition("+")[2] for font in document.pages[0].Resources.Font.values()}


def test_the_regular_font_holds_both_levels_of_the_common_hanzi():
    assert len(characters(BOTH_LEVELS) & {chr(code) for code in range(0x4E00, 0xA000)}) == 6763
    assert {ord(char) for char in characters(BOTH_LEVELS)} <= held("normal")


def test_the_bold_font_holds_what_is_set_bold_under_every_policy():
    assert {ord(char) for char in characters(FIRST_LEVEL)} <= held("bold")
    for key in rules.available_policies():
        policy = rules.load_policy(key)
        if policy.certificate:
            bold = policy.certificate.heading + policy.certificate.title
            bold += "".join(category.name for category in policy.categories) + "年度合计各年度认定学时"
            assert {ord(char) for char in bold} <= held("bold")


def test_an_ordinary_certificate_needs_no_other_font_and_stays_small():
    printed = render(SHEET)

    assert fonts_of(printed) == {"Cehours-Song", "Cehours-Song-Bold"}
    assert len(printed) <= MOST_BYTES


def test_a_rare_character_comes_from_the_systems_font():
    assert any("CJK" in name for name in fonts_of(render(replace(SHEET, name=f"王{RARE}"))))


def test_the_fonts_carry_their_licence_and_a_name_of_their_own():
    for file in typeface.FILES.values():
        with TTFont(file) as font:
            assert font["name"].getDebugName(1) == typeface.FAMILY
            assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert "SIL OPEN FONT LICENSE" in (typeface.FOLDER / "OFL.txt").read_text()


@pytest.mark.long
def test_the_fonts_can_be_made_again_to_the_byte(tmp_path):
    command = [sys.executable, "-m", "certificates.paper.typeface.build", "--into", str(tmp_path)]
    subprocess.run(command, check=True, cwd=typeface.FOLDER.parents[1])

    for file in typeface.FILES.values():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


@pytest.mark.long
def test_every_tenth_hanzi_of_level_3_is_printed_as_a_shape():
    wanted = [chr(code) for block in coverage.HANZI.values() for code in block][::10]

    for start in range(0, len(wanted), 400):
        batch = "".join(wanted[start : start + 400])
        pdf = render(replace(SHEET, specialty=batch, rows=years(2024, 2024), from_year=2024))
        assert set(batch) <= characters_with_an_outline(pdf)


# -- how it looks


def picture(pdf: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=1.25).to_pil().convert("L")


def greatest_change(one: Image.Image, other: Image.Image) -> float:
    """The mean difference (0 to 255) of the tile of the page that differs most."""
    assert one.size == other.size
    difference = ImageChops.difference(one, other)
    return max(
        ImageStat.Stat(difference.crop((x, y, x + TILE, y + TILE))).mean[0]
        for x in range(0, one.width, TILE)
        for y in range(0, one.height, TILE)
    )


@pytest.mark.requirement("R197")
def test_the_page_looks_as_the_reference_picture():
    with Image.open(REFERENCE / "ordinary.png") as reference:
        assert greatest_change(picture(render(SHEET)), reference.convert("L")) < MOST_CHANGE


@pytest.mark.parametrize(
    "changed",
    [{"name": "秦舒婉"}, {"number": "2025000138"}, {"title": "学时检验单"}, {"specialty": "马克思主义"}],
)
def test_one_word_that_differs_is_seen_in_the_picture(changed):
    with Image.open(REFERENCE / "ordinary.png") as reference:
        assert (
            greatest_change(picture(render(replace(SHEET, **changed))), reference.convert("L")) > MOST_CHANGE
        )
