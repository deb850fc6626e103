"""Files as people of this trade really bring them, each named after its public case, sent through the pages.

The inputs were made for the cases, with invented names; the two large ones are made here. What a case is about and
where it was reported stands in docs/uploads.md.
"""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import pikepdf
import pytest
from django.urls import reverse
from PIL import Image, ImageChops

from applications.files import papers as files
from applications.files import store
from applications.models import Application, Evidence
from tests.applications.typing_in import url
from tests.security.corpus.pdfs import saved, with_pages
from tests.security.test_hostile_uploads import papers, send
from tests.world import World

INPUTS = Path(__file__).parent / "uploads"
PDFS = [
    "01a-sealed-pyhanko.pdf",
    "02a-form-filled-itext5.pdf",
    "03a-chromium-javascript-links.pdf",
    "04a-pdflatex-doi.pdf",
    "04c-ftp-link.pdf",
    "05a-libreoffice-local-links.pdf",
    "06a-pdfunite-tex-gs.pdf",
    "07a-startxref-one-early.pdf",
    "08a-bom-before-header.pdf",
    "09a-nul-padding.pdf",
    "10a-owner-qpdf-aes256.pdf",
    "11a-attached-xml-pdflib.pdf",
    "12a-empty-embeddedfiles.pdf",
    "13b-pdfkit-number-field.pdf",
    "14a-jspdf-autoprint.pdf",
    "15a-long-page.pdf",
    "16-right-stsong-not-embedded.pdf",
]


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020,), evidence=False)


def content_of(name: str) -> bytes:
    return (INPUTS / name).read_bytes()


def bring(world: World, case: Application, name: str, content: bytes | None = None) -> Evidence:
    """Uploads a file through the page, under its own name."""
    answer = send(
        world.browser("applicant"), case, name.encode(), content_of(name) if content is None else content
    )
    assert answer.status_code == 302, answer.content.decode()
    (paper,) = papers(world, case)
    return paper


def seen(
    world: World, who: str, case: Application, paper: Evidence, part: int = 1, page: int = 1
) -> Image.Image:
    """The picture of a page, as somebody's browser gets it."""
    answer = world.browser(who).get(url("evidence_page", case, paper.pk, page) + f"?part={part}")
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def ink(picture: Image.Image, box: tuple[float, float, float, float]) -> int:
    """How many pixels are not paper in a part of the picture; `box` in hundredths of its sides."""
    width, height = picture.size
    part = picture.crop(
        (
            int(box[0] * width / 100),
            int(box[1] * height / 100),
            int(box[2] * width / 100),
            int(box[3] * height / 100),
        )
    )
    return sum(part.convert("L").point(lambda shade: shade < 128).histogram()[1:])


def reds(picture: Image.Image) -> int:
    red, green, blue = picture.split()
    strong = ImageChops.subtract(red, ImageChops.lighter(green, blue)).point(
        lambda shade: 255 * (shade > 100)
    )
    return strong.histogram()[255]


@pytest.mark.parametrize("name", PDFS)
def test_the_pdf_is_taken_kept_byte_for_byte_and_drawn(world: World, case: Application, name: str) -> None:
    paper = bring(world, case, name)

    assert store.get(paper.storage_key) == content_of(name)
    assert paper.filename == name
    pages = [seen(world, "applicant", case, paper, page=page) for page in range(1, paper.pages + 1)]
    assert sum(ink(page, (0, 0, 100, 100)) for page in pages) > 100


def test_01a_the_red_seal_is_in_the_picture_for_applicant_and_reviewer(world: World) -> None:
    case = world.draft()
    send(world.browser("applicant"), case, b"01a.pdf", content_of("01a-sealed-pyhanko.pdf"))
    with world.acting("applicant"):
        sealed = case.evidence.get(filename="01a.pdf")
    world.submit(case)

    for who in ("applicant", "employer"):
        assert reds(seen(world, who, case, sealed)) > 3000
    thumb = world.browser("employer").get(url("evidence_thumb", case, sealed.pk))
    assert reds(Image.open(io.BytesIO(thumb.content)).convert("RGB")) > 100


def test_02a_what_was_filled_in_is_in_the_picture(world: World, case: Application) -> None:
    picture = seen(world, "applicant", case, bring(world, case, "02a-form-filled-itext5.pdf"))

    hours, tick = (26, 15.2, 30, 17.2), (25.6, 24.4, 28.2, 26.2)
    assert ink(picture, hours) > 30
    assert ink(picture, tick) > 80


def test_11a_the_attachment_is_named_to_the_reviewer_and_never_opened(world: World) -> None:
    case = world.draft()
    send(world.browser("applicant"), case, b"11a.pdf", content_of("11a-attached-xml-pdflib.pdf"))
    with world.acting("applicant"):
        paper = case.evidence.get(filename="11a.pdf")
    says = "这个 PDF 除页面外还含有：附件“original.xml”。"
    assert says in world.browser("applicant").get(url("evidence_view", case, paper.pk, 1)).content.decode()
    world.submit(case)

    page = world.browser("employer").get(reverse("review:case", args=[case.pk]) + f"?paper={paper.pk}")

    assert says in page.content.decode()


def test_13b_the_script_of_a_field_is_named_and_its_number_drawn(world: World, case: Application) -> None:
    paper = bring(world, case, "13b-pdfkit-number-field.pdf")

    assert "表单脚本（只设置格式或计算，没有运行）" in view(world, case, paper)
    assert ink(seen(world, "applicant", case, paper), (15, 11.5, 22, 14.5)) > 30


def test_14a_the_print_dialogue_is_named(world: World, case: Application) -> None:
    assert "打开时弹出打印对话框的命令（没有运行）" in view(
        world, case, bring(world, case, "14a-jspdf-autoprint.pdf")
    )


def view(world: World, case: Application, paper: Evidence) -> str:
    return world.browser("applicant").get(url("evidence_view", case, paper.pk, 1)).content.decode()


def test_15a_a_very_long_page_comes_in_pictures_one_can_read(world: World, case: Application) -> None:
    paper = bring(world, case, "15a-long-page.pdf")
    address = url("evidence_page", case, paper.pk, 1)

    assert [f"{address}?part={part}" in view(world, case, paper) for part in range(2, 10)] == [True] * 7 + [
        False
    ]
    parts = [seen(world, "applicant", case, paper, part) for part in range(1, 9)]

    assert {part.width for part in parts} == {1200}
    assert max(part.height for part in parts) <= files.TALLEST + 1
    assert abs(sum(part.height for part in parts) - 14000 * 1200 / 595) < 20
    assert all(ink(part, (0, 0, 100, 100)) > 1000 for part in parts)
    for missing in ("9", "99"):
        assert world.browser("applicant").get(f"{address}?part={missing}").status_code == 404


def test_15a_no_line_is_lost_or_shown_twice_between_two_pictures(world: World, case: Application) -> None:
    """A ruler of 700 lines over the long page: as many are counted in the pictures."""
    document = with_pages(1)
    document.pages[0].MediaBox = pikepdf.Array([0, 0, 595, 14000])
    lines = b"".join(b"100 %d 200 8 re f\n" % (20 * line + 6) for line in range(700))
    document.pages[0].Contents = document.make_indirect(pikepdf.Stream(document, lines))
    paper = bring(world, case, "ruler.pdf", saved(document))

    column = []
    for part in range(1, 9):
        picture = seen(world, "applicant", case, paper, part)
        column += [picture.getpixel((400, row))[0] < 128 for row in range(picture.height)]
    starts = sum(dark and not before for before, dark in zip([False, *column], column, strict=False))

    assert starts == 700


def test_17a_a_large_scan_in_black_and_white_counts_by_its_bytes(world: World, case: Application) -> None:
    """A3 at 600 dpi: 70 million pixels in a few KB (img2pdf packs them as CCITT, here they are deflated)."""
    document = with_pages(1)
    document.pages[0].MediaBox = pikepdf.Array([0, 0, 842, 1191])
    rows = [(b"\0" if 4000 < row < 5000 else b"\xff") * 877 for row in range(9921)]
    scan = pikepdf.Stream(document, zlib.compress(b"".join(rows)), Filter=pikepdf.Name.FlateDecode)
    scan.stream_dict.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=7016,
            Height=9921,
            BitsPerComponent=1,
            ColorSpace=pikepdf.Name.DeviceGray,
        )
    )
    document.pages[0].Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(A=document.make_indirect(scan))
    )
    document.pages[0].Contents = document.make_indirect(
        pikepdf.Stream(document, b"842 0 0 1191 0 0 cm /A Do")
    )

    picture = seen(world, "applicant", case, bring(world, case, "17a-a3-600dpi-bw.pdf", saved(document)))

    assert ink(picture, (0, 41, 100, 50)) > 100_000
    assert ink(picture, (0, 51, 100, 100)) == 0


@pytest.mark.parametrize(
    ("name", "called", "kind"),
    [
        ("20a-png-named.jpg", "20a-png-named.png", "image/png"),
        ("20d-heic-named.jpg", "20d-heic-named.jpg", "image/jpeg"),
        ("21a-jpeg.jfif", "21a-jpeg.jpg", "image/jpeg"),
        ("24a-jpeg-without-eoi.jpg", "24a-jpeg-without-eoi.jpg", "image/jpeg"),
    ],
)
def test_the_picture_is_taken_for_what_it_is(
    world: World, case: Application, name: str, called: str, kind: str
) -> None:
    paper = bring(world, case, name)

    assert (paper.filename, paper.content_type) == (called, kind)
    picture = seen(world, "applicant", case, paper)
    assert len(picture.resize((40, 30)).getcolors(1200) or []) > 3


def test_22a_the_film_behind_a_photo_is_cut_off(world: World, case: Application) -> None:
    jpeg = io.BytesIO()
    Image.effect_noise((1600, 1200), 80).save(jpeg, "JPEG", quality=85)
    film = random.Random(6).randbytes(6_000_000)
    tail = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + struct.pack(">I", len(film) + 8) + b"mdat" + film

    paper = bring(world, case, "22a-motion-6MB.jpg", jpeg.getvalue() + tail)

    assert paper.size < 2_000_000
    assert b"ftypmp42" not in store.get(paper.storage_key)
    assert seen(world, "applicant", case, paper).size == (1600, 1200)


def test_25a_black_on_transparent_is_black_on_white_in_the_tile(world: World, case: Application) -> None:
    paper = bring(world, case, "25a-transparent.png")
    answer = world.browser("applicant").get(url("evidence_thumb", case, paper.pk))

    tile = Image.open(io.BytesIO(answer.content)).convert("L")

    shades = tile.histogram()
    assert sum(shades[250:]) > 0.6 * tile.width * tile.height
    assert sum(shades[:100]) > 20
