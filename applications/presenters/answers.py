"""What was filled in, in words, as the check page shows it and as the reviewers will read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import rules
from applications.filed.facts import Findings, YearFindings, policy_of
from applications.models import Activity, Application, Basis
from applications.presenters.evidence_tiles import Tile, names_of, tiles_of
from cehours.lib import masking
from organizations.models import Nature
from organizations.registry import identity


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
class Answers:
    """The header as (label, value) pairs, then the years."""

    header: tuple[tuple[str, str], ...]
    years: tuple[YearAnswers, ...]


def answers(case: Application, findings: Findings) -> Answers:
    policy = policy_of(case)
    return Answers(tuple(_header(case, policy)), tuple(_years(case, policy, findings)))


def _employer(case: Application) -> str:
    if case.employer:
        return case.employer.name
    return "没有工作单位" if case.nature == Nature.FREELANCE else ""


def _header(case: Application, policy: rules.Policy) -> Iterable[tuple[str, str]]:
    number = identity.unseal(case.id_cipher, table="application", pk=case.pk)
    yield "证件号码", f"{case.get_id_kind_display()} {masking.mask_id(number)}"
    yield "姓名", case.name
    yield "性别", case.gender
    yield "民族", case.ethnicity
    yield "单位名称", _employer(case)
    yield "单位性质", case.get_nature_display()
    yield "拟申报职称", _name(policy.target_titles, case.target_title)
    yield "联系电话", case.phone
    yield "最高学历", _name(policy.educations, case.education)
    yield "申报大类", case.title_series
    yield "子专业名称", case.specialty
    yield "行政区划名称", f"{case.region}（{case.get_region_anchor_display()}）" if case.region else ""
    if case.span_exception:
        exceptions = {each.key: each.name for each in policy.span.exceptions}
        yield "不申报全部年度的原因", exceptions.get(case.span_exception, "")
    yield "备注", case.remark or "无"


def _name(choices: tuple[rules.Choice, ...], key: str) -> str:
    return next((choice.name for choice in choices if choice.key == key), "")


def _years(case: Application, policy: rules.Policy, findings: Findings) -> Iterable[YearAnswers]:
    categories = {category.key: category.name for category in policy.categories}
    forms = {form.key: form.short for form in policy.forms}
    names = names_of(case)
    for entry in case.years.prefetch_related("activities__recognised", "evidence"):
        found = findings.of_year(entry.year)
        if found is not None:
            yield YearAnswers(
                entry.year,
                found,
                tuple(
                    Line(each, categories[each.category], forms[each.form], _source(each))
                    for each in entry.activities.all()
                ),
                tuple(tiles_of(list(entry.evidence.all()), names)),
            )


def _source(activity: Activity) -> str:
    if activity.basis in (Basis.DECLARED, Basis.COMPUTED):
        return ""
    record = activity.recognised
    return f"{activity.get_basis_display()}{f'（{record.number}）' if record and record.number else ''}"
