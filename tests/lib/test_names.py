"""Which spellings are one name, and in which of them it is kept."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
def test_a_name_is_kept_in_one_form_and_the_spelling_of_its_document_beside_it(written: str, kept: str) -> None:
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


@pytest.mark.parametrize(("one", "other"), [("龙䶮", "龙"), ("李娜", "李那"), ("", ""), (" ", "·"), ("张三", "三张")])
def test_other_characters_do_and_nothing_is_nobodys_name(one: str, other: str) -> None:
    assert not names.same(one, other)


def test_every_radical_is_a_hanzi() -> None:
    radicals = [chr(code) for code in range(0x2E80, 0x2FD6) if unicodedata.name(chr(code), "")]

    assert len(radicals) == 115 + 214
    assert all("CJK UNIFIED" in unicodedata.name(names.tidy(each)) for each in radicals)


# What names are made of, and what comes with them; letters of other scripts too.
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from(
    [*"龙䶮·•‧・．⋅ \u00a0\u3000\u200e\u202d⻰⼯ＬÅÉøłßœİıéü'’-（(〔", "e\u0301"]
)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(st.lists(st.text(CHARACTERS, max_size=12), min_size=20, max_size=60))
def test_the_database_answers_the_same_key(db: None, written: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name_key(name) FROM unnest(%s::text[]) AS name", [written])
        answered = [key for (key,) in cursor.fetchall()]

    assert answered == [names.key(each) for each in written]


@given(st.text(CHARACTERS, max_size=12))
def test_what_is_kept_is_found_as_it_was_written(written: str) -> None:
    assert names.key(names.tidy(written)) == names.key(written)
    assert names.tidy(names.tidy(written)) == names.tidy(written)
