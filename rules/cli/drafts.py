"""Drafting next year's policy from the latest one: dates move, the rest waits for the new notice."""

from __future__ import annotations

import re
from pathlib import Path

from rules.errors import PolicyError
from rules.loader import POLICIES, read_policy_file, read_policy_text

HEAD_COMMENT = """\
# 草稿：由 {old} 起草，尚未核对新通知。
# 核对文号、发文日期、期限、主题和各条规则后，删去 [policy] 中的 draft = true，政策方可使用。

"""


def draft_next_year(place: str, year: int, out: Path | None) -> tuple[str, ...]:
    """Write the draft and return what the clerk must do next. Raises PolicyError.

    The draft is marked `draft = true`; nothing computes with it until that line is gone.
    """
    source = _latest_before(place, year)
    target = out if out is not None else POLICIES / place / f"{year}.toml"
    if target.exists():
        raise PolicyError(target.name, "file", "已经有这个文件，不会覆盖；要重新起草，请先把它移走")
    old = read_policy_file(source)
    if old.draft:
        raise PolicyError(
            f"{place}/{source.name}",
            "policy.draft",
            f"{old.year} 年的政策还是草稿；请先核对启用它（删去 draft = true），再起草 {year} 年的",
        )
    text = HEAD_COMMENT.format(old=f"{place}/{source.name}")
    text += _moved(source.read_text(encoding="utf-8-sig"), place, old.year, year)
    read_policy_text(target.name, text)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise PolicyError(target.name, "file", f"写不进去：{problem.strerror}") from None
    return (
        f"已起草 {target}",
        "请对照新通知逐项核对：",
        "  1. [policy] 的 title、document、issuer、issued_on、legal_basis",
        "  2. [session] 的 opens、closes、review_until（已按上年顺延）",
        f"  3. [themes] 增加 {year} 年的主题",
        "  4. 学时要求、活动种类、材料、跨度、渠道有无变化",
        "核对后删去 draft = true，再用 python -m rules diff 查看与上年的差别。",
    )


def _latest_before(place: str, year: int) -> Path:
    if not re.fullmatch(r"[a-z]+", place):
        raise PolicyError(place[:40], "place", "须是政策文件夹的名称，只用小写字母")
    if not 1950 <= year <= 2100:
        raise PolicyError(place, "year", "须是四位年份")
    files = [file for file in (POLICIES / place).glob("[0-9]*.toml") if int(file.stem) < year]
    if not files:
        raise PolicyError(f"{place}/*.toml", "file", f"没有更早年度的政策可以作 {year} 年的底稿")
    return max(files, key=lambda file: int(file.stem))


def _moved(text: str, place: str, old: int, new: int) -> str:
    """The file with its own key and year, its window moved on, and the draft mark set."""
    key = rf'^key = "{place}-{old}"[ \t]*$'
    text, keys = re.subn(key, f'key = "{place}-{new}"\ndraft = true', text, count=1, flags=re.M)
    text, years = re.subn(rf"^year = {old}[ \t]*$", f"year = {new}", text, count=1, flags=re.M)
    if not keys or not years:
        raise PolicyError(f"{place}/{old}.toml", "policy.key", "key 和 year 须各占一行，照原样写，才能顺延")
    return re.sub(
        r"^(opens|closes|review_until) = ([0-9]{4})",
        lambda match: f"{match.group(1)} = {int(match.group(2)) + new - old}",
        text,
        flags=re.M,
    )
