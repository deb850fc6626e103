"""提交 and 撤销."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from applications import guards, notices
from applications.filed import facts, header, snapshot
from applications.filed.facts import Findings
from applications.filed.route import first_unit, route_of
from applications.filed.window import can_submit_now
from applications.models import Application, FilingSession
from applications.queries import own
from applications.services import drafts
from applications.services.editing import open_for_edit
from applications.services.evidence import refuse_unchecked
from applications.states import IN_REVIEW
from cehours.lib import clock, hours
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotNow, Stale

MOST_A_DAY = 10  # submissions of one application: each is frozen for good and told to people


@transaction.atomic
def submit(
    *, actor: Actor, application_id: UUID, seen: int, declared_true: bool, evidence_note: str = ""
) -> Application:
    """提交: freezes a numbered revision and hands the case to the first reviewer of its route.

    Raises NotNow outside the window, NotAllowed with the first thing to put right, Stale when the page was
    old. Nothing changes then.
    """
    case = open_for_edit(actor, application_id, seen=seen)
    now = clock.now()
    _within_deadline(case, now)
    _not_too_often(case, now)
    _header_is_complete(case)
    findings = facts.find(case)
    _complete(case, findings, declared_true=declared_true, evidence_note=evidence_note)
    refuse_unchecked(case)
    route = route_of(case)
    steps = tuple(route.steps)
    unit = first_unit(case, steps[0])
    case.evidence_note = evidence_note.strip()
    case.declared_true_at = case.submitted_at = case.arrived_at = now
    revision = snapshot.freeze(case, findings, now=now)
    drafts.clear(case)
    case.route, case.final_label = route.key, route.final_label
    case.steps, case.step, case.hop = list(steps), 0, 0
    case.current_unit = unit
    case.revision, case.version = revision.number, case.version + 1
    case.years_met, case.warnings = findings.every_year_met, findings.warnings
    case.decided_at = None
    act = "submit_to_employer" if steps[0] == "employer" else "submit_to_bureau"
    guards.refuse_unless(case, act)
    getattr(case, act)()
    case.save()
    audit.record(actor, "submitted", case, revision=revision.number, sha256=revision.sha256, unit=unit.pk)
    notices.tell(case, "submitted")
    return case


@transaction.atomic
def withdraw(*, actor: Actor, application_id: UUID, seen: int) -> Application:
    """撤销: any time before the last decision; the case can then be edited and resubmitted (A31)."""
    case = own(actor, application_id, lock=True)
    if case.state not in IN_REVIEW:
        raise NotNow(f"该申报当前为“{case.get_state_display()}”，无需撤销。")
    if seen != case.version:
        raise Stale("审核单位刚刚处理了该申报，撤销没有执行，请查看最新进度。")
    left = case.current_unit_id
    case.step = case.current_unit = case.arrived_at = None
    case.version += 1
    guards.refuse_unless(case, "withdraw")
    case.withdraw()
    case.save(update_fields=["state", "step", "current_unit", "arrived_at", "version"])
    audit.record(actor, "withdrawn", case, unit=left, revision=case.revision)
    notices.tell(case, "withdrawn")
    return case


def _within_deadline(case: Application, now: datetime) -> None:
    session: FilingSession = case.session
    if now < session.opens_at:
        raise NotNow(
            f"申报尚未开始，请于 {clock.local(session.opens_at):%Y年%-m月%-d日} 起提交；填写的内容已保存。"
        )
    if not can_submit_now(case, now):
        raise NotNow(
            "申报期已结束，不能再提交；填写的内容已保存。如有疑问，请联系单位人事部门或当地人社部门。"
        )


def _not_too_often(case: Application, now: datetime) -> None:
    lately = case.revisions.filter(submitted_at__gt=now - timedelta(days=1)).count()
    if lately >= MOST_A_DAY:
        raise NotNow(f"24 小时内已提交 {MOST_A_DAY} 次，请核对好内容，明天再提交；填写的内容已保存。")


def _header_is_complete(case: Application) -> None:
    for field, says in header.problems(case, facts.policy_of(case)).items():
        raise NotAllowed(f"基本信息有误：{says}", field=field)


def _complete(case: Application, findings: Findings, *, declared_true: bool, evidence_note: str) -> None:
    if not findings.years:
        raise NotAllowed("还没有填写任何年度的学时，请先点击“新增”填写各年度明细。")
    if findings.missing_years:
        missing = "、".join(str(year) for year in findings.missing_years)
        raise NotAllowed(
            f"还缺 {missing} 年的学时，请补充；如属博士参评、新参加工作等情形，"
            f"请在基本信息中选择“{header.BY_KEY['span_exception'].label}”。"
        )
    for year in findings.years:
        if max(year.assessment.entered.values(), default=0) > hours.MAXIMUM:  # no desk could decide it
            most = facts.policy_of(case).hours.text(hours.MAXIMUM)
            raise NotAllowed(f"{year.year} 年有一类科目合计超过 {most}，请核对后改正。")
        if not year.met:
            raise NotAllowed(f"{year.year} 年：{next(iter(year.withdrawn), year.assessment.says)}")
    if findings.lacks_evidence and not evidence_note.strip():
        first = next(year for year in findings.years if year.evidence)
        if first.unlooked:
            raise NotAllowed(
                f"{first.year} 年有 {first.unlooked} 个文件由系统自动标注，核对之前不算齐全。"
                "请在“佐证材料”中核对，点“都核对无误”后再提交；确实没有材料的，请在“材料不全的说明”中写明原因。",
                field="evidence_note",
            )
        gap = first.evidence[0]
        raise NotAllowed(
            f"{first.year} 年“{gap.title}”（{gap.form}）的佐证材料不全，还缺：{'、'.join(gap.found[0].missing)}。"
            "请上传；确实没有的，请在“材料不全的说明”中写明原因。",
            field="evidence_note",
        )
    if not declared_true:
        raise NotAllowed("请勾选“本人承诺所填内容真实”后再提交。", field="declared_true")
