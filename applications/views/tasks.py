"""The parts of one application, each with how far it is and what is missing, in words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

import rules
from applications import facts, header, timeline
from applications.facts import Findings, YearFindings
from applications.models import Application, Decision, Outcome
from applications.states import State


@dataclass(frozen=True)
class Task:
    """One line of the task list; no url: not open yet."""

    label: str
    hint: str
    tone: str
    status: str
    url: str = ""


def tasks(case: Application, findings: Findings, marked: Container[int] = ()) -> list[Task]:
    """基本信息 · each year of the span · 佐证材料 · 核对并提交. `marked`: the years a reviewer returned."""
    policy = facts.policy_of(case)
    basics = _basics(case, policy)
    years = [_year(case, policy, year, findings, marked) for year in shown_years(findings)]
    ready = basics.tone == "done" and findings.every_year_met
    return [basics, *years, _papers(case, findings), _submit(case, findings, ready=ready)]


def first_open(parts: Sequence[Task]) -> Task | None:
    """The part to go on with; None once the application can be submitted."""
    if not parts or parts[-1].tone == "act":
        return None
    return next((part for part in parts if part.url and part.tone in ("draft", "look")), None)


def shown_years(findings: Findings) -> list[int]:
    """The years of the span and any other year that was filed, in order."""
    return sorted({*findings.span.years, *(found.year for found in findings.years)})


def last_refusal(case: Application) -> Decision | None:
    """The decision that returned or rejected the present revision, while that is where the case stands."""
    if case.state not in (State.RETURNED, State.REJECTED):
        return None
    refusals = case.decisions.select_related("unit").prefetch_related("assessments")
    return refusals.filter(revision=case.revision).exclude(outcome=Outcome.APPROVED).last()


def _basics(case: Application, policy: rules.Policy) -> Task:
    problems = header.problems(case, policy)
    url = reverse("applications:header", args=[case.pk])
    if not problems:
        return Task("基本信息", f"{case.employer or '自由职业'} · {case.specialty}", "done", "已完成", url)
    first = next(iter(problems.values()))
    begun = case.ethnicity or case.employer_id
    return Task("基本信息", first if begun else "单位、拟申报职称、联系电话等", *_open(bool(begun)), url)


def _year(
    case: Application, policy: rules.Policy, year: int, findings: Findings, marked: Container[int]
) -> Task:
    found = findings.of_year(year)
    if found is None:
        url = f"{reverse('applications:year_add', args=[case.pk])}?year={year}"
        needed = year in findings.missing_years
        return Task(f"{year} 年度", "", "draft", "未填写" if needed else "可不填", url)
    url = reverse("applications:year", args=[case.pk, year])
    return Task(f"{year} 年度", hours_in_words(policy, found), *_year_state(found, year in marked), url)


def _year_state(found: YearFindings, marked: bool) -> tuple[str, str]:
    if not found.met:
        return "look", "学时不足"
    if marked:
        return "look", "有退回意见"
    return ("look", "请核对") if found.over_claimed else ("done", "已达到要求")


def hours_in_words(policy: rules.Policy, found: YearFindings) -> str:
    """公需 30 · 专业 60 · 合计 90 学时, and what is short."""
    entered = found.assessment.entered
    sums = [f"{category.short} {rules.number_text(entered[category.key])}" for category in policy.categories]
    text = " · ".join([*sums, f"合计 {rules.number_text(found.assessment.total)} 学时"])
    gaps = "，".join(gap.says for gap in found.assessment.gaps)
    return f"{text}；{gaps}" if gaps else text


def _papers(case: Application, findings: Findings) -> Task:
    if not findings.years:
        return Task("佐证材料", "填写年度后按年度上传", "draft", "未开始")
    lacking = [found.year for found in findings.years if found.evidence]
    year = lacking[0] if lacking else findings.years[0].year
    url = reverse("applications:evidence", args=[case.pk, year])
    if not lacking:
        return Task("佐证材料", f"{len(findings.years)} 个年度的材料齐全", "done", "已完成", url)
    years = "、".join(str(each) for each in lacking)
    return Task("佐证材料", f"{years} 年的材料还不齐", "look", "材料不全", url)


def _submit(case: Application, findings: Findings, *, ready: bool) -> Task:
    url = reverse("applications:check", args=[case.pk])
    if not ready:
        return Task("核对并提交", "以上各项完成后可以提交", "wait", "暂不能提交", url)
    hint = "材料不全的，提交时须说明原因" if findings.lacks_evidence else "核对无误后提交给审核单位"
    return Task("核对并提交", hint, "act", "可以提交", url)


def _open(begun: bool) -> tuple[str, str]:
    return ("look", "未填完") if begun else ("draft", "未开始")


def year_remarks(case: Application, refusal: Decision | None) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Years that the refusing reviewer marked, first things first."""
    return sorted(timeline.marks(case, refusal).items()) if refusal else []


def remarks_of_year(case: Application, year: int) -> tuple[str, ...]:
    """What the refusing reviewer said of one year, shown where that year is put right."""
    return dict(year_remarks(case, last_refusal(case))).get(year, ())
