"""Sort and search keys for Chinese names. The database has no Chinese collation, so the keys are stored."""

from __future__ import annotations

import re
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

# Plane 3 holds only Han characters, some of them newer than the interpreter's Unicode tables.
_SEPARATORS = re.compile(r"(?:[^\w\U00030000-\U0003FFFF]|_)+")

# Readings that differ as a surname from the character's usual one. Compound surnames come first.
_SURNAMES = {
    "单于": ("chan", "yu"),
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "澹台": ("tan", "tai"),
    "长孙": ("zhang", "sun"),
    "单": ("shan",),
    "曾": ("zeng",),
    "仇": ("qiu",),
    "解": ("xie",),
    "查": ("zha",),
    "盖": ("ge",),
    "区": ("ou",),
    "朴": ("piao",),
    "缪": ("miao",),
    "种": ("chong",),
    "翟": ("zhai",),
    "覃": ("qin",),
    "谌": ("chen",),
    "祭": ("zhai",),
    "秘": ("bi",),
    "折": ("she",),
    "乐": ("yue",),
    "召": ("shao",),
    "员": ("yun",),
    "黑": ("he",),
    "乜": ("nie",),
    "藏": ("zang",),
    "薄": ("bo",),
    "卜": ("bu",),
    "阚": ("kan",),
    "句": ("gou",),
    "繁": ("po",),
    "洗": ("xian",),
    "冼": ("xian",),
    "能": ("nai",),
    "都": ("du",),
    "佴": ("nai",),
    "郇": ("xun",),
    "郗": ("xi",),
    "沈": ("shen",),
    "任": ("ren",),
    "华": ("hua",),
    "宁": ("ning",),
}


class NameKeys(NamedTuple):
    """`full` sorts and is searched by prefix (zengguofan), `initials` is searched by prefix (zgf)."""

    full: str
    initials: str


def name_keys(name: str) -> NameKeys:
    """Keys of a person's or unit's name, lower case, without separators; ü is written v.

    A character without a known reading stands for itself; punctuation and spaces are dropped.
    """
    surname = next((surname for surname in _SURNAMES if name.startswith(surname)), "")
    words = _SEPARATORS.split(name.removeprefix(surname))
    syllables = [*_SURNAMES.get(surname, ()), *(syllable for word in words for syllable in _readings(word))]
    return NameKeys("".join(syllables), "".join(syllable[0] for syllable in syllables))


def _readings(word: str) -> list[str]:
    return [syllable.lower() for syllable in lazy_pinyin(word, style=Style.NORMAL)]
