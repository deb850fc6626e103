"""Names of people and units, compared as people mean them; the one place that says which spellings are one name.

Two forms: `tidy` is what is stored and printed, `key` is what is compared and searched. The database compares by
the function name_key, which answers as `key` does (organizations/migrations, held together by a test).
"""

from __future__ import annotations

import re
import unicodedata

# CJK Radicals Supplement, which NFKC leaves alone, and the hanzi that each of them is drawn like: texts copied
# from PDFs hold them (Unicode, EquivalentUnifiedIdeograph.txt). Kangxi radicals are NFKC's.
RADICALS = "".join(chr(code) for code in range(0x2E80, 0x2EF4) if code != 0x2E9A)
HANZI = (
    "冫厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尢巳幺彑彐忄㣺扌攵旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒"
    "㓁罒网羊羊羋耂肀聿肉臼艹艹艹虎衤覀西见角𧢲讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食飠飠饣首马骨鬼"
    "鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
# What stands for the dot of a minority name, and for an apostrophe.
DOTS = "·•‧・･⋅∙●ꞏ⸱ᐧ․᛫"
APOSTROPHES = "'’‘‛ʼʻʽʹˈ′`´＇"
# Letters that have no accent to take off, as passports write them without it (ICAO 9303, part 3, section 6).
LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t",
           "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"}  # fmt: skip

# Regular expressions that Python and PostgreSQL read alike. Nobody means these: accents; blanks; what is not seen
# (marks of direction, zero width, variants of a character); dots, hyphens, apostrophes, brackets, quotes.
ACCENTS = r"\u0300-\u036F"
BLANKS = r"\u0009-\u000D \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u2800\u3000\u3164"
UNSEEN = (
    r"\u00AD\u061C\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF"
    r"\U000E0001-\U000E007F\U000E0100-\U000E01EF"
)
MARKS = (
    r".,_\u00B7\u2022\u2027\u30FB\u22C5\u2219\u25CF\uA78F\u2E31\u1427\u16EB"
    r"\u002D\u2010-\u2015\u2212\u30A0"
    r"'`\u00B4\u2018-\u201F\u2032\u02B9\u02BB-\u02BD\u02C8"
    r"()\u005B\u005D{}<>\"\u3008-\u3011\u3014-\u301B\u00AB\u00BB"
)
_MEANT = re.compile(f"[^{ACCENTS}{BLANKS}{UNSEEN}{MARKS}]+")
_BLANK = re.compile(f"[{BLANKS}]+")
_NOT_SEEN = re.compile(f"[{UNSEEN}]+")
_FOLDED = {ord(radical): hanzi for radical, hanzi in zip(RADICALS, HANZI, strict=True)}
_FOLDED |= {ord(dot): "·" for dot in DOTS} | {ord(apostrophe): "'" for apostrophe in APOSTROPHES}
_BRACKETS = str.maketrans("()", "（）")
_RADICALS, _LETTERS = str.maketrans(RADICALS, HANZI), str.maketrans(LETTERS)
# From here on scripts are written without blanks between words: hanzi, kana, and the private codes of rare hanzi.
_WIDE = "\u2e80"
_FULL_STOP_AS_DOT = re.compile(f"(?<=[{_WIDE}-\U0003ffff])[.]+(?=[{_WIDE}-\U0003ffff])")


def tidy(name: str) -> str:
    """The name as it is stored: hanzi for radicals, one kind of dot and of blank, none of them beside a hanzi.

    龙　䶮 is 龙䶮, 阿依古丽•买买提 is 阿依古丽·买买提, ＬＩ  Ｎａ is LI Na. Case, accents and hyphens stay, and
    beside hanzi brackets are the wide ones.
    """
    text = unicodedata.normalize("NFKC", _NOT_SEEN.sub("", name.translate(_FOLDED))).translate(_FOLDED)
    text = _FULL_STOP_AS_DOT.sub("·", text)
    words = [word for word in _BLANK.split(text) if word]
    joined = "".join(words[:1])
    for word in words[1:]:
        joined += word if _touches(joined[-1]) or _touches(word[0]) else f" {word}"
    joined = re.sub("·+", "·", joined)
    return joined.translate(_BRACKETS) if any(map(_touches, joined)) else joined


def key(name: str) -> str:
    """What is compared: lower case, without blanks, dots, hyphens, apostrophes, brackets, accents; may be ""."""
    plain = unicodedata.normalize("NFKD", name.translate(_RADICALS))
    plain = unicodedata.normalize("NFC", "".join(_MEANT.findall(plain)))
    return "".join(map(_lower, plain)).translate(_LETTERS)


def same(one: str, other: str) -> bool:
    """Whether two spellings are one name; nothing is nobody's name."""
    return key(one) == key(other) != ""


def spelling(written: str) -> str:
    """How a document writes the name where that is not how it is stored; "" where it is."""
    plain = " ".join(written.split())
    return plain if plain != tidy(plain) else ""


def _touches(character: str) -> bool:
    return character >= _WIDE or character == "·"


def _lower(character: str) -> str:
    low = character.lower()
    return low if len(low) == 1 else character
