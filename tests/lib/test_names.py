"""Which spellings are one name, and in which of them it is kept."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import connection

from cehours.lib import names

SPELLINGS = [
    ("龙　䶮", "龙䶮"),
    ("龙 䶮", "龙䶮"),
    ("龙\u00a0䶮", "龙䶮"),
    ("\u200e龙䶮\u202c", "龙䶮"),
    ("⻰明", "龙明"),
    ("⽯⽴⼈", "石立人"),
    ("\uf9dd明", "利明"),
    ("ＬＩ  Ｎａ", "LI Na"),
    ("王Ａ", "王A"),
    ("阿依古丽 · 买买提", "阿依古丽·买买提"),
    *((f"阿依古丽{dot}买买提", "阿依古丽·买买提") for dot in "•‧・．⋅∙･.●"),
    ("O’Brien", "O'Brien"),
    ("Jose\u0301", "José"),
    ("瓷城 人民医院(演示)", "瓷城人民医院（演示）"),
]


@pytest.mark.parametrize(("written", "kept"), SPELLINGS)
def test_a_name_is_kept_in_one_form_and_the_spelling_of_its_document_beside_it(
    written: str, kept: str
) -> None:
    assert names.tidy(written) == kept
    assert names.same(written, kept)
    assert names.spelling(written) == ("" if " ".join(written.split()) == kept else " ".join(written.split()))


@pytest.mark.parametrize("name", ["龙䶮", "John F. Kennedy", "Mary-Jane Smith", "欧阳\ue863", "José Łucja"])
def test_a_name_in_that_form_stays_as_it_is(name: str) -> None:
    assert names.tidy(name) == name
    assert names.spelling(name) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KOWALSKA ŁUCJA", "Kowalska Lucja"),
        ("José", "JOSE"),
        ("Nguyễn Văn", "nguyen van"),
        ("O'Brien", "OBRIEN"),
        ("Mary-Jane", "Mary Jane"),
        ("Straße", "STRASSE"),
    ],
)
def test_case_accents_and_apostrophes_make_no_other_name(one: str, other: str) -> None:
    assert names.same(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("龙䶮", "龙"), ("李娜", "李那"), ("", ""), (" ", "·"), ("张三", "三张")]
)
def test_other_characters_do_and_nothing_is_nobodys_name(one: str, other: str) -> None:
    assert not names.same(one, other)


def test_every_radical_is_a_hanzi() -> None:
    radicals = [chr(code) for code in range(0x2E80, 0x2FD6) if unicodedata.name(chr(code), "")]

    assert len(radicals) == 115 + 214
    assert all("CJK UNIFIED" in unicodedata.name(names.tidy(each)) for each in radicals)


# Every character of the first three planes that both sides know.
CHARACTERS = [
    chr(code) for code in range(1, 0x32000) if unicodedata.category(chr(code)) not in ("Cs", "Cn", "Co")
]
# Of the tens of thousands of hanzi and Hangul, one in sixteen.
WRITTEN = [
    f"A{c}b" for c in CHARACTERS if ord(c) % 16 == 0 or not ("\u3400" <= c <= "\ud7a3" or c >= "\U00017000")
]


@pytest.mark.django_db
def test_the_database_answers_the_same_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name_key(name) FROM unnest(%s::text[]) WITH ORDINALITY AS a (name, n) ORDER BY n",
            [WRITTEN],
        )
        answered = [key for (key,) in cursor.fetchall()]

    assert [pair for pair in zip(WRITTEN, answered, strict=True) if names.key(pair[0]) != pair[1]] == []


def test_what_is_kept_is_found_as_it_was_written_and_stays_as_it_is() -> None:
    for written in WRITTEN:
        kept = names.tidy(written)
        assert (names.key(kept), names.tidy(kept)) == (names.key(written), kept)
