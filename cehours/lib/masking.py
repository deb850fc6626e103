"""How personal data looks to those who need not see it (lists of annex 3: 刘*, 4***9, 湖南*有限公司, 156).

What is hidden cannot be read back: identity numbers keep two characters, names and units no exact length.
"""

from __future__ import annotations

import re

# Longer before shorter with the same ending, so that 股份有限公司 is not read as 公司.
_LEGAL_FORM = re.compile(
    r"(?:(?:股份有限|有限责任|有限|分)?公司|集团|合伙企业|事务所|联合社|合作社|厂"
    r"|大学|学院|[学党]校|[中小]学|幼儿园|卫生[院室]|医院|诊所|(?:研究|设计)院|研究所"
    r"|委员会|管委会|协会|学会|商会|促进会|基金会|联合会|[总支大]队|中心|服务站"
    r"|人民政府|办事处|办公室|[总分]局|[局厅委处所院站馆社台场队园])$"
)
_TRAILING_BRACKET = re.compile(r"[（(][^（）()]*[）)]$")


def mask_name(name: str) -> str:
    """First character and one star, so that the length of the name stays hidden too: 刘*."""
    name = name.strip()
    return f"{name[0]}*" if name else ""


def mask_id(number: str) -> str:
    """First and last character, stars between; two characters or fewer are hidden whole."""
    number = number.strip()
    if len(number) <= 2:
        return "*" * len(number)
    return number[0] + "*" * (len(number) - 2) + number[-1]


def mask_unit(name: str) -> str:
    """First two characters, a star, and the legal form if the name ends with one: 湖南*有限公司."""
    name = name.strip()
    if not name:
        return ""
    plain = _TRAILING_BRACKET.sub("", name) or name
    found = _LEGAL_FORM.search(plain, 1)
    form = found[0] if found else ""
    proper = plain.removesuffix(form)
    return f"{proper[:2]}*{form}"


def mask_phone(number: str) -> str:
    """First three characters, the rest stars: 156********."""
    number = number.strip()
    shown = number[:3] if len(number) > 3 else ""
    return shown + "*" * (len(number) - len(shown))
