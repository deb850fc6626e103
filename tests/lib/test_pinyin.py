import pytest

from cehours.lib.pinyin import name_keys


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("单雄信", "shanxiongxin", "sxx"),
        ("单于明", "chanyuming", "cym"),
        ("曾国藩", "zengguofan", "zgf"),
        ("仇英", "qiuying", "qy"),
        ("解缙", "xiejin", "xj"),
        ("查良镛", "zhaliangyong", "zly"),
        ("盖叫天", "gejiaotian", "gjt"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("区寄", "ouji", "oj"),
        ("吕布", "lvbu", "lb"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("𬭎玥喆", "hongyuezhe", "hyz"),
        ("古丽·艾山", "guliaishan", "glas"),
        ("John Smith", "johnsmith", "js"),
        ("", "", ""),
    ],
)
def test_names_sort_and_are_found_as_they_are_spoken(name, full, initials):
    assert name_keys(name) == (full, initials)


def test_the_surname_reading_stays_with_the_surname():
    assert name_keys("李曾").full == "liceng"


def test_a_unit_name_has_keys_too():
    assert name_keys("重庆大学") == ("chongqingdaxue", "cqdx")


def test_a_character_without_a_reading_stands_for_itself():
    assert name_keys("刘\U00030001") == ("liu\U00030001", "l\U00030001")


def test_a_character_newer_than_the_interpreter_is_not_lost():
    assert name_keys("刘\U00031350\U000323af").initials.startswith("lq")
