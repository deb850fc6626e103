"""The parts of one application, each with how far it is and what is missing, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse

import rules
from applications.filed import facts, header
from applications.filed.facts import Findings, YearFindings
from applications.forms.year import Meter, meters
from applications.models import Application
from applications.presenters.refusals import Refused
from applications.presenters.timeline import Remark
from applications.presenters.unsaved import Unsaved

PAPERS = "佐证材料"


@dataclass(frozen=True)
class Link:
    """What is to be done, and the page where it is done."""

    says: str
    url: str


@dataclass(frozen=True)
class Task:
    """One line of the task list. No url: not open yet. `missing`: what is to be done, in the rules' words.

    `links`: the same, where each has a page of its own. `places`: where a remark is answered, the likelier one first.
    `settle`: the address of 已处理, once it is a question; `settled`: it is ticked.
    """

    label: str
    hint: str
    tone: str
    status: str
    url: str = ""
    missing: tuple[str, ...] = ()
    bars: tuple[Meter, ...] = ()
    remarks: tuple[Remark, ...] = ()
    unsaved: Unsaved | None = None
    links: tuple[Link, ...] = ()
    places: tuple[Link, ...] = ()
    settle: str = ""
    settled: bool = False


def tasks(
    case: Application,
    findings: Findings,
    refused: Refused | None = None,
    kept: Sequence[Unsaved] = (),
    on_file: Mapping[int, Decimal] | None = None,
) -> list[Task]:
    """基本信息 · each year of the span · 佐证材料 · 核对并提交, in any order.

    `refused`: what a reviewer said of single years; those come first. `kept`: what was typed and is not part of the
    application yet; its sections say so. `on_file`: hours on record by year that can be ticked and are not.
    """
    said = refused.remarks if refused else {}
    policy = facts.policy_of(case)
    typed, hours = {each.title: each for each in kept}, on_file or {}
    basics = _with_unsaved(_basics(case, policy), typed)
    years = {
        year: _with_unsaved(
            _with_records(_year(case, policy, year, findings), policy, hours.get(year)), typed
        )
        for year in shown_years(findings)
    }
    first = [_returned(case, years[year], year, refused) for year in years if refused and year in said]
    others = [task for year, task in years.items() if year not in said]
    ready = basics.tone == "done" and findings.every_year_met
    papers, submit = _papers(case, findings), _submit(case, findings, ready=ready, kept=kept)
    if refused and refused.open_years:
        papers, submit = _not_answered(papers, submit, refused)
    return [*first, basics, *others, papers, submit]


def go_on(parts: Sequence[Task], findings: Findings) -> tuple[Link, ...]:
    """What to go on with, first things first: a returned year, papers last; nothing once only submitting is left.

    Papers do not block submitting (a note can say why they are missing), but they are what comes next.
    """
    part = _first_open(parts)
    if part is None:
        return ()
    if part.remarks and part.places:
        return tuple(Link(f"{part.label}{place.says}", place.url) for place in part.places)
    if not findings.span.required and not findings.years and part.tone == "draft":
        return (Link("填写需要核认的年度", part.url),)
    verb = "修改" if part.remarks or part.unsaved else "上传" if part.label == PAPERS else "填写"
    return (Link(f"{verb} {part.label}" if part.label[0].isdecimal() else f"{verb}{part.label}", part.url),)


def _first_open(parts: Sequence[Task]) -> Task | None:
    returned = next((part for part in parts if part.remarks and part.tone == "look"), None)
    if returned or not parts:
        return returned
    if parts[-1].tone == "act":
        return parts[-2] if parts[-2].tone == "look" else None
    return next((part for part in parts if part.url and part.tone in ("draft", "look")), None)


def shown_years(findings: Findings) -> list[int]:
    """The years of the span and any other year that was filed, in order."""
    return sorted({*findings.span.years, *(found.year for found in findings.years)})


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


def _with_unsaved(task: Task, typed: Mapping[str, Unsaved]) -> Task:
    """A section with content that nobody has saved yet is not done, whatever is saved of it."""
    if task.label not in typed:
        return task
    return replace(task, tone="look", status="有未保存的修改", unsaved=typed[task.label])


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


def _returned(case: Application, task: Task, year: int, refused: Refused) -> Task:
    """A year that a reviewer marked: what they said stands in the list, with where it is put right.

    It is open until something in the year changed or 已处理 was ticked.
    """
    remarks, settled = refused.remarks[year], year in refused.settled
    marked = replace(task, remarks=remarks, places=_places(case, task, year, remarks))
    if task.unsaved:
        return marked
    if year in refused.changed:
        return replace(marked, status="已修改") if task.tone == "done" else marked
    url = reverse("applications:remark_settle", args=[case.pk, year])
    if settled:
        status = "已处理" if task.tone == "done" else task.status
        return replace(marked, status=status, settle=url, settled=True)
    return replace(marked, tone="look", status="有退回意见", settle=url)


def _places(case: Application, task: Task, year: int, remarks: tuple[Remark, ...]) -> tuple[Link, ...]:
    """改学时 and 换材料; what was lowered in one category is about hours, all else first about the papers."""
    if not case.years.filter(year=year).exists():
        return ()
    hours = Link("改学时", reverse("applications:year", args=[case.pk, year]))
    papers = Link("换材料", reverse("applications:evidence", args=[case.pk, year]))
    return (hours, papers) if any(remark.category for remark in remarks) else (papers, hours)


def _not_answered(papers: Task, submit: Task, refused: Refused) -> tuple[Task, Task]:
    """While a marked year is open, neither the papers nor the whole are simply done."""
    years = "、".join(str(year) for year in refused.open_years)
    says = f"{years} 年的退回意见还没有处理"
    if papers.tone == "done":
        papers = replace(papers, tone="look", status="有退回意见", hint=says)
    if submit.tone == "act":
        submit = replace(submit, tone="look", status="有退回意见", hint=says)
    return papers, submit


def _papers(case: Application, findings: Findings) -> Task:
    if not findings.years:
        return Task(PAPERS, "填写年度后按年度上传", "draft", "未开始")
    url = reverse("applications:papers", args=[case.pk])
    open_ = tuple(
        Link(missing_papers(found), reverse("applications:evidence", args=[case.pk, found.year]))
        for found in findings.years
        if missing_papers(found)
    )
    if not open_:
        return Task(PAPERS, f"{len(findings.years)} 个年度的材料齐全", "done", "已完成", url)
    status = "材料不全" if findings.lacks_evidence else "请核对"
    return Task(PAPERS, "", "look", status, url, links=open_)


def missing_papers(found: YearFindings) -> str:
    """2021 年 · 培训班、远程教育：缺 2 样，1 个文件待核对. Which ones, in which way, stands on the year's own page."""
    says = []
    if found.evidence:
        says.append(f"缺 {sum(gap.lacks for gap in found.evidence)} 样")
    if found.unlooked:
        says.append(f"{found.unlooked} 个文件待核对")
    forms = "、".join(dict.fromkeys(gap.form for gap in found.evidence))
    return f"{found.year} 年{f' · {forms}' if forms else ''}：{'，'.join(says)}" if says else ""


def _submit(case: Application, findings: Findings, *, ready: bool, kept: Sequence[Unsaved]) -> Task:
    url = reverse("applications:check", args=[case.pk])
    if kept:
        return Task("核对并提交", "有未保存的修改，请先保存或放弃", "wait", "暂不能提交", url)
    if not ready and findings.every_year_met:
        return Task("核对并提交", "“基本信息”完成后可以提交", "wait", "暂不能提交", url)
    if not ready:
        return Task("核对并提交", "以上各项完成后可以提交", "wait", "暂不能提交", url)
    hint = "材料不全的，提交时须说明原因" if findings.lacks_evidence else "核对无误后提交给审核单位"
    return Task("核对并提交", hint, "act", "可以提交", url)
