"""The parts of one application, each with how far it is and what is missing, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse

import rules
from applications.filed import facts, header, snapshot
from applications.filed.facts import Findings, YearFindings
from applications.forms.year import Meter, meters
from applications.models import Application, Decision, Outcome
from applications.presenters import timeline
from applications.presenters.timeline import Remark
from applications.states import State

Remarks = Mapping[int, tuple[Remark, ...]]


@dataclass(frozen=True)
class Link:
    """What is to be done, and the page where it is done."""

    says: str
    url: str


@dataclass(frozen=True)
class Task:
    """One line of the task list. No url: not open yet. `missing`: what is to be done, in the rules' words.

    `links`: the same, where each has a page of its own.
    """

    label: str
    hint: str
    tone: str
    status: str
    url: str = ""
    missing: tuple[str, ...] = ()
    bars: tuple[Meter, ...] = ()
    remarks: tuple[Remark, ...] = ()
    links: tuple[Link, ...] = ()


def tasks(
    case: Application,
    findings: Findings,
    remarks: Remarks | None = None,
    on_file: Mapping[int, Decimal] | None = None,
) -> list[Task]:
    """基本信息 · each year of the span · 佐证材料 · 核对并提交, in any order.

    `remarks`: what a reviewer who returned the case said of single years; those come first. `on_file`: hours on record
    by year that can be ticked and are not.
    """
    said = remarks or {}
    policy = facts.policy_of(case)
    basics = _basics(case, policy)
    changed = snapshot.changed_years(case, findings) if said else frozenset()
    years = {
        year: _with_records(_year(case, policy, year, findings), policy, (on_file or {}).get(year))
        for year in shown_years(findings)
    }
    first = [_returned(years[year], said[year], year in changed) for year in years if year in said]
    others = [task for year, task in years.items() if year not in said]
    ready = basics.tone == "done" and findings.every_year_met
    return [*first, basics, *others, _papers(case, findings), _submit(case, findings, ready=ready)]


def first_open(parts: Sequence[Task]) -> Task | None:
    """The part to go on with: a returned year first, papers last; None once only submitting is left.

    Papers do not block submitting (a note can say why they are missing), but they are what comes next.
    """
    returned = next((part for part in parts if part.remarks and part.tone == "look"), None)
    if returned or not parts:
        return returned
    if parts[-1].tone == "act":
        return parts[-2] if parts[-2].tone == "look" else None
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
        return Task(
            "基本信息", f"{case.employer or header.NO_EMPLOYER} · {case.specialty}", "done", "已完成", url
        )
    blank = [field for field in problems if not getattr(case, field)]
    names = "、".join(header.BY_KEY[field].label for field in blank)
    wrong = [says for field, says in problems.items() if field not in blank]
    if not (case.ethnicity or case.employer_id):
        return Task("基本信息", "单位、拟申报职称、联系电话等", "draft", "未开始", url)
    missing = ([f"还要填写：{names}"] if names else []) + wrong
    return Task("基本信息", "", "look", "未填完", url, tuple(missing))


def _year(case: Application, policy: rules.Policy, year: int, findings: Findings) -> Task:
    found = findings.of_year(year)
    if found is None:
        url = f"{reverse('applications:year_add', args=[case.pk])}?year={year}"
        needed = year in findings.missing_years
        return Task(f"{year} 年度", _asked(policy, year), "draft", "未填写" if needed else "可不填", url)
    url = reverse("applications:year", args=[case.pk, year])
    tone, status = _year_state(found)
    return Task(
        f"{year} 年度",
        "",
        tone,
        status,
        url,
        missing=tuple(f"{year} 年：{says}" for says in shortcomings(found)),
        bars=tuple(meters(policy, found.assessment)),
    )


def _with_records(task: Task, policy: rules.Policy, hours: Decimal | None) -> Task:
    if not hours:
        return task
    says = f"系统已有 {policy.hours.text(hours)}，可直接勾选"
    return replace(task, hint=f"{task.hint}；{says}" if task.hint else says)


def _asked(policy: rules.Policy, year: int) -> str:
    """What the year asks for, before anything is filed: 至少 公需 30 · 专业 60 · 合计 90 学时."""
    minimums = policy.minimums_of(year)
    each = [
        f"{category.short} {rules.number_text(minimums.by_category[category.key])}"
        for category in policy.categories
        if minimums.by_category.get(category.key)
    ]
    return f"至少 {' · '.join([*each, f'合计 {policy.hours.text(minimums.total)}'])}"


def shortcomings(found: YearFindings) -> Iterable[str]:
    """What keeps a year from being met: records that do not stand any more, then each gap, then over-claims."""
    yield from found.withdrawn
    yield from (gap.says for gap in own_gaps(found))
    yield from (f"{says}，审核单位会核实理由" for says in found.over_claimed)


def own_gaps(found: YearFindings) -> list[rules.Gap]:
    """The gaps of the year, without that of the total where filling the categories fills it as well."""
    gaps = found.assessment.gaps
    by_category = sum((gap.missing for gap in gaps if gap.category), Decimal(0))
    return [gap for gap in gaps if gap.category or gap.missing > by_category]


def _year_state(found: YearFindings) -> tuple[str, str]:
    if not found.met:
        return "look", "学时不足"
    return ("look", "请核对") if found.over_claimed else ("done", "已达到要求")


def _returned(task: Task, remarks: tuple[Remark, ...], changed: bool) -> Task:
    """A year that a reviewer marked: what they said stands in the list, until the year is changed and met."""
    if changed and task.tone == "done":
        return replace(task, status="已修改", remarks=remarks)
    return replace(task, tone="look", status="有退回意见", remarks=remarks)


def _papers(case: Application, findings: Findings) -> Task:
    if not findings.years:
        return Task("佐证材料", "填写年度后按年度上传", "draft", "未开始")
    url = reverse("applications:papers", args=[case.pk])
    open_ = tuple(
        Link(missing_papers(found), reverse("applications:evidence", args=[case.pk, found.year]))
        for found in findings.years
        if missing_papers(found)
    )
    if not open_:
        return Task("佐证材料", f"{len(findings.years)} 个年度的材料齐全", "done", "已完成", url)
    status = "材料不全" if findings.lacks_evidence else "请核对"
    return Task("佐证材料", "", "look", status, url, links=open_)


def missing_papers(found: YearFindings) -> str:
    """2021 年 · 培训班、远程教育：缺 2 样，1 个文件待核对. Which ones, in which way, stands on the year's own page."""
    says = []
    if found.evidence:
        says.append(f"缺 {sum(gap.lacks for gap in found.evidence)} 样")
    if found.unlooked:
        says.append(f"{found.unlooked} 个文件待核对")
    forms = "、".join(dict.fromkeys(gap.form for gap in found.evidence))
    return f"{found.year} 年{f' · {forms}' if forms else ''}：{'，'.join(says)}" if says else ""


def _submit(case: Application, findings: Findings, *, ready: bool) -> Task:
    url = reverse("applications:check", args=[case.pk])
    if not ready:
        return Task("核对并提交", "以上各项完成后可以提交", "wait", "暂不能提交", url)
    hint = "材料不全的，提交时须说明原因" if findings.lacks_evidence else "核对无误后提交给审核单位"
    return Task("核对并提交", hint, "act", "可以提交", url)


def year_remarks(case: Application, refusal: Decision | None) -> Iterable[tuple[int, tuple[Remark, ...]]]:
    """Years that the refusing reviewer marked, first things first."""
    return sorted(timeline.marks(case, refusal).items()) if refusal else []


def remarks_of_year(case: Application, year: int) -> tuple[Remark, ...]:
    """What the refusing reviewer said of one year, shown where that year is put right."""
    return dict(year_remarks(case, last_refusal(case))).get(year, ())
