import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cehours.lib.masking import mask_id, mask_name, mask_phone, mask_unit


@pytest.mark.parametrize(
    ("name", "seen"), [("刘德华", "刘*"), ("欧阳修", "欧*"), ("䶮", "䶮*"), (" 刘伟 ", "刘*"), ("", "")]
)
def test_a_name_shows_its_first_character(name, seen):
    assert mask_name(name) == seen


@pytest.mark.parametrize(
    ("number", "seen"),
    [("430701198508100019", "4" + "*" * 16 + "9"), ("E12345678", "E*******8"), ("12", "**"), ("", "")],
)
def test_an_identity_number_shows_its_first_and_last_character(number, seen):
    assert mask_id(number) == seen


@given(st.from_regex(r"[0-9]{15,17}[0-9X]", fullmatch=True))
def test_no_run_of_digits_of_an_identity_number_survives(number):
    assert not re.search(r"[0-9]{2}", mask_id(number))


@pytest.mark.parametrize(
    ("unit", "seen"),
    [
        ("湖南恒远建设有限公司", "湖南*有限公司"),
        ("湖南恒远建设股份有限公司", "湖南*股份有限公司"),
        ("湖南恒远建设有限责任公司长沙分公司", "湖南*分公司"),
        ("湖南工程学院", "湖南*学院"),
        ("湖南大学", "湖南*大学"),
        ("长沙市第三医院", "长沙*医院"),
        ("长沙市教育局", "长沙*局"),
        ("岳麓区人力资源和社会保障局", "岳麓*局"),
        ("长沙市第一中学", "长沙*中学"),
        ("中共湘潭市委党校", "中共*党校"),
        ("某某会计师事务所（普通合伙）", "某某*事务所"),
        ("县医院", "县*医院"),
        ("医院", "医*院"),
        ("张三工作室", "张三*"),
        ("局", "局*"),
        ("", ""),
    ],
)
def test_a_unit_shows_two_characters_and_its_legal_form(unit, seen):
    assert mask_unit(unit) == seen


@pytest.mark.parametrize(("phone", "seen"), [("15612345678", "156********"), ("110", "***"), ("", "")])
def test_a_phone_shows_three_digits(phone, seen):
    assert mask_phone(phone) == seen
