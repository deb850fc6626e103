"""Which way a case goes, as the policy says it for its unit and place, and who is first on it."""

from __future__ import annotations

import rules
from applications.filed import facts
from applications.models import Application
from organizations.acting.errors import NotAllowed
from organizations.models import Unit
from organizations.registry import lookup as units


def route_of(case: Application) -> rules.Route:
    """The route for this unit and place. Raises NotAllowed with the policy's reason when there is none."""
    policy = facts.policy_of(case)
    unit = facts.unit_facts(case.employer, case.session.year) if case.employer else None
    region = case.region_id or (case.employer.region_id if case.employer else "")
    route = rules.route(policy, unit, region_code=region)
    if route.refusal:
        raise NotAllowed(route.refusal)
    return route


def _closed(unit: Unit | None) -> str:
    if unit is not None and unit.merged_into is not None:
        return f"{unit}已并入{unit.merged_into}，请在个人信息中把单位名称改选为{unit.merged_into}。"
    return "所选单位已停用，请重新选择单位名称。"


def first_unit(case: Application, step: str) -> Unit:
    """The unit of the first step: the employer, or for 自由职业 the bureau of the place."""
    if step == "employer":
        if case.employer is None or not case.employer.active:
            raise NotAllowed(_closed(case.employer), field="employer")
        return case.employer
    assert case.region is not None  # header.problems asked for it
    bureau = units.bureau_for(case.region, step.partition(":")[2])
    if bureau is None:
        raise NotAllowed(f"{case.region}尚未设立受理的经办机构，请联系上级人社部门。", field="region")
    return bureau
