"""What is printed on a 学时认定单: the frozen facts, and nothing that could change later.

The texts come from the policy (annex 3, part 四 "申请学时认定单", with the official names of the notice's
body); the facts come from the approved revision and the last assessment. The sheet is stored with the
certificate as canonical JSON, so the same certificate can be proved against what was printed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from string import Formatter
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from rules import CERTIFICATE_NUMBER, number_text, unknown_placeholder

FORMAT = 1
UNIT = "学时"  # what sheets count in that do not say; those written so far
NUMBER = CERTIFICATE_NUMBER
TEXTS = {
    "heading": "抬头",
    "title": "名称",
    "basis": "依据",
    "sentence": "正文",
    "name": "姓名",
    "education": "学历",
    "specialty": "子专业名称",
    "target_title": "拟申报职称",
    "number_label": "编号名称",
    "issuer": "核认机构",
    "unit": "学时单位",
}


class InvalidSheet(ValueError):
    """The facts cannot stand on a certificate. The message is a Chinese sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Category:
    """A column of the table, as the policy names it: ("public", "公需科目")."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class YearHours:
    """Recognised hours (学时) of one year, in the order of the sheet's categories."""

    year: int
    hours: tuple[Decimal, ...]


class Table(NamedTuple):
    """Each year with its hours by category and their sum, then the whole range's."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    totals: tuple[str, ...]


class Part(NamedTuple):
    """A piece of the sentence; `field` is empty where the text is the template's own."""

    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All printed facts of one certificate.

    `sentence` is the policy's template with the placeholders {basis} {name} {education} {specialty}
    {target_title} {from_year} {to_year} {count}. `rows` holds one entry for every year of the range, in
    order. Raises InvalidSheet when a fact is missing or the parts contradict each other.
    """

    number: str
    number_label: str
    heading: str
    title: str
    basis: str
    sentence: str
    name: str
    education: str
    specialty: str
    target_title: str
    from_year: int
    to_year: int
    categories: tuple[Category, ...]
    rows: tuple[YearHours, ...]
    issuer: str
    issued_on: date
    verification_url: str
    unit: str = UNIT

    def __post_init__(self) -> None:
        if not NUMBER.fullmatch(self.number):
            raise InvalidSheet("继续教育登记证书编号应为 10 位数字。")
        for key, label in TEXTS.items():
            if not getattr(self, key).strip():
                raise InvalidSheet(f"认定单缺少“{label}”。")
        address = urlsplit(self.verification_url)
        if address.scheme not in ("http", "https") or not address.netloc:
            raise InvalidSheet("核验网址应以 http:// 或 https:// 开头。")
        _check_sentence(self.sentence)
        _check_rows(self)

    @property
    def count(self) -> int:
        """Number of years of the printed range, the N of （近N年）."""
        return self.to_year - self.from_year + 1

    @property
    def full_title(self) -> str:
        """The document's official title in one line (notice, 二)."""
        return self.heading + self.title

    def sentence_parts(self) -> Iterator[Part]:
        """The sentence cut at its placeholders, so that a layout may set the facts apart."""
        for text, field, _spec, _conversion in Formatter().parse(self.sentence):
            if text:
                yield Part(text, "")
            if field:
                yield Part(str(getattr(self, field)), field)

    def sentence_text(self) -> str:
        """The sentence in one piece."""
        return "".join(part.text for part in self.sentence_parts())

    def table(self) -> "Table":
        """The hours as text, as they are printed and as they are shown when the certificate is verified."""
        columns = zip(*(row.hours for row in self.rows), strict=True)
        return Table(
            tuple((str(row.year), _cells(row.hours)) for row in self.rows),
            _cells([sum(column, Decimal(0)) for column in columns]),
        )

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, hours as plain decimal strings, dates as ISO 8601."""
        facts: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        facts |= {
            "format": FORMAT,
            "categories": [[category.key, category.name] for category in self.categories],
            "rows": [[row.year, [number_text(hours) for hours in row.hours]] for row in self.rows],
            "issued_on": self.issued_on.isoformat(),
        }
        if self.unit == UNIT:
            del facts["unit"]
        return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Sheet":
        """Read back what `to_json` wrote. Raises InvalidSheet for anything else."""
        try:
            facts: dict[str, Any] = json.loads(text)
            written = facts.pop("format")
            if written == FORMAT:
                return cls(**facts | _typed(facts))
        except InvalidSheet:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation) as error:
            raise InvalidSheet("认定单记录不完整或已损坏。") from error
        raise InvalidSheet(f"不认识的认定单记录格式：{written}。")


def _typed(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "categories": tuple(Category(key, name) for key, name in facts["categories"]),
        "rows": tuple(YearHours(year, tuple(map(Decimal, hours))) for year, hours in facts["rows"]),
        "issued_on": date.fromisoformat(facts["issued_on"]),
    }


def date_text(day: date) -> str:
    """A date as it is printed: 2025年7月28日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _cells(hours: Sequence[Decimal]) -> tuple[str, ...]:
    return tuple(number_text(value) for value in (*hours, sum(hours, Decimal(0))))


def _check_sentence(sentence: str) -> None:
    try:
        unknown = unknown_placeholder(sentence, frozen=True)
    except ValueError as error:
        raise InvalidSheet("认定单正文模板的花括号不成对。") from error
    if unknown is not None:
        raise InvalidSheet(f"认定单正文模板中有不认识的项“{unknown}”。")


def _check_rows(sheet: Sheet) -> None:
    if [row.year for row in sheet.rows] != list(range(sheet.from_year, sheet.to_year + 1)):
        raise InvalidSheet(f"{sheet.from_year} 至 {sheet.to_year} 年的学时应每年一行、按年度排列、不缺年度。")
    if not sheet.rows or not sheet.categories:
        raise InvalidSheet("认定单至少要有一个年度和一个学时类别。")
    for row in sheet.rows:
        if len(row.hours) != len(sheet.categories):
            raise InvalidSheet(f"{row.year} 年的学时与类别数目不符。")
        if any(not hours.is_finite() or hours < 0 for hours in row.hours):
            raise InvalidSheet(f"{row.year} 年的学时不是有效数字。")
