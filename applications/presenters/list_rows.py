"""The list 我要申报 as it is printed in annex 3: ten columns, masked, and what can be done with each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from applications import queries
from applications.filed.facts import policy_of
from applications.filed.window import can_submit_now
from applications.holding import deciders
from applications.holding.deciders import Why
from applications.models import Application, Outcome
from applications.presenters import timeline
from applications.states import FINAL, IN_REVIEW, State
from cehours.lib import clock, masking
from organizations.acting.actor import Actor
from organizations.registry import identity

ACTS = (
    ("提交", "applications:check"),
    ("修改", "applications:detail"),
    ("删除", "applications:discard"),
    ("撤销", "applications:withdraw"),
    ("审核进度", "applications:progress"),
)
TIPS = {
    State.REJECTED: "审核状态为“审核不通过”请重新“新增学时认定申报”",
    State.RETURNED: "审核状态为“退回”的请“修改保存”后重新提交",
}


@dataclass(frozen=True)
class Act:
    """One of the five operations; no url: not possible in this state, and `why` says why one might have expected it."""

    label: str
    url: str
    why: str = ""


@dataclass(frozen=True)
class Row:
    """One application in the list; personal data is masked here, so that no template can forget it."""

    case: Application
    name: str
    id_number: str
    employer: str
    education: str
    phone: str
    series: str
    unit_opinion: str
    bureau_reason: str
    acts: tuple[Act, ...]
    holder: str
    next_step: str
    tip: str

    @property
    def why_not(self) -> str:
        """Why 删除 or 撤销 is grey."""
        says = [act.why for act in self.acts if act.why]
        return f"{'；'.join(says)}。" if says else ""


@dataclass(frozen=True)
class ToDo:
    """The one thing to do next, on top of the list. `copies`: the address that a press posts to, before `url`."""

    says: str
    label: str
    url: str
    tone: str = ""
    reason: str = ""
    copies: str = ""


def my_rows(actor: Actor) -> list[Row]:
    now = clock.now()
    cases = list(_cases(actor))
    why = deciders.why_not(case.pk for case in cases if case.state in IN_REVIEW)
    return [_row(case, now, why.get(case.pk)) for case in cases]


def _cases(actor: Actor) -> QuerySet[Application]:
    mine = queries.mine(actor).select_related(
        "session", "employer", "current_unit__parent", "current_unit__region"
    )
    return mine.prefetch_related("decisions__unit")


def _row(case: Application, now: datetime, why: Why | None) -> Row:
    educations = {choice.key: choice.name for choice in policy_of(case).educations}
    unit_opinion, bureau_reason = _refusals(case)
    return Row(
        case=case,
        name=masking.mask_name(case.name),
        id_number=identity.shown_masked(case.id_cipher, table="application", pk=case.pk),
        employer=masking.mask_unit(case.employer.name) if case.employer else "",
        education=educations.get(case.education, ""),
        phone=masking.mask_phone(case.phone),
        series=case.title_series,
        unit_opinion=unit_opinion,
        bureau_reason=bureau_reason,
        acts=tuple(_acts(case)),
        holder=timeline.holder(case, why=why),
        next_step=timeline.next_step(case, why),
        tip=TIPS.get(State(case.state), ""),
    )


def _refusals(case: Application) -> tuple[str, str]:
    """单位不通过意见 and 机构不通过原因 of the present revision (A34)."""
    refusals = [
        decision
        for decision in case.decisions.all()
        if decision.revision == case.revision and decision.outcome != Outcome.APPROVED
    ]
    if not refusals:
        return "", ""
    last = refusals[-1]
    if last.state == State.BUREAU_REVIEW:
        return "", last.opinion
    return f"{last.unit}：{last.opinion}", ""


def _acts(case: Application) -> Iterable[Act]:
    possible = {
        "提交": case.is_editable,
        "修改": case.is_editable,
        "删除": case.state == State.DRAFT and not case.revision,
        "撤销": case.state in IN_REVIEW,
        "审核进度": bool(case.revision),
    }
    why = {"删除": "提交过的不能删除"} if case.revision else {}
    in_hand = "不在审核中，不用撤销" if case.revision else "提交后才能撤销"
    why["撤销"] = "已办结，不能撤销" if case.state in FINAL else in_hand
    for label, view in ACTS:
        if possible[label]:
            yield Act(label, reverse(view, args=[case.pk]))
        else:
            yield Act(label, "", why.get(label, ""))


def to_do(rows: Sequence[Row]) -> ToDo | None:
    """What waits for the applicant, the most pressing first; None when there is nothing at all."""
    now = clock.now()
    ranked = sorted(rows, key=lambda row: _pressing(row.case, now))
    return _to_do(ranked[0], now) if ranked else None


def _pressing(case: Application, now: datetime) -> int:
    """A return has its own last day; what can still be handed in comes before what can only be looked at."""
    if case.is_editable and can_submit_now(case, now):
        return 0 if case.state == State.RETURNED else 1
    if case.state == State.REJECTED and queries.can_be_copied(case, now):
        return 1
    return 2


def _to_do(row: Row, now: datetime) -> ToDo:
    case = row.case
    detail, progress = (reverse(f"applications:{name}", args=[case.pk]) for name in ("detail", "progress"))
    says, reason = row.next_step, row.unit_opinion or row.bureau_reason
    if case.is_editable:
        label = "继续填写" if case.state == State.DRAFT else "去修改"
        look = "look" if case.state == State.RETURNED or not can_submit_now(case, now) else ""
        return ToDo(f"{row.holder}。{says}", label, detail, look, reason)
    if case.state == State.REJECTED:
        copies = reverse("applications:copy", args=[case.pk]) if queries.can_be_copied(case, now) else ""
        return ToDo(f"审核不通过。{says if copies else ''}", "查看原因", detail, "block", reason, copies)
    if case.state == State.APPROVED:
        return ToDo(f"已审核通过。{says}", "学时证书打印", reverse("certificates:query"), "done")
    return ToDo(f"{row.holder}。{says}", "审核进度", progress)
