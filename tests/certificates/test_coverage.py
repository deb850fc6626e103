"""Every name prints: the hanzi of GB 18030-2022 and the letters of passports, in the forms and on the paper."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from cehours.lib import printable
from certificates.paper import coverage, fonts
from certificates.paper.render import render
from tests.certificates.sheets import SHEET

HANZI = [code for block in coverage.HANZI.values() for code in block]
SCALE = 4
ALIKE = 12.0  # mean difference of two pictures, 0 to 255: that of one box and another is nearly 0
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "fonts.md"


def test_gb_18030_2022_has_as_many_hanzi_as_its_highest_level_asks_for() -> None:
    assert len(HANZI) == len(set(HANZI)) == 87887


def test_the_fonts_hold_every_hanzi_and_every_letter() -> None:
    assert set(HANZI) - coverage.held() == set()
    assert set(coverage.LATIN) - coverage.held() == set()


def test_the_forms_know_exactly_what_the_fonts_hold() -> None:
    assert printable.TABLE.read_text() == coverage.table()


def test_the_document_tells_the_figures_as_they_are() -> None:
    text = DOCUMENT.read_text()
    assert [line for line in coverage.figures() if line not in text] == []


def test_the_forms_say_missing_where_the_printer_would() -> None:
    drawn = random.Random("characters")
    text = "".join(
        chr(code) for code in drawn.sample(range(0x20, 0x32400), 2000) if not 0xD800 <= code < 0xE000
    )
    assert printable.unprintable(text) == fonts.missing_characters(text)


def test_code_points_of_private_use_are_held_by_nothing() -> None:
    private = [chr(code) for code in (*range(0xE000, 0xF900), *range(0xF0000, 0xF0400))]
    assert fonts.missing_characters("".join(private)) == private
    assert printable.unprintable("".join(private)) == private


@pytest.mark.parametrize("block", coverage.HANZI)
def test_a_sample_of_each_block_is_drawn_as_shapes_that_differ_from_one_another_and_from_a_box(
    block: str,
) -> None:
    """Looked at as pictures: no place of the sentence is empty, and no two different characters look alike."""
    codes = coverage.HANZI[block]
    sample = "".join(map(chr, random.Random(block).sample(list(codes), 10)))
    pictures = drawn_characters(sample)
    assert set(pictures) == set(sample)
    for char, picture in pictures.items():
        assert ImageStat.Stat(picture).mean[0] < 250, f"nothing drawn for U+{ord(char):04X}"
    seen = list(pictures.values())
    for place, one in enumerate(seen):
        for other in seen[place + 1 :]:
            assert ImageStat.Stat(ImageChops.difference(one, other)).mean[0] > ALIKE


def drawn_characters(text: str) -> dict[str, Image.Image]:
    """Each character of `text`, cut out of the page where a PDF reader finds it, in one size."""
    with pypdfium2.PdfDocument(render(replace(SHEET, specialty=text))) as document:
        page = document[0]
        picture, words = page.render(scale=SCALE).to_pil().convert("L"), page.get_textpage()
        whole = words.get_text_range()
        # The reader counts in units of UTF-16, two for what is beyond the first plane.
        places = [units(whole[: whole.index(text)] + text[:before]) for before in range(len(text))]
        return {
            char: cut_out(picture, words.get_charbox(place)) for char, place in zip(text, places, strict=True)
        }


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def cut_out(picture: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    left, bottom, right, top = (round(edge * SCALE) for edge in box)
    return picture.crop((left, picture.height - top, right, picture.height - bottom)).resize((32, 32))
