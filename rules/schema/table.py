"""One TOML table being read: values are asked for by name and type; what nobody asked for is an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from rules.errors import PolicyError

UNIT = "{unit}"  # stands in any text for the unit the policy counts in


class Table:
    """A table of the policy file, with its place in the file for messages. Readers raise PolicyError."""

    def __init__(self, file: str, path: str, values: Mapping[str, object], unit: str = "") -> None:
        self.file = file
        self.path = path
        self.unit = unit
        self._values = values
        self._unread = set(values)

    def fail(self, key: str, reason: str) -> PolicyError:
        """The error to raise about `key` of this table."""
        return PolicyError(self.file, f"{self.path}.{key}".strip("."), reason)

    def has(self, key: str) -> bool:
        return key in self._values

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def close(self) -> None:
        """Refuse keys that were never read: a misspelt key must not silently change a rule."""
        for key in sorted(self._unread):
            raise self.fail(key, "没有这个名称，请检查拼写，或对照 docs/policies.md")

    def raw(self, key: str) -> object:
        self._unread.discard(key)
        if key not in self._values:
            raise self.fail(key, "没有写，请补上")
        return self._values[key]

    def text(self, key: str, default: str | None = None) -> str:
        if default is not None and not self.has(key):
            return default
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, "须是引号里的文字，不能为空")
        return value.replace(UNIT, self.unit) if self.unit else value

    def among(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in allowed:
            raise self.fail(key, f"不能写“{value[:40]}”，可以写：{'、'.join(allowed)}")
        return value

    def integer(self, key: str) -> int:
        value = self.raw(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(key, "须是不小于 0 的整数")
        return value

    def flag(self, key: str, default: bool) -> bool:
        if not self.has(key):
            return default
        value = self.raw(key)
        if not isinstance(value, bool):
            raise self.fail(key, "须是 true 或 false，不加引号")
        return value

    def number(self, key: str, default: Decimal | None = None) -> Decimal:
        if default is not None and not self.has(key):
            return default
        return self.exact(key, self.raw(key))

    def exact(self, key: str, value: object) -> Decimal:
        """`value` as an exact number, zero or more."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.fail(key, "须是数字，不加引号")
        number = Decimal(value)
        if not number.is_finite() or number < 0 or number > 100_000:
            raise self.fail(key, "须是 0 到 100000 的数字")
        if number != round(number, 4):
            raise self.fail(key, "小数不能超过四位")
        return number

    def day(self, key: str) -> date:
        value = self.raw(key)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.fail(key, "须是日期，例如 2025-05-03，不加引号")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if default is not None and not self.has(key):
            return default
        value = self.raw(key)
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.fail(key, '须是文字的清单，例如 ["a", "b"]')
        if len(set(value)) != len(value):
            raise self.fail(key, "同一项写了两次")
        return tuple(value)

    def table(self, key: str) -> Table:
        return self.as_table(key, self.raw(key))

    def as_table(self, key: str, value: object) -> Table:
        """`value`, found under `key`, as a table of its own."""
        if not isinstance(value, dict):
            raise self.fail(key, "须是一节或 { … }")
        return Table(self.file, f"{self.path}.{key}".strip("."), value, self.unit)

    def tables(self, key: str, needed: bool = True) -> Iterator[Table]:
        if not needed and not self.has(key):
            return
        value = self.raw(key)
        if not isinstance(value, list) or (needed and not value):
            raise self.fail(key, "须是一条或多条 [[…]]，或 [{ … }]")
        for place, each in enumerate(value, start=1):
            yield self.as_table(f"{key}[{place}]", each)

    def named_tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables of a table of tables, with their keys, in the order of the file."""
        outer = self.table(key)
        for name in outer.names():
            yield name, outer.table(name)
