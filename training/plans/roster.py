"""A pasted list of people: one line each, name and identity number, as it comes out of a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cehours.lib.idnumbers import IdKind, validate
from cehours.lib.refusal import Refusal
from training.records.csv_file import BadLines

MOST_LINES = 500
LONGEST_NAME = 60
KINDS = {kind.label: kind for kind in IdKind}
_GAPS = re.compile(r"[\s,，、;；|]+")


@dataclass(frozen=True)
class Named:
    """One person of the list; the number is valid and as it is stored."""

    name: str
    id_kind: str
    id_number: str


def read(text: str) -> list[Named]:
    """Everybody on the list, empty lines left out. Raises BadLines naming every line that cannot be read.

    A line is 姓名, then the kind of document where it is no 居民身份证, then the number.
    """
    people: dict[tuple[str, str], Named] = {}
    faults = []
    lines = [(place, line) for place, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise BadLines([(lines[MOST_LINES][0], f"一次最多 {MOST_LINES} 人，请分几次加入。")])
    for place, line in lines:
        try:
            named = _line(line)
        except Refusal as refusal:
            faults.append((place, refusal.says))
            continue
        people.setdefault((named.id_kind, named.id_number), named)
    if faults:
        raise BadLines(faults)
    return list(people.values())


def _line(line: str) -> Named:
    parts = [part for part in _GAPS.split(line) if part]
    if len(parts) < 2:
        raise Refusal("应为“姓名 证件号码”，中间用空格或逗号隔开。")
    *words, number = parts
    kind = KINDS.get(words[-1], IdKind.RESIDENT)
    name = " ".join(words[:-1] if words[-1] in KINDS else words)
    if not name:
        raise Refusal("缺少姓名，请写成“姓名 证件号码”。")
    if len(name) > LONGEST_NAME:
        raise Refusal(f"姓名最多 {LONGEST_NAME} 个字，请核对。")
    return Named(name, kind.value, validate(kind, number))
