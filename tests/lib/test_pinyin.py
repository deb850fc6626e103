import pytest

from cehours.lib.pinyin import LONGEST, name_keys, unit_keys


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
    keys = name_keys(name)

    assert (keys.full.split(" ")[0], keys.initials.split(" ")[0]) == (full, initials)


def test_the_surname_reading_stays_with_the_surname():
    assert name_keys("李曾").full.split()[0] == "liceng"


def test_a_unit_name_has_keys_too():
    assert unit_keys("重庆大学") == ("chongqingdaxue", "cqdx")


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("种子管理站", "zhongziguanlizhan"),
        ("解放军第九二一医院", "jiefangjundijiueryiyiyuan"),
        ("能源集团", "nengyuanjituan"),
        ("黑龙江大学", "heilongjiangdaxue"),
        ("员工培训中心", "yuangongpeixunzhongxin"),
        ("长郡中学", "changjunzhongxue"),
        ("单县医院", "shanxianyiyuan"),
        ("区人民医院", "qurenminyiyuan"),
        ("绿化局", "lvhuaju lyuhuaju luhuaju"),
        ("ABB（中国）有限公司", "abbzhongguoyouxiangongsi"),
    ],
)
def test_units_are_read_as_words_and_not_as_surnames(name, full):
    assert unit_keys(name).full == full


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("吕布", {"lvbu", "lyubu", "lubu"}),
        ("张晟", {"zhangsheng", "zhangcheng"}),
        ("单雄信", {"shanxiongxin", "danxiongxin"}),
        ("覃茜", {"qinqian", "qinxi", "tanqian", "tanxi"}),
        ("任重", {"renzhong", "renchong"}),
        ("José García", {"josegarcia"}),
        ("O’Brien", {"obrien"}),
        ("Jürgen", {"jurgen"}),
        ("Nguyễn", {"nguyen"}),
        ("⻰明", {"longming"}),
    ],
)
def test_a_name_is_found_under_each_of_its_readings_and_spellings(name, spellings):
    assert spellings <= set(name_keys(name).full.split())


def test_of_many_readings_as_many_are_kept_as_the_column_holds():
    keys = name_keys("乐" * 60)

    assert len(keys.full) <= LONGEST and len(keys.initials) <= 120
    assert keys.full.split()[0] == "yue" + "le" * 59


def test_a_character_without_a_reading_stands_for_itself():
    assert name_keys("刘\U00030001") == ("liu\U00030001", "l\U00030001")


def test_a_character_newer_than_the_interpreter_is_not_lost():
    assert name_keys("刘\U00031350\U000323af").initials.startswith("lq")
