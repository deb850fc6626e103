"""The 回执 of the last submission: what was received when, from the frozen revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from applications.filed import facts, receipt
from applications.filed.snapshot import Filed
from applications.models import Application


@dataclass(frozen=True)
class Receipt:
    """`years`: year, hours by category in the policy's order, sum, number of files. `fingerprint`: 64 hex digits."""

    number: str
    name: str
    employer: str
    target_title: str
    session: str
    times: int
    submitted_at: datetime
    first_unit: str
    categories: tuple[str, ...]
    years: tuple[tuple[int, tuple[str, ...], str, int], ...]
    fingerprint: str


def of(case: Application) -> Receipt | None:
    """None for what was never submitted."""
    revision = case.revisions.filter(number=case.revision).first()
    if revision is None:
        return None
    filed, policy = Filed.of(revision), facts.policy_of(case)
    return Receipt(
        number=receipt.number_of(case),
        name=filed.header["name"],
        employer=filed.header["employer"] or "无工作单位（自由职业）",
        target_title=filed.header["target_title"],
        session=case.session.name,
        times=revision.number,
        submitted_at=revision.submitted_at,
        first_unit=str(case.current_unit or ""),
        categories=tuple(category.name for category in policy.categories),
        years=tuple(
            (
                year["year"],
                tuple(year["totals"].get(category.key, "0") for category in policy.categories),
                year["total"],
                len(year["evidence"]),
            )
            for year in filed.years
        ),
        fingerprint=revision.sha256,
    )
