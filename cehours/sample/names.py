"""Invented names. Nobody is meant: common surnames and given names, joined by a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

SURNAMES = (
    "王李张刘陈杨黄吴周徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱"
    "汤尹黎易常武乔贺赖龚文覃谌欧"
)
ONE_CHARACTER = "伟敏静磊洋艳勇军杰娟涛超平刚"
TWO_CHARACTERS = (
    "思远若溪明哲雨桐子墨文博静怡海涛晓燕建国丽华志强秀英桂英俊熙佳宁一鸣梓涵浩然诗涵宇航欣怡"
    "嘉豪梦琪天佑雅婷泽洋紫萱家骏慧敏国栋春梅立新淑贞卫东玉兰少华凤英云帆知夏清和望舒景行怀瑾"
    "书瑶念慈修远安澜既明南乔以宁亦凡朝阳晚晴致和允中希贤乐章"
)
GIVEN = (*ONE_CHARACTER, *(TWO_CHARACTERS[at : at + 2] for at in range(0, len(TWO_CHARACTERS), 2)))
# Characters outside the common sets, as real names have them: the certificate must print every one.
RARE = ("䶮", "雨㛃", "𬭎", "玥", "喆")


def invented(seed: int = 2025) -> Iterator[str]:
    """Endless different names, always in the same order."""
    chance = random.Random(seed)  # noqa: S311 -- sample data, nothing secret
    seen: set[str] = set()
    while True:
        name = chance.choice(SURNAMES) + chance.choice(GIVEN)
        if name not in seen:
            seen.add(name)
            yield name


def with_rare_characters() -> list[str]:
    return [surname + given for surname, given in zip("龙欧文易谌", RARE, strict=True)]
