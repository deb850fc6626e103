"""What stands on top of the check page: first what keeps the case from being submitted, then what reviewers will ask.

Each with the page where it is put right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from applications.filed import carried, facts, header
from applications.filed.facts import Findings, YearFindings
from applications.models import Application
from applications.models.evidence import Scan
from applications.presenters.task_list import missing_papers, own_gaps

MOST_BASICS = 3  # more are said in one line: the page itself names them
SCANS = {
    Scan.INFECTED: "发现病毒，不能提交；请删除，从原处重新导出后再上传",
    Scan.WAITING: "正在等待安全检查，通过后才能提交，一般几分钟内完成",
}


@dataclass(frozen=True)
class Warning:
    """`says` without a full stop; `act`: what the link to `url` does. `blocks`: the case cannot be submitted."""

    says: str
    url: str
    act: str
    blocks: bool = True


def warnings(case: Application, findings: Findings) -> list[Warning]:
    """Blocking ones first, in the order of the form."""
    found = [*_basics(case), *_years_missing(case, findings)]
    for year in findings.years:
        found += _of_year(case, year)
    found += [*_other_years(case), *_unchecked(case)]
    return sorted(found, key=lambda each: not each.blocks)


def _basics(case: Application) -> Iterator[Warning]:
    url = reverse("applications:header", args=[case.pk])
    problems = header.problems(case, facts.policy_of(case))
    if len(problems) > MOST_BASICS:
        yield Warning(f"基本信息还有 {len(problems)} 项没有填好", url, "填写基本信息")
        return
    for field, says in problems.items():
        anchor = "id_employer_name" if field == "employer" else f"id_{field}"
        yield Warning(says.rstrip("。"), f"{url}#{anchor}", "填写基本信息")


def _years_missing(case: Application, findings: Findings) -> Iterator[Warning]:
    url = reverse("applications:year_add", args=[case.pk])
    if not findings.years and not findings.missing_years:
        yield Warning("还没有填写任何年度的学时", url, "新增年度")
    for year in findings.missing_years:
        yield Warning(f"还缺 {year} 年的学时", f"{url}?year={year}", f"填写 {year} 年度")


def _of_year(case: Application, found: YearFindings) -> Iterator[Warning]:
    url = reverse("applications:year", args=[case.pk, found.year])
    act = f"修改 {found.year} 年度"
    for says in found.withdrawn:
        yield Warning(f"{found.year} 年：{says.rstrip('。')}", url, act)
    for gap in own_gaps(found):
        anchor = f"#{gap.category}" if gap.category else ""
        yield Warning(f"{found.year} 年：{gap.says}", f"{url}{anchor}", act)
    for says in found.over_claimed:
        yield Warning(f"{found.year} 年：{says}，审核单位会核实理由", url, act, blocks=False)
    papers = reverse("applications:evidence", args=[case.pk, found.year])
    if says := missing_papers(found):
        yield Warning(says, papers, f"上传 {found.year} 年度附件", blocks=False)


def _other_years(case: Application) -> Iterator[Warning]:
    """Titles that name another year, as copies of a year may: nobody but the person knows which is right."""
    typed = case.activities.exclude(basis__in=facts.NEEDS_NO_EVIDENCE).select_related("year_entry")
    for activity in typed:
        year = activity.year_entry.year
        named = carried.foreign_year(activity.title, year)
        if named is not None:
            url = reverse("applications:year", args=[case.pk, year])
            says = f"{year} 年“{activity.title}”的名称里写的是 {named} 年"
            yield Warning(says, url, f"核对 {year} 年度", blocks=False)


def _unchecked(case: Application) -> Iterator[Warning]:
    for paper in case.evidence.exclude(scan=Scan.CLEAN).select_related("year_entry"):
        year = paper.year_entry.year
        url = reverse("applications:evidence", args=[case.pk, year])
        yield Warning(f"{year} 年附件“{paper.filename}”{SCANS[Scan(paper.scan)]}", url, "查看附件")
