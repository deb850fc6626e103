import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cehours.lib.filenames import clean_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("结业证书.pdf", "结业证书.pdf"),
        ("../../x.pdf", "x.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("C:\\Users\\me\\证书.PDF", "证书.PDF"),
        ("a\x00b.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie_ x.pdf"),
        ("证明\u202efdp.exe", "证明fdp.exe"),
        ("证\u200b书\ufeff.pdf", "证书.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com1.tar.pdf", "_com1.tar.pdf"),
        (".htaccess", "htaccess"),
        ("-rf.pdf", "rf.pdf"),
        ("证书.pdf. .", "证书.pdf"),
        ("证书 .pdf", "证书.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "_img src=x onerror=alert(1)_.pdf"),
        ("{{7*7}}.pdf", "{{7_7}}.pdf"),
        ("", "未命名"),
        (".pdf", "pdf"),
        ("~.pdf", "未命名.pdf"),
        ("-~ .PDF", "未命名.PDF"),
        ("/", "未命名"),
        ("\ud800.pdf", "pdf"),
        ("cafe\u0301.pdf", "caf\u00e9.pdf"),
    ],
)
def test_a_file_name_is_made_harmless(given_name, kept):
    assert clean_name(given_name) == kept


def test_a_long_name_is_cut_between_characters_and_keeps_its_extension():
    name = clean_name("证" * 300 + ".pdf")

    assert name.endswith("证.pdf")
    assert len(name.encode()) <= 255


@given(st.text())
def test_no_name_ever_escapes_its_folder_or_its_line(text):
    name = clean_name(text)

    assert name
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\<>:"|?*\r\n\0')
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in name)
    assert not name.startswith((".", "-"))
    assert not name.endswith((".", " "))
    assert clean_name(name) == name
