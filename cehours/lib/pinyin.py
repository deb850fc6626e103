"""Sort and search keys for Chinese names. The database has no Chinese collation, so the keys are stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations, islice
from types import ModuleType
from typing import NamedTuple

from cehours.lib import names

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


# Words in the names of units that the dictionary reads otherwise.
_UNIT_WORDS = {
    "省长沙": [["sheng"], ["chang"], ["sha"]],  # not the 省长 of somewhere
    "长郡": [["chang"], ["jun"]],
    "长岭": [["chang"], ["ling"]],
    "朝阳": [["chao"], ["yang"]],
    "单县": [["shan"], ["xian"]],
}
MOST_READINGS = 6  # of a name; of one hanzi two, because a third one is nearly always archaic
LONGEST = 400  # characters of the columns that keep them
LONGEST_INITIALS = 120
_UMLAUT = re.compile(r"(?<=[ln])v")
_HAS_UMLAUT = re.compile(r"[ln]ve?")
# Each hanzi is read alone, other characters of a word together.
_PIECES = re.compile("[\u2e80-\U0003ffff]|[^\u2e80-\U0003ffff]+")


class NameKeys(NamedTuple):
    """What a name is sorted by and found under, each spelling a word of its own, the usual one first.

    `full` is whole (zengguofan cengguofan), `initials` is initials (zgf cgf); both are searched by prefix.
    """

    full: str
    initials: str


def name_keys(name: str) -> NameKeys:
    """Keys of a person's name: lower case, without blanks, dots and accents; the surname's reading first.

    Hanzi with two readings are found under each; ü is written v, yu (as passports have it) and u. A character
    without a known reading stands for itself.
    """
    tidy = names.tidy(name)
    surname = next((surname for surname in _SURNAMES if tidy.startswith(surname)), "")
    rest = [each for word in _words(tidy.removeprefix(surname)) for each in _usual(word)]
    usual = [*_SURNAMES.get(surname, ()), *rest]
    others = [_readings(piece) for word in _words(tidy) for piece in _PIECES.findall(word)]
    if len(others) != len(usual):  # hanzi that nobody knows are read together
        return _keys([usual])
    other = [
        next((each for each in more if each != one), "") for one, more in zip(usual, others, strict=True)
    ]
    return _keys(list(islice(_ways(usual, other), MOST_READINGS)))


def _ways(usual: Sequence[str], other: Sequence[str]) -> Iterator[list[str]]:
    """The ways to read a name, those with the fewest second readings (`other`, "" for none) first."""
    doubtful = [place for place, reading in enumerate(other) if reading]
    for number in range(len(doubtful) + 1):
        for places in combinations(doubtful, number):
            yield [other[place] if place in places else one for place, one in enumerate(usual)]


def unit_keys(name: str) -> NameKeys:
    """Keys of a unit's name: hanzi as they are read in words, not as surnames (种子 zhongzi, 解放军 jiefangjun)."""
    return _keys([[each for word in _words(names.tidy(name)) for each in _usual(word)]])


def _words(name: str) -> list[str]:
    return [word for word in _SEPARATORS.split(name.replace("'", "")) if word]


@cache
def _library() -> ModuleType:
    """Loaded at the first name: its dictionaries take 55 MB, and most processes that import us never need them."""
    import pypinyin  # noqa: PLC0415 -- as above

    pypinyin.load_phrases_dict(_UNIT_WORDS)
    return pypinyin


def _usual(word: str) -> list[str]:
    return [names.key(syllable) for syllable in _library().lazy_pinyin(word)]


def _readings(piece: str) -> list[str]:
    if len(piece) > 1:
        return [names.key(piece)]
    found = _library().pinyin(piece, style=_library().Style.NORMAL, heteronym=True)
    return [names.key(reading) for reading in found[0]]


def _keys(ways: list[list[str]]) -> NameKeys:
    """The stored columns for the ways in which a name can be read, each a list of syllables."""
    spelt = ["".join(_spelt(each, umlaut) for each in way) for way in ways for umlaut in ("v", "yu", "u")]
    initials = ["".join(each[:1] for each in way) for way in ways]
    return NameKeys(_joined(spelt, LONGEST), _joined(initials, LONGEST_INITIALS))


def _spelt(syllable: str, umlaut: str) -> str:
    return umlaut.join(_UMLAUT.split(syllable)) if _HAS_UMLAUT.fullmatch(syllable) else syllable


def _joined(keys: Iterable[str], longest: int) -> str:
    """As many as fit, the first of them at any rate."""
    first, *others = dict.fromkeys(keys)
    joined = first[:longest]
    for each in others:
        if len(joined) + 1 + len(each) <= longest:
            joined += f" {each}"
    return joined
