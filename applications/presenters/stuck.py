"""卡点 in the applicant's words: why nobody takes the case further now, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass

from applications.filed.route import first_unit, route_of
from applications.holding.deciders import Why, why_not_at
from applications.models import Application
from applications.presenters import deadlines
from organizations.acting.errors import NotAllowed
from organizations.models import Affiliation, Unit
from organizations.registry import lookup

PROVINCE = "省级人社部门"
HOLDERS = {
    Why.OVER: "审核期已于 {until} 结束，本次未办结，现在{unit}",
    Why.CLOSED: "{unit}已停用，暂时无人审核",
    Why.NO_ACCOUNT: "{unit}尚未开通审核账号，暂时无人审核",
    Why.NO_IDENTITY: "{unit}的账号还不能审核（没有登记身份证号码）",
    Why.OWN: "{unit}没有您以外的其他经办人，按规定不能由您本人审核",
    Why.DECIDED: "{unit}没有前面环节未参与审核的其他经办人，暂时无人审核",
    Why.NO_NEXT: "在{unit}，下一审核单位不存在或已停用，暂时不能继续送审",
}
NEXT = {
    Why.OVER: "需要继续办理的，须由{province}延长审核期，请联系{unit}或{curer}。",
    Why.CLOSED: "将由{curer}代办、移交其他单位或者退回给您，有进展会通知您。",
    Why.NO_ACCOUNT: "请联系本单位人事部门开通账号；也可以由{curer}邀请单位人员或者代办。",
    Why.NO_IDENTITY: "请单位经办人在“我的资料”中补充身份证号码，或者由{curer}代办。",
    Why.OWN: "请单位管理员邀请一位同事办理，或者由{curer}代办。",
    Why.DECIDED: "请该单位邀请一位同事办理，或者由{curer}代办。",
    Why.NO_NEXT: "将由{curer}移交有权审核的单位，有进展会通知您。",
}


@dataclass(frozen=True)
class Ahead:
    """Before 提交: why the first unit could not decide the case, and what would happen next."""

    says: str
    next_step: str


def ahead(case: Application) -> Ahead | None:
    """What the applicant reads before submitting to a unit where nobody could decide; None where somebody could."""
    try:
        unit = first_unit(case, "employer" if case.employer else route_of(case).steps[0])
    except NotAllowed:  # refused at 提交, with the reason
        return None
    why = why_not_at(unit, case.person_id)
    if why is None:
        return None
    return Ahead(_holder(unit, case, why), _next_step(unit, why))


def holder(case: Application, why: Why) -> str:
    """Where the case lies and why nobody decides it, without a full stop."""
    assert case.current_unit is not None  # in review by constraint
    return _holder(case.current_unit, case, why)


def _holder(unit: Unit, case: Application, why: Why) -> str:
    return HOLDERS[why].format(unit=unit, until=deadlines.in_words(case.session.review_until))


def next_step(case: Application, why: Why) -> str:
    """What can be done about it, and by whom."""
    assert case.current_unit is not None  # in review by constraint
    return _next_step(case.current_unit, why)


def _next_step(unit: Unit, why: Why) -> str:
    return NEXT[why].format(unit=unit, curer=curer_of(unit) or PROVINCE, province=PROVINCE)


def curer_of(unit: Unit) -> Unit | None:
    """Who is to cure it first: the superior, else the nearest bureau that keeps the unit."""
    if unit.parent is not None and unit.parent.active:
        return unit.parent
    local = not unit.is_bureau and unit.affiliation in (Affiliation.CITY, Affiliation.NONE)
    for level in ("county", "city", "province") if local else ("province",):
        bureau = lookup.bureau_for(unit.region, level)
        if bureau is not None and bureau.pk != unit.pk:
            return bureau
    return None
