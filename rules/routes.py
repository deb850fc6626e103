"""Who decides about a person of this unit, one after another."""

from __future__ import annotations

from dataclasses import dataclass

from rules.errors import RuleInputError
from rules.policy import Contradiction, Policy, RouteRule


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What the registry holds about a unit, as far as the route depends on it."""

    affiliation: str
    nature: str
    top_level: bool = False
    has_superior: bool = False
    region_code: str = ""
    entrusted: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Steps in order: employer, department (a superior; the caller walks the chain of superiors up to the
    一级单位), department:self (the same unit decides again, by another account), bureau:county,
    bureau:city, bureau:province. `refusal`: why nothing can be filed, in words; then there are no steps.

    `departments` "every": superiors may not be skipped. `anchors`: whose region counts (unit, archive).
    `regions`: the region whose bureau decides, for each bureau step in order.
    """

    key: str
    name: str
    steps: tuple[str, ...]
    regions: tuple[str, ...]
    final_label: str
    departments: str
    anchors: tuple[str, ...]
    refusal: str | None
    says: str
    cite: str


STEP_NAMES = {
    "employer": "用人单位初审",
    "department": "主管部门复审",
    "department:self": "本单位复审确认（另一账号）",
    "bureau:county": "县级人社部门",
    "bureau:city": "市级人社部门",
    "bureau:province": "省级人社部门",
}


def route(policy: Policy, unit: UnitFacts | None, *, region_code: str) -> Route:
    """The route for a unit, or for somebody without one (None), handled in `region_code` (GB/T 2260).

    Registry facts that contradict each other refuse, with the reason; no step is left out without a word.
    Raises RuleInputError for a region code, affiliation or nature nobody knows, PolicyError for a draft.
    """
    policy.must_be_in_force()
    _check_region(policy, region_code)
    if unit is not None:
        _known("affiliation", unit.affiliation, {choice.key for choice in policy.affiliations})
        _known("nature", unit.nature, {choice.key for choice in policy.natures})
        if unit.region_code:
            _check_region(policy, unit.region_code)
        for contradiction in policy.contradictions:
            if _contradicts(contradiction, unit):
                return _refused(policy, None, contradiction.says, contradiction.cite)
    rule = _rule(policy, unit)
    if rule is None:
        return _refused(policy, None, "未找到适用的核认渠道，请与当地人力资源社会保障部门联系。")
    if rule.needs_entrusted and not (unit and unit.entrusted):
        return _refused(policy, rule, rule.refusal)
    steps = tuple(step for step in _steps(rule, region_code) if _applies(step, unit, region_code))
    problem = _region_problem(policy, rule, unit, steps, region_code)
    if problem:
        return _refused(policy, rule, problem)
    last = f"，{STEP_NAMES[steps[-1]]}{rule.final_label}"
    path = " → ".join(STEP_NAMES[step] for step in steps[:-1])
    return Route(
        key=rule.key,
        name=rule.name,
        steps=steps,
        regions=tuple(_region(step, region_code) for step in steps if step.startswith("bureau:")),
        final_label=rule.final_label,
        departments=rule.departments,
        anchors=rule.anchors,
        refusal=None,
        says=f"{rule.name}：{path}{last}。".replace("：，", "：") + _left_out(rule, unit, region_code),
        cite=f"{policy.document} {rule.cite}",
    )


def anchors(policy: Policy, unit: UnitFacts | None) -> tuple[str, ...]:
    """Whose place may count for a unit, or for somebody without one (None): unit, archive, or either.

    Empty where no rule of the policy fits. Affiliation and nature decide, so the other facts may be left out.
    """
    rule = _rule(policy, unit)
    return rule.anchors if rule else ()


def _check_region(policy: Policy, code: object) -> None:
    if not (isinstance(code, str) and code.isascii() and code.isdigit() and len(code) == 6):
        raise RuleInputError("region_code", "行政区划代码应为六位数字。")
    # What is known of other provinces does not matter: their codes are refused as such.
    if policy.regions and code[:2] == policy.region[:2] and code not in policy.regions:
        raise RuleInputError("region_code", f"没有代码为 {code} 的行政区划，请核对，或从列表中选择。")


def _contradicts(contradiction: Contradiction, unit: UnitFacts) -> bool:
    has_superior = unit.has_superior or (contradiction.superior is False and unit.top_level)
    return (
        (not contradiction.affiliations or unit.affiliation in contradiction.affiliations)
        and (not contradiction.natures or unit.nature in contradiction.natures)
        and contradiction.superior in (None, has_superior)
    )


def _left_out(rule: RouteRule, unit: UnitFacts | None, region_code: str) -> str:
    """Why a unit's own people are not asked to pass a superior that the route names."""
    steps = _steps(rule, region_code)
    if unit is None or "department" not in steps or _applies("department", unit, region_code):
        return ""
    why = "登记为一级单位" if unit.top_level else "没有登记上级主管单位"
    return f"单位{why}，不经过{STEP_NAMES['department']}。"


def _rule(policy: Policy, unit: UnitFacts | None) -> RouteRule | None:
    for rule in policy.routes:
        if rule.without_unit if unit is None else _fits(rule, unit):
            return rule
    return None


def _fits(rule: RouteRule, unit: UnitFacts) -> bool:
    by_affiliation = not rule.affiliations or unit.affiliation in rule.affiliations
    return by_affiliation and (not rule.natures or unit.nature in rule.natures)


def _known(key: str, value: str, allowed: set[str]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise RuleInputError(key, "单位的隶属关系或性质不在本政策的范围内，请先更正单位登记信息。")


def _steps(rule: RouteRule, region_code: str) -> tuple[str, ...]:
    county, city = region_code, f"{region_code[:4]}00"
    return rule.by_region.get(county) or rule.by_region.get(city) or rule.steps


def _applies(step: str, unit: UnitFacts | None, region_code: str) -> bool:
    if step == "department":
        return unit is not None and unit.has_superior and not unit.top_level
    if step == "bureau:county":
        return not region_code.endswith("00")
    return unit is not None or step.startswith("bureau:")


def _region(step: str, region_code: str) -> str:
    if step == "bureau:county":
        return region_code
    return f"{region_code[:4]}00" if step == "bureau:city" else f"{region_code[:2]}0000"


def _region_problem(
    policy: Policy, rule: RouteRule, unit: UnitFacts | None, steps: tuple[str, ...], region_code: str
) -> str:
    if region_code[:2] != policy.region[:2]:
        return "行政区划不在本省范围内，请选择单位所在地或人事档案所在地。"
    if steps[-1] == "bureau:province":
        return ""
    if region_code.endswith("0000"):
        return "请选择到市或县（市、区）。"
    if (
        unit
        and unit.region_code
        and rule.anchors == ("unit",)
        and not _same_place(unit.region_code, region_code)
    ):
        return "应由单位所在地的人力资源社会保障部门办理，请选择单位所在的行政区划。"
    return ""


def _same_place(unit_region: str, chosen: str) -> bool:
    """The same city, and the same county where both name one."""
    if unit_region[:4] != chosen[:4]:
        return False
    return unit_region == chosen or unit_region.endswith("00") or chosen.endswith("00")


def _refused(policy: Policy, rule: RouteRule | None, why: str, cite: str = "") -> Route:
    return Route(
        key=rule.key if rule else "",
        name=rule.name if rule else "",
        steps=(),
        regions=(),
        final_label=rule.final_label if rule else "",
        departments=rule.departments if rule else "every",
        anchors=rule.anchors if rule else (),
        refusal=why,
        says=why,
        cite=f"{policy.document} {rule.cite if rule else cite}".strip(),
    )
