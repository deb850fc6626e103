"""Is the same achievement, or the same file, claimed elsewhere too? In full for bureaus only (decision A24)."""

from __future__ import annotations

from django.db import connection

from applications.models import Application


def elsewhere(case: Application) -> list[str]:
    """Sentences for the bureau that has the case; nothing for any other unit, which the database sees to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM achievement_elsewhere(%s)", [case.pk])
        achievements = [
            f"{year} 年「{title}」也在「{session}」的 {other_year} 年申报"
            f"{f'（{unit}）' if unit else ''}，同一成果只能计入一个年度。"
            for title, year, other_year, session, unit in cursor.fetchall()
        ]
        cursor.execute("SELECT * FROM file_elsewhere(%s)", [case.pk])
        files = [
            f"{year} 年的「{filename}」与另一人（{unit or '自由职业'}）{other_year} 年的材料是同一个文件，"
            "可能是共同成果，请核实。"
            for filename, year, other_year, unit in cursor.fetchall()
        ]
    return achievements + files
