"""What was filled in, in words, as the check page shows it and as the reviewers will read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import rules
from applications.filed import header
from applications.filed.facts import Findings, YearFindings, policy_of
from applications.filed.folder import Folder
from applications.forms.year import Meter, meters
from applications.models import Activity, Application, Basis
from applications.presenters.evidence_tiles import Tile, names_of, tiles_of
from applications.presenters.task_list import shown_years
from organizations.registry import identity
from rules.catalogue import is_for_all


@dataclass(frozen=True)
class Line:
    """One activity: the rules' figure and citation stand beside the claim, if they gave one.

    `source`: where hours that were taken over come from; empty for what the applicant declares.
    """

    activity: Activity
    category: str
    form: str
    source: str


@dataclass(frozen=True)
class YearAnswers:
    year: int
    found: YearFindings
    lines: tuple[Line, ...]
    papers: tuple[Tile, ...]


@dataclass(frozen=True)
class Sums:
    """One year of the notice's table; `cells` as `Answers.columns`, empty where nothing is filed, then `says` why."""

    year: int
    cells: tuple[Meter, ...]
    says: str = ""


@dataclass(frozen=True)
class Answers:
    """The table of the years (`columns` its figures), the header line by line, then each year.

    `left_out`: which years are not filed and why, in a sentence; "" when all are.
    """

    columns: tuple[str, ...]
    sums: tuple[Sums, ...]
    left_out: str
    header: list[header.Line]
    years: tuple[YearAnswers, ...]


def answers(case: Application, findings: Findings) -> Answers:
    """What was filled in; the identity number in full while its owner can still see to it that it is right."""
    policy = policy_of(case)
    return Answers(
        (*(category.short for category in policy.categories), "合计"),
        tuple(_sums(policy, findings)),
        left_out(case, findings),
        _header(case, policy),
        tuple(_years(case, policy, findings)),
    )


def _sums(policy: rules.Policy, findings: Findings) -> Iterable[Sums]:
    for year in shown_years(findings):
        found = findings.of_year(year)
        if found is not None:
            yield Sums(year, tuple(meters(policy, found.assessment)))
        else:
            yield Sums(year, (), "未填写" if year in findings.missing_years else "不申报")


def left_out(case: Application, findings: Findings) -> str:
    """只申报 2024 年，未申报 2020—2023 年。原因：… 备注：…."""
    filed = {found.year for found in findings.years}
    out = [year for year in findings.span.years if year not in filed]
    if findings.span.required or not out or not filed:
        return ""
    exception = findings.span.exception
    remark = f"备注：{case.remark.rstrip('。')}。" if case.remark.strip() else ""
    reason = f"原因：{exception.name}。" if exception else ""
    return f"只申报 {_years_text(sorted(filed))}，未申报 {_years_text(out)}。{reason}{remark}"


def _years_text(years: list[int]) -> str:
    """2020—2022 年、2024 年."""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return "、".join(f"{run[0]} 年" if len(run) == 1 else f"{run[0]}—{run[-1]} 年" for run in runs)


def _header(case: Application, policy: rules.Policy) -> list[header.Line]:
    """As reviewers will read it: what would be frozen now, in words."""
    show = identity.shown if case.is_editable else identity.shown_masked
    filled = header.frozen(case, policy)
    number = show(case.id_cipher, table="application", pk=case.pk)
    return header.lines(filled, policy, header.Place.CHECK, number=number)


def _years(case: Application, policy: rules.Policy, findings: Findings) -> Iterable[YearAnswers]:
    categories = {category.key: category.name for category in policy.categories}
    forms = {form.key: form.short for form in policy.forms}
    names = names_of(case)
    folder = Folder.of(case, policy)
    for entry in case.years.prefetch_related("activities__recognised"):
        found = findings.of_year(entry.year)
        if found is not None:
            yield YearAnswers(
                entry.year,
                found,
                tuple(
                    Line(each, _category(policy, each, categories), forms[each.form], _source(each))
                    for each in entry.activities.all()
                ),
                tuple(tiles_of(folder.of_year(entry), names, folder, entry)),
            )


def _category(policy: rules.Policy, activity: Activity, names: Mapping[str, str]) -> str:
    """The subject it counts for; what completes the year counts for all of them."""
    return "视同完成全年" if is_for_all(policy, activity.kind) else names[activity.category]


def _source(activity: Activity) -> str:
    if activity.basis in (Basis.DECLARED, Basis.COMPUTED):
        return ""
    record = activity.recognised
    if record and record.number in f"{activity.title}{activity.says}":  # it stands there already
        return activity.get_basis_display()
    return f"{activity.get_basis_display()}{f'（{record.number}）' if record and record.number else ''}"
