import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cehours.lib.uploads import MAX_BYTES, Refused, examine
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
    ("name", "says"),
    [
        ("论文.docx", "请将 Word 文档另存为 PDF 后上传"),
        ("论文.WPS", "请将 Word 文档另存为 PDF 后上传"),
        ("成绩.xlsx", "表格"),
        ("证书.ofd", "另存为 PDF"),
        ("证书.zip", "解压"),
        ("证书.gif", "JPG 或 PNG"),
        ("证书.pdf.exe", "只能上传 PDF、JPG、PNG"),
        ("证书", "只能上传"),
        ("", "只能上传"),
        ("证明\u202efdp.exe", "只能上传"),
    ],
)
def test_another_kind_of_file_is_refused_with_a_way_out(name, says):
    assert says in refusal(pdf(), name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"x", "a.pdf"),
        (pdf(), "a.jpg"),
        (picture(), "a.pdf"),
        (picture("PNG"), "a.jpg"),
        (picture("GIF"), "a.png"),
        (picture(), "a.heic"),
        (b"GIF89a" + pdf(), "a.pdf"),
        (b"<html><script>1</script>" + pdf(), "a.pdf"),
        (b"\n" + pdf(), "a.pdf"),
    ],
)
def test_extension_and_first_bytes_must_agree(content, name):
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
