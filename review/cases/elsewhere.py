"""Is the same achievement, or the same file, claimed elsewhere too? In full for bureaus only (decision A24)."""

from __future__ import annotations

from collections import Counter

from django.db import connection

from applications.filed.header import NO_EMPLOYER
from applications.models import Application

NAMED = 3  # units named for a file that many others filed
MOST = 20  # the database names no more files than that


def elsewhere(case: Application) -> list[str]:
    """Sentences for the bureau that has the case; nothing for any other unit, which the database sees to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM achievement_elsewhere(%s)", [case.pk])
        achievements = [
            f"{year} 年“{title}”也在“{session}”的 {other_year} 年申报"
            f"{f'（{unit}）' if unit else ''}，同一成果只能计入一个年度。"
            for title, year, other_year, session, unit in cursor.fetchall()
        ]
        cursor.execute("SELECT * FROM file_elsewhere(%s)", [case.pk])
        rows, others = cursor.fetchall(), dict[tuple[int, str], list[tuple[int, str]]]()
        for filename, year, other_year, unit in rows:
            others.setdefault((year, filename), []).append((other_year, unit or NO_EMPLOYER))
    files = [
        f"{year} 年的“{filename}”与{_where(found)}的材料是同一个文件，可能是共同成果，请核实。"
        for (year, filename), found in others.items()
    ]
    more = ["与他人相同的材料较多，以上只列出一部分。"] if len(rows) >= MOST else []
    return achievements + files + more


def _where(found: list[tuple[int, str]]) -> str:
    """Where one file was filed by others: in full when it is one place, else how many, and the units most of all."""
    if len(found) == 1:
        year, unit = found[0]
        return f"另一人（{unit}）{year} 年"
    units = [unit for unit, _ in Counter(unit for _, unit in found).most_common()]
    named = "、".join(units[:NAMED])
    return f"其他人 {len(found)} 处申报（{named}{f'等 {len(units)} 个单位' if len(units) > NAMED else ''}）"
