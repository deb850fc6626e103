"""Sheets as a province has them, the same for the same seed: many specialties, names, spans, hours and issuers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from certificates.paper.sheet import Category, Sheet, YearHours
from tests.certificates.sheets import SHEET

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红鹏辉建国文博宇轩子涵雨欣浩然思远嘉怡晨曦佳琪"
# Outside GB 2312: most in the first block, a few in its extensions.
RARE = "玥喆堃昇燊赟翀頔芃甯珺炘祎旸龑淼翾犇垚䶮㛃𬭎"
LONG_NAMES = (
    "阿卜杜热合曼·麦麦提明",
    "买买提·艾力",
    "古丽巴哈尔·吐尔逊",
    "欧阳明远",
    "迪丽努尔·阿卜力米提江",
)
FIELDS = (
    "水利机械电气化工建筑土木测绘地质采矿冶金材料环境农业林业畜牧兽医食品纺织轻工通信计算"
    "机软件网络信息临床口腔中医护理药学检验教育经济会计统计档案图书新闻出版播音翻译艺术体育"
)
ENDINGS = ("工程", "技术", "设计", "管理", "检测与评价", "规划与设计", "学", "研究", "教育教学", "施工与监理")
BRACKETS = ("（{}方向）", "（含{}）", "({})", "（{}年版）", "（{}级）", "〔{}〕", "")
EDUCATIONS = ("大学本科", "硕士研究生", "博士研究生", "大学专科", "中专")
TITLES = ("正高级", "副高级", "中级", "高级工程师", "正高级工程师", "研究员", "主任医师")
CITIES = (
    "长沙市",
    "株洲市",
    "湘潭市",
    "衡阳市",
    "邵阳市",
    "岳阳市",
    "常德市",
    "张家界市",
    "益阳市",
    "郴州市",
    "永州市",
    "湘西土家族苗族自治州",
)
BUREAUS = ("人力资源和社会保障局", "人社局")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
THREE = (*SHEET.categories, Category("elective", "个人选修"))


def random_sheets(count: int, seed: int = 1, *, three_categories: float = 0.1) -> Iterator[Sheet]:
    """`count` sheets; the specialties are some 400 that come again and again, as they do.

    `three_categories`: how many of them have another policy's table.
    """
    chance = random.Random(seed)
    specialties = [_specialty(chance) for _ in range(400)]
    issuers = [SHEET.issuer, *(city + bureau for city in CITIES for bureau in BUREAUS)]
    for serial in range(1, count + 1):
        span = chance.choices(range(1, 11), [5, 8, 15, 12, 40, 6, 4, 4, 3, 3])[0]
        last = chance.randint(2022, 2026)
        columns = THREE if chance.random() < three_categories else SHEET.categories
        yield replace(
            SHEET,
            number=f"{last}{serial + 100:06d}",
            name=_name(chance),
            education=chance.choice(EDUCATIONS),
            specialty=chance.choice(specialties),
            target_title=chance.choice(TITLES),
            from_year=last - span + 1,
            to_year=last,
            categories=columns,
            rows=tuple(
                YearHours(year, tuple(Decimal(chance.randint(20, 250)) / 2 for _ in columns))
                for year in range(last - span + 1, last + 1)
            ),
            issuer=chance.choice(issuers),
            issued_on=date(last, 1, 1) + timedelta(days=chance.randint(0, 364)),
            verification_url="https://hours.example.gov.cn/verify/" + "".join(chance.choices(LETTERS, k=32)),
        )


def _name(chance: random.Random) -> str:
    """2 to 15 characters, 3 % of them with one outside GB 2312."""
    if chance.random() < 0.02:
        return chance.choice(LONG_NAMES)
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice([1, 2, 2, 2])))
    return name[:-1] + chance.choice(RARE) if chance.random() < 0.03 else name


def _specialty(chance: random.Random) -> str:
    """2 to 20 characters, a third with brackets, some with digits."""
    words = "".join(chance.choices(FIELDS, k=chance.randint(1, 8))) + chance.choice(ENDINGS)
    if chance.random() < 0.33:
        inner = chance.choice(
            ["".join(chance.choices(FIELDS, k=chance.randint(2, 5))), "2024", "5G", "一", "BIM"]
        )
        words += chance.choice(BRACKETS).format(inner)
    return words[:20] if words[:20].count("（") == words[:20].count("）") else words.partition("（")[0][:20]
