"""Which achievement is this: one patent, paper or certificate counts in one year only (policy decision A24)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from rules.policy import Policy

TITLE = "title"
LONGEST_TITLE = 120  # characters of a title that are compared
_NOISE = re.compile(r"[\W_]+")
_BEFORE_A_NUMBER = re.compile(r"\W*(?:[\u4e00-\u9fff]*(?:编号|证号|号码)\W*[:：]?|no[.:：]|№)\s*")
_BOOK_PREFIX = "978"


def achievement(policy: Policy, *, kind: str | None, title: str, facts: Mapping[str, object]) -> str:
    """The keys of an achievement, with a blank between; "" when nothing is told that identifies it.

    One for each of the kind's identifying sets that is filled in: a paper by its DOI, and by journal and title.
    Each is the same however its number was typed: `invention:patent_number=202010123456`. What is numbered by a
    register of its own is the same under any kind: `isbn=9787302511854` for a book and a textbook.
    """
    known = next((each for each in policy.kinds if each.key == kind), None)
    if known is None:
        return ""
    told = {**facts, TITLE: title}
    found = []
    for keys in known.identity:
        parts = [(key, _READ.get(key, _number)(str(told.get(key) or ""))) for key in keys]
        if all(text for _, text in parts):
            written = "|".join(f"{key}={text}" for key, text in parts)
            found.append(written if keys == ("isbn",) else f"{known.key}:{written}")
    return " ".join(found)


def is_same_achievement(one: str, other: str) -> bool:
    """Whether two answers of `achievement` share a key."""
    return not set(one.split()).isdisjoint(other.split())


def _typed(value: str) -> str:
    """Half-width, lower case, without what is not seen."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(each for each in folded if unicodedata.category(each) != "Cf").strip()


def _plain(value: str) -> str:
    return _NOISE.sub("", _typed(value))


def _number(value: str) -> str:
    """A number of a certificate or project, without the words in front of it; 第2020-01号 is 2020-01."""
    bare = _BEFORE_A_NUMBER.sub("", _typed(value), count=1) or _typed(value)
    plain = _NOISE.sub("", bare)
    return plain[1:-1] if plain[:1] == "第" and plain[-1:] == "号" and len(plain) > 2 else plain


def _title(value: str) -> str:
    return _plain(value)[:LONGEST_TITLE]


def _patent(value: str) -> str:
    """The application number of a Chinese patent (GB/T 2.1-2003: 12 digits, before October 2003 8) without ZL, CN
    and check digit; numbers of another shape as they are.
    """
    plain = _number(value)
    found = re.fullmatch(r"(?:专利号|申请号)?(?:zl|cn)*([0-9]{12}|[0-9]{8})[0-9x]?", plain)
    return found[1] if found else plain


def _isbn(value: str) -> str:
    """ISBN-13, also for an ISBN-10 (ISO 2108)."""
    plain = _number(value).removeprefix("isbn")
    plain = re.sub(r"^1[03](?=[0-9]{9}[0-9x]$|[0-9]{13}$)", "", plain)  # "ISBN-13: 978…"
    if not re.fullmatch(r"[0-9]{9}[0-9x]", plain):
        return plain
    body = _BOOK_PREFIX + plain[:9]
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _doi(value: str) -> str:
    """From 10. on (ISO 26324): with or without doi: or the address of a resolver in front."""
    typed = unquote(_typed(value))
    found = re.search(r"10\s*[.]\s*[0-9]{4,9}(?:[.][0-9]+)*\s*/.+", typed)
    return _plain(found[0] if found else typed)


def _serial(value: str) -> str:
    """国内统一刊号 without the class behind the slash (cn431234), else ISSN (issn10001234), else what was typed."""
    typed = re.sub("[\u2010-\u2015\u2212]", "-", _typed(value))
    typed = re.sub(r"(?<=[0-9])\s+(?=[0-9])", "-", typed)
    domestic = re.search(r"(?<![0-9])([0-9]{2})\W*([0-9]{4})(?![0-9x-])", typed)
    if domestic:
        return f"cn{domestic[1]}{domestic[2]}"
    international = re.search(r"(?<![0-9])([0-9]{4})\W*([0-9]{3}[0-9x])(?![0-9])", typed)
    return f"issn{international[1]}{international[2]}" if international else _plain(typed)


_READ: Mapping[str, Callable[[str], str]] = {
    TITLE: _title,
    "patent_number": _patent,
    "isbn": _isbn,
    "doi": _doi,
    "serial_number": _serial,
}
