"""审核进度 in words: who did what when, who has the case now and since when, and what comes next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import rules
from applications.filed import last_step
from applications.filed.facts import policy_of
from applications.filed.route import route_of
from applications.holding.deciders import Why, why_not
from applications.models import Application, Assessment, Decision, Handover, Outcome
from applications.presenters import deadlines, stuck
from applications.states import EDITABLE, IN_REVIEW, KIND_OF, State
from cehours.lib import clock, masking
from cehours.lib.refusal import Refusal
from organizations.acting.errors import NotAllowed
from organizations.models import Event, Unit

ROLES = {
    State.EMPLOYER_REVIEW: "用人单位",
    State.DEPARTMENT_REVIEW: "主管部门",
    State.BUREAU_REVIEW: "人社部门",
}
REVIEWERS = {
    State.EMPLOYER_REVIEW: "单位审核人员",
    State.DEPARTMENT_REVIEW: "主管部门审核人员",
    State.BUREAU_REVIEW: "经办机构审核人员",
}
STEPS = {"employer": "单位初审", "department": "主管部门审核", "bureau": "人社部门"}
SECOND_LOOK = "department:self"
TONES = {Outcome.APPROVED: "done", Outcome.RETURNED: "look", Outcome.REJECTED: "block"}
# Acts that no decision stands behind. Others are left out: saving and looking are no steps of a case.
HANDED_ON = {"stood_in": "代办", "transferred": "移交"}
FILED = {"started": "新增申报", "copied": "以审核不通过的申报为底稿", "withdrawn": "申报人撤销"}
AGAIN = "认定单撤销后重新申报"
AGAIN_NOW = "需要新的认定单的，请重新申报。"
KEPT = "没有撤销的年度，学时仍在学时台账中，可以直接带入。"


@dataclass(frozen=True)
class Remark:
    """What a decision said of one year; `category` is empty where it speaks of the whole year."""

    year: int
    category: str
    says: str

    def __str__(self) -> str:
        return self.says


@dataclass(frozen=True)
class Moment:
    """One entry of the timeline. `when` None: it has not happened yet. `waited`: workdays on that desk."""

    tone: str
    what: str
    who: str = ""
    when: datetime | None = None
    says: str = ""
    remarks: tuple[Remark, ...] = ()
    waited: int | None = None


@dataclass(frozen=True)
class Step:
    """One step of the bar on top of a page; `state` as the component c-steps reads it."""

    label: str
    state: str
    note: str = ""


def timeline(case: Application, *, for_reviewer: bool = False) -> list[Moment]:
    """Everything that happened, oldest first, then where the case is and what is still ahead.

    The reviewer's name stands there only `for_reviewer`: the applicant deals with a unit and its role.
    """
    return [*_past(case, for_reviewer), *_present(case, for_reviewer), *_ahead(case)]


def why_stuck(case: Application) -> Why | None:
    """Why nobody can take the case further now; None when somebody can, or when it is not in review."""
    return why_not([case.pk]).get(case.pk) if case.state in IN_REVIEW else None


def _past(case: Application, full_names: bool) -> Iterator[Moment]:
    decisions = {
        str(decision.pk): decision
        for decision in case.decisions.select_related("unit", "next_unit").prefetch_related("assessments")
    }
    handovers = {str(each.pk): each for each in case.handovers.select_related("from_unit", "to_unit", "unit")}
    submitted = dict(case.revisions.values_list("number", "submitted_at"))
    applicant = case.name if full_names else masking.mask_name(case.name)
    for event in Event.objects.filter(subject=case.SUBJECT, subject_id=case.pk).order_by("seq"):
        facts = json.loads(event.facts)
        decision = decisions.get(facts.get("decision", ""))
        if decision is not None:
            yield _decided(case, decision, full_names)
        elif event.act == "submitted":
            number = facts["revision"]
            if number > case.revision:  # filed past the unit that looks
                return
            again = "" if number == 1 else f"（第 {number} 次）"
            yield Moment("done", f"提交申报{again}", applicant, submitted.get(number, event.at))
        elif event.act == "withdrawn":
            left = Unit.objects.filter(pk=facts.get("unit")).first()
            says = f"撤销时由{left}审核；申报已由本人收回，修改后重新提交的从头审核。" if left else ""
            yield Moment("look", FILED[event.act], applicant, event.at, says)
        elif event.act in HANDED_ON and facts["handover"] in handovers:
            yield _handed_on(handovers[facts["handover"]], full_names)
        elif event.act == "revoked":
            years = "、".join(str(year) for year in facts["years"])
            yield Moment("block", "学时认定单已撤销", "", event.at, f"涉及 {years} 年。" if years else "")
        elif event.act == "copied" and facts.get("revoked"):
            yield Moment("done", AGAIN, applicant, event.at)
        elif event.act in FILED:
            when = case.created_at if event.act == "started" else event.at
            yield Moment("done", FILED[event.act], applicant, when)


def _handed_on(handover: Handover, full_names: bool) -> Moment:
    by = f"{handover.unit} · {handover.actor_name}" if full_names else str(handover.unit)
    what = {
        "stand_in": f"{handover.to_unit}代{handover.from_unit}办理",
        "transfer": f"由{handover.from_unit}移交{handover.to_unit}，审核路线相应调整",
    }[handover.kind]
    return Moment("look", what, by, handover.at, handover.reason)


def _decided(case: Application, decision: Decision, full_names: bool) -> Moment:
    reviewer = decision.reviewer_name if full_names else REVIEWERS[State(decision.state)]
    says = decision.opinion
    if decision.next_unit is not None:
        says = f"{says}（转{decision.next_unit}）" if says else f"转{decision.next_unit}审核。"
    return Moment(
        TONES[Outcome(decision.outcome)],
        outcome_in_words(case, decision),
        f"{decision.unit} · {reviewer}",
        decision.decided_at,
        says,
        tuple(remark for remarks in marks(case, decision).values() for remark in remarks),
        clock.workdays_between(decision.arrived_at, decision.decided_at),
    )


def outcome_in_words(case: Application, decision: Decision) -> str:
    """Who decided what: 用人单位审核通过, 人社部门备案通过."""
    result = last_step.outcome_in_words(decision.outcome, last_step.filed_by(case, decision))
    return f"{ROLES[State(decision.state)]}{result}"


def marks(case: Application, decision: Decision) -> dict[int, tuple[Remark, ...]]:
    """What a decision said of single years: year → remarks. `assessments` should be prefetched."""
    policy = policy_of(case)
    names = {category.key: category.name for category in policy.categories}
    years: dict[int, dict[Remark, None]] = {}
    for row in decision.assessments.all():
        for remark in _remarks(row, names, policy.hours):
            years.setdefault(row.year, {})[remark] = None
    return {year: tuple(remarks) for year, remarks in years.items()}


def _remarks(row: Assessment, names: dict[str, str], unit: rules.HourUnit) -> Iterator[Remark]:
    if row.recognised < row.claimed:
        lowered = f"{names[row.category]}申报 {unit.text(row.claimed)}"
        says = f"{row.year} 年{lowered}，认定 {unit.text(row.recognised)}"
        yield Remark(row.year, row.category, says)
    if row.remark or not row.in_order:
        says = f"{row.year} 年：{row.remark or '该年度材料不规范，请对照意见修改。'}"
        yield Remark(row.year, "", says)


def _present(case: Application, for_reviewer: bool) -> Iterator[Moment]:
    if case.state in IN_REVIEW:
        why = None if for_reviewer else why_stuck(case)
        yield Moment("current", holder(case, why=why), REVIEWERS[State(case.state)], says=since(case))
    elif case.state in EDITABLE:
        yield Moment("current", holder(case, for_reviewer=for_reviewer))


def _ahead(case: Application) -> Iterator[Moment]:
    if case.state in IN_REVIEW and case.step is not None:
        for label in _labels(case.steps, case.final_label)[case.step + 1 :]:
            yield Moment("todo", label)
        yield Moment("todo", "出具学时认定单")


def waited(case: Application, now: datetime | None = None) -> int:
    """Workdays the case has lain on the present desk; 0 when nobody has it."""
    return clock.workdays_between(case.arrived_at, now or clock.now()) if case.arrived_at else 0


def since(case: Application) -> str:
    """When the present desk received the case."""
    return f"{clock.local(case.arrived_at):%Y年%-m月%-d日 %H:%M} 送达。" if case.arrived_at else ""


def holder(case: Application, *, for_reviewer: bool = False, why: Why | None = None) -> str:
    """Who has the case, in one sentence without a full stop; `why` nobody can take it further, if so."""
    if why is not None:
        return stuck.holder(case, why)
    if case.current_unit is not None:
        days = waited(case)
        return f"{case.current_unit}审核中，" + (f"已 {days} 个工作日" if days else "今日收到")
    with_applicant = {
        State.DRAFT: ("由您填写，尚未提交", "申报人填写中"),
        State.RETURNED: ("已退回给您，请修改", "已退回申报人修改"),
        State.WITHDRAWN: ("您已撤销，可以修改", "申报人已撤销"),
    }
    if case.state in with_applicant:
        return with_applicant[State(case.state)][for_reviewer]
    if case.revoked_at:
        return "学时认定单已撤销，本次申报不再有效"
    return "已审核通过" if case.state == State.APPROVED else "审核不通过，本次申报已结束"


def next_step(case: Application, why: Why | None = None) -> str:
    """What happens next, or what the applicant can do now."""
    if why is not None:
        return stuck.next_step(case, why)
    if case.state in EDITABLE:
        limit = deadlines.of(case)
        if not limit.can_submit:
            return limit.says
        word = "填写完成后提交" if case.state == State.DRAFT else "修改保存后重新提交"
        return f"请在 {deadlines.in_words(limit.until)}前{word}。"
    if case.revoked_at:
        in_time = clock.now() < case.session.review_until
        return f"{AGAIN_NOW if in_time else '需要新的认定单的，请在下一个申报期新增申报。'}{KEPT}"
    if case.state == State.APPROVED:
        return "可以在“学时证书打印”中查询并下载学时认定单。"
    if case.state == State.REJECTED:
        return "请重新“新增学时认定申报”，可以沿用本次填写的内容。"
    following = _labels(case.steps, case.final_label)[(case.step or 0) + 1 :]
    return f"审核通过后进入下一环节：{following[0]}。" if following else "审核通过后出具学时认定单。"


def steps(case: Application) -> list[Step]:
    """The whole way of a case, from filling in to the certificate, with where it is now."""
    route, final_label = _route(case)
    labels = ["填写申报", *_labels(route, final_label), "出具认定单"]
    place, state = _place(case, route)
    notes = _notes(case, route)
    bar = []
    for position, label in enumerate(labels):
        look = "done" if position < place else (state if position == place else "todo")
        bar.append(Step(label, look, notes.get(position, "") if look != "todo" else ""))
    return bar


def _route(case: Application) -> tuple[list[str], str]:
    """The frozen route; before the first submission the one it would take, or the usual one."""
    if case.revision:
        return list(case.steps), case.final_label
    try:
        route = route_of(case)
    except NotAllowed:  # there is no way for this unit; which it would be stands with the reason
        return [], ""
    except (Refusal, rules.RuleInputError):
        return ["employer", "department", "bureau"], "核认"
    return list(route.steps), route.final_label


def _labels(route: Iterable[str], final_label: str) -> list[str]:
    labels = ["单位复审" if step == SECOND_LOOK else STEPS[step.partition(":")[0]] for step in route]
    return [
        f"{label}{final_label if place == len(labels) - 1 else '审核'}" if label == STEPS["bureau"] else label
        for place, label in enumerate(labels)
    ]


def _place(case: Application, route: list[str]) -> tuple[int, str]:
    """Position in the bar (0 is filling in) and how it looks there."""
    if case.state == State.APPROVED:
        return len(route) + 1, "block" if case.revoked_at else "done"
    if case.state == State.REJECTED:
        return _decided_steps(case, route)[-1][0], "block"
    if case.step is not None:
        return case.step + 1, "current"
    return 0, "look" if case.state == State.RETURNED else "current"


def _notes(case: Application, route: list[str]) -> dict[int, str]:
    """The day on which each step was done in the present round, and how far up the departments it is."""
    if not case.submitted_at or case.state in EDITABLE:
        return {}
    notes = {0: _day(case.submitted_at)}
    decided = _decided_steps(case, route)
    for position, decision in decided:
        notes[position] = _day(decision.decided_at)
    if case.step is not None:
        levels = sum(1 for position, _ in decided if position == case.step + 1)
        notes[case.step + 1] = f"第 {levels + 1} 级，审核中" if levels else "审核中"
    if case.state == State.APPROVED and case.decided_at:
        notes[len(route) + 1] = f"{_day(case.revoked_at)}撤销" if case.revoked_at else _day(case.decided_at)
    return notes


def _decided_steps(case: Application, route: list[str]) -> list[tuple[int, Decision]]:
    """(position in the bar, decision) of the present revision. Several departments share one step."""
    found = []
    place = 0
    for decision in sorted(case.decisions.all(), key=lambda each: each.hop):
        if decision.revision != case.revision:
            continue
        kind = KIND_OF[State(decision.state)]
        stays = place and route[place - 1] == "department" == kind
        if not stays:
            place = next((at + 1 for at in range(place, len(route)) if route[at].startswith(kind)), place)
        found.append((place, decision))
    return found


def _day(moment: datetime) -> str:
    return f"{clock.local(moment):%-m月%-d日}"
