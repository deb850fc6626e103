"""Certificates by exchange: the very page that WeasyPrint lays out, whichever sheet taught its shape."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from certificates.paper.comparing import difference
from certificates.paper.exchange import glyphs, measures, rare, shapes
from certificates.paper.exchange.shapes import Exchange, No, Printed
from certificates.paper.fonts import FAMILIES, face
from certificates.paper.render import DENSITIES, laid_out, print_sheet
from certificates.paper.sheet import Sheet
from tests.certificates.random_sheets import random_sheets
from tests.certificates.sheets import RARE, SHEET, years

MOST_BYTES = 47 * 1024  # so that it stays below 60 KB with the seal on it


@pytest.fixture(autouse=True)
def exchange(monkeypatch: pytest.MonkeyPatch) -> Exchange:
    """A process that has learnt nothing yet."""
    fresh = Exchange()
    monkeypatch.setattr(shapes, "EXCHANGE", fresh)
    return fresh


def as_laid_out(sheet: Sheet) -> bytes:
    """What WeasyPrint makes of it."""
    return next(page for density in DENSITIES if (page := laid_out(sheet, density)))


def exchanged(sheet: Sheet, exchange: Exchange) -> bytes | None:
    """The page by exchange; None where the sheet goes the ordinary way."""
    for density in DENSITIES:
        found = exchange.printed(sheet, density, partial(laid_out, sheet, density))
        if isinstance(found, Printed):
            return found.pdf
        if found is No.UNUSUAL:
            return None
    raise AssertionError("too long")


# -- the same page


@pytest.mark.parametrize(
    ("count", "seed"), [(24, 7), pytest.param(1200, 8, marks=pytest.mark.long)], ids=["a few", "1200"]
)
def test_a_page_by_exchange_is_weasyprints_to_the_pixel_with_text_tags_and_links(
    exchange: Exchange, count: int, seed: int
) -> None:
    by_exchange = 0
    for sheet in random_sheets(count, seed):
        found = exchanged(sheet, exchange)
        if found is None:
            continue
        by_exchange += 1
        assert len(found) < MOST_BYTES
        assert difference(found, as_laid_out(sheet)) == "", sheet
    assert by_exchange == count, "some sheets went the ordinary way"


SPECIAL = {
    "every digit, small and large": {"number": "1234567890", "from_year": 1996, "to_year": 1999}
    | {"rows": years(1996, 1999, "78.5")},
    "rare hanzi": {"name": f"李{RARE}"},
    "a rare hanzi in the specialty": {"specialty": "瓷器与珐瑯彩绘（喆）"},
    "Latin words in brackets": {"specialty": "BIM（Building Information Modeling）与GIS应用"},
    "quotation marks": {"specialty": "“互联网+”现代农业、林业…"},
    "a name with blanks": {"name": "Anna Maria Schmidt"},
    "an issuer on two lines": {"issuer": "湖南省湘西土家族苗族自治州人力资源和社会保障局专业技术人员管理处"},
    "an address on one line": {"verification_url": "https://h.cn/v/8f3kQz7VtN2"},
    "seven years, set smaller": {"from_year": 2018, "to_year": 2024, "rows": years(2018, 2024)},
    "two years in one sentence's line": {"from_year": 2011, "to_year": 2011, "rows": years(2011, 2011)},
}


@pytest.mark.parametrize("changed", SPECIAL.values(), ids=SPECIAL)
def test_so_is_a_page_that_is_unlike_others(exchange: Exchange, changed: dict[str, Any]) -> None:
    sheet = replace(SHEET, **changed)
    found = exchanged(sheet, exchange)
    assert found is not None
    assert difference(found, as_laid_out(sheet)) == ""


def test_a_second_sheet_of_a_shape_is_not_laid_out(exchange: Exchange) -> None:
    exchanged(SHEET, exchange)
    other = replace(
        SHEET, name="王明敏", number="2025000138", specialty="理论思想教育学", issuer="长沙市人社局"
    )
    found = exchange.printed(other, "ordinary", nothing_is_laid_out)
    assert isinstance(found, Printed)
    assert difference(found.pdf, as_laid_out(other)) == ""


def nothing_is_laid_out() -> bytes:
    raise AssertionError("laid out")


def test_the_same_sheet_gives_the_same_bytes_whichever_sheet_taught_the_shape(exchange: Exchange) -> None:
    """Their digits, hanzi and addresses all differ, and nothing of the teacher may be left."""
    first = exchanged(SHEET, exchange)
    teacher = replace(
        SHEET,
        name="李一三",
        number="1987654321",
        specialty="水利建筑电气工",
        issuer="衡阳市人力资源和社会保障局",
        from_year=2011,
        to_year=2015,
        rows=years(2011, 2015, "111.5"),
        verification_url="https://hours.example/verify/WWWWWWWWWWWWiiiiiiiiii",
    )
    later = Exchange()
    exchanged(teacher, later)
    assert exchanged(SHEET, later) == first


# -- what does not fit goes the ordinary way


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "王𠀤"},  # only the second family holds it
        {"specialty": "Café与θ波"},
        {"name": "艾" * 40},
        {"verification_url": "https://hours.example/verify/(a)b"},
        {"title": "学时认定單"},  # not in our bold font
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_the_exchange_does_not_know_is_laid_out(exchange: Exchange, changed: dict[str, str]) -> None:
    sheet = replace(SHEET, **changed)
    assert exchanged(sheet, exchange) is None
    page = print_sheet(sheet).pdf
    assert difference(page, as_laid_out(sheet)) == ""
    assert len(page) < MOST_BYTES
    assert page == print_sheet(sheet).pdf


@pytest.mark.parametrize("endless", ["Photogrammetry" * 12, "W" * 70, "学9" + "9" * 80])
def test_a_word_longer_than_the_line_is_not_written_into_a_shape_of_as_many_lines(
    exchange: Exchange, endless: str
) -> None:
    for hanzi in range(2, 60, 4):
        exchanged(replace(SHEET, specialty="测" * hanzi), exchange)
    assert exchanged(replace(SHEET, specialty=endless), exchange) is None


def test_a_page_that_is_broken_elsewhere_than_reckoned_is_not_learnt(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certificates.paper.exchange.lines.WIDTH", measures.WIDTH - 40)
    page = print_sheet(SHEET).pdf
    assert exchange.printed(SHEET, "ordinary", nothing_is_laid_out) is No.UNUSUAL
    assert difference(page, as_laid_out(SHEET)) == ""


def test_one_in_so_many_is_compared_and_a_shape_that_errs_is_used_no_more(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CERTIFICATE_COMPARE_EVERY = 10
    print_sheet(SHEET)
    # Every hanzi of a name that ends in 0 is taken for another from now on.
    monkeypatch.setitem(glyphs.regular().numbers, ord("秦"), glyphs.regular().numbers[ord("泰")])
    unseen, seen = (replace(SHEET, number=number) for number in ("2025000139", "2025000140"))
    assert difference(print_sheet(unseen).pdf, as_laid_out(unseen)) == "picture and text"
    assert difference(print_sheet(seen).pdf, as_laid_out(seen)) == ""
    assert "exchange_differs" in caplog.text
    assert difference(print_sheet(unseen).pdf, as_laid_out(unseen)) == ""


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ({"name": "秦舒婉"}, "picture and text"),
        ({"heading": "湖南省专业技术人员继续教育培训"}, "picture and text"),
        ({"verification_url": "https://hours.example/verify/8f3kQz7VtN2mX5bLr0CwYe"}, "picture and text"),
    ],
)
def test_the_comparison_sees_what_differs(other: dict[str, str], kind: str) -> None:
    one, two = (as_laid_out(sheet) for sheet in (SHEET, replace(SHEET, **other)))
    assert difference(one, two) == kind


# -- the font programs


@pytest.fixture(params=["normal", "bold"])
def own(request: pytest.FixtureRequest) -> Iterator[tuple[glyphs.OwnFont, TTFont]]:
    with TTFont(glyphs.typeface.FILES[request.param]) as font:
        yield (glyphs.regular() if request.param == "normal" else glyphs.bold()), font


def test_a_small_font_holds_the_very_outlines_and_adds_up(own: tuple[glyphs.OwnFont, TTFont]) -> None:
    font, whole = own
    text = "湖南省专业技术人员0123456789."
    made = font.program(text)
    small = TTFont(io.BytesIO(made.content), checkChecksums=2)
    leads = struct.unpack(f">{len(made.map) // 2}H", made.map)
    for char in text:
        number = font.numbers[ord(char)]
        name, former = small.getGlyphName(leads[number]), whole.getBestCmap()[ord(char)]
        assert drawn(small, name) == drawn(whole, former)
        assert small["hmtx"][name] == whole["hmtx"][former]
    assert small["maxp"].numGlyphs == len(set(text)) + 1


def test_a_rare_character_is_drawn_by_the_systems_own_curves() -> None:
    small = TTFont(io.BytesIO(rare.regular(tuple(RARE))))
    source = face(FAMILIES[0], "Regular")
    whole = TTFont(source.file, fontNumber=source.number)
    for place, char in enumerate(RARE, start=1):
        assert drawn(small, small.getGlyphName(place)) == drawn(whole, whole.getBestCmap()[ord(char)])


def drawn(font: TTFont, name: str) -> Any:
    pen = RecordingPen()
    font.getGlyphSet()[name].draw(pen)
    return pen.value
