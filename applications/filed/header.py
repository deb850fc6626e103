"""The header of the form (annex 3, step 6): which fields it has, and what must be right in each."""

from __future__ import annotations

import re

import rules
from applications.filed import facts
from applications.models import Application
from applications.models.application import RegionAnchor
from cehours.lib import visible
from organizations.models import Affiliation, Nature

STARRED = (
    "ethnicity",
    "nature",
    "target_title",
    "phone",
    "education",
    "title_series",
    "specialty",
    "region",
)
FIELDS = ("gender", *STARRED, "employer", "region_anchor", "remark", "span_exception")
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")
NOT_FILLED = "请填写「{label}」。"


def problems(case: Application, policy: rules.Policy) -> dict[str, str]:
    """Field → sentence for everything that keeps the header from being complete; empty when it is.

    The form shows these while typing, `submit` refuses with them: one list for both.
    """
    found = {
        field: NOT_FILLED.format(label=_label(field))
        for field in STARRED
        if not getattr(case, f"{field}_id" if field == "region" else field)
    }
    if case.nature != Nature.FREELANCE and case.employer_id is None:
        found["employer"] = "请从名册中选择「单位名称」；没有工作单位的，请将单位性质选为「自由职业」。"
    if case.nature == Nature.FREELANCE and case.employer_id is not None:
        found["employer"] = "自由职业人员不填写工作单位，请清空单位名称。"
    if not visible.is_printable(case.specialty):  # the certificate prints it, and could not
        found["specialty"] = visible.SAYS.format(label=_label("specialty"))
    if case.phone and not (MOBILE.fullmatch(case.phone) or LANDLINE.fullmatch(case.phone)):
        found["phone"] = "联系电话格式不正确，请填写 11 位手机号码，或带区号的固定电话（如 0731-84900000）。"
    if case.target_title and case.target_title not in {choice.key for choice in policy.target_titles}:
        names = "、".join(choice.name for choice in policy.target_titles)
        found["target_title"] = f"本申报期只受理高级职称（{names}），请重新选择。"
    if "region" not in found and "employer" not in found:
        found.update(_place_problem(case) or _way_problem(case, policy))
    return found


def _way_problem(case: Application, policy: rules.Policy) -> dict[str, str]:
    """A unit whose people cannot file here this year is said before five years are typed (二(三))."""
    if case.employer is None:
        return {}
    unit = facts.unit_facts(case.employer, case.session.year)
    try:
        refusal = rules.route(policy, unit, region_code=case.region_id or "").refusal
    except rules.RuleInputError as error:
        refusal = error.says
    return {"employer": refusal} if refusal else {}


def _place_problem(case: Application) -> dict[str, str]:
    """The place of the case: a city unit's is where it stands; others may choose the archive's (二(二), 二(三))."""
    employer, region = case.employer, case.region
    if employer is None or region is None or employer.affiliation not in (Affiliation.CITY, Affiliation.NONE):
        return {}
    if employer.affiliation == Affiliation.NONE and case.region_anchor == RegionAnchor.ARCHIVE:
        return {}
    if region.code[:4] == employer.region_id[:4]:  # the same city
        return {}
    hint = "，或将「行政区划依据」改为人事档案所在地" if employer.affiliation == Affiliation.NONE else ""
    return {"region": f"行政区划应为单位所在地（{employer.region}），请重新选择{hint}。"}


def _label(field: str) -> str:
    return str(getattr(Application._meta.get_field(field), "verbose_name", field))
