import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cehours.lib.uploads import MAX_BYTES, Refused, examine
from tests.security.corpus import others, photos
from tests.security.corpus.asking import refusal, taken
from tests.security.corpus.pdfs import pdf
from tests.security.corpus.photos import picture


def test_an_empty_file_is_refused():
    assert "空的" in refusal(b"", "a.pdf")


def test_reading_stops_at_the_limit():
    class Endless:
        taken = 0

        def read(self, size, /):
            self.taken += size
            assert self.taken < 2 * MAX_BYTES
            return b"%" * size

    source = Endless()
    with pytest.raises(Refused, match="超过 20 MB"):
        examine(source, "a.pdf")

    assert source.taken <= MAX_BYTES + 64 * 1024


def test_one_byte_above_the_limit_is_refused_and_the_limit_itself_is_not_about_size():
    assert "超过 20 MB" in refusal(b"%PDF-" + bytes(MAX_BYTES - 4), "a.pdf")
    assert "超过" not in refusal(b"%PDF-" + bytes(MAX_BYTES - 5), "a.pdf")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("论文.docx", others.word(), "请将 Word 文档另存为 PDF 后上传"),
        ("论文.WPS", others.OLE, "请将 Word 文档另存为 PDF 后上传"),
        ("成绩.xlsx", others.word(), "表格"),
        ("证书.ofd", others.ofd(), "另存为 PDF"),
        ("证书.zip", others.archive(), "解压"),
        ("证书.gif", photos.film("GIF"), "JPG 或 PNG"),
        ("证书", others.archive(), "这是压缩包或 Office 文档"),
        ("证书", b"?", "只能上传"),
        ("", b"?", "只能上传"),
        ("证书.pdf", others.HTML, "实际是网页"),
        ("证书.jpg", picture("WEBP"), "实际是WebP 图片"),
        ("证书.jpg", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "实际是AVIF 图片"),
    ],
)
def test_another_kind_of_file_is_refused_with_what_it_is_and_a_way_out(name, content, says):
    assert says in refusal(content, name)


@pytest.mark.parametrize(
    "name", ["证书.pdf.exe", "证明\u202efdp.exe", "a.SCR", "证书.js", "证书.url", "证书.lnk"]
)
def test_a_name_that_runs_or_leads_elsewhere_is_refused_whatever_is_inside(name):
    assert refusal(pdf(), name).startswith(("只能上传", "这是快捷方式"))


@pytest.mark.parametrize(
    ("content", "name", "called"),
    [
        (picture(), "证书.pdf", "证书.jpg"),
        (picture(), "证书.jfif", "证书.jpg"),
        (picture(), "证书.JPE", "证书.jpg"),
        (picture(), "证书.pjpeg", "证书.jpg"),
        (picture(), "证书.webp", "证书.jpg"),
        (picture(), "证书．jpg", "证书.jpg"),
        (picture(), "mmexport1700000000000", "mmexport1700000000000.jpg"),
        (picture(), "第1.5章", "第1.5章.jpg"),
        (picture(), "证书.jpg.2", "证书.jpg.2.jpg"),
        (picture(), "证书.JPEG", "证书.JPEG"),
        (picture("PNG"), "证书.jpg", "证书.png"),
        (photos.HEIC, "照片.jpg", "照片.jpg"),
        (photos.HEIC, "照片.HIF", "照片.jpg"),
        (photos.HEIC, "照片.png", "照片.jpg"),
        (pdf(), "证书.jpg", "证书.pdf"),
        (pdf(), "证书.docx", "证书.pdf"),
        (pdf(), "证书.tmp", "证书.pdf"),
        (pdf(), "", "未命名.pdf"),
        (pdf(), "汉" * 85, "汉" * 83 + ".pdf"),
    ],
)
def test_a_right_file_is_taken_whatever_it_is_called_and_named_rightly(content, name, called):
    assert taken(content, name).clean_name == called


@pytest.mark.parametrize(
    "before",
    [
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\r\n\r\n",
        bytes(600),
        b"\0 \n" * 300,
        b"Content-Type: application/pdf\r\nContent-Length: 712\r\n\r\n",
        b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n",
        "文件下载".encode(),
        "文件下载".encode("gbk"),
        b"1 < 2\n",
    ],
)
def test_marks_blanks_and_plain_text_before_a_pdf_are_no_fault_of_it(before):
    content = before + pdf()

    accepted = taken(content, "a.pdf")

    assert (accepted.pages, accepted.content) == (1, content)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"x", "a.pdf"),
        (b"GIF89a" + pdf(), "a.pdf"),
        (b"BM" + pdf(), "a.pdf"),
        (b"\0\0\1\0" + pdf(), "a.pdf"),
        (b"PK\x03\x04" + pdf(), "a.pdf"),
        (b"MZ" + pdf(), "a.pdf"),
        (b"#!/bin/sh\n" + pdf(), "a.pdf"),
        (b"\xef\xbb\xbfMIME-Version: 1.0\n" + pdf(), "a.pdf"),
        (b"<html><script>1</script>" + pdf(), "a.pdf"),
        (b"text <!--" + pdf(), "a.pdf"),
        (b"<?php 1 ?>" + pdf(), "a.pdf"),
        ("<script>".encode("utf-16") + pdf(), "a.pdf"),
        (b"\x01\x02" + pdf(), "a.pdf"),
        (b" " * 1025 + pdf(), "a.pdf"),
        (picture("GIF"), "a.png"),
    ],
)
def test_what_is_another_kind_before_it_is_a_pdf_is_no_pdf(content, name):
    assert "与扩展名不符" in refusal(content, name)


WHOLE = {"a.pdf": pdf(3), "packed.pdf": pdf(3, linearize=True), "a.jpg": picture(), "a.png": picture("PNG")}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=6)), max_size=5),
)
def test_damage_of_any_kind_is_answered_never_an_error(name, wounds):
    content = bytearray(WHOLE[name])
    for place, replacement in wounds:
        at = int(place * len(content))
        content[at : at + len(replacement)] = replacement

    assert answer(bytes(content), name).endswith("。")


def answer(content: bytes, name: str) -> str:
    try:
        return f"{taken(content, name).kind.content_type}。"
    except Refused as refused:
        return refused.says
